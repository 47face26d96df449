// SPDX-License-Identifier: BSD-3-Clause
#include "net/qtwebsocketsession.h"

#include "net/lingeringclose.h"

#include <QSslSocket>
#include <QTcpSocket>
#include <QWebSocket>

#include <fcntl.h>

namespace switchboard {

namespace {

// Room for frame headers and control frames beside a message of the largest size: with less, QWebSocket would
// wait for ever for the end of a frame that its socket has no room for.
constexpr qsizetype readBufferSlack = qsizetype{64} * 1024;
// What TLS holds of the outbox, so that the rest stays there by reference.
constexpr qsizetype highWaterBytes = qsizetype{64} * 1024;

} // namespace

QtWebSocketSession::QtWebSocketSession(ClientInfo info, SessionServices &services,
                                       std::unique_ptr<QWebSocket> webSocket, QTcpSocket *transport)
    : WebSocketSession(std::move(info), services)
    , m_webSocket(std::move(webSocket))
    , m_transport(transport)
{
    const auto maximum = static_cast<quint64>(limits().maxMessageBytes);
    m_webSocket->setMaxAllowedIncomingFrameSize(maximum);
    m_webSocket->setMaxAllowedIncomingMessageSize(maximum);
    transport->setReadBufferSize(limits().maxMessageBytes + readBufferSlack);
    transport->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    transport->setSocketOption(QAbstractSocket::KeepAliveOption, 1);

    connect(m_webSocket.get(), &QWebSocket::textMessageReceived, this, &QtWebSocketSession::onTextMessage);
    connect(m_webSocket.get(), &QWebSocket::binaryMessageReceived, this,
            &QtWebSocketSession::onBinaryMessage);
    connect(m_webSocket.get(), &QWebSocket::pong, this, [this](quint64 milliseconds) {
        noteAlive();
        noteRoundTrip(std::chrono::milliseconds(milliseconds));
    });
    connect(m_webSocket.get(), &QWebSocket::aboutToClose, this, &QtWebSocketSession::onAboutToClose);
    connect(m_webSocket.get(), qOverload<QAbstractSocket::SocketError>(&QWebSocket::error), this,
            [this] { m_isBroken = true; });
    connect(m_webSocket.get(), &QWebSocket::disconnected, this, &QtWebSocketSession::onDisconnected);
    connect(transport, &QTcpSocket::bytesWritten, this, &QtWebSocketSession::onBytesWritten);
    if (auto *encrypted = qobject_cast<QSslSocket *>(transport)) {
        connect(encrypted, &QSslSocket::encryptedBytesWritten, this, &QtWebSocketSession::onBytesWritten);
    }
}

QtWebSocketSession::~QtWebSocketSession()
{
    // Deleting a connected QWebSocket leaks its transport.
    m_webSocket->disconnect(this);
    m_webSocket->abort();
}

qsizetype QtWebSocketSession::transportBytes() const
{
    const QTcpSocket *transport = m_transport.data();
    const auto *encrypted = qobject_cast<const QSslSocket *>(transport);
    return (transport ? transport->bytesToWrite() : 0) + (encrypted ? encrypted->encryptedBytesToWrite() : 0);
}

bool QtWebSocketSession::isEncrypted() const
{
    return qobject_cast<const QSslSocket *>(m_transport.data()) != nullptr;
}

void QtWebSocketSession::writeOut()
{
    QTcpSocket *transport = m_transport.data();
    if (!transport || outbox().isEmpty()) {
        return;
    }
    if (isEncrypted()) {
        while (!outbox().isEmpty() && transportBytes() < highWaterBytes) {
            transport->write(outbox().takeFirst());
        }
        return;
    }
    if (transport->bytesToWrite() > 0) {
        return;
    }
    switch (outbox().writeTo(static_cast<int>(transport->socketDescriptor()))) {
    case Outbox::WriteResult::Done:
        break;
    case Outbox::WriteResult::WouldBlock:
        // A frame cannot be left half sent: Qt may put a pong behind it at any time.
        transport->write(outbox().takeFirst());
        break;
    case Outbox::WriteResult::Failed:
        cut();
        break;
    }
}

void QtWebSocketSession::sendPing()
{
    m_webSocket->ping();
}

void QtWebSocketSession::sendClose(CloseCode code, QByteArrayView reason)
{
    writeOut();
    QTcpSocket *transport = m_transport.data();
    if (!transport) {
        return;
    }
    while (!outbox().isEmpty()) {
        transport->write(outbox().takeFirst());
    }
    m_webSocket->close(static_cast<QWebSocketProtocol::CloseCode>(code), QString::fromUtf8(reason));
}

void QtWebSocketSession::cut()
{
    m_isBroken = true;
    m_webSocket->abort();
}

void QtWebSocketSession::onTextMessage(const QString &message)
{
    const QByteArray utf8 = message.toUtf8();
    // Qt counts UTF-16 units.
    if (utf8.size() > limits().maxMessageBytes) {
        close(CloseCode::MessageTooBig, "the message is too big");
        return;
    }
    deliver(utf8);
}

void QtWebSocketSession::onBinaryMessage(const QByteArray &message)
{
    deliver(message, Opcode::Binary);
}

void QtWebSocketSession::onAboutToClose()
{
    // Also emitted when the transport is aborted, and then closeCode() says 1000; an error came before that.
    if (m_isBroken || m_isClosing) {
        return;
    }
    m_isClosing = true;
    m_status = {static_cast<quint16>(m_webSocket->closeCode()), m_webSocket->closeReason().toUtf8()};
    noteClosing();
    // With these Qt ends what breaks the rules. A client that says so itself cannot be told from it.
    using enum CloseCode;
    for (const CloseCode code : {ProtocolError, InvalidData, MessageTooBig}) {
        if (m_status.code == static_cast<quint16>(code)) {
            noteClosedHere();
        }
    }
    // The close frame has been written, and Qt is about to close the descriptor over what lies there unread.
    QTcpSocket *transport = m_transport.data();
    if (transport && !isEncrypted() && transport->bytesToWrite() == 0) {
        const int descriptor = static_cast<int>(transport->socketDescriptor());
        // It deletes itself.
        new LingeringClose(FileDescriptor(::fcntl(descriptor, F_DUPFD_CLOEXEC, 0)), services(),
                           transport->parent());
    }
}

void QtWebSocketSession::onBytesWritten()
{
    writeOut();
}

void QtWebSocketSession::onDisconnected()
{
    noteClosed(m_status);
}

} // namespace switchboard
