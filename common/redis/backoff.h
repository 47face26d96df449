// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <chrono>

namespace switchboard::redis {

/// How long to wait before the next attempt: an exponentially growing ceiling with full jitter below
/// it, so that many clients of one restarted server do not come back all at once.
/// See https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/.
class Backoff
{
public:
    /// Delays lie between \a minimum and \a maximum, both positive. A \a maximum below \a minimum
    /// counts as \a minimum.
    explicit Backoff(std::chrono::milliseconds minimum = std::chrono::milliseconds{50},
                     std::chrono::milliseconds maximum = std::chrono::milliseconds{2000});

    /// The delay before the next attempt: between the minimum and a ceiling, each as likely as the
    /// others. The ceiling is twice the minimum at first and doubles each time, up to the maximum.
    [[nodiscard]] std::chrono::milliseconds next();

    /// Starts over with short delays; to be called after a success.
    void reset();

    /// The longest delay that next() would return now.
    [[nodiscard]] std::chrono::milliseconds ceiling() const { return m_ceiling; }

private:
    std::chrono::milliseconds m_minimum;
    std::chrono::milliseconds m_maximum;
    std::chrono::milliseconds m_ceiling;
};

} // namespace switchboard::redis
