// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "protocol/json.h"
#include "protocol/rejected.h"

#include <QByteArray>
#include <QByteArrayView>

#include <optional>
#include <tl/expected.hpp>

namespace switchboard::protocol {

/// What surrounds every WebSocket message in both directions:
/// `{"channel": C, "message": {"type": T, "contents": X}}`. The views live as long as the parser's text.
struct Envelope
{
    QByteArrayView channel;
    QByteArrayView type;
    /// What the type needs, still to be checked by whoever knows the type; nothing when the key is missing.
    std::optional<JsonValue> contents;
};

/// Reads a message's envelope with \a parser. What is wrong comes as the answer for its sender:
/// `invalid-json` with the byte, or `invalid-message` with the key.
[[nodiscard]] tl::expected<Envelope, Rejected> parseEnvelope(JsonParser &parser, QByteArrayView text);

/// Builds a whole WebSocket message around \a contents, which is a valid JSON text.
[[nodiscard]] QByteArray envelope(QByteArrayView channel, QByteArrayView type, QByteArrayView contents);

/// A string member of an object as a view into the parser, or what is wrong with it in words.
[[nodiscard]] tl::expected<QByteArrayView, QByteArray> textMember(const JsonValue &object,
                                                                  QByteArrayView key);

/// Likewise as a copy of its own.
[[nodiscard]] tl::expected<QByteArray, QByteArray> stringMember(const JsonValue &object, QByteArrayView key);

/// A string that a message has as its contents, or what is wrong with it in words.
[[nodiscard]] tl::expected<QByteArray, QByteArray> stringContents(const std::optional<JsonValue> &contents);

} // namespace switchboard::protocol
