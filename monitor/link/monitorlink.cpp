// SPDX-License-Identifier: BSD-3-Clause
#include "link/monitorlink.h"

#include "client/nodeaddress.h"
#include "link/logging.h"
#include "link/pingsender.h"
#include "protocol/chat.h"
#include "protocol/chatroom.h"
#include "protocol/monitorrequests.h"

#include <QCoreApplication>
#include <QUuid>

namespace switchboard::monitor {

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

// A node without Redis takes no watchers; its own reconnect is quicker than this.
constexpr auto resubscribeDelay = 3s;

client::ConnectionOptions connectionOptions(const LinkOptions &options)
{
    return {options.deadlines, options.minRetryDelay, options.maxRetryDelay,
            // So that whoever looks at the clients of the cluster knows this one.
            "switchboard-monitor/" + QCoreApplication::applicationVersion().toUtf8()};
}

} // namespace

MonitorLink::MonitorLink(const LinkOptions &options, QObject *parent)
    : QObject(parent)
    , m_connection(connectionOptions(options))
    , m_pings(new PingSender(options.pingTimeout, this))
    , m_rooms([this](const QByteArray &message) { m_connection.send(message); })
{
    using client::Connection;
    connect(&m_connection, &Connection::stateChanged, this, &MonitorLink::onStateChanged);
    connect(&m_connection, &Connection::messageReceived, this, &MonitorLink::onMessage);
    connect(&m_connection, &Connection::latencyChanged, this, &MonitorLink::latencyChanged);
    connect(&m_connection, &Connection::refused, this, &MonitorLink::refused);
    m_resubscribeTimer.setSingleShot(true);
    m_resubscribeTimer.setInterval(resubscribeDelay);
    connect(&m_resubscribeTimer, &QTimer::timeout, this, &MonitorLink::subscribe);
    connect(m_pings, &PingSender::answered, this, &MonitorLink::pingAnswered);
    connect(m_pings, &PingSender::failed, this, [this](protocol::PingNumber number, const QString &reason) {
        Q_EMIT requestRefused(tr("Ping %1 was not sent: %2").arg(static_cast<int>(number)).arg(reason));
    });
}

void MonitorLink::open(const QUrl &url, const QByteArray &token)
{
    m_connection.open({url}, token);
}

void MonitorLink::close()
{
    m_connection.close();
}

void MonitorLink::reconnect()
{
    m_connection.reconnect();
}

void MonitorLink::sendChat(const QString &text)
{
    m_connection.send(protocol::SubmitMessage{text.toUtf8()}.toClientMessage());
}

void MonitorLink::sendRoomMessage(const QString &room, const QString &text)
{
    if (state() == State::Connected) {
        m_rooms.say(room.toUtf8(), text.toUtf8());
    }
}

void MonitorLink::disconnectClient(const QByteArray &client)
{
    m_connection.send(protocol::DisconnectClient{client}.toClientMessage());
}

void MonitorLink::sendPing(protocol::PingNumber number)
{
    if (state() == State::Connected) {
        m_pings->send(url(), m_connection.token(), number);
    }
}

void MonitorLink::subscribe()
{
    protocol::Subscribe request;
    if (!m_connection.token().isEmpty()) {
        request.token = m_connection.token();
    }
    m_connection.send(request.toClientMessage());
}

void MonitorLink::onStateChanged(State state)
{
    m_resubscribeTimer.stop();
    m_rooms.reset();
    if (state == State::Connected) {
        subscribe();
    }
    Q_EMIT stateChanged(state);
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
    } else if (envelope->channel == protocol::errorChannel && envelope->contents) {
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
        m_connection.noteSuccess(); // only now: a node may accept and then send away
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
        m_connection.stop(
            tr("%1 does not let this monitor watch: %2").arg(client::displayAddress(url()), reason));
        break;
    case RejectCode::UnknownChannel:
    case RejectCode::UnknownType:
        m_connection.stop(
            tr("%1 is a node that cannot be watched: %2").arg(client::displayAddress(url()), reason));
        break;
    default:
        m_resubscribeTimer.start();
        Q_EMIT requestRefused(tr("The node cannot be watched yet: %1").arg(reason));
        break;
    }
}

} // namespace switchboard::monitor
