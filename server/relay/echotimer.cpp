// SPDX-License-Identifier: BSD-3-Clause
#include "relay/echotimer.h"

namespace switchboard {

void EchoTimer::notePublished(const QByteArray &channel, const QByteArray &payload, Clock::time_point now)
{
    if (m_isAway && now - m_publishedAt < patience) {
        return;
    }
    m_isAway = true;
    m_channel = channel;
    m_payload = payload;
    m_publishedAt = now;
}

std::optional<std::chrono::nanoseconds> EchoTimer::compare(const QByteArray &channel,
                                                           const QByteArray &payload)
{
    if (payload != m_payload || channel != m_channel) {
        return std::nullopt;
    }
    m_isAway = false;
    return Clock::now() - m_publishedAt;
}

} // namespace switchboard
