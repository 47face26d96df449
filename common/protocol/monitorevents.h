// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "protocol/json.h"
#include "protocol/ping.h"
#include "protocol/timestamp.h"

#include <QByteArray>
#include <QByteArrayView>

#include <tl/expected.hpp>

// What nodes tell those who watch the cluster, all but NodeSnapshot and ClientStats: one struct a type. In
// each of them `node` is the id of the node that tells it, `client` the id of a client; every text is UTF-8.
// contents() is the compact JSON with its keys in alphabetical order; fromContents() ignores keys that it
// does not know, and its error is for a person. See protocol/monitor.h for what surrounds the contents.

namespace switchboard::protocol {

/// A node has begun its work.
struct NodeUp
{
    static constexpr QByteArrayView typeName = "NodeUp";

    QByteArray node;
    Timestamp at;

    [[nodiscard]] QByteArray contents() const;
    [[nodiscard]] static tl::expected<NodeUp, QByteArray> fromContents(const JsonValue &contents);
    friend bool operator==(const NodeUp &, const NodeUp &) = default;
};

/// A node is gone: it stopped, or others found that it no longer renews its key. \a node is the one that is
/// gone, whoever tells it.
struct NodeDown
{
    static constexpr QByteArrayView typeName = "NodeDown";

    QByteArray node;
    Timestamp at;

    [[nodiscard]] QByteArray contents() const;
    [[nodiscard]] static tl::expected<NodeDown, QByteArray> fromContents(const JsonValue &contents);
    friend bool operator==(const NodeDown &, const NodeDown &) = default;
};

/// How a node does, told every second.
struct NodeStats
{
    static constexpr QByteArrayView typeName = "NodeStats";

    QByteArray node;
    /// Clients connected now, and rooms that have at least one of them.
    qint64 clients = 0;
    qint64 rooms = 0;
    /// Within the last second: messages and bytes from and to clients, and how many times a message was
    /// handed to a client.
    qint64 messagesIn = 0;
    qint64 messagesOut = 0;
    qint64 bytesIn = 0;
    qint64 bytesOut = 0;
    qint64 deliveries = 0;
    /// The last round trip to Redis.
    qint64 redisRoundTripMicros = 0;
    /// How late the event loop was with its last timer.
    qint64 loopDelayMicros = 0;
    /// The process' resident memory.
    qint64 residentBytes = 0;
    /// Within the last second: clients cut because they did not read.
    qint64 droppedSlow = 0;
    /// Within the last second: ChatMessage and RoomMessage events that were left out.
    qint64 sampledOut = 0;

    [[nodiscard]] QByteArray contents() const;
    [[nodiscard]] static tl::expected<NodeStats, QByteArray> fromContents(const JsonValue &contents);
    friend bool operator==(const NodeStats &, const NodeStats &) = default;
};

/// A client has connected.
struct ClientConnected
{
    static constexpr QByteArrayView typeName = "ClientConnected";

    QByteArray node;
    QByteArray client;
    /// Where it connects from, as the node sees it.
    QByteArray address;
    /// What it calls itself; not trustworthy.
    QByteArray userAgent;
    Timestamp at;
    /// Who its token says it is; empty, and left out of the JSON, without one.
    QByteArray user = {};

    [[nodiscard]] QByteArray contents() const;
    [[nodiscard]] static tl::expected<ClientConnected, QByteArray> fromContents(const JsonValue &contents);
    friend bool operator==(const ClientConnected &, const ClientConnected &) = default;
};

/// A client's connection has ended, with the code and the reason of the close frame; 1006 without one.
struct ClientDisconnected
{
    static constexpr QByteArrayView typeName = "ClientDisconnected";

    QByteArray node;
    QByteArray client;
    Timestamp at;
    quint16 code = 0;
    QByteArray reason;

    [[nodiscard]] QByteArray contents() const;
    [[nodiscard]] static tl::expected<ClientDisconnected, QByteArray> fromContents(const JsonValue &contents);
    friend bool operator==(const ClientDisconnected &, const ClientDisconnected &) = default;
};

/// A client of \a node said something to everyone.
struct ChatMessage
{
    static constexpr QByteArrayView typeName = "ChatMessage";

    QByteArray node;
    QByteArray client;
    QByteArray content;
    Timestamp postedAt;

    [[nodiscard]] QByteArray contents() const;
    [[nodiscard]] static tl::expected<ChatMessage, QByteArray> fromContents(const JsonValue &contents);
    friend bool operator==(const ChatMessage &, const ChatMessage &) = default;
};

/// A client of \a node said something to a room.
struct RoomMessage
{
    static constexpr QByteArrayView typeName = "RoomMessage";

    QByteArray node;
    QByteArray client;
    QByteArray room;
    QByteArray message;
    Timestamp postedAt;

    [[nodiscard]] QByteArray contents() const;
    [[nodiscard]] static tl::expected<RoomMessage, QByteArray> fromContents(const JsonValue &contents);
    friend bool operator==(const RoomMessage &, const RoomMessage &) = default;
};

/// A client of \a node has joined a room.
struct RoomJoined
{
    static constexpr QByteArrayView typeName = "RoomJoined";

    QByteArray node;
    QByteArray client;
    QByteArray room;
    Timestamp at;

    [[nodiscard]] QByteArray contents() const;
    [[nodiscard]] static tl::expected<RoomJoined, QByteArray> fromContents(const JsonValue &contents);
    friend bool operator==(const RoomJoined &, const RoomJoined &) = default;
};

/// A client of \a node has left a room.
struct RoomLeft
{
    static constexpr QByteArrayView typeName = "RoomLeft";

    QByteArray node;
    QByteArray client;
    QByteArray room;
    Timestamp at;

    [[nodiscard]] QByteArray contents() const;
    [[nodiscard]] static tl::expected<RoomLeft, QByteArray> fromContents(const JsonValue &contents);
    friend bool operator==(const RoomLeft &, const RoomLeft &) = default;
};

/// \a node took a ping over HTTP and passed it on to all.
struct PingSent
{
    static constexpr QByteArrayView typeName = "PingSent";

    QByteArray node;
    PingNumber number = PingNumber::One;
    /// Who asked for it, as the node sees it.
    QByteArray address;
    Timestamp at;

    [[nodiscard]] QByteArray contents() const;
    [[nodiscard]] static tl::expected<PingSent, QByteArray> fromContents(const JsonValue &contents);
    friend bool operator==(const PingSent &, const PingSent &) = default;
};

/// \a node handed a ping to its clients.
struct PingDelivered
{
    static constexpr QByteArrayView typeName = "PingDelivered";

    QByteArray node;
    PingNumber number = PingNumber::One;
    /// How many clients got it.
    qint64 clients = 0;
    Timestamp at;
    /// Since it was sent.
    qint64 micros = 0;

    [[nodiscard]] QByteArray contents() const;
    [[nodiscard]] static tl::expected<PingDelivered, QByteArray> fromContents(const JsonValue &contents);
    friend bool operator==(const PingDelivered &, const PingDelivered &) = default;
};

} // namespace switchboard::protocol
