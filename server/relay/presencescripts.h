// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "redis/redisscript.h"

namespace switchboard {

/// The Lua scripts that change presence. Each is one atomic step in Redis which also publishes what it
/// changed, so what rooms are told stands in the same order as what happened. Keys and channels:
///
///     switchboard:room:R      hash    client → node, everyone in the room R
///     switchboard:members:N   set     client and room in one string, everyone on the node N
///     switchboard:node:N      string  there while the node N is alive (it expires); holds its session
///     switchboard:nodes       set     every node that may have members
///     switchboard:lists:N     channel member lists that the node N asked for
///
/// The session of a node counts its connections to Redis. What it sent over an earlier one, gave up and put
/// right over the present one, may yet arrive. Then it does nothing.
struct PresenceScripts
{
    /// KEYS room hash, node's members, node, nodes; ARGV session, node, room, lists channel, request, room
    /// channel, then client and payload for each member. Puts those members in who are not. Publishes the
    /// list of members to the node that asked, unless the request is empty; then the payloads (JoinedRoom) of
    /// those put in to the room.
    redis::RedisScript join;

    /// KEYS room hash, node's members, node; ARGV session, client, room, room channel, payload.
    /// Takes a member out and publishes the payload (LeftRoom), unless it was none.
    redis::RedisScript leave;

    /// KEYS node, nodes; ARGV session, node, life in milliseconds, prefix of node keys.
    /// Says that the node is alive. Returns 1 if it was known to be, else 0, and behind it the nodes that are
    /// not.
    redis::RedisScript heartbeat;

    /// KEYS node, nodes, node's members; ARGV node, most members to take, prefix of room hashes, prefix of
    /// room channels. Takes members of a node that is not alive out of their rooms, each announced once
    /// (LeftRoom). Returns how many are left; at 0 the node is forgotten.
    redis::RedisScript reap;

    PresenceScripts();
};

} // namespace switchboard
