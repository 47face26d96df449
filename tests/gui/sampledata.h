// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "protocol/monitor.h"

namespace switchboard::test {

inline const QByteArray sampleNode = "6d3f2f0e-53b0-4c0b-8a52-111111111111";
inline const QByteArray otherNode = "6d3f2f0e-53b0-4c0b-8a52-222222222222";
inline const QByteArray alice = "a11ce000-0000-4000-8000-000000000001";
inline const QByteArray bob = "b0b00000-0000-4000-8000-000000000002";

/// A node on port 9000 with alice, who is in the room lobby, and bob.
inline protocol::NodeSnapshot sampleSnapshot()
{
    const auto now = protocol::Timestamp::now();
    protocol::NodeSnapshot snapshot{.node = sampleNode,
                                    .host = "10.0.0.1",
                                    .port = 9000,
                                    .pid = 4711,
                                    .version = "1.2.3",
                                    .startedAt = now};
    snapshot.clients = {
        {.client = alice,
         .address = "192.0.2.1:5001",
         .userAgent = "alice's phone",
         .connectedAt = now,
         .rooms = {"lobby"}},
        {.client = bob, .address = "192.0.2.2:5002", .userAgent = "bob's laptop", .connectedAt = now},
    };
    snapshot.rooms = {{.room = "lobby", .members = 1}};
    return snapshot;
}

/// Something that \a client said to everyone.
inline protocol::ChatMessage chat(const QByteArray &client, const QByteArray &content)
{
    return {sampleNode, client, content, protocol::Timestamp::now()};
}

/// Something that \a client said in \a room.
inline protocol::RoomMessage roomMessage(const QByteArray &client, const QByteArray &room,
                                         const QByteArray &text)
{
    return {sampleNode, client, room, text, protocol::Timestamp::now()};
}

} // namespace switchboard::test
