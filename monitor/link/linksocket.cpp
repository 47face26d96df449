// SPDX-License-Identifier: BSD-3-Clause
#include "link/linksocket.h"

#include "link/authorization.h"

#include <QCoreApplication>
#include <QNetworkRequest>
#include <QRegularExpression>
#include <QUrl>
#include <QWebSocket>

#include <algorithm>
#include <utility>

namespace switchboard::monitor {

using namespace std::chrono_literals;

namespace {

// A node cuts its snapshots into parts far below this.
constexpr quint64 maxIncomingBytes = quint64{64} * 1024 * 1024;

// Of which the quickest counts.
constexpr int pingsPerRound = 3;

// QWebSocket names its own functions to the user, such as
// "QWebSocketPrivate::processHandshake: Unhandled http status code: 404 (Not Found).".
QString readableError(QString text)
{
    static const QRegularExpression status(QStringLiteral(R"(http status code: (\d+[^.]*))"));
    static const QRegularExpression function(QStringLiteral(R"(^QWebSocket\w*::\w+: )"));
    if (const auto match = status.match(text); match.hasMatch()) {
        return LinkSocket::tr("it answers with HTTP status %1 instead of a WebSocket").arg(match.captured(1));
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

} // namespace

LinkSocket::LinkSocket(const SocketDeadlines &deadlines, QObject *parent)
    : QObject(parent)
    , m_deadlines(deadlines)
    , m_socket(new QWebSocket(QString(), QWebSocketProtocol::VersionLatest, this))
{
    // QWebSocket cuts messages at half a mebibyte, also inside a character, which the other side then
    // refuses.
    m_socket->setOutgoingFrameSize(QWebSocket::maxOutgoingFrameSize());
    m_socket->setMaxAllowedIncomingFrameSize(maxIncomingBytes);
    m_socket->setMaxAllowedIncomingMessageSize(maxIncomingBytes);
    connect(m_socket, &QWebSocket::connected, this, &LinkSocket::onConnected);
    connect(m_socket, &QWebSocket::disconnected, this, &LinkSocket::onDisconnected);
    connect(m_socket, &QWebSocket::aboutToClose, this, [this] { m_closeFrameSeen = true; });
    connect(m_socket, &QWebSocket::pong, this, &LinkSocket::onPong);
    connect(m_socket, &QWebSocket::textMessageReceived, this,
            [this](const QString &message) { Q_EMIT messageReceived(message.toUtf8()); });
    // After a refused handshake QWebSocket stays "connecting" for as long as the server likes.
    connect(m_socket, qOverload<QAbstractSocket::SocketError>(&QWebSocket::error), this, [this] {
        if (!m_closeFrameSeen) {
            giveUp(readableError(m_socket->errorString()));
        }
    });

    m_connectDeadline.setSingleShot(true);
    connect(&m_connectDeadline, &QTimer::timeout, this, [this] {
        giveUp(tr("no answer within %1 s")
                   .arg(std::chrono::ceil<std::chrono::seconds>(m_deadlines.connect).count()));
    });
    connect(&m_pingTimer, &QTimer::timeout, this, &LinkSocket::onPingDue);
}

LinkSocket::~LinkSocket()
{
    m_socket->disconnect(this);
    m_socket->abort(); // a connected QWebSocket that is deleted with unsent bytes leaks its TCP socket
}

void LinkSocket::open(const QUrl &url, const QByteArray &token)
{
    m_connectDeadline.start(m_deadlines.connect);
    // So that whoever looks at the clients of the cluster knows this one.
    QNetworkRequest request(url);
    request.setRawHeader("User-Agent",
                         "switchboard-monitor/" + QCoreApplication::applicationVersion().toUtf8());
    authorize(request, token);
    m_socket->open(request);
}

void LinkSocket::send(const QByteArray &utf8)
{
    if (!m_over && m_socket->state() == QAbstractSocket::ConnectedState) {
        m_socket->sendTextMessage(QString::fromUtf8(utf8));
    }
}

void LinkSocket::dismiss()
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

void LinkSocket::onConnected()
{
    m_connectDeadline.stop();
    m_pingTimer.start(m_deadlines.ping);
    Q_EMIT connected();
    onPingDue();
}

void LinkSocket::onDisconnected()
{
    if (std::exchange(m_over, true)) {
        return;
    }
    m_connectDeadline.stop();
    m_pingTimer.stop();
    // QWebSocket claims code 1000 where no close frame came, and 1002 where it does not know the code.
    if (isUnknownCloseCode(*m_socket)) {
        Q_EMIT ended(abnormalClosure, tr("the node is restarting or full"));
    } else if (m_closeFrameSeen) {
        Q_EMIT ended(m_socket->closeCode(), m_socket->closeReason());
    } else {
        Q_EMIT ended(abnormalClosure, tr("the connection broke"));
    }
}

void LinkSocket::onPingDue()
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

void LinkSocket::sendPing()
{
    m_pingSent.start();
    m_socket->ping();
}

void LinkSocket::onPong()
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

void LinkSocket::giveUp(const QString &reason)
{
    if (std::exchange(m_over, true)) {
        return;
    }
    m_connectDeadline.stop();
    m_pingTimer.stop();
    // Not from within a slot of the socket's own signal.
    QMetaObject::invokeMethod(
        m_socket, [socket = m_socket] { socket->abort(); }, Qt::QueuedConnection);
    Q_EMIT ended(abnormalClosure, reason);
}

} // namespace switchboard::monitor
