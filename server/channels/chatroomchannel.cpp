// SPDX-License-Identifier: BSD-3-Clause
#include "channels/chatroomchannel.h"

#include "channels/excerpt.h"
#include "net/logging.h"
#include "net/sessionregistry.h"
#include "relay/broadcaster.h"
#include "relay/logging.h"
#include "relay/presence.h"

namespace switchboard {

namespace {

using protocol::RejectCode;
using protocol::Rejected;

// What a client may ask of a room before its join has gone through.
constexpr qsizetype maxPendingRequests = 100;

constexpr QByteArrayView knownTypes = "JoinRoom, LeaveRoom and SendMessage";

tl::unexpected<Rejected> notAMember()
{
    return tl::unexpected(Rejected{RejectCode::NotAMember, "not a member of this room; join it first"});
}

QByteArrayView typeOf(const PendingRequest &request)
{
    constexpr QByteArrayView types[] = {protocol::RoomRequest::joinTypeName,
                                        protocol::RoomRequest::leaveTypeName,
                                        protocol::SendMessage::typeName};
    return types[request.index()];
}

} // namespace

ChatRoomChannel::ChatRoomChannel(Relay &relay, SessionRegistry &registry, Broadcaster &broadcaster,
                                 Presence &presence, int maxRooms, QObject *parent)
    : QObject(parent)
    , RelayedChannel(relay, registry)
    , m_broadcaster(broadcaster)
    , m_presence(presence)
    , m_lists(relay, presence)
    , m_maxRooms(maxRooms)
{
    connect(&registry, &SessionRegistry::sessionRemoved, this, &ChatRoomChannel::onSessionRemoved);
    connect(&relay, &Relay::readyChanged, this, &ChatRoomChannel::onReadyChanged);
    connect(&m_lists, &RoomLists::joined, this, &ChatRoomChannel::onJoined);
    connect(&m_lists, &RoomLists::refused, this, &ChatRoomChannel::onRefused);
    connect(&m_lists, &RoomLists::reviewed, this, &ChatRoomChannel::onReviewed);
    connect(&m_lists, &RoomLists::reviewDue, this, &ChatRoomChannel::reviewRooms);
}

QByteArrayView ChatRoomChannel::name() const
{
    return protocol::chatRoomChannel;
}

ChannelResult ChatRoomChannel::handle(WebSocketSession &session, const protocol::Envelope &message)
{
    const bool isJoin = message.type == protocol::RoomRequest::joinTypeName;
    if (isJoin || message.type == protocol::RoomRequest::leaveTypeName) {
        const auto request = protocol::RoomRequest::fromContents(message.contents);
        if (!request) {
            return invalidContents(request.error());
        }
        qCInfo(lcWebSocket, "[%s] chat-room %s \"%s\"", session.info().idText().constData(),
               isJoin ? "JoinRoom" : "LeaveRoom", request->room.constData());
        if (isJoin && !session.info().mayJoin(request->room)) {
            return unauthorized("your token does not let you into this room");
        }
        return isJoin ? join(session, request->room) : leave(session, request->room);
    }
    if (message.type == protocol::SendMessage::typeName) {
        auto request = protocol::SendMessage::fromContents(message.contents);
        if (!request) {
            return invalidContents(request.error());
        }
        qCInfo(lcWebSocket, "[%s] chat-room SendMessage \"%s\" \"%s\"", session.info().idText().constData(),
               request->room.constData(), excerpt(request->message).constData());
        return say(session,
                   {std::move(request->message), protocol::Timestamp::now(), std::move(request->room),
                    session.id()});
    }
    return unknownType(knownTypes);
}

ChannelResult ChatRoomChannel::join(WebSocketSession &session, const QByteArray &roomName)
{
    RoomPtr room = m_rooms.value(roomName);
    Membership *membership = room ? room->find(session.id()) : nullptr;
    if (membership && membership->state != Membership::State::Active) {
        return postpone(*membership, PendingJoin{});
    }
    if (!relay().isReady()) {
        return relayUnavailable();
    }
    if (membership) {
        room->wait(session.id());
        m_lists.request(room);
        return {};
    }
    QSet<QByteArray> &rooms = m_roomsOfClient[session.id()];
    if (rooms.size() >= m_maxRooms) {
        return tl::unexpected(
            Rejected{RejectCode::TooManyRooms,
                     "already in " + QByteArray::number(rooms.size()) + " rooms; leave one first"});
    }
    rooms.insert(roomName);
    if (!room) {
        room = std::make_shared<Room>(roomName);
        m_rooms.insert(roomName, room);
        relay().listen(
            room->relayChannel(), [this, roomName](QByteArrayView payload) { onRelayed(roomName, payload); },
            [this, roomName] {
                if (const RoomPtr subscribed = m_rooms.value(roomName)) {
                    m_lists.request(subscribed);
                }
            });
    }
    room->add(session);
    m_lists.request(room);
    return {};
}

ChannelResult ChatRoomChannel::leave(WebSocketSession &session, const QByteArray &roomName)
{
    const RoomPtr room = m_rooms.value(roomName);
    Membership *membership = room ? room->find(session.id()) : nullptr;
    if (!membership) {
        return notAMember();
    }
    if (membership->state != Membership::State::Active) {
        return postpone(*membership, PendingLeave{});
    }
    if (!relay().isReady()) {
        return relayUnavailable();
    }
    removeMember(room, session.id());
    m_presence.leave(roomName, session.id());
    return {};
}

ChannelResult ChatRoomChannel::say(WebSocketSession &session, const protocol::NewRoomMessage &message)
{
    const RoomPtr room = m_rooms.value(message.room);
    Membership *membership = room ? room->find(session.id()) : nullptr;
    if (!membership) {
        return notAMember();
    }
    if (membership->state != Membership::State::Active) {
        return postpone(*membership, message);
    }
    publishFor(session, protocol::SendMessage::typeName, room->relayChannel(),
               protocol::toRelayPayload(message));
    Q_EMIT messageTaken(message);
    return {};
}

void ChatRoomChannel::post(const protocol::NewRoomMessage &message, Relay::PublishHandler handler)
{
    qCInfo(lcHttp, "chat-room \"%s\" \"%s\"", message.room.constData(), excerpt(message.message).constData());
    relay().publish(protocol::chatRoomRelayChannel(message.room), protocol::toRelayPayload(message),
                    std::move(handler));
    Q_EMIT messageTaken(message);
}

ChannelResult ChatRoomChannel::postpone(Membership &membership, PendingRequest request)
{
    if (membership.pending.size() == maxPendingRequests) {
        return tl::unexpected(Rejected{RejectCode::RelayUnavailable, "the join has not gone through yet"});
    }
    membership.pending.append(std::move(request));
    return {};
}

void ChatRoomChannel::catchUp(WebSocketSession &session, const QByteArray &room,
                              const QList<PendingRequest> &pending)
{
    for (const PendingRequest &request : pending) {
        if (!session.isOpen()) {
            return; // it may even be out of the registry, and must not come back into a room
        }
        ChannelResult result;
        if (const auto *message = std::get_if<protocol::NewRoomMessage>(&request)) {
            result = say(session, *message);
        } else if (std::holds_alternative<PendingJoin>(request)) {
            result = join(session, room);
        } else {
            result = leave(session, room);
        }
        if (!result) {
            reject(session, typeOf(request), result.error());
        }
    }
}

void ChatRoomChannel::onJoined(const RoomPtr &room, const QList<QUuid> &clients, const QByteArray &added,
                               const QList<QUuid> &members)
{
    const auto isAdded = [&added](qsizetype i) { return i < added.size() && added[i] == '1'; };
    if (!room->hasBeenTold()) {
        QSet<QUuid> before(members.cbegin(), members.cend());
        for (qsizetype i = 0; i < clients.size(); ++i) {
            if (isAdded(i)) {
                before.remove(clients[i]); // its JoinedRoom follows
            }
        }
        room->noteTold(before);
    }
    QList<QUuid> shown = members;
    if (m_lists.isInDoubt()) {
        // The others here have not been told that those are gone, and will not be told that they came.
        QSet<QUuid> missing = room->told();
        shown += missing.subtract({members.cbegin(), members.cend()}).values();
    }
    const Frame list = memberListFrame(room->name(), shown);
    for (qsizetype i = 0; i < clients.size(); ++i) {
        admit(room, clients[i], isAdded(i), list);
    }
}

void ChatRoomChannel::admit(const RoomPtr &room, const QUuid &client, bool isAdded, const Frame &list)
{
    Membership *membership = room->find(client);
    if (membership && membership->state == Membership::State::Joining && isAdded
        && room->told().contains(client)) {
        // It had been in before, and that it left was missed.
        room->noteWent(client);
        tell(*room, protocol::LeftRoom{room->name(), client});
        membership = room->find(client);
    }
    if (!membership || membership->state == Membership::State::Waiting) {
        return; // it has left since, and may have come again
    }
    WebSocketSession &session = *membership->session;
    const QList<PendingRequest> pending = std::exchange(membership->pending, {});
    const bool isFirstList = membership->state == Membership::State::Joining;
    if (isFirstList) {
        room->activate(*membership);
        Q_EMIT memberJoined(client, room->name());
    }
    session.send(list);
    if (isFirstList && !isAdded) {
        // Redis had it in the room already, so nothing is published.
        const protocol::JoinedRoom event{room->name(), client};
        if (room->noteCame(client)) {
            tell(*room, event);
        } else {
            session.send(Frame::text(protocol::toClientMessage(event)));
        }
    }
    catchUp(session, room->name(), pending);
}

void ChatRoomChannel::onRefused(const RoomPtr &room, const QList<QUuid> &clients, const QString &fault)
{
    for (const QUuid &client : clients) {
        const Membership *membership = room->find(client);
        if (membership && membership->state != Membership::State::Waiting) {
            refuseJoin(room, client, "the room was not joined: " + fault.toUtf8());
        }
    }
}

void ChatRoomChannel::refuseJoin(const RoomPtr &room, const QUuid &client, const QByteArray &reason)
{
    const Membership *membership = room->find(client);
    if (!membership) {
        return;
    }
    WebSocketSession &session = *membership->session;
    const Rejected rejected{RejectCode::RelayUnavailable, reason};
    QList<PendingRequest> refused{PendingJoin{}};
    if (membership->state != Membership::State::Active) {
        const Membership removed = removeMember(room, client);
        refused += removed.pending;
        if (removed.state == Membership::State::Joining) {
            // Redis may have done it all the same.
            m_presence.leave(room->name(), client);
        }
    }
    for (const PendingRequest &request : std::as_const(refused)) {
        reject(session, typeOf(request), rejected);
    }
}

void ChatRoomChannel::onRelayed(const QByteArray &roomName, QByteArrayView payload)
{
    const RoomPtr room = m_rooms.value(roomName);
    if (!room) {
        return;
    }
    const auto event = protocol::roomEventFromRelayPayload(m_parser, payload);
    if (!event) {
        qCWarning(lcRedis, "[%s] Skipped a payload: %s; it was: %s", room->relayChannel().constData(),
                  event.error().constData(), excerpt(payload).constData());
        return;
    }
    if (std::visit([&](const auto &news) { return isNews(*room, news); }, *event)) {
        tell(*room, *event);
    }
}

bool ChatRoomChannel::isNews(Room &room, const protocol::JoinedRoom &event)
{
    return room.noteCame(event.user);
}

bool ChatRoomChannel::isNews(Room &room, const protocol::LeftRoom &event)
{
    if (const Membership *membership = room.find(event.user);
        membership && membership->state == Membership::State::Active) {
        // The other nodes take this one for dead, and are mistaken.
        m_presence.join(room.name(), {event.user}, 0, {});
        return false;
    }
    room.noteWent(event.user);
    return true;
}

void ChatRoomChannel::tell(const Room &room, const protocol::RoomEvent &event)
{
    m_broadcaster.sendTo(room.active(), Frame::text(protocol::toClientMessage(event)));
}

void ChatRoomChannel::onSessionRemoved(const WebSocketSession *session)
{
    const QSet<QByteArray> rooms = m_roomsOfClient.value(session->id());
    for (const QByteArray &name : rooms) {
        const Membership removed = removeMember(m_rooms.value(name), session->id());
        if (removed.state != Membership::State::Waiting) {
            m_presence.leave(name, session->id());
        }
    }
    m_roomsOfClient.remove(session->id());
}

void ChatRoomChannel::onReadyChanged(bool ready)
{
    if (ready) {
        reviewRooms();
        return;
    }
    // Lists that were asked for may never come, nor the confirmation of a channel.
    m_lists.cancel();
    const QList<RoomPtr> rooms = m_rooms.values();
    for (const RoomPtr &room : rooms) {
        room->setNeedsReview(false);
        const QList<QUuid> clients = room->endRequest() + room->takeWaiting();
        for (const QUuid &client : clients) {
            refuseJoin(room, client, "the room was not joined: Redis is not connected");
        }
    }
}

void ChatRoomChannel::reviewRooms()
{
    if (relay().isReady()) {
        m_lists.review(m_rooms.values());
    }
}

void ChatRoomChannel::onReviewed(const RoomPtr &room, const QList<QUuid> &members)
{
    QSet<QUuid> missing = room->told();
    for (const QUuid &member : members) {
        if (!missing.remove(member) && room->noteCame(member)) {
            tell(*room, protocol::JoinedRoom{room->name(), member});
        }
    }
    if (m_lists.isInDoubt()) {
        return;
    }
    for (const QUuid &user : std::as_const(missing)) {
        room->noteWent(user);
        tell(*room, protocol::LeftRoom{room->name(), user});
    }
}

Membership ChatRoomChannel::removeMember(const RoomPtr &room, const QUuid &client)
{
    const auto rooms = m_roomsOfClient.find(client);
    rooms->remove(room->name());
    if (rooms->isEmpty()) {
        m_roomsOfClient.erase(rooms);
    }
    Membership removed = room->take(client);
    if (room->isEmpty()) {
        relay().ignore(room->relayChannel());
        m_rooms.remove(room->name());
    }
    if (removed.state == Membership::State::Active) {
        Q_EMIT memberLeft(client, room->name());
    }
    return removed;
}

} // namespace switchboard
