// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>

#include <QByteArray>

namespace switchboard::test {

/// A WebSocket frame as it stands on the wire (RFC 6455, 5.2), right or wrong.
struct RawFrame
{
    /// RFC 6455, 11.8
    enum Opcode : quint8 {
        Continuation = 0x0,
        Text = 0x1,
        Binary = 0x2,
        Close = 0x8,
        Ping = 0x9,
        Pong = 0xA,
    };

    bool fin = true;
    quint8 reservedBits = 0; ///< RSV1 to RSV3 as the number 4·RSV1 + 2·RSV2 + RSV3
    quint8 opcode = Text;
    bool masked = false;
    QByteArray payload; ///< unmasked

    /// The code of a close frame, 1005 if it has none (RFC 6455, 7.1.5).
    int closeCode() const;

    QByteArray encode() const;

    /// Takes the first frame off \a bytes; nothing, and \a bytes as they were, while it is not whole.
    static std::optional<RawFrame> takeFrom(QByteArray &bytes);
};

} // namespace switchboard::test
