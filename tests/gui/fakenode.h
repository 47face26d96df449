// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "protocol/monitor.h"

#include <QByteArrayList>
#include <QList>
#include <QObject>
#include <QUrl>

QT_BEGIN_NAMESPACE
class QWebSocket;
class QWebSocketServer;
QT_END_NAMESPACE

namespace switchboard::test {

/// A node for monitors to connect to that does only what its test says. It keeps what monitors send.
class FakeNode : public QObject
{
    Q_OBJECT

public:
    explicit FakeNode(QObject *parent = nullptr);
    ~FakeNode() override;
    Q_DISABLE_COPY_MOVE(FakeNode)

    /// Listens on 127.0.0.1, the first time on any port, after stop() on the same one.
    bool start();

    /// Breaks every connection without a word and listens no more.
    void stop();

    [[nodiscard]] QUrl url() const;
    [[nodiscard]] quint16 port() const { return m_port; }

    /// How many monitors are connected, and how many have been so far.
    [[nodiscard]] qsizetype connections() const { return m_sockets.size(); }
    [[nodiscard]] int connectionsSoFar() const { return m_connectionsSoFar; }

    /// All that monitors have sent, in order.
    [[nodiscard]] const QByteArrayList &received() const { return m_received; }

    /// Sends to every monitor.
    void send(const QByteArray &message);
    void tell(const protocol::MonitorEvent &event) { send(protocol::toClientMessage(event)); }

    /// Closes every connection with a close frame.
    void close(int code, const QString &reason);

Q_SIGNALS:
    void messageReceived(const QByteArray &utf8);

private:
    void accept();

    QWebSocketServer *m_server;
    QList<QWebSocket *> m_sockets;
    QByteArrayList m_received;
    quint16 m_port = 0;
    int m_connectionsSoFar = 0;
};

} // namespace switchboard::test
