// SPDX-License-Identifier: BSD-3-Clause
#include "channels/chatroomchannel.h"

#include "channels/excerpt.h"
#include "net/logging.h"
#include "net/sessionregistry.h"
#include "relay/broadcaster.h"
#include "relay/logging.h"
#include "relay/presence.h"
#include "relay/relay.h"

#include <algorithm>

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

tl::unexpected<Rejected> relayUnavailable()
{
    return tl::unexpected(
        Rejected{RejectCode::RelayUnavailable, "Redis is not connected; nothing was changed"});
}

QByteArrayView typeOf(const PendingRequest &request)
{
    constexpr QByteArrayView types[] = {protocol::RoomRequest::joinTypeName,
                                        protocol::RoomRequest::leaveTypeName,
                                        protocol::SendMessage::typeName};
    return types[request.index()];
}

Frame memberListFrame(const QByteArray &room, const QList<QUuid> &members)
{
    protocol::MemberList list{room, {}};
    list.users.reserve(members.size());
    for (const QUuid &member : members) {
        list.users.append(member.toByteArray(QUuid::WithoutBraces));
    }
    std::sort(list.users.begin(), list.users.end());
    return Frame::text(list.toClientMessage());
}

} // namespace

ChatRoomChannel::ChatRoomChannel(Relay &relay, SessionRegistry &registry, Broadcaster &broadcaster,
                                 Presence &presence, int maxRooms, QObject *parent)
    : QObject(parent)
    , RelayedChannel(relay, registry)
    , m_broadcaster(broadcaster)
    , m_presence(presence)
    , m_maxRooms(maxRooms)
{
    connect(&registry, &SessionRegistry::sessionRemoved, this, &ChatRoomChannel::onSessionRemoved);
    connect(&relay, &Relay::readyChanged, this, &ChatRoomChannel::onReadyChanged);
    connect(&presence, &Presence::listReceived, this, &ChatRoomChannel::onListReceived);
    connect(&presence, &Presence::forgotten, this, &ChatRoomChannel::restoreRooms);
}

ChatRoomChannel::~ChatRoomChannel() = default;

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
        askForList(*room, *membership);
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
            [this, roomName] { onRoomSubscribed(roomName); });
    }
    Membership &added = room->add(session);
    if (relay().isSubscribed(room->relayChannel())) {
        askForList(*room, added);
    }
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
        if (!session.isOpen()) {
            return;
        }
    }
}

void ChatRoomChannel::onRoomSubscribed(const QByteArray &roomName)
{
    const RoomPtr room = m_rooms.value(roomName);
    if (!room) {
        return;
    }
    const QList<QUuid> waiting = room->clientsIn(Membership::State::Subscribing);
    for (const QUuid &client : waiting) {
        if (Membership *membership = room->find(client)) {
            askForList(*room, *membership);
        }
    }
}

void ChatRoomChannel::askForList(const Room &room, Membership &membership)
{
    const quint64 request = ++m_lastRequest;
    const QUuid client = membership.session->id();
    m_listRequests.insert(request, {room.name(), client});
    if (membership.state == Membership::State::Subscribing) {
        membership.state = Membership::State::Joining;
    }
    m_presence.join(room.name(), client, request, [this, request](const QString &fault) {
        if (const ListRequest asked = m_listRequests.take(request); !asked.client.isNull()) {
            refuseJoin(asked, "the room was not joined: " + fault.toUtf8());
        }
    });
}

void ChatRoomChannel::refuseJoin(const ListRequest &asked, const QByteArray &reason)
{
    const RoomPtr room = m_rooms.value(asked.room);
    const Membership *membership = room ? room->find(asked.client) : nullptr;
    if (!membership) {
        return;
    }
    WebSocketSession &session = *membership->session;
    const Rejected rejected{RejectCode::RelayUnavailable, reason};
    QList<PendingRequest> refused{PendingJoin{}};
    if (membership->state != Membership::State::Active) {
        const Membership removed = removeMember(room, asked.client);
        refused += removed.pending;
        if (removed.state == Membership::State::Joining) {
            // Redis may have done it all the same.
            m_presence.leave(asked.room, asked.client);
        }
    }
    for (const PendingRequest &request : std::as_const(refused)) {
        reject(session, typeOf(request), rejected);
    }
}

void ChatRoomChannel::onListReceived(quint64 request, bool isAdded, const QList<QUuid> &members)
{
    const auto found = m_listRequests.find(request);
    if (found == m_listRequests.end()) {
        return;
    }
    const ListRequest asked = *found;
    m_listRequests.erase(found);
    const RoomPtr room = m_rooms.value(asked.room);
    if (!room) {
        return;
    }
    if (!asked.client.isNull()) {
        admit(room, asked.client, isAdded, members);
    } else if (!room->isTold(members)) {
        room->noteTold(members);
        m_broadcaster.sendTo(room->active(), memberListFrame(room->name(), members));
    }
}

void ChatRoomChannel::admit(const RoomPtr &room, const QUuid &client, bool isAdded,
                            const QList<QUuid> &members)
{
    Membership *membership = room->find(client);
    if (!membership || membership->state == Membership::State::Subscribing) {
        return;
    }
    WebSocketSession &session = *membership->session;
    const bool isFirstList = membership->state == Membership::State::Joining;
    if (isFirstList) {
        room->activate(*membership);
        // Where it was a member already, nothing is published.
        membership->isAnnounced = !isAdded;
        if (!room->hasBeenTold()) {
            room->noteTold(members);
            if (isAdded) {
                room->noteToggled(client);
            }
        }
    }
    const QList<PendingRequest> pending = std::exchange(membership->pending, {});
    session.send(memberListFrame(room->name(), members));
    if (isFirstList && !isAdded) {
        session.send(Frame::text(protocol::toClientMessage(protocol::JoinedRoom{room->name(), client})));
    }
    if (isFirstList) {
        Q_EMIT memberJoined(client, room->name());
    }
    catchUp(session, room->name(), pending);
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
        m_broadcaster.sendTo(room->active(), Frame::text(protocol::toClientMessage(*event)));
    }
}

bool ChatRoomChannel::isNews(Room &room, const protocol::JoinedRoom &event)
{
    if (Membership *membership = room.find(event.user);
        membership && membership->state == Membership::State::Active) {
        // Put back after the other nodes had taken this one for dead.
        if (std::exchange(membership->isAnnounced, true)) {
            return false;
        }
    }
    room.noteToggled(event.user);
    return true;
}

bool ChatRoomChannel::isNews(Room &room, const protocol::LeftRoom &event)
{
    if (const Membership *membership = room.find(event.user);
        membership && membership->state == Membership::State::Active && membership->isAnnounced) {
        // The other nodes take this one for dead, and are mistaken.
        m_presence.restore(room.name(), {event.user}, 0);
        return false;
    }
    room.noteToggled(event.user);
    return true;
}

bool ChatRoomChannel::isNews(Room &, const protocol::NewRoomMessage &)
{
    return true;
}

void ChatRoomChannel::onSessionRemoved(const WebSocketSession *session)
{
    const QSet<QByteArray> rooms = m_roomsOfClient.value(session->id());
    for (const QByteArray &name : rooms) {
        const Membership removed = removeMember(m_rooms.value(name), session->id());
        if (removed.state != Membership::State::Subscribing) {
            m_presence.leave(name, session->id());
        }
    }
    m_roomsOfClient.remove(session->id());
}

void ChatRoomChannel::onReadyChanged(bool ready)
{
    if (ready) {
        restoreRooms();
        return;
    }
    // Lists that were asked for may never come, nor the confirmation of a channel.
    QList<ListRequest> refused = std::exchange(m_listRequests, {}).values();
    for (const RoomPtr &room : std::as_const(m_rooms)) {
        for (const QUuid &client : room->clientsIn(Membership::State::Subscribing)) {
            refused.append({room->name(), client});
        }
    }
    for (const ListRequest &asked : std::as_const(refused)) {
        if (!asked.client.isNull()) {
            refuseJoin(asked, "the room was not joined: Redis is not connected");
        }
    }
}

void ChatRoomChannel::restoreRooms()
{
    if (!relay().isReady()) {
        return;
    }
    for (const RoomPtr &room : std::as_const(m_rooms)) {
        const QList<QUuid> members = room->clientsIn(Membership::State::Active);
        if (!members.isEmpty()) {
            m_listRequests.insert(++m_lastRequest, {room->name(), QUuid()});
            m_presence.restore(room->name(), members, m_lastRequest);
        }
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
