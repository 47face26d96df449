// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <deque>
#include <optional>

#include <QByteArray>
#include <QHash>
#include <QList>
#include <QSet>

#include "integration/cluster.h"
#include "support/rawsocket.h"
#include "support/wsclient.h"

namespace switchboard::test {

// What clients send and hear of rooms, written and read without the code that the daemon uses for it.

QByteArray joinRoom(const QByteArray &room);
QByteArray leaveRoom(const QByteArray &room);
QByteArray sayInRoom(const QByteArray &room, const QByteArray &message);

/// The frames that show what happens in rooms, byte by byte. \a postedAt is left out where it is null.
QByteArray memberListFrame(const QByteArray &room, const QList<QByteArray> &users);
QByteArray joinedFrame(const QByteArray &room, const QByteArray &user);
QByteArray leftFrame(const QByteArray &room, const QByteArray &user);
QByteArray newMessageFrame(const QByteArray &room, const QByteArray &user, const QByteArray &message,
                           const QByteArray &postedAt = {});

/// What a frame says of a room.
struct RoomFrame
{
    QByteArray type;
    QByteArray room;
    QByteArray user;
    QByteArray message;
    QByteArray postedAt;
    QList<QByteArray> users;
};

/// Reads a frame that is letter by letter one of the above; nothing if it is not.
std::optional<RoomFrame> parseRoomFrame(const QByteArray &frame);

/// \a frame without its postedAt, if it is a NewMessage; else as it is.
QByteArray withoutPostedAt(const QByteArray &frame);

QList<QByteArray> sorted(QList<QByteArray> list);

/// A client that keeps what it is told of rooms.
class RoomClient
{
public:
    /// Connects, and learns its id by joining a room of its own for a moment.
    bool connectTo(const QUrl &url, const WsClient::Headers &headers = {});

    const QByteArray &id() const { return m_id; }
    WsClient &socket() { return m_socket; }

    void join(const QByteArray &room) { m_socket.sendText(joinRoom(room)); }
    void leave(const QByteArray &room) { m_socket.sendText(leaveRoom(room)); }
    void say(const QByteArray &room, const QByteArray &message)
    {
        m_socket.sendText(sayInRoom(room, message));
    }

    /// Joins \a room, in which it must not be, and waits until it is told so.
    bool joinAndWait(const QByteArray &room);

    /// All frames of \a room in their order, without postedAt.
    QList<QByteArray> told(const QByteArray &room);
    /// How often it was told \a frame, which is of \a room and without postedAt.
    qsizetype count(const QByteArray &room, const QByteArray &frame) { return told(room).count(frame); }
    bool waitFor(const QByteArray &room, const QByteArray &frame,
                 std::chrono::milliseconds timeout = DefaultTimeout);

    /// What was said in \a room, in order.
    QList<QByteArray> heard(const QByteArray &room);

    /// Who is in \a room by what it was told: its last MemberList, with every JoinedRoom and LeftRoom since;
    /// sorted.
    QList<QByteArray> members(const QByteArray &room);
    bool waitForMembers(const QByteArray &room, const QList<QByteArray> &members,
                        std::chrono::milliseconds timeout = DefaultTimeout);

    /// What was rejected, each as "CODE TYPE", in order.
    QList<QByteArray> rejections() const;
    bool waitForRejection(const QByteArray &rejection);

    /// Forgets the frames so far, but not who is in which room.
    void forget();

private:
    struct View
    {
        QList<QByteArray> told;
        QList<QByteArray> heard;
        QSet<QByteArray> members;
    };

    View &view(const QByteArray &room);
    void take(const RoomFrame &frame, const QByteArray &bytes);

    WsClient m_socket;
    QByteArray m_id;
    QHash<QByteArray, View> m_views;
    qsizetype m_taken = 0; ///< of the socket's messages
};

/// Clients in a row: they stay where they are when more of them come.
using RoomClients = std::deque<RoomClient>;

/// The ids of \a clients, sorted.
QList<QByteArray> idsOf(const RoomClients &clients);

/// Connects \a perDaemon clients to each daemon and appends them to \a clients, those of the first daemon
/// first.
bool connectRoomClients(Cluster &cluster, RoomClients &clients, qsizetype perDaemon = 1);

/// Lets all of \a clients forget the frames so far.
void forgetAll(RoomClients &clients);

/// Lets all of \a clients join \a room, one after the other, and waits until all have heard of all.
bool joinAll(RoomClients &clients, const QByteArray &room);

/// Waits until everything that daemons have published for \a clients so far has arrived at all of them: each
/// says something in the global chat, behind which nothing from its daemon can come.
bool settle(RoomClients &clients);

/// Learns the id of a client with an open WebSocket, as RoomClient does; empty if that fails.
QByteArray findId(RawSocket &socket);

/// How many nodes are subscribed to a room's channel.
int subscribers(Cluster &cluster, const QByteArray &room);

/// All keys of Redis that match \a pattern, sorted.
QList<QByteArray> redisKeys(Cluster &cluster, const QByteArray &pattern);

/// Who is in \a room by what Redis holds, sorted.
QList<QByteArray> membersInRedis(Cluster &cluster, const QByteArray &room);

} // namespace switchboard::test
