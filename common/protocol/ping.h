// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "protocol/json.h"
#include "protocol/timestamp.h"

#include <QByteArray>
#include <QByteArrayView>

#include <optional>
#include <tl/expected.hpp>

namespace switchboard::protocol {

/// The name of the pings' channel between daemons and clients.
inline constexpr QByteArrayView pingChannel = "ping";

/// Which of the two pings; the value is the number on the wire.
enum class PingNumber { One = 1, Two = 2 };

/// A ping that an HTTP client sent to any node, on its way to every client of every node.
struct Ping
{
    static constexpr QByteArrayView typeName = "Ping";

    PingNumber number = PingNumber::One;
    /// When the node that was asked for it took it; told only while somebody watches the cluster.
    std::optional<Timestamp> sentAt = {};

    /// What clients get: channel `ping`, type `Ping`, the number.
    [[nodiscard]] QByteArray toClientMessage() const;

    /// Reads the contents of such a message; the error is for a person.
    [[nodiscard]] static tl::expected<Ping, QByteArray>
    fromContents(const std::optional<JsonValue> &contents);

    /// The channel in Redis, `ping1` or `ping2`.
    [[nodiscard]] QByteArray relayChannel() const;
    /// The payload in Redis, `{"type":"SendPing1"}` or `{"type":"SendPing2"}`, with `sentAt` where it is
    /// told.
    [[nodiscard]] QByteArray toRelayPayload() const;
    /// Reads such a payload; keys beyond `type` are ignored. The error is for a person.
    [[nodiscard]] static tl::expected<Ping, QByteArray> fromRelayPayload(JsonParser &parser,
                                                                         QByteArrayView payload);
};

} // namespace switchboard::protocol
