// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QtGlobal>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>

namespace switchboard {

/// How often something took how long, in buckets that are the same for all: from what a loop turn takes to
/// what a client gives up after. On one event loop.
class Histogram
{
public:
    using Duration = std::chrono::nanoseconds;

    /// The largest duration of each bucket but the last, which has none.
    static constexpr std::array<Duration, 16> bounds = [] {
        using std::chrono::microseconds;
        return std::array<Duration, 16>{
            microseconds(100),       microseconds(250),       microseconds(500),
            microseconds(1'000),     microseconds(2'500),     microseconds(5'000),
            microseconds(10'000),    microseconds(25'000),    microseconds(50'000),
            microseconds(100'000),   microseconds(250'000),   microseconds(500'000),
            microseconds(1'000'000), microseconds(2'500'000), microseconds(5'000'000),
            microseconds(10'000'000)};
    }();

    /// Counts one that took \a duration; a negative one took nothing.
    void record(Duration duration)
    {
        duration = std::max(duration, Duration::zero());
        const auto *const bound = std::lower_bound(bounds.begin(), bounds.end(), duration);
        ++m_counts[static_cast<std::size_t>(bound - bounds.begin())];
        m_sum += duration;
    }

    /// What is in each bucket alone; the last one is of what took longer than every bound.
    [[nodiscard]] const std::array<quint64, bounds.size() + 1> &counts() const { return m_counts; }

    /// What all took together.
    [[nodiscard]] Duration sum() const { return m_sum; }

private:
    std::array<quint64, bounds.size() + 1> m_counts{};
    Duration m_sum{0};
};

} // namespace switchboard
