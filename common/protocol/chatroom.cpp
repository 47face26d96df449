// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/chatroom.h"

#include "protocol/envelope.h"
#include "protocol/relaypayload.h"

#include <QString>

#include <algorithm>

namespace switchboard::protocol {

namespace {

QByteArray roomContents(QByteArrayView room)
{
    JsonWriter writer;
    writer.beginObject().key("room").string(room).endObject();
    return writer.take();
}

tl::expected<JsonValue, QByteArray> objectContents(const std::optional<JsonValue> &contents)
{
    if (!contents) {
        return tl::unexpected(QByteArrayLiteral("the key \"contents\" is missing"));
    }
    return *contents;
}

tl::expected<QByteArray, QByteArray> validRoomMember(const JsonValue &contents)
{
    auto room = stringMember(contents, "room");
    if (room) {
        if (const auto fault = roomNameFault(*room)) {
            return tl::unexpected("\"room\" " + *fault);
        }
    }
    return room;
}

QByteArray idText(const QUuid &id)
{
    return id.toByteArray(QUuid::WithoutBraces);
}

template <typename Membership>
QByteArray membershipContents(const Membership &event)
{
    JsonWriter writer;
    writer.beginObject().key("room").string(event.room).key("user").string(idText(event.user)).endObject();
    return writer.take();
}

QByteArray contentsOf(const JoinedRoom &event)
{
    return membershipContents(event);
}

QByteArray contentsOf(const LeftRoom &event)
{
    return membershipContents(event);
}

QByteArray contentsOf(const NewRoomMessage &event)
{
    JsonWriter writer;
    writer.beginObject().key("message").string(event.message);
    if (event.postedAt) {
        writer.key("postedAt").string(event.postedAt->text());
    }
    writer.key("room").string(event.room).key("user").string(idText(event.user)).endObject();
    return writer.take();
}

tl::expected<NewRoomMessage, QByteArray> newMessageFromContents(const JsonValue &contents, QByteArray room,
                                                                const QUuid &user)
{
    auto message = stringMember(contents, "message");
    if (!message) {
        return tl::unexpected(message.error());
    }
    std::optional<Timestamp> postedAt;
    if (contents.member("postedAt")) {
        const auto text = textMember(contents, "postedAt");
        if (text) {
            postedAt = Timestamp::parse(*text);
        }
        if (!postedAt) {
            return tl::unexpected(QByteArrayLiteral("\"postedAt\" is no time in ISO 8601 with a zone"));
        }
    }
    return NewRoomMessage{std::move(*message), std::move(postedAt), std::move(room), user};
}

} // namespace

QByteArray chatRoomRelayChannel(QByteArrayView room)
{
    return "chat-room-" + room.toByteArray();
}

std::optional<QByteArray> roomNameFault(QByteArrayView room)
{
    if (room.isEmpty() || room.size() > maxRoomNameBytes) {
        return "must have 1 to 128 bytes, not " + QByteArray::number(room.size());
    }
    if (!room.isValidUtf8()) {
        return QByteArrayLiteral("must be valid UTF-8");
    }
    const QString text = QString::fromUtf8(room);
    const bool hasControl =
        std::any_of(text.begin(), text.end(), [](QChar c) { return c.category() == QChar::Other_Control; });
    if (hasControl) {
        return QByteArrayLiteral("must not contain control characters");
    }
    return std::nullopt;
}

QByteArray RoomRequest::toJoinMessage() const
{
    return envelope(chatRoomChannel, joinTypeName, roomContents(room));
}

QByteArray RoomRequest::toLeaveMessage() const
{
    return envelope(chatRoomChannel, leaveTypeName, roomContents(room));
}

tl::expected<RoomRequest, QByteArray> RoomRequest::fromContents(const std::optional<JsonValue> &contents)
{
    return objectContents(contents).and_then(validRoomMember).map([](QByteArray name) {
        return RoomRequest{std::move(name)};
    });
}

QByteArray SendMessage::toClientMessage() const
{
    JsonWriter contents;
    contents.beginObject().key("message").string(message).key("room").string(room).endObject();
    return envelope(chatRoomChannel, typeName, contents.take());
}

tl::expected<SendMessage, QByteArray> SendMessage::fromContents(const std::optional<JsonValue> &contents)
{
    const auto object = objectContents(contents);
    if (!object) {
        return tl::unexpected(object.error());
    }
    auto room = validRoomMember(*object);
    if (!room) {
        return tl::unexpected(room.error());
    }
    auto message = stringMember(*object, "message");
    if (!message) {
        return tl::unexpected(message.error());
    }
    return SendMessage{std::move(*room), std::move(*message)};
}

QByteArray MemberList::toClientMessage() const
{
    JsonWriter contents;
    contents.beginObject().key("room").string(room).key("users").beginArray();
    for (const QByteArray &user : users) {
        contents.string(user);
    }
    contents.endArray().endObject();
    return envelope(chatRoomChannel, typeName, contents.take());
}

tl::expected<MemberList, QByteArray> MemberList::fromContents(const std::optional<JsonValue> &contents)
{
    const auto object = objectContents(contents);
    if (!object) {
        return tl::unexpected(object.error());
    }
    auto room = stringMember(*object, "room");
    if (!room) {
        return tl::unexpected(room.error());
    }
    const auto users = object->member("users");
    if (!users || !users->isArray()) {
        return tl::unexpected(QByteArrayLiteral("\"users\" must be an array"));
    }
    MemberList list{std::move(*room), {}};
    list.users.reserve(users->size());
    for (qsizetype i = 0; i < users->size(); ++i) {
        const auto user = users->at(i).string();
        if (!user) {
            return tl::unexpected(QByteArrayLiteral("\"users\" must be strings"));
        }
        list.users.append(*user);
    }
    return list;
}

QByteArray toClientMessage(const RoomEvent &event)
{
    return std::visit([](const auto &e) { return envelope(chatRoomChannel, e.typeName, contentsOf(e)); },
                      event);
}

QByteArray toRelayPayload(const RoomEvent &event)
{
    return std::visit(
        [](const auto &e) {
            JsonWriter writer;
            writer.beginObject().key("msg").beginObject().key("contents").raw(contentsOf(e));
            writer.key("type").string(e.typeName).endObject();
            writer.key("sub").beginObject().key("room").string(e.room);
            writer.key("type").string("ChatRoomSubscription").endObject().endObject();
            return writer.take();
        },
        event);
}

tl::expected<RoomEvent, QByteArray> roomEventFromRelayPayload(JsonParser &parser, QByteArrayView payload)
{
    const auto root = parseRelayObject(parser, payload);
    if (!root) {
        return tl::unexpected(root.error());
    }
    const auto message = root->member("msg");
    const auto subscription = root->member("sub");
    if (!message || !subscription) {
        return tl::unexpected(QByteArrayLiteral("\"msg\" or \"sub\" is missing"));
    }
    const auto subscriptionType = textMember(*subscription, "type");
    if (!subscriptionType || *subscriptionType != "ChatRoomSubscription"
        || !textMember(*subscription, "room")) {
        return tl::unexpected(QByteArrayLiteral("\"sub\" is no ChatRoomSubscription with a room"));
    }
    const auto type = textMember(*message, "type");
    if (!type) {
        return tl::unexpected(type.error());
    }
    return roomEventFromContents(*type, message->member("contents"));
}

tl::expected<RoomEvent, QByteArray> roomEventFromContents(QByteArrayView type,
                                                          const std::optional<JsonValue> &contents)
{
    if (!contents) {
        return tl::unexpected(QByteArrayLiteral("the key \"contents\" is missing"));
    }
    auto room = stringMember(*contents, "room");
    if (!room) {
        return tl::unexpected(room.error());
    }
    const auto userText = textMember(*contents, "user");
    const auto user = userText ? parseClientId(*userText) : std::nullopt;
    if (!user) {
        return tl::unexpected(QByteArrayLiteral("\"user\" is no client id"));
    }
    if (type == JoinedRoom::typeName) {
        return JoinedRoom{std::move(*room), *user};
    }
    if (type == LeftRoom::typeName) {
        return LeftRoom{std::move(*room), *user};
    }
    if (type == NewRoomMessage::typeName) {
        return newMessageFromContents(*contents, std::move(*room), *user).map([](NewRoomMessage event) {
            return RoomEvent(std::move(event));
        });
    }
    return tl::unexpected("unknown type \"" + type.toByteArray() + '"');
}

std::optional<QUuid> parseClientId(QByteArrayView text)
{
    constexpr qsizetype length = 36;
    const auto isRight = [&](qsizetype i) {
        const char c = text[i];
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            return c == '-';
        }
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    };
    if (text.size() != length) {
        return std::nullopt;
    }
    for (qsizetype i = 0; i < length; ++i) {
        if (!isRight(i)) {
            return std::nullopt;
        }
    }
    return QUuid::fromString(QLatin1StringView(text.data(), text.size()));
}

} // namespace switchboard::protocol
