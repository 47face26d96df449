// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/monitorrequests.h"

#include "protocol/envelope.h"
#include "protocol/memberreader.h"
#include "protocol/monitor.h"

namespace switchboard::protocol {

QByteArray Subscribe::toClientMessage() const
{
    JsonWriter contents;
    contents.beginObject();
    if (token) {
        contents.key("token").string(*token);
    }
    contents.endObject();
    return envelope(monitorChannel, typeName, contents.take());
}

tl::expected<Subscribe, QByteArray> Subscribe::fromContents(const std::optional<JsonValue> &contents)
{
    if (!contents) {
        return Subscribe{};
    }
    MemberReader read(*contents);
    Subscribe request;
    if (contents->member("token")) {
        request.token = read.string("token");
    }
    return read.result(std::move(request));
}

QByteArray Unsubscribe::toClientMessage() const
{
    return envelope(monitorChannel, typeName, "{}");
}

tl::expected<Unsubscribe, QByteArray> Unsubscribe::fromContents(const std::optional<JsonValue> &contents)
{
    if (!contents) {
        return Unsubscribe{};
    }
    return MemberReader(*contents).result(Unsubscribe{});
}

QByteArray DisconnectClient::contents() const
{
    JsonWriter writer;
    writer.beginObject().key("client").string(client).endObject();
    return writer.take();
}

QByteArray DisconnectClient::toClientMessage() const
{
    return envelope(monitorChannel, typeName, contents());
}

tl::expected<DisconnectClient, QByteArray>
DisconnectClient::fromContents(const std::optional<JsonValue> &contents)
{
    if (!contents) {
        return tl::unexpected(QByteArrayLiteral("the key \"contents\" is missing"));
    }
    MemberReader read(*contents);
    DisconnectClient request{.client = read.string("client")};
    return read.result(std::move(request));
}

} // namespace switchboard::protocol
