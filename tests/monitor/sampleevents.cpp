// SPDX-License-Identifier: BSD-3-Clause
#include "sampleevents.h"

namespace switchboard::test {

using namespace protocol;

monitor::ClusterOptions SampleClock::options() const
{
    monitor::ClusterOptions options;
    options.steadyNow = [this] { return m_steady; };
    options.wallNow = [this] { return m_wall; };
    return options;
}

Timestamp sampleTime(qint64 millis)
{
    static const auto base = Timestamp::parse("2026-03-01T10:00:00Z").value().toTime();
    return Timestamp::fromTime(base + std::chrono::milliseconds(millis));
}

MonitorEvent connected(const QByteArray &node, const QByteArray &client)
{
    return ClientConnected{node, client, "10.0.0.7", "sample/1.0", sampleTime()};
}

MonitorEvent disconnected(const QByteArray &node, const QByteArray &client, quint16 code)
{
    return ClientDisconnected{node, client, sampleTime(90'000), code, "so long"};
}

MonitorEvent joined(const QByteArray &node, const QByteArray &client, const QByteArray &room)
{
    return RoomJoined{node, client, room, sampleTime()};
}

MonitorEvent left(const QByteArray &node, const QByteArray &client, const QByteArray &room)
{
    return RoomLeft{node, client, room, sampleTime()};
}

MonitorEvent said(const QByteArray &node, const QByteArray &client, const QByteArray &text)
{
    return ChatMessage{node, client, text, sampleTime()};
}

MonitorEvent saidInRoom(const QByteArray &node, const QByteArray &client, const QByteArray &room,
                        const QByteArray &text)
{
    return RoomMessage{node, client, room, text, sampleTime()};
}

MonitorEvent stats(const QByteArray &node, qint64 clients, qint64 sampledOut)
{
    return NodeStats{.node = node,
                     .clients = clients,
                     .rooms = 3,
                     .messagesIn = 10,
                     .messagesOut = 1000,
                     .bytesIn = 2000,
                     .bytesOut = 200'000,
                     .deliveries = 1000,
                     .redisRoundTripMicros = 640,
                     .loopDelayMicros = 90,
                     .residentBytes = 40 << 20,
                     .droppedSlow = 0,
                     .sampledOut = sampledOut};
}

NodeSnapshot::Client snapshotClient(const QByteArray &client, const std::vector<QByteArray> &rooms,
                                    qint64 received)
{
    return {.client = client,
            .address = "10.0.0.7",
            .userAgent = "sample/1.0",
            .connectedAt = sampleTime(),
            .rooms = rooms,
            .figures = {.received = received, .sent = 2}};
}

NodeSnapshot snapshotPart(const QByteArray &node, int part, int parts,
                          const std::vector<NodeSnapshot::Client> &clients)
{
    return {.node = node,
            .host = "host-" + node,
            .port = 9000,
            .pid = 77,
            .version = "0.1.0",
            .startedAt = sampleTime(-3'600'000),
            .part = part,
            .parts = parts,
            .clients = clients};
}

} // namespace switchboard::test
