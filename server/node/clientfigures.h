// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "protocol/clientstats.h"
#include "protocol/nodesnapshot.h"

namespace switchboard {

class ChatRoomChannel;
class WebSocketSession;

/// What is told of \a session's traffic and of its connection, as of now.
[[nodiscard]] protocol::ClientFigures figuresOf(const WebSocketSession &session);

/// All that is told of a client, as of now; \a rooms knows which ones it is in.
[[nodiscard]] protocol::NodeSnapshot::Client describeClient(const WebSocketSession &session,
                                                            const ChatRoomChannel &rooms);

} // namespace switchboard
