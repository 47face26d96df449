// SPDX-License-Identifier: BSD-3-Clause
#include "bench/frame.h"

#include <array>

namespace switchboard::bench {

namespace {

constexpr std::uint8_t finalBit = 0x80;
constexpr std::uint8_t reservedBits = 0x70;
constexpr std::uint8_t opcodeBits = 0x0F;
constexpr std::uint8_t maskBit = 0x80;
constexpr std::uint8_t length16 = 126;
constexpr std::uint8_t length64 = 127;

std::uint8_t byteAt(std::string_view bytes, std::size_t index)
{
    return static_cast<std::uint8_t>(bytes[index]);
}

std::uint64_t bigEndian(std::string_view bytes)
{
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        value = value << 8 | byteAt(bytes, i);
    }
    return value;
}

void appendBigEndian(std::string &output, std::uint64_t value, unsigned size)
{
    for (unsigned i = size; i-- > 0;) {
        output.push_back(static_cast<char>(value >> (8 * i)));
    }
}

} // namespace

ScannedFrame scanFrame(std::string_view bytes)
{
    ScannedFrame frame;
    if (bytes.size() < 2) {
        return frame;
    }
    const std::uint8_t first = byteAt(bytes, 0);
    const std::uint8_t second = byteAt(bytes, 1);
    if ((first & reservedBits) != 0 || (second & maskBit) != 0) {
        frame.state = ScannedFrame::State::Broken;
        return frame;
    }
    const std::size_t lengthSize = second == length64 ? 8 : second == length16 ? 2 : 0;
    const std::size_t headSize = 2 + lengthSize;
    if (bytes.size() < headSize) {
        return frame;
    }
    const std::uint64_t length = lengthSize == 0 ? second : bigEndian(bytes.substr(2, lengthSize));
    if (bytes.size() - headSize < length) {
        return frame;
    }
    frame.state = ScannedFrame::State::Whole;
    frame.opcode = static_cast<Opcode>(first & opcodeBits);
    frame.payload = bytes.substr(headSize, static_cast<std::size_t>(length));
    frame.size = headSize + static_cast<std::size_t>(length);
    return frame;
}

void appendClientFrame(std::string &output, Opcode opcode, std::string_view payload, std::uint32_t mask)
{
    output.push_back(static_cast<char>(finalBit | static_cast<std::uint8_t>(opcode)));
    if (payload.size() < length16) {
        output.push_back(static_cast<char>(maskBit | payload.size()));
    } else if (payload.size() <= 0xFFFF) {
        output.push_back(static_cast<char>(maskBit | length16));
        appendBigEndian(output, payload.size(), 2);
    } else {
        output.push_back(static_cast<char>(maskBit | length64));
        appendBigEndian(output, payload.size(), 8);
    }
    appendBigEndian(output, mask, 4);
    const std::array<std::uint32_t, 4> key{mask >> 24, mask >> 16, mask >> 8, mask};
    for (std::size_t i = 0; i < payload.size(); ++i) {
        output.push_back(static_cast<char>(byteAt(payload, i) ^ (key[i % 4] & 0xFF)));
    }
}

} // namespace switchboard::bench
