// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "protocol/json.h"

#include <QByteArray>
#include <QByteArrayView>

#include <optional>
#include <tl/expected.hpp>

// What a monitor asks of the node it is connected to. Channel `monitor`.

namespace switchboard::protocol {

/// Client → daemon: tell me what happens in the cluster, beginning with a snapshot of every node. A second
/// one asks for the snapshots again.
struct Subscribe
{
    static constexpr QByteArrayView typeName = "Subscribe";

    /// The secret that lets one watch, where the node has one.
    std::optional<QByteArray> token = {};

    [[nodiscard]] QByteArray toClientMessage() const;
    /// Reads the contents of an envelope, an object or nothing; the error is for the sender.
    [[nodiscard]] static tl::expected<Subscribe, QByteArray>
    fromContents(const std::optional<JsonValue> &contents);
    friend bool operator==(const Subscribe &, const Subscribe &) = default;
};

/// Client → daemon: tell me nothing any more.
struct Unsubscribe
{
    static constexpr QByteArrayView typeName = "Unsubscribe";

    [[nodiscard]] QByteArray toClientMessage() const;
    /// Reads the contents of an envelope, an object or nothing; the error is for the sender.
    [[nodiscard]] static tl::expected<Unsubscribe, QByteArray>
    fromContents(const std::optional<JsonValue> &contents);
    friend bool operator==(const Unsubscribe &, const Unsubscribe &) = default;
};

/// End a client's connection with 4003, on whichever node it is. From a monitor to its node in an envelope,
/// and from that node to all others as a ControlMessage.
struct DisconnectClient
{
    static constexpr QByteArrayView typeName = "DisconnectClient";

    /// The client's id.
    QByteArray client;

    [[nodiscard]] QByteArray contents() const;
    [[nodiscard]] QByteArray toClientMessage() const;
    /// Reads the contents of an envelope; the error is for the sender.
    [[nodiscard]] static tl::expected<DisconnectClient, QByteArray>
    fromContents(const std::optional<JsonValue> &contents);
    friend bool operator==(const DisconnectClient &, const DisconnectClient &) = default;
};

} // namespace switchboard::protocol
