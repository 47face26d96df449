// SPDX-License-Identifier: BSD-3-Clause
#include "relay/presence.h"

#include "relay/logging.h"
#include "relay/relay.h"

namespace switchboard {

namespace {

constexpr QByteArrayView nodesKey = "switchboard:nodes";
constexpr QByteArrayView nodePrefix = "switchboard:node:";
constexpr QByteArrayView roomPrefix = "switchboard:room:";
constexpr QByteArrayView membersPrefix = "switchboard:members:";
constexpr QByteArrayView listsPrefix = "switchboard:lists:";
constexpr QByteArrayView roomChannelPrefix = "chat-room-";

constexpr qsizetype idLength = 36;
// What one step of a script takes on: enough to be quick, few enough not to hold Redis up.
constexpr qsizetype batchSize = 500;

QByteArray prefixed(QByteArrayView prefix, QByteArrayView name)
{
    return prefix.toByteArray() + name.toByteArray();
}

QByteArray idText(const QUuid &id)
{
    return id.toByteArray(QUuid::WithoutBraces);
}

} // namespace

Presence::Presence(Relay &relay, redis::RedisLink &link, const QUuid &nodeId, QObject *parent)
    : QObject(parent)
    , m_relay(relay)
    , m_link(link)
    , m_node(idText(nodeId))
{
    m_relay.listen(
        prefixed(listsPrefix, m_node), [this](QByteArrayView payload) { onListMessage(payload); }, {},
        Relay::PayloadSize::Any);
    m_heartbeat.setInterval(heartbeatInterval);
    connect(&m_heartbeat, &QTimer::timeout, this, &Presence::beat);
    connect(&m_link, &redis::RedisLink::commandReadyChanged, this, &Presence::onCommandReadyChanged);
}

QList<QByteArray> Presence::keysOf(const QByteArray &room) const
{
    return {prefixed(roomPrefix, room), prefixed(membersPrefix, m_node), prefixed(nodePrefix, m_node),
            nodesKey.toByteArray()};
}

void Presence::join(const QByteArray &room, const QList<QUuid> &clients, quint64 request,
                    const FaultHandler &onFault)
{
    for (qsizetype first = 0; first < clients.size(); first += batchSize) {
        const bool isLast = first + batchSize >= clients.size();
        QList<QByteArray> arguments{QByteArray::number(m_session),
                                    m_node,
                                    room,
                                    prefixed(listsPrefix, m_node),
                                    isLast && request != 0 ? QByteArray::number(request) : QByteArray(),
                                    protocol::chatRoomRelayChannel(room)};
        for (const QUuid &client : clients.mid(first, batchSize)) {
            m_owedLeaves.remove({room, client});
            arguments.append(idText(client));
            arguments.append(protocol::toRelayPayload(protocol::JoinedRoom{room, client}));
        }
        m_scripts.join.run(m_link, keysOf(room), arguments, [onFault](const redis::RedisResult &result) {
            if (!result && onFault) {
                onFault(result.error().text);
            }
        });
    }
}

void Presence::leave(const QByteArray &room, const QUuid &client)
{
    if (m_link.isCommandReady()) {
        sendLeave({room, client});
    } else {
        m_owedLeaves.insert({room, client});
    }
}

void Presence::sendLeave(const Member &member)
{
    const auto &[room, client] = member;
    ++m_inFlight;
    m_scripts.leave.run(m_link, keysOf(room),
                        {QByteArray::number(m_session), idText(client), room,
                         protocol::chatRoomRelayChannel(room),
                         protocol::toRelayPayload(protocol::LeftRoom{room, client})},
                        [this, member](const redis::RedisResult &result) {
                            if (!result) {
                                m_owedLeaves.insert(member);
                            }
                            if (--m_inFlight == 0) {
                                Q_EMIT settled();
                            }
                        });
}

void Presence::sendOwedLeaves()
{
    const QSet<Member> owed = std::exchange(m_owedLeaves, {});
    for (const Member &member : owed) {
        sendLeave(member);
    }
}

void Presence::listNodes(ListHandler handler)
{
    list({"SMEMBERS", nodesKey.toByteArray()}, std::move(handler));
}

void Presence::listMembers(const QByteArray &room, ListHandler handler)
{
    list({"HKEYS", prefixed(roomPrefix, room)}, std::move(handler));
}

void Presence::list(const QList<QByteArray> &command, ListHandler handler)
{
    m_link.command(command, [handler = std::move(handler)](const redis::RedisResult &result) {
        if (!result) {
            handler(tl::unexpected(result.error().text));
            return;
        }
        QList<QByteArray> texts;
        texts.reserve(result->elements.size());
        for (const redis::RedisReply &element : result->elements) {
            texts.append(element.text);
        }
        handler(texts);
    });
}

void Presence::retire()
{
    m_isRetired = true;
    m_heartbeat.stop();
    if (!m_link.isCommandReady()) {
        return;
    }
    ++m_inFlight;
    m_link.command({"DEL", prefixed(nodePrefix, m_node)});
    reap(m_node, [this](const QString &) {
        if (--m_inFlight == 0) {
            Q_EMIT settled();
        }
    });
}

void Presence::onCommandReadyChanged(bool ready)
{
    if (!ready || m_isRetired) {
        m_heartbeat.stop();
        return;
    }
    for (const auto *script : {&m_scripts.join, &m_scripts.leave, &m_scripts.heartbeat, &m_scripts.reap}) {
        script->load(m_link);
    }
    ++m_session;
    m_sessionTime.start();
    beat();
    m_heartbeat.start();
}

void Presence::beat()
{
    m_scripts.heartbeat.run(m_link, {prefixed(nodePrefix, m_node), nodesKey.toByteArray()},
                            {QByteArray::number(m_session), m_node,
                             QByteArray::number(static_cast<qint64>(nodeLifetime.count())),
                             nodePrefix.toByteArray()},
                            [this](const redis::RedisResult &result) { onBeatAnswered(result); });
    sendOwedLeaves();
}

void Presence::onBeatAnswered(const redis::RedisResult &result)
{
    if (!result || result->elements.isEmpty() || m_isRetired) {
        return;
    }
    if (result->elements.constFirst().integer == 0) {
        Q_EMIT forgotten();
    }
    if (m_sessionTime.elapsed() < nodeLifetime.count()) {
        return; // if Redis was away for all, the others may only not be back yet
    }
    for (const redis::RedisReply &node : result->elements.mid(1)) {
        qCInfo(lcRedis, "Node %s is gone; its members leave their rooms", node.text.constData());
        Q_EMIT nodeLost(node.text);
        reap(node.text, {});
    }
}

void Presence::reap(const QByteArray &node, FaultHandler onEnd)
{
    m_scripts.reap.run(
        m_link, {prefixed(nodePrefix, node), nodesKey.toByteArray(), prefixed(membersPrefix, node)},
        {node, QByteArray::number(batchSize), roomPrefix.toByteArray(), roomChannelPrefix.toByteArray()},
        [this, node, onEnd = std::move(onEnd)](const redis::RedisResult &result) {
            if (result && result->integer > 0) {
                reap(node, onEnd);
            } else if (onEnd) {
                onEnd(result ? QString() : result.error().text);
            }
        });
}

void Presence::onListMessage(QByteArrayView payload)
{
    const qsizetype first = payload.indexOf(' ');
    const qsizetype second = payload.indexOf(' ', first + 1);
    bool isNumber = false;
    const quint64 request = payload.first(qMax<qsizetype>(first, 0)).toULongLong(&isNumber);
    const QByteArrayView ids = payload.sliced(second + 1);
    if (!isNumber || second < 0 || ids.size() % idLength != 0) {
        qCWarning(lcRedis, "Skipped a member list that is none");
        return;
    }
    QList<QUuid> members;
    members.reserve(ids.size() / idLength);
    for (qsizetype i = 0; i < ids.size(); i += idLength) {
        members.append(QUuid::fromString(QLatin1StringView(ids.data() + i, idLength)));
    }
    Q_EMIT listReceived(request, payload.sliced(first + 1, second - first - 1).toByteArray(), members);
}

} // namespace switchboard
