// SPDX-License-Identifier: BSD-3-Clause
#include "redis/redissocket.h"

#include <QLocalSocket>
#include <QNetworkProxy>
#include <QSslSocket>
#include <QTcpSocket>

namespace switchboard::redis {

namespace {

using Kind = RedisError::Kind;

Kind kindOf(QAbstractSocket::SocketError error, bool wasOpen)
{
    switch (error) {
    case QAbstractSocket::HostNotFoundError:
        return Kind::Resolve;
    case QAbstractSocket::SslHandshakeFailedError:
    case QAbstractSocket::SslInternalError:
    case QAbstractSocket::SslInvalidUserDataError:
        return Kind::Tls;
    case QAbstractSocket::RemoteHostClosedError:
        return Kind::Closed;
    default:
        return wasOpen ? Kind::Closed : Kind::Connect;
    }
}

} // namespace

RedisSocket::RedisSocket(QObject *parent)
    : QObject(parent)
{ }

void RedisSocket::open(const RedisUrl &url, const std::optional<QSslConfiguration> &tls)
{
    switch (url.transport) {
    case RedisUrl::Transport::Tcp:
        openTcp(url);
        break;
    case RedisUrl::Transport::Tls:
        openTls(url, tls);
        break;
    case RedisUrl::Transport::Unix:
        openUnix(url);
        break;
    }
}

void RedisSocket::openTcp(const RedisUrl &url)
{
    m_tcp = new QTcpSocket(this);
    watchTcp();
    connect(m_tcp, &QTcpSocket::connected, this, &RedisSocket::announceOpened);
    m_tcp->connectToHost(url.host, url.port);
}

void RedisSocket::openTls(const RedisUrl &url, const std::optional<QSslConfiguration> &tls)
{
    auto *socket = new QSslSocket(this);
    m_tcp = socket;
    if (tls) {
        socket->setSslConfiguration(*tls);
    }
    watchTcp();
    connect(socket, &QSslSocket::encrypted, this, &RedisSocket::announceOpened);
    socket->connectToHostEncrypted(url.host, url.port);
}

void RedisSocket::openUnix(const RedisUrl &url)
{
    m_unix = new QLocalSocket(this);
    m_device = m_unix;
    connect(m_unix, &QLocalSocket::connected, this, &RedisSocket::announceOpened);
    connect(m_unix, &QLocalSocket::readyRead, this, &RedisSocket::announceReadyRead);
    connect(m_unix, &QLocalSocket::errorOccurred, this,
            [this] { announceFailure(m_isOpen ? Kind::Closed : Kind::Connect, m_unix->errorString()); });
    connect(m_unix, &QLocalSocket::disconnected, this,
            [this] { announceFailure(Kind::Closed, QStringLiteral("the server closed the connection")); });
    m_unix->connectToServer(url.path);
}

void RedisSocket::watchTcp()
{
    m_device = m_tcp;
    m_tcp->setProxy(QNetworkProxy::NoProxy);
    connect(m_tcp, &QTcpSocket::readyRead, this, &RedisSocket::announceReadyRead);
    connect(m_tcp, &QTcpSocket::errorOccurred, this, [this](QAbstractSocket::SocketError error) {
        announceFailure(kindOf(error, m_isOpen), m_tcp->errorString());
    });
    connect(m_tcp, &QTcpSocket::disconnected, this,
            [this] { announceFailure(Kind::Closed, QStringLiteral("the server closed the connection")); });
}

qint64 RedisSocket::read(char *data, qint64 size)
{
    return m_device && m_device->isReadable() ? m_device->read(data, size) : 0;
}

void RedisSocket::write(const QByteArray &bytes)
{
    m_device->write(bytes);
    // Without a flush the bytes would wait for the write notifier: one more turn and two more system calls.
    if (m_tcp) {
        m_tcp->flush();
    } else {
        m_unix->flush();
    }
}

void RedisSocket::release()
{
    disconnect();
    for (QObject *socket : {static_cast<QObject *>(m_tcp), static_cast<QObject *>(m_unix)}) {
        if (socket) {
            socket->disconnect(this);
        }
    }
    if (m_tcp) {
        m_tcp->abort();
    }
    if (m_unix) {
        m_unix->abort();
    }
    setParent(nullptr);
    if (m_emitting > 0) {
        deleteLater(); // Qt's socket is still in the middle of the signal that led here
    } else {
        delete this;
    }
}

void RedisSocket::announceOpened()
{
    if (m_tcp) {
        m_tcp->setSocketOption(QAbstractSocket::LowDelayOption, 1);
        m_tcp->setSocketOption(QAbstractSocket::KeepAliveOption, 1);
    }
    m_isOpen = true;
    ++m_emitting;
    Q_EMIT opened();
    --m_emitting;
}

void RedisSocket::announceReadyRead()
{
    ++m_emitting;
    Q_EMIT readyRead();
    --m_emitting;
}

void RedisSocket::announceFailure(Kind kind, const QString &text)
{
    ++m_emitting;
    Q_EMIT failed({kind, text});
    --m_emitting;
}

} // namespace switchboard::redis
