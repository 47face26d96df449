// SPDX-License-Identifier: BSD-3-Clause
#include "net/websocket/sockettransport.h"

#include "net/websocketsession.h"

#include <QSslSocket>
#include <QTcpSocket>
#include <QTimer>

namespace switchboard {

namespace {

// What the socket holds of the outbox, so that the rest stays there by reference and is counted.
constexpr qint64 highWaterBytes = qint64{64} * 1024;
constexpr qint64 readBufferBytes = qint64{64} * 1024;
// What the peer may take to read the last bytes.
constexpr std::chrono::seconds patience(2);

qint64 unsentBytes(const QTcpSocket &socket)
{
    const auto *encrypted = qobject_cast<const QSslSocket *>(&socket);
    return socket.bytesToWrite() + (encrypted ? encrypted->encryptedBytesToWrite() : 0);
}

} // namespace

SocketTransport::SocketTransport(QTcpSocket *socket, SessionServices &services)
    : m_socket(socket)
    , m_services(services)
{
    m_socket->setParent(nullptr);
    m_socket->setReadBufferSize(readBufferBytes);
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    m_socket->setSocketOption(QAbstractSocket::KeepAliveOption, 1);
    connect(m_socket, &QTcpSocket::readyRead, this, &SocketTransport::onReadyRead);
    connect(m_socket, &QTcpSocket::disconnected, this, &SocketTransport::onDisconnected);
    connect(m_socket, &QTcpSocket::bytesWritten, this, &SocketTransport::onBytesWritten);
    if (auto *encrypted = qobject_cast<QSslSocket *>(m_socket)) {
        connect(encrypted, &QSslSocket::encryptedBytesWritten, this, &SocketTransport::onBytesWritten);
    }
}

SocketTransport::~SocketTransport()
{
    abort();
}

Transport::ReadResult SocketTransport::read(std::span<char> buffer)
{
    if (!m_socket) {
        return {0, true};
    }
    const qint64 size = m_socket->read(buffer.data(), static_cast<qint64>(buffer.size()));
    const bool isEnded = size <= 0 && m_socket->state() != QAbstractSocket::ConnectedState;
    return {qMax<qint64>(0, size), isEnded};
}

Outbox::WriteResult SocketTransport::write(Outbox &outbox)
{
    if (!m_socket || m_socket->state() != QAbstractSocket::ConnectedState) {
        return Outbox::WriteResult::Failed;
    }
    while (!outbox.isEmpty() && unsentBytes(*m_socket) < highWaterBytes) {
        m_socket->write(outbox.takeFirst());
    }
    return outbox.isEmpty() ? Outbox::WriteResult::Done : Outbox::WriteResult::WouldBlock;
}

qsizetype SocketTransport::bytesToWrite() const
{
    return m_socket ? unsentBytes(*m_socket) : 0;
}

void SocketTransport::finish()
{
    if (QTcpSocket *socket = m_socket) {
        letGo();
        ++m_services.lingering;
        connect(socket, &QObject::destroyed, [&services = m_services] { --services.lingering; });
        connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
        QTimer::singleShot(patience, socket, [socket] {
            socket->abort();
            socket->deleteLater();
        });
        // What still comes is thrown away.
        connect(socket, &QTcpSocket::readyRead, socket, [socket] { socket->skip(socket->bytesAvailable()); });
        socket->disconnectFromHost();
    }
}

void SocketTransport::abort()
{
    if (QTcpSocket *socket = m_socket) {
        letGo();
        socket->abort();
        socket->deleteLater();
    }
}

void SocketTransport::letGo()
{
    disconnect(m_socket, nullptr, this, nullptr);
    m_socket = nullptr;
}

void SocketTransport::onReadyRead()
{
    // It says so once, however much there is to read.
    while (listener() && m_socket && m_socket->bytesAvailable() > 0) {
        listener()->transportReadable();
    }
}

void SocketTransport::onBytesWritten()
{
    if (listener()) {
        listener()->transportWritable();
    }
}

void SocketTransport::onDisconnected()
{
    onReadyRead();
    if (listener() && m_socket) {
        listener()->transportReadable();
    }
}

} // namespace switchboard
