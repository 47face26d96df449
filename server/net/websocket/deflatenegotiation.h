// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/httprequest.h"

#include <QByteArray>

#include <optional>
#include <tl/expected.hpp>

namespace switchboard {

/// How messages are compressed where a client offers it.
enum class DeflateMode {
    /// Not at all.
    Off,
    /// Each message by itself, so that one that goes to many clients is compressed once, and no client has a
    /// context of its own.
    Shared,
    /// With contexts of its own for each client.
    Dedicated,
};

/// What was agreed on permessage-deflate (RFC 7692 section 7.1).
struct DeflateAgreement
{
    /// The extension's name, as the client offered it.
    QByteArray name = QByteArrayLiteral("permessage-deflate");
    /// Whether the server's messages may refer to earlier ones.
    bool serverKeepsContext = true;
    /// Whether the client's messages may refer to earlier ones.
    bool clientKeepsContext = true;
    /// The size of the server's window, 8 to 15.
    int serverWindowBits = 15;
    /// The size of the client's window, 8 to 15.
    int clientWindowBits = 15;

    /// The value of Sec-WebSocket-Extensions for the answer.
    [[nodiscard]] QByteArray toHeaderValue() const;
};

/// Chooses from the offers in \a head the first that can be accepted. Nothing where there is none: then the
/// answer has no Sec-WebSocket-Extensions. An offer with an unknown, doubled or senseless parameter is passed
/// over; a malformed field, or a window that is not 8 to 15, comes as the answer that refuses the handshake
/// (400).
[[nodiscard]] tl::expected<std::optional<DeflateAgreement>, HttpReply> negotiateDeflate(const HttpHead &head,
                                                                                        DeflateMode mode);

} // namespace switchboard
