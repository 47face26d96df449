// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "protocol/chatroom.h"
#include "relay/presencescripts.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QElapsedTimer>
#include <QList>
#include <QObject>
#include <QSet>
#include <QTimer>
#include <QUuid>

#include <functional>
#include <optional>
#include <tl/expected.hpp>
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

    /// Told if Redis did not do it, with the reason in words.
    using FaultHandler = std::function<void(const QString &fault)>;

    Presence(Relay &relay, redis::RedisLink &link, const QUuid &nodeId, QObject *parent = nullptr);

    /// Puts those of \a clients, all of this node, in \a room who are not; the room is told JoinedRoom of
    /// each. Before that listReceived() tells who is in, with the \a request as given; not where it is 0.
    /// After a fault it is not known whether they are in; leave() puts that right.
    void join(const QByteArray &room, const QList<QUuid> &clients, quint64 request,
              const FaultHandler &onFault);

    /// Takes \a client out of \a room; the room is told LeftRoom. What Redis does not do now is tried again
    /// until it does.
    void leave(const QByteArray &room, const QUuid &client);

    /// Told of the members of something, each once, in no particular order, or why they are not known.
    using ListHandler = std::function<void(const tl::expected<QList<QByteArray>, QString> &list)>;

    /// Finds the ids of all nodes that live, or may.
    void listNodes(ListHandler handler);

    /// Finds the ids of all clients in \a room. That stands in no order with what is told of the room.
    void listMembers(const QByteArray &room, ListHandler handler);

    /// Takes back everything that this node has in Redis; it is silent afterwards.
    void retire();

    /// Whether Redis has confirmed everything that leave() and retire() asked for, or is away.
    [[nodiscard]] bool isSettled() const { return m_inFlight == 0; }

Q_SIGNALS:
    /// Who is in a room at this point of what is told of it. \a added has a '1' for each of the last clients
    /// of join() that was not in before, whose JoinedRoom follows, and a '0' for each of the others.
    void listReceived(quint64 request, const QByteArray &added, const QList<QUuid> &members);
    /// Redis may have forgotten members of this node: all are to join() again.
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
    void sendOwedLeaves();
    void list(const QList<QByteArray> &command, ListHandler handler);
    [[nodiscard]] QList<QByteArray> keysOf(const QByteArray &room) const;

    Relay &m_relay;
    redis::RedisLink &m_link;
    PresenceScripts m_scripts;
    QByteArray m_node;
    QTimer m_heartbeat;
    quint64 m_session = 0; ///< see PresenceScripts
    QElapsedTimer m_sessionTime;
    QSet<Member> m_owedLeaves;
    qsizetype m_inFlight = 0;
    bool m_isRetired = false;
};

} // namespace switchboard
