// SPDX-License-Identifier: BSD-3-Clause
#include "net/websocket/sockettransport.h"

#include "net/lingeringclose.h"
#include "net/websocketsession.h"

#include <QSslSocket>
#include <QTcpSocket>

#include <fcntl.h>

namespace switchboard {

namespace {

// What the socket holds of the outbox, so that the rest stays there by reference and is counted.
constexpr qint64 highWaterBytes = qint64{64} * 1024;
constexpr qint64 readBufferBytes = qint64{64} * 1024;
// What the peer may take to read the last bytes.
constexpr std::chrono::seconds patience(2);

/// Sees a socket off: what it holds goes out, with TLS's own goodbye behind it, and LingeringClose has the
/// connection then. Qt would close the descriptor over what the peer still sends. Deletes itself.
class Farewell : public QObject
{
public:
    Farewell(QTcpSocket *socket, SessionServices &services, QObject *parent)
        : QObject(parent)
        , m_services(services)
        , m_descriptor(::fcntl(static_cast<int>(socket->socketDescriptor()), F_DUPFD_CLOEXEC, 0))
        , m_deadline(services.wheel, [this] { deleteLater(); })
    {
        ++m_services.lingering;
        m_deadline.start(patience);
        socket->setParent(this);
        connect(socket, &QTcpSocket::readyRead, this, [socket] { socket->skip(socket->bytesAvailable()); });
        connect(socket, &QTcpSocket::disconnected, this, [this] {
            new LingeringClose(std::move(m_descriptor), m_services, this->parent());
            deleteLater();
        });
        socket->disconnectFromHost();
    }
    ~Farewell() override { --m_services.lingering; }
    Q_DISABLE_COPY_MOVE(Farewell)

private:
    SessionServices &m_services;
    FileDescriptor m_descriptor;
    Deadline m_deadline;
};

qint64 unsentBytes(const QTcpSocket &socket)
{
    const auto *encrypted = qobject_cast<const QSslSocket *>(&socket);
    return socket.bytesToWrite() + (encrypted ? encrypted->encryptedBytesToWrite() : 0);
}

} // namespace

SocketTransport::SocketTransport(QTcpSocket *socket, SessionServices &services, QObject *owner)
    : m_socket(socket)
    , m_services(services)
    , m_owner(owner)
{
    m_socket->setParent(owner);
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
        // It deletes itself.
        new Farewell(socket, m_services, m_owner);
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
