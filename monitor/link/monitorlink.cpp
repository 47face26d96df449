// SPDX-License-Identifier: BSD-3-Clause
#include "link/monitorlink.h"

#include "link/logging.h"
#include "link/nodeaddress.h"
#include "link/pingsender.h"
#include "protocol/chat.h"
#include "protocol/chatroom.h"
#include "protocol/monitorrequests.h"

#include <QUuid>

#include <utility>

namespace switchboard::monitor {

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

// Close codes after which coming back unchanged would not help, see docs/PROTOCOL.md.
constexpr int policyViolation = 1008;
constexpr int disconnectedByOperator = 4003;
constexpr int tokenExpired = 4401;

// A node without Redis takes no watchers; its own reconnect is quicker than this.
constexpr auto resubscribeDelay = 3s;

} // namespace

MonitorLink::MonitorLink(const LinkOptions &options, QObject *parent)
    : QObject(parent)
    , m_options(options)
    , m_plan(options.minRetryDelay, options.maxRetryDelay)
    , m_pings(new PingSender(options.pingTimeout, this))
    , m_rooms([this](const QByteArray &message) { m_socket->send(message); })
{
    m_retryTimer.setSingleShot(true);
    connect(&m_retryTimer, &QTimer::timeout, this, &MonitorLink::connectNow);
    m_resubscribeTimer.setSingleShot(true);
    m_resubscribeTimer.setInterval(resubscribeDelay);
    connect(&m_resubscribeTimer, &QTimer::timeout, this, &MonitorLink::subscribe);
    connect(m_pings, &PingSender::answered, this, &MonitorLink::pingAnswered);
    connect(m_pings, &PingSender::failed, this, [this](protocol::PingNumber number, const QString &reason) {
        Q_EMIT requestRefused(tr("Ping %1 was not sent: %2").arg(static_cast<int>(number)).arg(reason));
    });
}

MonitorLink::~MonitorLink()
{
    dropSocket();
}

void MonitorLink::open(const QUrl &url, const QByteArray &token)
{
    m_token = token;
    m_plan.start(url);
    connectNow();
}

void MonitorLink::close()
{
    m_retryTimer.stop();
    dropSocket();
    m_problem.clear();
    setState(State::Disconnected);
}

void MonitorLink::reconnect()
{
    if (!url().isEmpty()) {
        connectNow();
    }
}

std::optional<std::chrono::milliseconds> MonitorLink::nextAttemptIn() const
{
    if (m_state != State::Waiting) {
        return std::nullopt;
    }
    return m_retryTimer.remainingTimeAsDuration();
}

void MonitorLink::sendChat(const QString &text)
{
    if (m_socket) {
        m_socket->send(protocol::SubmitMessage{text.toUtf8()}.toClientMessage());
    }
}

void MonitorLink::sendRoomMessage(const QString &room, const QString &text)
{
    if (m_state == State::Connected) {
        m_rooms.say(room.toUtf8(), text.toUtf8());
    }
}

void MonitorLink::disconnectClient(const QByteArray &client)
{
    if (m_socket) {
        m_socket->send(protocol::DisconnectClient{client}.toClientMessage());
    }
}

void MonitorLink::sendPing(protocol::PingNumber number)
{
    if (m_state == State::Connected) {
        m_pings->send(url(), m_token, number);
    }
}

void MonitorLink::connectNow()
{
    m_retryTimer.stop();
    dropSocket();
    m_socket = new LinkSocket(m_options.deadlines, this);
    connect(m_socket, &LinkSocket::connected, this, &MonitorLink::onConnected);
    connect(m_socket, &LinkSocket::messageReceived, this, &MonitorLink::onMessage);
    connect(m_socket, &LinkSocket::ended, this, &MonitorLink::onEnded);
    connect(m_socket, &LinkSocket::latencyMeasured, this, [this](std::chrono::microseconds latency) {
        m_latency = latency;
        Q_EMIT latencyChanged();
    });
    setState(State::Connecting);
    qCInfo(linkLog) << "connecting to" << url().toString();
    m_socket->open(url(), m_token);
}

void MonitorLink::dropSocket()
{
    m_resubscribeTimer.stop();
    m_rooms.reset();
    if (m_socket) {
        m_socket->dismiss();
        m_socket.clear();
    }
    if (std::exchange(m_latency, std::nullopt)) {
        Q_EMIT latencyChanged();
    }
}

void MonitorLink::subscribe()
{
    protocol::Subscribe request;
    if (!m_token.isEmpty()) {
        request.token = m_token;
    }
    m_socket->send(request.toClientMessage());
}

void MonitorLink::onConnected()
{
    m_problem.clear();
    subscribe();
    setState(State::Connected);
}

void MonitorLink::onMessage(const QByteArray &utf8)
{
    const auto envelope = protocol::parseEnvelope(m_parser, utf8);
    if (!envelope) {
        qCWarning(linkLog) << "the node sends what is no message:" << envelope.error().reason;
        return;
    }
    if (envelope->channel == protocol::monitorChannel) {
        onMonitorMessage(*envelope);
    } else if (envelope->channel == protocol::chatRoomChannel) {
        onRoomMessage(*envelope);
    } else if (envelope->channel == "error"_ba && envelope->contents) {
        if (const auto rejected = protocol::Rejected::fromContents(*envelope->contents)) {
            onRejected(*rejected);
        }
    }
    // What clients are told of chat and pings comes on the monitor channel as well, with more beside it.
}

void MonitorLink::onMonitorMessage(const protocol::Envelope &envelope)
{
    const auto event = protocol::parseMonitorEvent(envelope);
    if (!event) {
        qCWarning(linkLog) << "the node sends an event that cannot be read:" << event.error();
    } else if (*event) {
        m_plan.noteSuccess(); // only now: a node may accept and then send away
        Q_EMIT eventReceived(**event);
    }
}

void MonitorLink::onRoomMessage(const protocol::Envelope &envelope)
{
    if (envelope.type == protocol::MemberList::typeName) {
        if (const auto list = protocol::MemberList::fromContents(envelope.contents)) {
            m_rooms.noteJoined(list->room);
        }
    }
}

void MonitorLink::onRejected(const protocol::Rejected &rejected)
{
    using protocol::RejectCode;
    const QString reason = QString::fromUtf8(rejected.reason);
    if (rejected.channel != protocol::monitorChannel || rejected.type != protocol::Subscribe::typeName) {
        m_rooms.noteRejected();
        Q_EMIT requestRefused(tr("The node refused: %1").arg(reason));
        return;
    }
    switch (rejected.code) {
    case RejectCode::Unauthorized:
        stopForGood(tr("%1 does not let this monitor watch: %2").arg(displayAddress(url()), reason));
        break;
    case RejectCode::UnknownChannel:
    case RejectCode::UnknownType:
        stopForGood(tr("%1 is a node that cannot be watched: %2").arg(displayAddress(url()), reason));
        break;
    default:
        m_resubscribeTimer.start();
        Q_EMIT requestRefused(tr("The node cannot be watched yet: %1").arg(reason));
        break;
    }
}

void MonitorLink::onEnded(int code, const QString &reason)
{
    m_socket->deleteLater();
    m_socket.clear();
    dropSocket();
    const QString address = displayAddress(url());
    switch (code) {
    case policyViolation:
    case disconnectedByOperator:
    case tokenExpired:
        stopForGood(tr("%1 has sent this monitor away: %2 (%3)")
                        .arg(address, reason.isEmpty() ? tr("no reason given") : reason)
                        .arg(code));
        return;
    default:
        break;
    }
    m_problem = code == LinkSocket::abnormalClosure
        ? u"%1: %2"_s.arg(address, reason)
        : tr("%1 closed the connection: %2 (%3)")
              .arg(address, reason.isEmpty() ? tr("no reason given") : reason)
              .arg(code);
    qCInfo(linkLog).noquote() << m_problem;
    m_retryTimer.start(m_plan.noteFailure());
    setState(State::Waiting);
}

void MonitorLink::stopForGood(const QString &reason)
{
    dropSocket();
    m_problem = reason;
    setState(State::Disconnected);
    Q_EMIT refused(reason);
}

void MonitorLink::setState(State state)
{
    m_state = state;
    Q_EMIT stateChanged(state);
}

} // namespace switchboard::monitor
