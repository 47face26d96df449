// SPDX-License-Identifier: BSD-3-Clause
#include "client/nodesocket.h"

#include "client/authorization.h"

#include <QCoreApplication>
#include <QNetworkRequest>
#include <QRegularExpression>
#include <QUrl>
#include <QWebSocket>

#include <algorithm>
#include <utility>

namespace switchboard::client {

using namespace std::chrono_literals;

namespace {

// A node cuts its snapshots into parts far below this.
constexpr quint64 maxIncomingBytes = quint64{64} * 1024 * 1024;

// Of which the quickest counts.
constexpr int pingsPerRound = 3;

// The status with which a node has refused the handshake, by what QWebSocket says of it; 0 if it has not.
// From Qt 6.6 on it tries to log in by itself after a 401, and complains of not knowing how.
int httpStatusIn(const QString &error)
{
    static const QRegularExpression status(QStringLiteral(R"(http status code: (\d{3}))"));
    if (const auto match = status.match(error); match.hasMatch()) {
        return match.captured(1).toInt();
    }
    return error.contains(QLatin1StringView("WWW-Authenticate")) ? 401 : 0;
}

// QWebSocket names its own functions to the user, such as
// "QWebSocketPrivate::processHandshake: Unhandled http status code: 404 (Not Found).".
QString readableError(QString text)
{
    static const QRegularExpression status(QStringLiteral(R"(http status code: (\d+[^.]*))"));
    static const QRegularExpression function(QStringLiteral(R"(^QWebSocket\w*::\w+: )"));
    if (const auto match = status.match(text); match.hasMatch()) {
        return NodeSocket::tr("it answers with HTTP status %1 instead of a WebSocket").arg(match.captured(1));
    }
    text.remove(function);
    while (text.endsWith(QLatin1Char('.'))) {
        text.chop(1);
    }
    return text;
}

// 1012 (restarting) and 1013 (full) are younger than QWebSocket, which takes them for a fault of the peer and
// keeps neither the code nor the reason.
bool isUnknownCloseCode(const QWebSocket &socket)
{
    return socket.closeCode() == QWebSocketProtocol::CloseCodeProtocolError
        && socket.closeReason().startsWith(QLatin1StringView("Invalid close code"));
}

QByteArray programUserAgent()
{
    const QString name = QCoreApplication::applicationName();
    const QString version = QCoreApplication::applicationVersion();
    return (version.isEmpty() ? name : name + QLatin1Char('/') + version).toUtf8();
}

} // namespace

NodeSocket::NodeSocket(const SocketDeadlines &deadlines, QObject *parent)
    : QObject(parent)
    , m_deadlines(deadlines)
    , m_socket(new QWebSocket(QString(), QWebSocketProtocol::VersionLatest, this))
{
    // QWebSocket cuts messages at half a mebibyte, also inside a character, which the other side then
    // refuses.
    m_socket->setOutgoingFrameSize(QWebSocket::maxOutgoingFrameSize());
    m_socket->setMaxAllowedIncomingFrameSize(maxIncomingBytes);
    m_socket->setMaxAllowedIncomingMessageSize(maxIncomingBytes);
    connect(m_socket, &QWebSocket::connected, this, &NodeSocket::onConnected);
    connect(m_socket, &QWebSocket::disconnected, this, &NodeSocket::onDisconnected);
    connect(m_socket, &QWebSocket::aboutToClose, this, [this] { m_closeFrameSeen = true; });
    connect(m_socket, &QWebSocket::pong, this, &NodeSocket::onPong);
    connect(m_socket, &QWebSocket::textMessageReceived, this,
            [this](const QString &message) { Q_EMIT messageReceived(message.toUtf8()); });
    // After a refused handshake QWebSocket stays "connecting" for as long as the server likes.
    connect(m_socket, qOverload<QAbstractSocket::SocketError>(&QWebSocket::error), this, [this] {
        if (!m_closeFrameSeen) {
            const QString error = m_socket->errorString();
            giveUp(readableError(error), httpStatusIn(error));
        }
    });

    m_connectDeadline.setSingleShot(true);
    connect(&m_connectDeadline, &QTimer::timeout, this, [this] {
        giveUp(tr("no answer within %1 s")
                   .arg(std::chrono::ceil<std::chrono::seconds>(m_deadlines.connect).count()));
    });
    connect(&m_pingTimer, &QTimer::timeout, this, &NodeSocket::onPingDue);
}

NodeSocket::~NodeSocket()
{
    m_socket->disconnect(this);
    m_socket->abort(); // a connected QWebSocket that is deleted with unsent bytes leaks its TCP socket
}

void NodeSocket::open(const QUrl &url, const QByteArray &token, const QByteArray &userAgent)
{
    m_connectDeadline.start(m_deadlines.connect);
    // So that whoever looks at the clients of the cluster knows this one.
    QNetworkRequest request(url);
    request.setRawHeader("User-Agent", userAgent.isEmpty() ? programUserAgent() : userAgent);
    authorize(request, token);
    m_socket->open(request);
}

bool NodeSocket::send(const QByteArray &utf8)
{
    if (m_over || m_socket->state() != QAbstractSocket::ConnectedState) {
        return false;
    }
    m_socket->sendTextMessage(QString::fromUtf8(utf8));
    return true;
}

void NodeSocket::dismiss()
{
    m_over = true;
    disconnect();
    m_connectDeadline.stop();
    m_pingTimer.stop();
    if (m_socket->state() != QAbstractSocket::ConnectedState) {
        deleteLater();
        return;
    }
    connect(m_socket, &QWebSocket::disconnected, this, &QObject::deleteLater);
    QTimer::singleShot(1s, this, &QObject::deleteLater); // close() itself waits for ever
    m_socket->close();
}

void NodeSocket::onConnected()
{
    m_connectDeadline.stop();
    m_pingTimer.start(m_deadlines.ping);
    Q_EMIT connected();
    onPingDue();
}

void NodeSocket::onDisconnected()
{
    if (std::exchange(m_over, true)) {
        return;
    }
    m_connectDeadline.stop();
    m_pingTimer.stop();
    // QWebSocket claims code 1000 where no close frame came, and 1002 where it does not know the code.
    if (isUnknownCloseCode(*m_socket)) {
        Q_EMIT ended({abnormalClosure, tr("the node is restarting or full")});
    } else if (m_closeFrameSeen) {
        Q_EMIT ended({m_socket->closeCode(), m_socket->closeReason()});
    } else {
        Q_EMIT ended({abnormalClosure, tr("the connection broke")});
    }
}

void NodeSocket::onPingDue()
{
    if (m_over) {
        return;
    }
    if (m_pingSent.isValid()) {
        giveUp(tr("the node does not answer any more"));
        return;
    }
    m_pingsLeft = pingsPerRound;
    m_quickest = std::chrono::nanoseconds::max();
    sendPing();
}

void NodeSocket::sendPing()
{
    m_pingSent.start();
    m_socket->ping();
}

void NodeSocket::onPong()
{
    if (m_over || !m_pingSent.isValid()) {
        return;
    }
    m_quickest = std::min(m_quickest, std::chrono::nanoseconds(m_pingSent.nsecsElapsed()));
    m_pingSent.invalidate();
    if (--m_pingsLeft > 0) {
        sendPing();
    } else {
        Q_EMIT latencyMeasured(std::chrono::duration_cast<std::chrono::microseconds>(m_quickest));
    }
}

void NodeSocket::giveUp(const QString &reason, int httpStatus)
{
    if (std::exchange(m_over, true)) {
        return;
    }
    m_connectDeadline.stop();
    m_pingTimer.stop();
    // Not from within a slot of the socket's own signal.
    QMetaObject::invokeMethod(
        m_socket, [socket = m_socket] { socket->abort(); }, Qt::QueuedConnection);
    Q_EMIT ended({abnormalClosure, reason, httpStatus});
}

} // namespace switchboard::client
