// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "channels/relayedchannel.h"
#include "channels/room.h"
#include "channels/roomlists.h"
#include "relay/relay.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QHash>
#include <QObject>
#include <QSet>

#include <memory>

namespace switchboard {

class Broadcaster;
class Presence;

/// Chat rooms over all nodes. A room exists while it has members. Who is in it is Presence's to know; this
/// class knows the members of this node, and tells them what comes from Redis.
class ChatRoomChannel : public QObject, public RelayedChannel
{
    Q_OBJECT

public:
    /// A client may be in \a maxRooms rooms at once.
    ChatRoomChannel(Relay &relay, SessionRegistry &registry, Broadcaster &broadcaster, Presence &presence,
                    int maxRooms, QObject *parent = nullptr);
    ~ChatRoomChannel() override = default;

    /// From now on a client may be in \a maxRooms rooms; who is in more stays in them.
    void setMaxRooms(int maxRooms) { m_maxRooms = maxRooms; }

    [[nodiscard]] QByteArrayView name() const override;
    [[nodiscard]] ChannelResult handle(WebSocketSession &session, const protocol::Envelope &message) override;

    /// Says \a message, whose user is the nil UUID, for one who is no member. \a handler is told whether
    /// Redis took it, see Relay::publish().
    void post(const protocol::NewRoomMessage &message, Relay::PublishHandler handler);

    /// The rooms with members on this node.
    [[nodiscard]] const QHash<QByteArray, std::shared_ptr<Room>> &rooms() const { return m_rooms; }
    /// The rooms that a client of this node is in or about to be in.
    [[nodiscard]] QSet<QByteArray> roomsOf(const QUuid &client) const
    {
        return m_roomsOfClient.value(client);
    }

Q_SIGNALS:
    /// A client of this node is in a room from now on, and no more.
    void memberJoined(const QUuid &client, const QByteArray &room);
    void memberLeft(const QUuid &client, const QByteArray &room);
    /// A client of this node, or with the nil UUID one who is none, said something, which is on its way to
    /// Redis.
    void messageTaken(const switchboard::protocol::NewRoomMessage &message);

private:
    // Shared, because telling a room something may end it.
    using RoomPtr = RoomLists::RoomPtr;
    [[nodiscard]] ChannelResult join(WebSocketSession &session, const QByteArray &room);
    [[nodiscard]] ChannelResult leave(WebSocketSession &session, const QByteArray &room);
    [[nodiscard]] ChannelResult say(WebSocketSession &session, const protocol::NewRoomMessage &message);
    [[nodiscard]] ChannelResult postpone(Membership &membership, PendingRequest request);
    void catchUp(WebSocketSession &session, const QByteArray &room, const QList<PendingRequest> &pending);

    void onJoined(const RoomPtr &room, const QList<QUuid> &clients, const QByteArray &added,
                  const QList<QUuid> &members);
    void admit(const RoomPtr &room, const QUuid &client, bool isAdded, const Frame &list);
    void onRefused(const RoomPtr &room, const QList<QUuid> &clients, const QString &fault);
    void refuseJoin(const RoomPtr &room, const QUuid &client, const QByteArray &reason);

    void onRelayed(const QByteArray &room, QByteArrayView payload);
    /// Whether \a event is news to the members here.
    [[nodiscard]] bool isNews(Room &room, const protocol::JoinedRoom &event);
    [[nodiscard]] bool isNews(Room &room, const protocol::LeftRoom &event);
    [[nodiscard]] static bool isNews(Room & /*room*/, const protocol::NewRoomMessage & /*event*/)
    {
        return true;
    }
    void tell(const Room &room, const protocol::RoomEvent &event);

    void onReadyChanged(bool ready);
    void reviewRooms();
    void onReviewed(const RoomPtr &room, const QList<QUuid> &members);

    void onSessionRemoved(const WebSocketSession *session);
    Membership removeMember(const RoomPtr &room, const QUuid &client);

    Broadcaster &m_broadcaster;
    Presence &m_presence;
    RoomLists m_lists;
    int m_maxRooms;
    QHash<QByteArray, RoomPtr> m_rooms;
    QHash<QUuid, QSet<QByteArray>> m_roomsOfClient;
    protocol::JsonParser m_parser;
};

} // namespace switchboard
