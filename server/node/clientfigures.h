// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "protocol/clientstats.h"

namespace switchboard {

class WebSocketSession;

/// What is told of \a session's traffic and of its connection, as of now.
[[nodiscard]] protocol::ClientFigures figuresOf(const WebSocketSession &session);

} // namespace switchboard
