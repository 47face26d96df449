// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "redis/rediserror.h"
#include "redis/redisurl.h"

#include <QObject>
#include <QSslConfiguration>
#include <optional>

QT_BEGIN_NAMESPACE
class QIODevice;
class QLocalSocket;
class QTcpSocket;
QT_END_NAMESPACE

namespace switchboard::redis {

/// One attempt to reach a server, by TCP, TLS or a Unix socket: all that differs between the three.
/// It is used once and then released.
class RedisSocket : public QObject
{
    Q_OBJECT

public:
    explicit RedisSocket(QObject *parent = nullptr);
    Q_DISABLE_COPY_MOVE(RedisSocket)

    /// Starts to connect to \a url. Signals may come before this returns.
    void open(const RedisUrl &url, const std::optional<QSslConfiguration> &tls);

    /// Takes up to \a size bytes of what has arrived; 0 if there is nothing.
    [[nodiscard]] qint64 read(char *data, qint64 size);

    /// Hands \a bytes to the kernel as far as it takes them, and keeps the rest for later. Signals may
    /// come before this returns.
    void write(const QByteArray &bytes);

    /// Drops the connection and deletes the object: now, or when the signal it is just emitting is
    /// through. Emits nothing more.
    void release();

Q_SIGNALS:
    /// Bytes can be written; with TLS, the server is who it should be.
    void opened();
    void readyRead();
    /// The attempt or the connection is over.
    void failed(const switchboard::redis::RedisError &error);

private:
    void openTcp(const RedisUrl &url);
    void openTls(const RedisUrl &url, const std::optional<QSslConfiguration> &tls);
    void openUnix(const RedisUrl &url);
    void watchTcp();
    void announceOpened();
    void announceReadyRead();
    void announceFailure(RedisError::Kind kind, const QString &text);

    QTcpSocket *m_tcp = nullptr; ///< a QSslSocket for TLS
    QLocalSocket *m_unix = nullptr;
    QIODevice *m_device = nullptr;
    int m_emitting = 0;
    bool m_isOpen = false;
};

} // namespace switchboard::redis
