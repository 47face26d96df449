// SPDX-License-Identifier: BSD-3-Clause
#include "net/ratelimiter.h"

namespace switchboard {

namespace {

constexpr int token = 1000; // thousandths

} // namespace

RateLimiter::Verdict RateLimiter::take(const RateLimit &limit, std::chrono::milliseconds now)
{
    if (limit.perSecond == 0) {
        return Verdict::Accepted;
    }
    refill(limit, now.count());
    if (m_thousandths >= token) {
        m_thousandths -= token;
        return Verdict::Accepted;
    }
    if (m_refusedSince < 0) {
        m_refusedSince = now.count();
    }
    return now.count() - m_refusedSince >= std::chrono::milliseconds(patience).count() ? Verdict::Abusive
                                                                                       : Verdict::Refused;
}

void RateLimiter::refill(const RateLimit &limit, qint64 now)
{
    const int full = limit.burst() * token;
    // A token a second is a thousandth a millisecond.
    const qint64 gained =
        m_lastRefill < 0 ? full : qMin<qint64>(full, (now - m_lastRefill) * limit.perSecond);
    m_lastRefill = now;
    m_thousandths = static_cast<int>(qMin<qint64>(full, m_thousandths + gained));
    if (m_thousandths == full) {
        m_refusedSince = -1;
    }
}

} // namespace switchboard
