// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QByteArray>

#include <chrono>
#include <optional>

namespace switchboard {

/// Times how long messages of this node take to come back to it through Redis: one at a time, which among
/// many is enough, and costs the others nothing.
class EchoTimer
{
public:
    using Clock = std::chrono::steady_clock;

    /// After so long, one that did not come back is forgotten.
    static constexpr std::chrono::seconds patience{10};

    /// \a payload, which is like no other, is being published to \a channel.
    void notePublished(const QByteArray &channel, const QByteArray &payload, Clock::time_point now);

    /// A message came: how long it was away, if it is the one.
    [[nodiscard]] std::optional<std::chrono::nanoseconds> noteReceived(const QByteArray &channel,
                                                                       const QByteArray &payload)
    {
        return m_payload.size() == payload.size() && m_isAway ? compare(channel, payload) : std::nullopt;
    }

    /// What is away may not come back.
    void forget() { m_isAway = false; }

private:
    [[nodiscard]] std::optional<std::chrono::nanoseconds> compare(const QByteArray &channel,
                                                                  const QByteArray &payload);

    bool m_isAway = false;
    QByteArray m_channel;
    QByteArray m_payload;
    Clock::time_point m_publishedAt;
};

} // namespace switchboard
