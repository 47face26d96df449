// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QtGlobal>

namespace switchboard {

/// Why a WebSocket connection ends (RFC 6455 section 7.4). The code tells the client what to do: come back
/// after GoingAway, ServiceRestart, TryAgainLater, SlowConsumer and NoPong, not unchanged after the others.
enum class CloseCode : quint16 {
    Normal = 1000,
    GoingAway = 1001,
    ProtocolError = 1002,
    /// Never sent: the peer's close frame had no code.
    NoStatus = 1005,
    /// Never sent: the connection ended without a closing handshake.
    Abnormal = 1006,
    InvalidData = 1007,
    PolicyViolation = 1008,
    MessageTooBig = 1009,
    ServiceRestart = 1012,
    TryAgainLater = 1013,
    DisconnectedByOperator = 4003,
    SlowConsumer = 4008,
    TokenExpired = 4401,
    NoPong = 4408,
};

} // namespace switchboard
