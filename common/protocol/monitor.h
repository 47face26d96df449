// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "protocol/clientstats.h"
#include "protocol/envelope.h"
#include "protocol/json.h"
#include "protocol/monitorevents.h"
#include "protocol/nodesnapshot.h"

#include <QByteArray>
#include <QByteArrayView>

#include <optional>
#include <tl/expected.hpp>
#include <variant>

namespace switchboard::protocol {

/// The name of the channel between monitors and daemons.
inline constexpr QByteArrayView monitorChannel = "monitor";
/// The channel in Redis on which nodes publish their events while somebody watches.
inline constexpr QByteArrayView eventsRelayChannel = "switchboard:events";

/// Anything that is told to those who watch the cluster.
using MonitorEvent =
    std::variant<NodeSnapshot, NodeUp, NodeDown, NodeStats, ClientStats, ClientConnected, ClientDisconnected,
                 ChatMessage, RoomMessage, RoomJoined, RoomLeft, PingSent, PingDelivered>;

/// What reading an event gives: nothing where its type is unknown, which is to be ignored (it is of a newer
/// node), or an error for a person.
using MonitorEventResult = tl::expected<std::optional<MonitorEvent>, QByteArray>;

/// The type as it stands on the wire, such as "NodeStats".
[[nodiscard]] QByteArrayView typeName(const MonitorEvent &event);

/// The id of the node that \a event is about.
[[nodiscard]] const QByteArray &nodeId(const MonitorEvent &event);

/// What a monitor gets: channel `monitor`, the event's type and contents.
[[nodiscard]] QByteArray toClientMessage(const MonitorEvent &event);

/// The payload in Redis: `{"contents":…,"type":…}`.
[[nodiscard]] QByteArray toRelayPayload(const MonitorEvent &event);

/// What a monitor gets for a payload that toRelayPayload() made, letter by letter and unread.
[[nodiscard]] QByteArray clientMessageAround(QByteArrayView relayPayload);

/// Reads the event in a message on the channel `monitor`.
[[nodiscard]] MonitorEventResult parseMonitorEvent(const Envelope &envelope);

/// Reads a payload heard on Redis; keys beyond those known are ignored.
[[nodiscard]] MonitorEventResult monitorEventFromRelayPayload(JsonParser &parser, QByteArrayView payload);

} // namespace switchboard::protocol
