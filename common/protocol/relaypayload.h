// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "protocol/json.h"

#include <QByteArray>
#include <QByteArrayView>

#include <tl/expected.hpp>

namespace switchboard::protocol {

/// Parses a payload heard on Redis, which is always a JSON object. The error is for a person.
[[nodiscard]] tl::expected<JsonValue, QByteArray> parseRelayObject(JsonParser &parser,
                                                                   QByteArrayView payload);

/// The contents of a tagged value `{"type": tag, "contents": X}`, the form that payloads nest. The error is
/// for a person: it says which key is missing or which other type is there.
[[nodiscard]] tl::expected<JsonValue, QByteArray> taggedContents(const JsonValue &value, QByteArrayView tag);

/// The tagged value `{"contents": contents, "type": tag}`, compact; \a contents is a valid JSON text.
[[nodiscard]] QByteArray taggedPayload(QByteArrayView tag, QByteArrayView contents);

} // namespace switchboard::protocol
