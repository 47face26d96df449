// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/clusterquery.h"

#include "protocol/memberreader.h"
#include "protocol/relaypayload.h"

#include <algorithm>
#include <array>
#include <utility>

namespace switchboard::protocol {

namespace {

using Kind = ClusterQuery::Kind;

constexpr std::array<std::pair<Kind, QByteArrayView>, 4> kindNames{{
    {Kind::Nodes, "nodes"},
    {Kind::Clients, "clients"},
    {Kind::Rooms, "rooms"},
    {Kind::Disconnect, "disconnect"},
}};

QByteArrayView nameOf(Kind kind)
{
    return std::ranges::find(kindNames, kind, &std::pair<Kind, QByteArrayView>::first)->second;
}

} // namespace

QByteArray ClusterQuery::contents() const
{
    JsonWriter writer;
    writer.beginObject();
    if (!after.isEmpty()) {
        writer.key("after").string(after);
    }
    if (!client.isEmpty()) {
        writer.key("client").string(client);
    }
    writer.key("kind").string(nameOf(kind)).key("limit").integer(limit);
    writer.key("node").string(node).key("query").integer(query).endObject();
    return writer.take();
}

tl::expected<ClusterQuery, QByteArray> ClusterQuery::fromContents(const std::optional<JsonValue> &contents)
{
    if (!contents) {
        return tl::unexpected(QByteArrayLiteral("the key \"contents\" is missing"));
    }
    MemberReader read(*contents);
    ClusterQuery query{
        .node = read.string("node"),
        .query = read.number<qint64>("query"),
        .limit = read.number<qint64>("limit"),
        .after = read.optionalString("after"),
        .client = read.optionalString("client"),
    };
    const QByteArray kind = read.string("kind");
    const auto *found = std::ranges::find(kindNames, kind, &std::pair<Kind, QByteArrayView>::second);
    if (found == kindNames.end()) {
        read.fail("unknown kind of query \"" + kind + '"');
    } else {
        query.kind = found->first;
    }
    return read.result(std::move(query));
}

QByteArray ClusterAnswer::toRelayPayload() const
{
    JsonWriter writer;
    writer.beginObject().key("clients").integer(clients).key("more").boolean(hasMore);
    writer.key("query").integer(query).key("rooms").integer(rooms);
    writer.key("snapshot").raw(snapshot.contents()).key("wasHere").boolean(wasHere).endObject();
    return taggedPayload(typeName, writer.take());
}

tl::expected<ClusterAnswer, QByteArray> ClusterAnswer::fromRelayPayload(JsonParser &parser,
                                                                        QByteArrayView payload)
{
    const auto contents = parseRelayObject(parser, payload).and_then([](const JsonValue &root) {
        return taggedContents(root, typeName);
    });
    if (!contents) {
        return tl::unexpected(contents.error());
    }
    const auto snapshot = contents->member("snapshot");
    if (!snapshot) {
        return tl::unexpected(QByteArrayLiteral("the key \"snapshot\" is missing"));
    }
    return NodeSnapshot::fromContents(*snapshot).and_then([&](NodeSnapshot node) {
        MemberReader read(*contents);
        const auto isTrue = [&](QByteArrayView key) {
            const auto value = contents->member(key);
            return value && value->boolean().value_or(false);
        };
        return read.result(ClusterAnswer{
            .query = read.number<qint64>("query"),
            .snapshot = std::move(node),
            .clients = read.number<qint64>("clients"),
            .rooms = read.number<qint64>("rooms"),
            .hasMore = isTrue("more"),
            .wasHere = isTrue("wasHere"),
        });
    });
}

QByteArray repliesRelayChannel(QByteArrayView node)
{
    return "switchboard:replies:" + node.toByteArray();
}

} // namespace switchboard::protocol
