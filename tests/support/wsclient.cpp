// SPDX-License-Identifier: BSD-3-Clause
#include "support/wsclient.h"

#include <algorithm>

namespace switchboard::test {

WsClient::~WsClient()
{
    if (m_socket) {
        m_socket->disconnect(); // nobody is left to hear of its end
        m_socket->abort();
    }
}

bool WsClient::connectTo(const QUrl &url, const QString &origin, const Headers &headers,
                         std::chrono::milliseconds timeout)
{
    startConnecting(url, origin, headers);
    waitUntil([this] { return m_failed || isConnected(); }, timeout);
    if (!isConnected()) {
        m_socket->abort();
    }
    return isConnected();
}

void WsClient::startConnecting(const QUrl &url, const QString &origin, const Headers &headers)
{
    createSocket(origin);
    QNetworkRequest request(url);
    for (const auto &[name, value] : headers) {
        request.setRawHeader(name, value);
    }
    m_socket->open(request);
}

bool WsClient::isConnected() const
{
    return m_socket && m_socket->state() == QAbstractSocket::ConnectedState;
}

QString WsClient::errorString() const
{
    return m_socket ? m_socket->errorString() : QString();
}

void WsClient::sendText(const QByteArray &utf8)
{
    m_socket->sendTextMessage(QString::fromUtf8(utf8));
}

void WsClient::sendBinary(const QByteArray &payload)
{
    m_socket->sendBinaryMessage(payload);
}

void WsClient::close(QWebSocketProtocol::CloseCode code)
{
    m_socket->close(code);
}

void WsClient::abort()
{
    m_socket->abort();
}

bool WsClient::waitForMessages(qsizetype count, std::chrono::milliseconds timeout)
{
    return waitUntil([&] { return m_messages.size() >= count; }, timeout);
}

bool WsClient::waitForMessage(const QByteArray &wanted, std::chrono::milliseconds timeout)
{
    return waitUntil([&] { return m_messages.contains(wanted); }, timeout);
}

bool WsClient::waitForMessage(const Predicate &wanted, std::chrono::milliseconds timeout)
{
    return waitUntil([&] { return std::any_of(m_messages.cbegin(), m_messages.cend(), wanted); }, timeout);
}

QByteArray WsClient::takeMessage(std::chrono::milliseconds timeout)
{
    return waitForMessages(1, timeout) ? m_messages.takeFirst() : QByteArray();
}

void WsClient::clear()
{
    m_messages.clear();
    m_binaryMessages.clear();
}

bool WsClient::waitForClose(std::chrono::milliseconds timeout)
{
    return waitUntil([this] { return !m_socket || m_socket->state() == QAbstractSocket::UnconnectedState; },
                     timeout);
}

QString WsClient::closeReason() const
{
    return m_socket && m_closeFrameSeen ? m_socket->closeReason() : QString();
}

void WsClient::createSocket(const QString &origin)
{
    if (m_socket) {
        m_socket->disconnect();
        m_socket->abort();
        m_socket.release()->deleteLater(); // may be the sender of the signal that leads here
    }
    clear();
    m_failed = false;
    m_closeFrameSeen = false;
    m_closeCode = 0;

    m_socket = std::make_unique<QWebSocket>(origin);
    // QWebSocket cuts messages at half a mebibyte, also inside a character, which it then refuses itself.
    m_socket->setOutgoingFrameSize(QWebSocket::maxOutgoingFrameSize());
    QObject::connect(m_socket.get(), &QWebSocket::textMessageReceived, m_socket.get(),
                     [this](const QString &message) { m_messages.append(message.toUtf8()); });
    QObject::connect(m_socket.get(), &QWebSocket::binaryMessageReceived, m_socket.get(),
                     [this](const QByteArray &message) { m_binaryMessages.append(message); });
    QObject::connect(m_socket.get(), &QWebSocket::aboutToClose, m_socket.get(),
                     [this] { m_closeFrameSeen = true; });
    QObject::connect(m_socket.get(), &QWebSocket::disconnected, m_socket.get(), [this] { onDisconnected(); });
    QObject::connect(m_socket.get(), qOverload<QAbstractSocket::SocketError>(&QWebSocket::error),
                     m_socket.get(), [this] { m_failed = true; });
}

void WsClient::onDisconnected()
{
    // QWebSocket claims code 1000 where no close frame came.
    m_closeCode = m_closeFrameSeen ? static_cast<int>(m_socket->closeCode()) : AbnormalClosure;
}

} // namespace switchboard::test
