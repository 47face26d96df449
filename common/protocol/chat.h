// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "protocol/json.h"
#include "protocol/timestamp.h"

#include <QByteArray>
#include <QByteArrayView>

#include <optional>
#include <tl/expected.hpp>

namespace switchboard::protocol {

/// The name of the global chat's channel between clients and daemons.
inline constexpr QByteArrayView chatChannel = "chat";
/// The name of its channel in Redis.
inline constexpr QByteArrayView chatRelayChannel = "websockets-chat-relay";

/// Client → daemon: something to say to everyone. Channel `chat`, type `SubmitMessage`, contents a string.
struct SubmitMessage
{
    static constexpr QByteArrayView typeName = "SubmitMessage";

    /// UTF-8; may be empty.
    QByteArray content;

    [[nodiscard]] QByteArray toClientMessage() const;
    /// Reads the contents of an envelope; the error is for the sender.
    [[nodiscard]] static tl::expected<SubmitMessage, QByteArray>
    fromContents(const std::optional<JsonValue> &contents);
};

/// Daemon → every client: something was said. Channel `chat`, type `NewMessageReceived`.
struct NewMessageReceived
{
    static constexpr QByteArrayView typeName = "NewMessageReceived";

    /// UTF-8.
    QByteArray content;
    /// When the daemon that its sender is connected to took it.
    Timestamp postedAt;

    [[nodiscard]] QByteArray toClientMessage() const;
    /// Reads the contents of an envelope; keys beyond those known are ignored. The error is for a person.
    [[nodiscard]] static tl::expected<NewMessageReceived, QByteArray>
    fromContents(const std::optional<JsonValue> &contents);

    /// The payload in Redis: this message inside `{"type":"BroadcastChatMessage","contents":…}`.
    [[nodiscard]] QByteArray toRelayPayload() const;
    /// Reads such a payload; keys beyond those known are ignored. The error is for a person.
    [[nodiscard]] static tl::expected<NewMessageReceived, QByteArray>
    fromRelayPayload(JsonParser &parser, QByteArrayView payload);
};

} // namespace switchboard::protocol
