// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/closecode.h"
#include "net/opcode.h"

#include <QtGlobal>

#include <array>
#include <optional>
#include <span>
#include <tl/expected.hpp>

namespace switchboard {

/// A peer broke the protocol: the connection is to be closed with this code.
struct ProtocolFault
{
    CloseCode code = CloseCode::ProtocolError;
    /// One short line for a close frame or a log.
    const char *reason = "";
};

/// What the header of a frame says (RFC 6455 section 5.2).
struct FrameHeader
{
    quint64 payloadBytes = 0;
    Opcode opcode = Opcode::Continuation;
    /// FIN: no other frame of the message follows.
    bool isFinal = false;
    /// RSV1: the message is compressed (RFC 7692 section 6).
    bool isCompressed = false;

    [[nodiscard]] bool isControl() const { return opcode >= Opcode::Close; }
};

/// Takes frames from client to server out of a stream of bytes that comes in pieces of any size. It checks
/// what can be told from one header alone, keeps no payload, and allocates nothing.
///
/// In turns: takeHeader() until it gives a header, then takePayload() until remainingBytes() is 0.
class FrameDecoder
{
public:
    /// Takes a header, or the part of it that is there, off the front of \a bytes. Nothing when it needs
    /// more. Faults, all with 1002: no mask, RSV2, RSV3, a reserved opcode, a control frame in fragments,
    /// with RSV1 or over 125 bytes, a length not in its shortest form or over 63 bits.
    [[nodiscard]] tl::expected<std::optional<FrameHeader>, ProtocolFault> takeHeader(std::span<char> &bytes);

    /// Takes what is there of the payload off the front of \a bytes, unmasks it in place and returns it.
    [[nodiscard]] std::span<char> takePayload(std::span<char> &bytes);

    /// How much of the payload is still to come.
    [[nodiscard]] quint64 remainingBytes() const { return m_frame.payloadBytes; }

    /// The header that was read last; its payloadBytes are the remaining ones.
    [[nodiscard]] const FrameHeader &frame() const { return m_frame; }

private:
    // Takes bytes until that many of the header are there; whether they are.
    [[nodiscard]] bool gather(std::span<char> &bytes, std::size_t wanted);

    FrameHeader m_frame;
    quint32 m_maskingKey = 0; // in memory order, turned so that its first byte is for the next byte to come
    quint8 m_headerBytes = 0;
    std::array<char, 14> m_header = {}; // the part of the next header that has come
};

} // namespace switchboard
