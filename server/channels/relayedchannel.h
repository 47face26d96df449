// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "channels/channel.h"
#include "metrics/rejectioncounts.h"

#include <QByteArray>

namespace switchboard {

class Relay;
class SessionRegistry;

/// A channel whose messages go to other nodes through the relay.
class RelayedChannel : public Channel
{
public:
    RelayedChannel(Relay &relay, SessionRegistry &registry);

    /// What was taken at first and rejected later.
    [[nodiscard]] const RejectionCounts &rejections() const { return m_rejections; }

protected:
    [[nodiscard]] Relay &relay() const { return m_relay; }

    [[nodiscard]] SessionRegistry &registry() const { return m_registry; }

    /// Publishes what \a session sent as a message of \a type. When Redis does not take it, the sender is
    /// told with `relay-unavailable`, now or when that is known, if it is still there.
    void publishFor(const WebSocketSession &session, QByteArrayView type, const QByteArray &relayChannel,
                    const QByteArray &payload);

    /// Tells \a session that a message of \a type, taken before, could not be done after all.
    void reject(WebSocketSession &session, QByteArrayView type, protocol::Rejected rejected);

private:
    Relay &m_relay;
    SessionRegistry &m_registry;
    RejectionCounts m_rejections;
};

} // namespace switchboard
