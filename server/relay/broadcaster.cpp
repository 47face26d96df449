// SPDX-License-Identifier: BSD-3-Clause
#include "relay/broadcaster.h"

#include "net/sessionregistry.h"

namespace switchboard {

qsizetype Broadcaster::sendToAll(const Frame &frame)
{
    return sendTo(m_registry.sessions(), frame);
}

qsizetype Broadcaster::sendTo(const std::vector<WebSocketSession *> &sessions, const Frame &frame)
{
    const std::size_t count = sessions.size();
    // From behind and by index: the last one, which moves to the place of one that goes, was served already.
    for (std::size_t i = count; i-- > 0;) {
        if (i < sessions.size()) {
            sessions[i]->send(frame);
        }
    }
    m_deliveries += count;
    return static_cast<qsizetype>(count);
}

} // namespace switchboard
