// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/monitorcontrol.h"

#include "protocol/envelope.h"
#include "protocol/memberreader.h"
#include "protocol/relaypayload.h"

namespace switchboard::protocol {

namespace {

using Result = tl::expected<std::optional<ControlMessage>, QByteArray>;

template <typename Message>
Result read(const JsonValue &root)
{
    return Message::fromContents(root.member("contents")).map([](Message message) {
        return std::optional<ControlMessage>(std::move(message));
    });
}

} // namespace

QByteArray WatchLease::contents() const
{
    JsonWriter writer;
    writer.beginObject().key("node").string(node).key("seconds").integer(seconds);
    if (wantsSnapshot) {
        writer.key("snapshot").boolean(true);
    }
    writer.endObject();
    return writer.take();
}

tl::expected<WatchLease, QByteArray> WatchLease::fromContents(const std::optional<JsonValue> &contents)
{
    if (!contents) {
        return tl::unexpected(QByteArrayLiteral("the key \"contents\" is missing"));
    }
    MemberReader read(*contents);
    const auto snapshot = contents->member("snapshot");
    WatchLease lease{.node = read.string("node"),
                     .seconds = read.number<qint64>("seconds"),
                     .wantsSnapshot = snapshot && snapshot->boolean().value_or(false)};
    return read.result(std::move(lease));
}

QByteArray toRelayPayload(const ControlMessage &message)
{
    return std::visit([](const auto &known) { return taggedPayload(known.typeName, known.contents()); },
                      message);
}

Result controlMessageFromRelayPayload(JsonParser &parser, QByteArrayView payload)
{
    const auto root = parseRelayObject(parser, payload);
    if (!root) {
        return tl::unexpected(root.error());
    }
    const auto type = stringMember(*root, "type");
    if (!type) {
        return tl::unexpected(type.error());
    }
    if (*type == WatchLease::typeName) {
        return read<WatchLease>(*root);
    }
    if (*type == DisconnectClient::typeName) {
        return read<DisconnectClient>(*root);
    }
    if (*type == ClusterQuery::typeName) {
        return read<ClusterQuery>(*root);
    }
    return std::nullopt;
}

} // namespace switchboard::protocol
