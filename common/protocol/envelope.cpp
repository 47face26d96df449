// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/envelope.h"

namespace switchboard::protocol {

namespace {

tl::unexpected<Rejected> invalid(const QByteArray &reason, QByteArrayView channel = {})
{
    return tl::unexpected(Rejected{RejectCode::InvalidMessage, reason, channel.toByteArray()});
}

QByteArray wrongKind(QByteArrayView what, QByteArrayView expected, const JsonValue &value)
{
    return what.toByteArray() + " must be " + expected.toByteArray() + ", not "
        + value.kindName().toByteArray();
}

} // namespace

tl::expected<Envelope, Rejected> parseEnvelope(JsonParser &parser, QByteArrayView text)
{
    const auto root = parser.parse(text);
    if (!root) {
        return tl::unexpected(Rejected{RejectCode::InvalidJson,
                                       "not valid JSON at byte " + QByteArray::number(root.error().offset)
                                           + ": " + root.error().reason});
    }
    if (!root->isObject()) {
        return invalid(wrongKind("the message", "an object", *root));
    }
    const auto channel = root->member("channel");
    if (!channel) {
        return invalid("the key \"channel\" is missing");
    }
    if (!channel->isString()) {
        return invalid(wrongKind("\"channel\"", "a string", *channel));
    }
    const auto message = root->member("message");
    if (!message) {
        return invalid("the key \"message\" is missing", channel->text());
    }
    if (!message->isObject()) {
        return invalid(wrongKind("\"message\"", "an object", *message), channel->text());
    }
    const auto type = message->member("type");
    if (!type) {
        return invalid(R"(the key "type" is missing in "message")", channel->text());
    }
    if (!type->isString()) {
        return invalid(wrongKind(R"("type" in "message")", "a string", *type), channel->text());
    }
    return Envelope{channel->text(), type->text(), message->member("contents")};
}

QByteArray envelope(QByteArrayView channel, QByteArrayView type, QByteArrayView contents)
{
    JsonWriter writer;
    writer.beginObject().key("channel").string(channel).key("message").beginObject();
    writer.key("contents").raw(contents).key("type").string(type).endObject().endObject();
    return writer.take();
}

tl::expected<QByteArrayView, QByteArray> textMember(const JsonValue &object, QByteArrayView key)
{
    if (!object.isObject()) {
        return tl::unexpected(wrongKind("\"contents\"", "an object", object));
    }
    const auto value = object.member(key);
    if (!value) {
        return tl::unexpected("the key \"" + key.toByteArray() + "\" is missing");
    }
    if (!value->isString()) {
        return tl::unexpected(wrongKind(QByteArray('"' + key.toByteArray() + '"'), "a string", *value));
    }
    return value->text();
}

tl::expected<QByteArray, QByteArray> stringMember(const JsonValue &object, QByteArrayView key)
{
    return textMember(object, key).map([](QByteArrayView text) { return text.toByteArray(); });
}

tl::expected<QByteArray, QByteArray> stringContents(const std::optional<JsonValue> &contents)
{
    if (!contents) {
        return tl::unexpected(QByteArrayLiteral("the key \"contents\" is missing"));
    }
    if (!contents->isString()) {
        return tl::unexpected(wrongKind("\"contents\"", "a string", *contents));
    }
    return contents->text().toByteArray();
}

} // namespace switchboard::protocol
