// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/relaypayload.h"

#include "protocol/envelope.h"

namespace switchboard::protocol {

tl::expected<JsonValue, QByteArray> parseRelayObject(JsonParser &parser, QByteArrayView payload)
{
    const auto root = parser.parse(payload);
    if (!root) {
        return tl::unexpected("not valid JSON at byte " + QByteArray::number(root.error().offset) + ": "
                              + root.error().reason);
    }
    if (!root->isObject()) {
        return tl::unexpected("expected an object, not " + root->kindName().toByteArray());
    }
    return *root;
}

tl::expected<JsonValue, QByteArray> taggedContents(const JsonValue &value, QByteArrayView tag)
{
    const auto type = textMember(value, "type");
    if (!type) {
        return tl::unexpected(type.error());
    }
    if (*type != tag) {
        return tl::unexpected("type \"" + type->toByteArray() + "\" where " + tag.toByteArray()
                              + " is expected");
    }
    const auto contents = value.member("contents");
    if (!contents) {
        return tl::unexpected(QByteArrayLiteral("the key \"contents\" is missing"));
    }
    return *contents;
}

QByteArray taggedPayload(QByteArrayView tag, QByteArrayView contents)
{
    JsonWriter writer;
    writer.beginObject().key("contents").raw(contents).key("type").string(tag).endObject();
    return writer.take();
}

} // namespace switchboard::protocol
