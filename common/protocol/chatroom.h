// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "protocol/json.h"
#include "protocol/timestamp.h"

#include <QByteArray>
#include <QByteArrayList>
#include <QByteArrayView>
#include <QUuid>

#include <optional>
#include <tl/expected.hpp>
#include <variant>

namespace switchboard::protocol {

/// The name of the rooms' channel between clients and daemons.
inline constexpr QByteArrayView chatRoomChannel = "chat-room";

/// The most bytes of UTF-8 that a room's name may have.
inline constexpr qsizetype maxRoomNameBytes = 128;

/// The channel in Redis of the room \a room: `chat-room-` and the bytes of its name.
[[nodiscard]] QByteArray chatRoomRelayChannel(QByteArrayView room);

/// Nothing when \a room may be a room's name: valid UTF-8 of 1 to maxRoomNameBytes bytes without control
/// characters. Else what is wrong with it, for the sender.
[[nodiscard]] std::optional<QByteArray> roomNameFault(QByteArrayView room);

/// Client → daemon: types `JoinRoom` and `LeaveRoom`.
struct RoomRequest
{
    static constexpr QByteArrayView joinTypeName = "JoinRoom";
    static constexpr QByteArrayView leaveTypeName = "LeaveRoom";

    /// A name without fault.
    QByteArray room;

    [[nodiscard]] QByteArray toJoinMessage() const;
    [[nodiscard]] QByteArray toLeaveMessage() const;
    /// Reads the contents of either type; the error is for the sender.
    [[nodiscard]] static tl::expected<RoomRequest, QByteArray>
    fromContents(const std::optional<JsonValue> &contents);
};

/// Client → daemon: something to say in a room, type `SendMessage`.
struct SendMessage
{
    static constexpr QByteArrayView typeName = "SendMessage";

    /// A name without fault.
    QByteArray room;
    /// UTF-8; may be empty.
    QByteArray message;

    [[nodiscard]] QByteArray toClientMessage() const;
    /// Reads the contents of an envelope; the error is for the sender.
    [[nodiscard]] static tl::expected<SendMessage, QByteArray>
    fromContents(const std::optional<JsonValue> &contents);
};

/// Daemon → the client that just joined: who is in the room on every node, type `MemberList`.
struct MemberList
{
    static constexpr QByteArrayView typeName = "MemberList";

    QByteArray room;
    /// Client ids as the wire writes them, sorted.
    QByteArrayList users;

    [[nodiscard]] QByteArray toClientMessage() const;
    [[nodiscard]] static tl::expected<MemberList, QByteArray>
    fromContents(const std::optional<JsonValue> &contents);
};

/// Daemon → every member: somebody came, type `JoinedRoom`.
struct JoinedRoom
{
    static constexpr QByteArrayView typeName = "JoinedRoom";

    QByteArray room;
    QUuid user;
};

/// Daemon → every member that is left: somebody went, type `LeftRoom`.
struct LeftRoom
{
    static constexpr QByteArrayView typeName = "LeftRoom";

    QByteArray room;
    QUuid user;
};

/// Daemon → every member: something was said in a room, type `NewMessage`.
struct NewRoomMessage
{
    static constexpr QByteArrayView typeName = "NewMessage";

    QByteArray message;
    /// When the sender's daemon took it; nodes of the prototype do not say.
    std::optional<Timestamp> postedAt;
    QByteArray room;
    QUuid user;
};

/// What is told in a room. The same JSON travels to clients (inside the envelope) and through Redis (as `msg`
/// beside a `sub` that names the room).
using RoomEvent = std::variant<JoinedRoom, LeftRoom, NewRoomMessage>;

/// The WebSocket message that tells \a event.
[[nodiscard]] QByteArray toClientMessage(const RoomEvent &event);
/// Reads the event of \a type with \a contents in such a message; keys beyond those known are ignored. The
/// error is for a person.
[[nodiscard]] tl::expected<RoomEvent, QByteArray>
roomEventFromContents(QByteArrayView type, const std::optional<JsonValue> &contents);
/// The payload in Redis that tells \a event.
[[nodiscard]] QByteArray toRelayPayload(const RoomEvent &event);
/// Reads such a payload; keys beyond those known are ignored. The error is for a person.
[[nodiscard]] tl::expected<RoomEvent, QByteArray> roomEventFromRelayPayload(JsonParser &parser,
                                                                            QByteArrayView payload);

/// Reads an id as any node may write it: 8-4-4-4-12 hexadecimal digits in either case.
[[nodiscard]] std::optional<QUuid> parseClientId(QByteArrayView text);

} // namespace switchboard::protocol
