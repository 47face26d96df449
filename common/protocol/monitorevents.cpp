// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/monitorevents.h"

#include "protocol/memberreader.h"

namespace switchboard::protocol {

namespace {

// The contents of a node's beginning or end.
QByteArray nodeContents(const QByteArray &node, const Timestamp &at)
{
    JsonWriter writer;
    writer.beginObject().key("at").string(at.text()).key("node").string(node).endObject();
    return writer.take();
}

// The contents of a client's way into a room or out of it.
QByteArray membershipContents(const QByteArray &node, const QByteArray &client, const QByteArray &room,
                              const Timestamp &at)
{
    JsonWriter writer;
    writer.beginObject().key("at").string(at.text()).key("client").string(client);
    writer.key("node").string(node).key("room").string(room).endObject();
    return writer.take();
}

} // namespace

QByteArray NodeUp::contents() const
{
    return nodeContents(node, at);
}

tl::expected<NodeUp, QByteArray> NodeUp::fromContents(const JsonValue &contents)
{
    MemberReader read(contents);
    return read.result(NodeUp{.node = read.string("node"), .at = read.timestamp("at")});
}

QByteArray NodeDown::contents() const
{
    return nodeContents(node, at);
}

tl::expected<NodeDown, QByteArray> NodeDown::fromContents(const JsonValue &contents)
{
    MemberReader read(contents);
    return read.result(NodeDown{.node = read.string("node"), .at = read.timestamp("at")});
}

QByteArray NodeStats::contents() const
{
    JsonWriter writer;
    writer.beginObject().key("bytesIn").integer(bytesIn).key("bytesOut").integer(bytesOut);
    writer.key("clients").integer(clients).key("deliveries").integer(deliveries);
    writer.key("droppedSlow").integer(droppedSlow).key("loopDelayMicros").integer(loopDelayMicros);
    writer.key("messagesIn").integer(messagesIn).key("messagesOut").integer(messagesOut);
    writer.key("node").string(node).key("redisRoundTripMicros").integer(redisRoundTripMicros);
    writer.key("residentBytes").integer(residentBytes).key("rooms").integer(rooms);
    writer.key("sampledOut").integer(sampledOut).endObject();
    return writer.take();
}

tl::expected<NodeStats, QByteArray> NodeStats::fromContents(const JsonValue &contents)
{
    MemberReader read(contents);
    const auto count = [&](QByteArrayView key) { return read.number<qint64>(key); };
    NodeStats stats{
        .node = read.string("node"),
        .clients = count("clients"),
        .rooms = count("rooms"),
        .messagesIn = count("messagesIn"),
        .messagesOut = count("messagesOut"),
        .bytesIn = count("bytesIn"),
        .bytesOut = count("bytesOut"),
        .deliveries = count("deliveries"),
        .redisRoundTripMicros = count("redisRoundTripMicros"),
        .loopDelayMicros = count("loopDelayMicros"),
        .residentBytes = count("residentBytes"),
        .droppedSlow = count("droppedSlow"),
        .sampledOut = count("sampledOut"),
    };
    return read.result(std::move(stats));
}

QByteArray ClientConnected::contents() const
{
    JsonWriter writer;
    writer.beginObject().key("address").string(address).key("at").string(at.text());
    writer.key("client").string(client).key("node").string(node);
    if (!user.isEmpty()) {
        writer.key("user").string(user);
    }
    writer.key("userAgent").string(userAgent).endObject();
    return writer.take();
}

tl::expected<ClientConnected, QByteArray> ClientConnected::fromContents(const JsonValue &contents)
{
    MemberReader read(contents);
    ClientConnected event{
        .node = read.string("node"),
        .client = read.string("client"),
        .address = read.string("address"),
        .userAgent = read.string("userAgent"),
        .at = read.timestamp("at"),
        .user = read.optionalString("user"),
    };
    return read.result(std::move(event));
}

QByteArray ClientDisconnected::contents() const
{
    JsonWriter writer;
    writer.beginObject().key("at").string(at.text()).key("client").string(client);
    writer.key("code").integer(code).key("node").string(node).key("reason").string(reason).endObject();
    return writer.take();
}

tl::expected<ClientDisconnected, QByteArray> ClientDisconnected::fromContents(const JsonValue &contents)
{
    MemberReader read(contents);
    ClientDisconnected event{
        .node = read.string("node"),
        .client = read.string("client"),
        .at = read.timestamp("at"),
        .code = read.number<quint16>("code"),
        .reason = read.string("reason"),
    };
    return read.result(std::move(event));
}

QByteArray ChatMessage::contents() const
{
    JsonWriter writer;
    writer.beginObject().key("client").string(client).key("content").string(content);
    writer.key("node").string(node).key("postedAt").string(postedAt.text()).endObject();
    return writer.take();
}

tl::expected<ChatMessage, QByteArray> ChatMessage::fromContents(const JsonValue &contents)
{
    MemberReader read(contents);
    ChatMessage event{
        .node = read.string("node"),
        .client = read.string("client"),
        .content = read.string("content"),
        .postedAt = read.timestamp("postedAt"),
    };
    return read.result(std::move(event));
}

QByteArray RoomMessage::contents() const
{
    JsonWriter writer;
    writer.beginObject().key("client").string(client).key("message").string(message);
    writer.key("node").string(node).key("postedAt").string(postedAt.text());
    writer.key("room").string(room).endObject();
    return writer.take();
}

tl::expected<RoomMessage, QByteArray> RoomMessage::fromContents(const JsonValue &contents)
{
    MemberReader read(contents);
    RoomMessage event{
        .node = read.string("node"),
        .client = read.string("client"),
        .room = read.string("room"),
        .message = read.string("message"),
        .postedAt = read.timestamp("postedAt"),
    };
    return read.result(std::move(event));
}

QByteArray RoomJoined::contents() const
{
    return membershipContents(node, client, room, at);
}

tl::expected<RoomJoined, QByteArray> RoomJoined::fromContents(const JsonValue &contents)
{
    MemberReader read(contents);
    RoomJoined event{
        .node = read.string("node"),
        .client = read.string("client"),
        .room = read.string("room"),
        .at = read.timestamp("at"),
    };
    return read.result(std::move(event));
}

QByteArray RoomLeft::contents() const
{
    return membershipContents(node, client, room, at);
}

tl::expected<RoomLeft, QByteArray> RoomLeft::fromContents(const JsonValue &contents)
{
    MemberReader read(contents);
    RoomLeft event{
        .node = read.string("node"),
        .client = read.string("client"),
        .room = read.string("room"),
        .at = read.timestamp("at"),
    };
    return read.result(std::move(event));
}

QByteArray PingSent::contents() const
{
    JsonWriter writer;
    writer.beginObject().key("address").string(address).key("at").string(at.text());
    writer.key("node").string(node).key("number").integer(static_cast<int>(number)).endObject();
    return writer.take();
}

tl::expected<PingSent, QByteArray> PingSent::fromContents(const JsonValue &contents)
{
    MemberReader read(contents);
    PingSent event{
        .node = read.string("node"),
        .number = read.pingNumber("number"),
        .address = read.string("address"),
        .at = read.timestamp("at"),
    };
    return read.result(std::move(event));
}

QByteArray PingDelivered::contents() const
{
    JsonWriter writer;
    writer.beginObject().key("at").string(at.text()).key("clients").integer(clients);
    writer.key("micros").integer(micros).key("node").string(node);
    writer.key("number").integer(static_cast<int>(number)).endObject();
    return writer.take();
}

tl::expected<PingDelivered, QByteArray> PingDelivered::fromContents(const JsonValue &contents)
{
    MemberReader read(contents);
    PingDelivered event{
        .node = read.string("node"),
        .number = read.pingNumber("number"),
        .clients = read.number<qint64>("clients"),
        .at = read.timestamp("at"),
        .micros = read.number<qint64>("micros"),
    };
    return read.result(std::move(event));
}

} // namespace switchboard::protocol
