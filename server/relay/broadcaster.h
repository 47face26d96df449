// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/frame.h"

#include <vector>

namespace switchboard {

class SessionRegistry;
class WebSocketSession;

/// Hands what came from Redis to the clients of this node. A message is encoded once, whoever gets it.
class Broadcaster
{
public:
    explicit Broadcaster(SessionRegistry &registry)
        : m_registry(registry)
    { }

    /// Sends \a frame to every client of this node, and returns how many those are.
    qsizetype sendToAll(const Frame &frame);

    /// Sends \a frame to \a sessions. A session that ends by it may take itself out of the list meanwhile, if
    /// that moves only the last one to its place.
    qsizetype sendTo(const std::vector<WebSocketSession *> &sessions, const Frame &frame);

    /// How many times a client was handed a frame since the start.
    [[nodiscard]] quint64 deliveries() const { return m_deliveries; }

private:
    SessionRegistry &m_registry;
    quint64 m_deliveries = 0;
};

} // namespace switchboard
