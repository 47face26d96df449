// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/httprequest.h"

#include <optional>

namespace switchboard {

/// Whether \a head asks for a WebSocket connection at all: an Upgrade field that says `websocket`.
[[nodiscard]] bool isWebSocketUpgrade(const HttpHead &head);

/// Checks a request for a WebSocket connection by RFC 6455 section 4.2.1. Returns the answer that refuses it
/// (400, 405, or 426 with the version that would be right), or nothing when it may be accepted.
[[nodiscard]] std::optional<HttpReply> checkWebSocketHandshake(const HttpHead &head);

/// The answer that accepts the handshake in \a head (RFC 6455 section 4.2.2), with \a extensions unless that
/// is empty.
[[nodiscard]] QByteArray webSocketAnswer(const HttpHead &head, const QByteArray &extensions);

} // namespace switchboard
