// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/ping.h"

#include "protocol/envelope.h"
#include "protocol/relaypayload.h"

namespace switchboard::protocol {

namespace {

QByteArray digit(PingNumber number)
{
    return QByteArray::number(static_cast<int>(number));
}

QByteArray relayTypeName(PingNumber number)
{
    return "SendPing" + digit(number);
}

} // namespace

QByteArray Ping::toClientMessage() const
{
    return envelope(pingChannel, typeName, digit(number));
}

tl::expected<Ping, QByteArray> Ping::fromContents(const std::optional<JsonValue> &contents)
{
    const qint64 number = contents ? contents->integer().value_or(0) : 0;
    if (number != 1 && number != 2) {
        return tl::unexpected(QByteArrayLiteral("a ping's contents must be 1 or 2"));
    }
    return Ping{number == 2 ? PingNumber::Two : PingNumber::One};
}

QByteArray Ping::relayChannel() const
{
    return "ping" + digit(number);
}

QByteArray Ping::toRelayPayload() const
{
    JsonWriter writer;
    writer.beginObject();
    if (sentAt) {
        writer.key("sentAt").string(sentAt->text());
    }
    writer.key("type").string(relayTypeName(number)).endObject();
    return writer.take();
}

tl::expected<Ping, QByteArray> Ping::fromRelayPayload(JsonParser &parser, QByteArrayView payload)
{
    const auto root = parseRelayObject(parser, payload);
    if (!root) {
        return tl::unexpected(root.error());
    }
    const auto type = stringMember(*root, "type");
    if (!type) {
        return tl::unexpected(type.error());
    }
    // A time that cannot be read is no reason to lose the ping.
    const auto time = root->member("sentAt");
    const auto sentAt = time ? Timestamp::parse(time->text()) : std::nullopt;
    for (const PingNumber number : {PingNumber::One, PingNumber::Two}) {
        if (*type == relayTypeName(number)) {
            return Ping{number, sentAt};
        }
    }
    return tl::unexpected("unknown type \"" + *type + "\": expected SendPing1 or SendPing2");
}

} // namespace switchboard::protocol
