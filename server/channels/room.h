// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "protocol/chatroom.h"

#include <QByteArray>
#include <QHash>
#include <QList>
#include <QUuid>

#include <variant>
#include <vector>

namespace switchboard {

class WebSocketSession;

/// What a client asked for in a room that it is still joining.
struct PendingJoin
{ };
struct PendingLeave
{ };
using PendingRequest = std::variant<PendingJoin, PendingLeave, protocol::NewRoomMessage>;

/// One client of this node in one room, or on its way in.
struct Membership
{
    enum class State {
        Subscribing, ///< Redis has not confirmed the room's channel yet.
        Joining, ///< Redis has been asked; the member list has not come yet.
        Active, ///< It is told all that happens in the room.
    };

    WebSocketSession *session = nullptr;
    State state = State::Subscribing;
    /// Which member list ends Joining.
    quint64 request = 0;
    /// Whether the room has been told of it: a JoinedRoom that comes after that repeats it.
    bool isAnnounced = false;
    /// Where it stands in Room::active.
    std::size_t activeIndex = 0;
    /// What it asked for while it was not Active, in order.
    QList<PendingRequest> pending;
};

/// A room with members on this node.
class Room
{
public:
    explicit Room(QByteArray name);

    [[nodiscard]] const QByteArray &name() const { return m_name; }
    /// Its channel in Redis.
    [[nodiscard]] const QByteArray &relayChannel() const { return m_relayChannel; }

    [[nodiscard]] bool isEmpty() const { return m_members.isEmpty(); }
    /// Clients of this node in it, those that are about to be included.
    [[nodiscard]] qsizetype size() const { return m_members.size(); }
    [[nodiscard]] Membership *find(const QUuid &client);
    [[nodiscard]] QList<QUuid> clientsIn(Membership::State state) const;

    Membership &add(WebSocketSession &session);
    void activate(Membership &membership);
    /// Takes the client out; its membership as it was.
    Membership take(const QUuid &client);

    /// The clients to be told what happens.
    [[nodiscard]] const std::vector<WebSocketSession *> &active() const { return m_active; }

    /// Keeps account of who the clients here have been told is in the room, on all nodes: somebody came or
    /// went.
    void noteToggled(const QUuid &user);
    /// They have been told that just \a members are.
    void noteTold(const QList<QUuid> &members);
    /// Whether what they have been told comes to \a members.
    [[nodiscard]] bool isTold(const QList<QUuid> &members) const;
    /// Whether they have been told anything.
    [[nodiscard]] bool hasBeenTold() const { return m_hasBeenTold; }

private:
    QByteArray m_name;
    QByteArray m_relayChannel;
    QHash<QUuid, Membership> m_members;
    std::vector<WebSocketSession *> m_active;
    // The ids of all members, xor-ed: they are random, so different sets come to different digests.
    QUuid m_digest;
    bool m_hasBeenTold = false;
};

} // namespace switchboard
