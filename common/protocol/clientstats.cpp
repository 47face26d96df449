// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/clientstats.h"

#include "protocol/memberreader.h"

namespace switchboard::protocol {

ClientFigures ClientFigures::readFrom(MemberReader &reader)
{
    return {.received = reader.number<qint64>("received"),
            .sent = reader.number<qint64>("sent"),
            .queuedBytes = reader.number<qint64>("queuedBytes"),
            .roundTripMicros = reader.optionalNumber<qint64>("roundTripMicros")};
}

QByteArray ClientStats::Client::toJson() const
{
    JsonWriter writer;
    writer.beginObject().key("client").string(client).key("queuedBytes").integer(figures.queuedBytes);
    writer.key("received").integer(figures.received);
    if (figures.roundTripMicros) {
        writer.key("roundTripMicros").integer(*figures.roundTripMicros);
    }
    writer.key("sent").integer(figures.sent).endObject();
    return writer.take();
}

tl::expected<ClientStats::Client, QByteArray> ClientStats::Client::fromJson(const JsonValue &value)
{
    MemberReader read(value, "a client");
    Client client{.client = read.string("client"), .figures = ClientFigures::readFrom(read)};
    return read.result(std::move(client));
}

QByteArray ClientStats::contents() const
{
    JsonWriter writer;
    writer.beginObject().key("clients").beginArray();
    for (const Client &client : clients) {
        writer.raw(client.toJson());
    }
    writer.endArray().key("node").string(node).endObject();
    return writer.take();
}

tl::expected<ClientStats, QByteArray> ClientStats::fromContents(const JsonValue &contents)
{
    MemberReader read(contents);
    ClientStats stats{.node = read.string("node"), .clients = read.elements<Client>("clients")};
    return read.result(std::move(stats));
}

} // namespace switchboard::protocol
