// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/nodesnapshot.h"

#include "protocol/memberreader.h"

namespace switchboard::protocol {

QByteArray NodeSnapshot::Client::toJson() const
{
    JsonWriter writer;
    writer.beginObject().key("address").string(address).key("client").string(client);
    writer.key("connectedAt").string(connectedAt.text()).key("queuedBytes").integer(figures.queuedBytes);
    writer.key("received").integer(figures.received).key("rooms").beginArray();
    for (const QByteArray &room : rooms) {
        writer.string(room);
    }
    writer.endArray();
    if (figures.roundTripMicros) {
        writer.key("roundTripMicros").integer(*figures.roundTripMicros);
    }
    writer.key("sent").integer(figures.sent);
    if (!user.isEmpty()) {
        writer.key("user").string(user);
    }
    writer.key("userAgent").string(userAgent).endObject();
    return writer.take();
}

tl::expected<NodeSnapshot::Client, QByteArray> NodeSnapshot::Client::fromJson(const JsonValue &value)
{
    MemberReader read(value, "a client");
    Client client{
        .client = read.string("client"),
        .address = read.string("address"),
        .userAgent = read.string("userAgent"),
        .connectedAt = read.timestamp("connectedAt"),
        .rooms = read.strings("rooms"),
        .figures = ClientFigures::readFrom(read),
        .user = read.optionalString("user"),
    };
    return read.result(std::move(client));
}

QByteArray NodeSnapshot::Room::toJson() const
{
    JsonWriter writer;
    writer.beginObject().key("members").integer(members).key("room").string(room).endObject();
    return writer.take();
}

tl::expected<NodeSnapshot::Room, QByteArray> NodeSnapshot::Room::fromJson(const JsonValue &value)
{
    MemberReader read(value, "a room");
    Room room{.room = read.string("room"), .members = read.number<qint64>("members")};
    return read.result(std::move(room));
}

QByteArray NodeSnapshot::contents() const
{
    JsonWriter writer;
    writer.beginObject().key("clients").beginArray();
    for (const Client &client : clients) {
        writer.raw(client.toJson());
    }
    writer.endArray().key("host").string(host).key("node").string(node);
    writer.key("part").integer(part).key("parts").integer(parts).key("pid").integer(pid);
    writer.key("port").integer(port).key("rooms").beginArray();
    for (const Room &room : rooms) {
        writer.raw(room.toJson());
    }
    writer.endArray().key("startedAt").string(startedAt.text());
    writer.key("version").string(version);
    if (worker > 0) {
        writer.key("worker").integer(worker);
    }
    writer.endObject();
    return writer.take();
}

tl::expected<NodeSnapshot, QByteArray> NodeSnapshot::fromContents(const JsonValue &contents)
{
    MemberReader read(contents);
    NodeSnapshot snapshot{
        .node = read.string("node"),
        .host = read.string("host"),
        .port = read.number<quint16>("port"),
        .pid = read.number<qint64>("pid"),
        .version = read.string("version"),
        .startedAt = read.timestamp("startedAt"),
        .part = read.number<int>("part"),
        .parts = read.number<int>("parts"),
        .clients = read.elements<Client>("clients"),
        .rooms = read.elements<Room>("rooms"),
        .worker = read.optionalNumber<int>("worker").value_or(0),
    };
    if (snapshot.part < 1 || snapshot.part > snapshot.parts) {
        read.fail(QByteArrayLiteral("\"part\" must be a whole number from 1 to \"parts\""));
    }
    return read.result(std::move(snapshot));
}

} // namespace switchboard::protocol
