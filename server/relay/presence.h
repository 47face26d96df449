// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "protocol/chatroom.h"
#include "relay/presencescripts.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QList>
#include <QObject>
#include <QSet>
#include <QTimer>
#include <QUuid>

#include <functional>
#include <optional>
#include <utility>

namespace switchboard {

class Relay;

/// Who is in which room, on every node, kept in Redis so that it outlives any one node; and which nodes live.
///
/// The list of a room's members comes by the subscribing connection, like everything else that is told of a
/// room, so it stands in order with it: what came before is in the list, what comes after changes it.
///
/// Each node says every heartbeatInterval that it lives. Members of a node that has not for nodeLifetime are
/// taken out by the others. A node that was taken for dead and is not puts its members back.
class Presence : public QObject
{
    Q_OBJECT

public:
    static constexpr std::chrono::milliseconds heartbeatInterval{2000};
    static constexpr std::chrono::milliseconds nodeLifetime{9000};

    /// Told once if Redis did not do it, with the reason in words.
    using FaultHandler = std::function<void(const QString &fault)>;

    Presence(Relay &relay, redis::RedisLink &link, const QUuid &nodeId, QObject *parent = nullptr);

    /// Puts \a client in \a room; listReceived() tells the members, with \a request as given, and the room is
    /// told JoinedRoom behind it. Where it is there already, only the list comes. After a fault it is not
    /// known whether it is in; leave() puts that right.
    void join(const QByteArray &room, const QUuid &client, quint64 request, FaultHandler onFault);

    /// Takes \a client out of \a room; the room is told LeftRoom. While Redis is away it is remembered and
    /// done when it is back.
    void leave(const QByteArray &room, const QUuid &client);

    /// Puts those of \a clients, all of this node, back in \a room who are missing there. With a \a request,
    /// the list comes as for join().
    void restore(const QByteArray &room, const QList<QUuid> &clients, quint64 request);

    /// Takes back everything that this node has in Redis; it is silent afterwards.
    void retire();

    /// Whether Redis has confirmed everything that leave() and retire() asked for, or is away.
    [[nodiscard]] bool isSettled() const { return m_inFlight == 0; }

Q_SIGNALS:
    /// Who is in a room at this point of what is told of it. \a isAdded: JoinedRoom of the asking client
    /// follows.
    void listReceived(quint64 request, bool isAdded, const QList<QUuid> &members);
    /// Redis may have forgotten members of this node: each room is to be restore()d.
    void forgotten();
    /// A node has not said for nodeLifetime that it lives; its members are being taken out.
    void nodeLost(const QByteArray &node);
    /// isSettled() has become true.
    void settled();

private:
    using Member = std::pair<QByteArray, QUuid>; // room and client

    void beat();
    void onBeatAnswered(const redis::RedisResult &result);
    void reap(const QByteArray &node, FaultHandler onEnd);
    void onListMessage(QByteArrayView payload);
    void onCommandReadyChanged(bool ready);
    void sendLeave(const Member &member);
    [[nodiscard]] QList<QByteArray> keysOf(const QByteArray &room) const;

    Relay &m_relay;
    redis::RedisLink &m_link;
    PresenceScripts m_scripts;
    QByteArray m_node;
    QTimer m_heartbeat;
    QSet<Member> m_owedLeaves;
    qsizetype m_inFlight = 0;
    bool m_isRetired = false;
};

} // namespace switchboard
