// SPDX-License-Identifier: BSD-3-Clause
#include "net/websocket/framedecoder.h"

#include "net/websocket/unmask.h"

#include <QtEndian>

#include <algorithm>
#include <cstring>

namespace switchboard {

namespace {

constexpr quint8 finBit = 0x80;
constexpr quint8 rsv1Bit = 0x40;
constexpr quint8 otherReservedBits = 0x30;
constexpr quint8 opcodeBits = 0x0F;
constexpr quint8 maskBit = 0x80;
constexpr quint8 lengthBits = 0x7F;

constexpr quint64 longestControlPayload = 125;
constexpr quint8 mediumLength = 126; // 16 bits follow
constexpr quint8 longLength = 127; // 64 bits follow

constexpr std::size_t startBytes = 2;
constexpr std::size_t keyBytes = 4;

tl::unexpected<ProtocolFault> protocolError(const char *reason)
{
    return tl::unexpected(ProtocolFault{CloseCode::ProtocolError, reason});
}

bool isKnown(quint8 opcode)
{
    return opcode <= quint8(Opcode::Binary)
        || (opcode >= quint8(Opcode::Close) && opcode <= quint8(Opcode::Pong));
}

std::size_t extendedLengthBytes(quint8 length)
{
    switch (length) {
    case mediumLength:
        return sizeof(quint16);
    case longLength:
        return sizeof(quint64);
    default:
        return 0;
    }
}

// What the first two bytes of a header say; the payload's length as far as it is in them.
tl::expected<FrameHeader, ProtocolFault> parseStart(quint8 first, quint8 second)
{
    FrameHeader frame;
    frame.isFinal = (first & finBit) != 0;
    frame.isCompressed = (first & rsv1Bit) != 0;
    frame.payloadBytes = second & lengthBits;
    if ((first & otherReservedBits) != 0) {
        return protocolError("RSV2 and RSV3 must be 0");
    }
    if (!isKnown(first & opcodeBits)) {
        return protocolError("reserved opcode");
    }
    frame.opcode = static_cast<Opcode>(first & opcodeBits);
    if ((second & maskBit) == 0) {
        return protocolError("frame is not masked");
    }
    if (frame.isControl()) {
        if (!frame.isFinal) {
            return protocolError("control frame is fragmented");
        }
        if (frame.isCompressed) {
            return protocolError("control frame is compressed");
        }
        if (frame.payloadBytes > longestControlPayload) {
            return protocolError("control frame is over 125 bytes");
        }
    }
    return frame;
}

// The payload's length, from the bytes that follow the first two of a header.
tl::expected<quint64, ProtocolFault> parseExtendedLength(const char *bytes, std::size_t count)
{
    const bool isLong = count == sizeof(quint64);
    const quint64 length = isLong ? qFromBigEndian<quint64>(bytes) : qFromBigEndian<quint16>(bytes);
    if (length < mediumLength || (isLong && length <= 0xFFFF)) {
        return protocolError("length is not in its shortest form");
    }
    if ((length >> 63) != 0) {
        return protocolError("length is over 63 bits");
    }
    return length;
}

} // namespace

bool FrameDecoder::gather(std::span<char> &bytes, std::size_t wanted)
{
    if (m_headerBytes < wanted) {
        const std::size_t count = std::min<std::size_t>(wanted - m_headerBytes, bytes.size());
        std::memcpy(m_header.data() + m_headerBytes, bytes.data(), count);
        m_headerBytes = static_cast<quint8>(m_headerBytes + count);
        bytes = bytes.subspan(count);
    }
    return m_headerBytes >= wanted;
}

tl::expected<std::optional<FrameHeader>, ProtocolFault> FrameDecoder::takeHeader(std::span<char> &bytes)
{
    if (!gather(bytes, startBytes)) {
        return std::nullopt;
    }
    auto frame = parseStart(static_cast<quint8>(m_header[0]), static_cast<quint8>(m_header[1]));
    if (!frame) {
        return tl::unexpected(frame.error());
    }
    const std::size_t lengthBytes = extendedLengthBytes(static_cast<quint8>(frame->payloadBytes));
    const std::size_t keyAt = startBytes + lengthBytes;
    if (!gather(bytes, keyAt)) {
        return std::nullopt;
    }
    if (lengthBytes > 0) {
        const auto length = parseExtendedLength(m_header.data() + startBytes, lengthBytes);
        if (!length) {
            return tl::unexpected(length.error());
        }
        frame->payloadBytes = *length;
    }
    if (!gather(bytes, keyAt + keyBytes)) {
        return std::nullopt;
    }
    std::memcpy(&m_maskingKey, m_header.data() + keyAt, sizeof m_maskingKey);
    m_headerBytes = 0;
    m_frame = *frame;
    return m_frame;
}

std::span<char> FrameDecoder::takePayload(std::span<char> &bytes)
{
    const auto count = static_cast<std::size_t>(std::min<quint64>(m_frame.payloadBytes, bytes.size()));
    const std::span<char> piece = bytes.first(count);
    m_maskingKey = unmask(piece, m_maskingKey);
    m_frame.payloadBytes -= count;
    bytes = bytes.subspan(count);
    return piece;
}

} // namespace switchboard
