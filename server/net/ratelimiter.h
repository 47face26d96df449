// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QtGlobal>

#include <chrono>

namespace switchboard {

/// How much a client may send.
struct RateLimit
{
    /// Messages a second in the long run; 0: no limit.
    int perSecond = 100;

    /// Messages that may come at once after a time of silence.
    [[nodiscard]] int burst() const { return 2 * perSecond; }
};

/// Holds one client to a RateLimit by a bucket of tokens: a message takes one, and time brings them back.
class RateLimiter
{
public:
    enum class Verdict {
        Accepted,
        Refused, ///< No token is left.
        Abusive, ///< Refused, and the client has not kept quiet since it was first refused, patience ago.
    };

    /// How long a client may go on beyond the limit.
    static constexpr std::chrono::seconds patience{10};

    /// Looks at one message that comes at \a now, on any clock that does not go back.
    [[nodiscard]] Verdict take(const RateLimit &limit, std::chrono::milliseconds now);

private:
    void refill(const RateLimit &limit, qint64 now);

    qint64 m_lastRefill = -1; // milliseconds; negative before the first message
    qint64 m_refusedSince = -1; // likewise, while there is anything to forgive
    int m_thousandths = 0; // of tokens
};

} // namespace switchboard
