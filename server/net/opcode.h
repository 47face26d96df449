// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QtGlobal>

namespace switchboard {

/// What a WebSocket frame is (RFC 6455 section 11.8).
enum class Opcode : quint8 {
    Continuation = 0x0,
    Text = 0x1,
    Binary = 0x2,
    Close = 0x8,
    Ping = 0x9,
    Pong = 0xA,
};

} // namespace switchboard
