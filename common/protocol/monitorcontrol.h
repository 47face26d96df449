// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "protocol/clusterquery.h"
#include "protocol/json.h"
#include "protocol/monitorrequests.h"

#include <QByteArray>
#include <QByteArrayView>

#include <optional>
#include <tl/expected.hpp>
#include <variant>

namespace switchboard::protocol {

/// The channel in Redis on which nodes ask something of each other.
inline constexpr QByteArrayView controlRelayChannel = "switchboard:control";

/// Node → nodes: somebody watches through \a node, so publish your events for \a seconds from now on. To one
/// that published none so far it is also the question for a snapshot, and with \a wantsSnapshot to all.
struct WatchLease
{
    static constexpr QByteArrayView typeName = "WatchLease";

    QByteArray node;
    qint64 seconds = 0;
    /// On the wire as `"snapshot":true`, left out when false.
    bool wantsSnapshot = false;

    [[nodiscard]] QByteArray contents() const;
    [[nodiscard]] static tl::expected<WatchLease, QByteArray>
    fromContents(const std::optional<JsonValue> &contents);
    friend bool operator==(const WatchLease &, const WatchLease &) = default;
};

/// All that nodes ask of each other.
using ControlMessage = std::variant<WatchLease, DisconnectClient, ClusterQuery>;

/// The payload in Redis: `{"contents":…,"type":…}`.
[[nodiscard]] QByteArray toRelayPayload(const ControlMessage &message);

/// Reads such a payload. Nothing where the type is unknown, which is to be ignored: it is of a newer node.
/// The error is for a person.
[[nodiscard]] tl::expected<std::optional<ControlMessage>, QByteArray>
controlMessageFromRelayPayload(JsonParser &parser, QByteArrayView payload);

} // namespace switchboard::protocol
