// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/chat.h"

#include "protocol/envelope.h"
#include "protocol/relaypayload.h"

namespace switchboard::protocol {

namespace {

QByteArray contentsOf(const NewMessageReceived &message)
{
    JsonWriter writer;
    writer.beginObject().key("content").string(message.content);
    writer.key("postedAt").string(message.postedAt.text()).endObject();
    return writer.take();
}

} // namespace

QByteArray SubmitMessage::toClientMessage() const
{
    JsonWriter contents;
    contents.string(content);
    return envelope(chatChannel, typeName, contents.take());
}

tl::expected<SubmitMessage, QByteArray> SubmitMessage::fromContents(const std::optional<JsonValue> &contents)
{
    return stringContents(contents).map([](QByteArray text) { return SubmitMessage{std::move(text)}; });
}

QByteArray NewMessageReceived::toClientMessage() const
{
    return envelope(chatChannel, typeName, contentsOf(*this));
}

QByteArray NewMessageReceived::toRelayPayload() const
{
    JsonWriter writer;
    writer.beginObject().key("contents").beginObject().key("contents").raw(contentsOf(*this));
    writer.key("type").string(typeName).endObject();
    writer.key("type").string("BroadcastChatMessage").endObject();
    return writer.take();
}

tl::expected<NewMessageReceived, QByteArray> NewMessageReceived::fromRelayPayload(JsonParser &parser,
                                                                                  QByteArrayView payload)
{
    return parseRelayObject(parser, payload)
        .and_then([](const JsonValue &root) { return taggedContents(root, "BroadcastChatMessage"); })
        .and_then([](const JsonValue &message) { return taggedContents(message, typeName); })
        .and_then([](const JsonValue &contents) { return fromContents(contents); });
}

tl::expected<NewMessageReceived, QByteArray>
NewMessageReceived::fromContents(const std::optional<JsonValue> &contents)
{
    if (!contents) {
        return tl::unexpected(QByteArrayLiteral("the key \"contents\" is missing"));
    }
    auto content = stringMember(*contents, "content");
    if (!content) {
        return tl::unexpected(content.error());
    }
    const auto postedAt = textMember(*contents, "postedAt");
    if (!postedAt) {
        return tl::unexpected(postedAt.error());
    }
    auto time = Timestamp::parse(*postedAt);
    if (!time) {
        return tl::unexpected(R"("postedAt" is no time in ISO 8601 with a zone: ")" + postedAt->toByteArray()
                              + '"');
    }
    return NewMessageReceived{std::move(*content), std::move(*time)};
}

} // namespace switchboard::protocol
