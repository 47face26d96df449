// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace switchboard::bench {

/// What a WebSocket frame is (RFC 6455, section 5.2).
enum class Opcode : std::uint8_t {
    Continuation = 0x0,
    Text = 0x1,
    Binary = 0x2,
    Close = 0x8,
    Ping = 0x9,
    Pong = 0xA,
};

/// What stands first in bytes that came from a server.
struct ScannedFrame
{
    enum class State : std::uint8_t {
        Incomplete, ///< More bytes are needed.
        Whole,
        Broken, ///< Masked, or with bits that no extension was asked for.
    };

    State state = State::Incomplete;
    Opcode opcode = Opcode::Continuation;
    std::size_t size = 0; ///< With its head, in bytes; set if it is whole.
    std::string_view payload; ///< Points into what was scanned.
};

/// Looks at the frame that \a bytes begin with. Copies nothing.
[[nodiscard]] ScannedFrame scanFrame(std::string_view bytes);

/// Appends a frame as a client sends it, whole and masked with \a mask, to \a output.
void appendClientFrame(std::string &output, Opcode opcode, std::string_view payload, std::uint32_t mask);

} // namespace switchboard::bench
