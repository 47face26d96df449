// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/frame.h"
#include "protocol/chatroom.h"

#include <QByteArray>
#include <QHash>
#include <QList>
#include <QSet>
#include <QUuid>

#include <variant>
#include <vector>

namespace switchboard {

class WebSocketSession;

/// The MemberList of \a room with those \a members, whom it sorts.
[[nodiscard]] Frame memberListFrame(const QByteArray &room, const QList<QUuid> &members);

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
        Waiting, ///< For Redis to confirm the room's channel, or for the list that was asked for before.
        Joining, ///< Redis has been asked; the member list has not come yet.
        Active, ///< It is told all that happens in the room.
    };

    WebSocketSession *session = nullptr;
    State state = State::Waiting;
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

    /// Adds a client, which waits for a member list.
    void add(WebSocketSession &session);
    void activate(Membership &membership);
    /// Takes the client out; its membership as it was.
    Membership take(const QUuid &client);

    /// The clients to be told what happens.
    [[nodiscard]] const std::vector<WebSocketSession *> &active() const { return m_active; }
    [[nodiscard]] QList<QUuid> activeClients() const;

    /// Lets an Active client wait for a member list as well.
    void wait(const QUuid &client) { m_waiting.append(client); }
    /// Whether a list is to be asked for because somebody waits.
    [[nodiscard]] bool needsList() const { return m_request == 0 && !m_needsReview && !m_waiting.isEmpty(); }
    /// Whether a list is to be asked for because the clients here may have missed something.
    [[nodiscard]] bool needsReview() const { return m_needsReview; }
    void setNeedsReview(bool needsReview) { m_needsReview = needsReview; }
    /// A list is asked for with that number, for at most \a maximum of those who wait; returns them. Those
    /// that are not Active are Joining from now on.
    QList<QUuid> beginRequest(quint64 request, qsizetype maximum);
    [[nodiscard]] quint64 request() const { return m_request; }
    /// It has come, or will not. Returns those it was for; one that has left since may be Waiting again.
    QList<QUuid> endRequest();
    /// Lets nobody wait any more; returns those that did.
    QList<QUuid> takeWaiting() { return std::exchange(m_waiting, {}); }

    /// Who is in the room, on all nodes, by what the clients here have been told.
    [[nodiscard]] const QSet<QUuid> &told() const { return m_told; }
    [[nodiscard]] bool hasBeenTold() const { return m_hasBeenTold; }
    /// They are told their first list.
    void noteTold(const QSet<QUuid> &members);
    /// Somebody came; returns whether that is news.
    bool noteCame(const QUuid &user);
    void noteWent(const QUuid &user) { m_told.remove(user); }

private:
    QByteArray m_name;
    QByteArray m_relayChannel;
    QHash<QUuid, Membership> m_members;
    std::vector<WebSocketSession *> m_active;
    QList<QUuid> m_waiting;
    QList<QUuid> m_asked;
    quint64 m_request = 0; // 0: none
    bool m_needsReview = false;
    QSet<QUuid> m_told;
    bool m_hasBeenTold = false;
};

} // namespace switchboard
