// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace switchboard::bench {

/// Counts of non-negative values in buckets whose width grows with the value (log-linear, as in
/// HdrHistogram): what it gives back is at most 1/128 above what was recorded. Takes a fixed 58 KiB, and
/// recording is a few instructions.
class Histogram
{
public:
    void record(std::uint64_t value);

    /// How many values were recorded.
    [[nodiscard]] std::uint64_t count() const { return m_count; }

    /// The largest value, exactly; 0 if there is none.
    [[nodiscard]] std::uint64_t maximum() const { return m_maximum; }

    /// The smallest bucket's upper end that at least \a percent (0 to 100) of the values are not above; 0 if
    /// there is no value. Never above maximum().
    [[nodiscard]] std::uint64_t percentile(double percent) const;

private:
    static constexpr unsigned subBucketBits = 7;
    static constexpr std::size_t subBuckets = std::size_t{1} << subBucketBits;
    static constexpr std::size_t bucketCount = (64 - subBucketBits + 1) * subBuckets;

    static std::size_t bucketOf(std::uint64_t value);
    static std::uint64_t upperEnd(std::size_t bucket);

    std::array<std::uint64_t, bucketCount> m_buckets{};
    std::uint64_t m_count = 0;
    std::uint64_t m_maximum = 0;
};

} // namespace switchboard::bench
