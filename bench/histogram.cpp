// SPDX-License-Identifier: BSD-3-Clause
#include "bench/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace switchboard::bench {

void Histogram::record(std::uint64_t value)
{
    ++m_buckets[bucketOf(value)];
    ++m_count;
    m_maximum = std::max(m_maximum, value);
}

std::uint64_t Histogram::percentile(double percent) const
{
    const double wanted = std::ceil(static_cast<double>(m_count) * percent / 100);
    const auto rank = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(wanted));
    std::uint64_t seen = 0;
    for (std::size_t bucket = 0; bucket < bucketCount; ++bucket) {
        seen += m_buckets[bucket];
        if (seen >= rank) {
            return std::min(upperEnd(bucket), m_maximum);
        }
    }
    return m_maximum;
}

// Values below subBuckets have a bucket each; from there on each power of two is cut into subBuckets.
std::size_t Histogram::bucketOf(std::uint64_t value)
{
    if (value < subBuckets) {
        return static_cast<std::size_t>(value);
    }
    const unsigned exponent = static_cast<unsigned>(std::bit_width(value)) - 1 - subBucketBits;
    return (exponent + 1) * subBuckets + static_cast<std::size_t>((value >> exponent) - subBuckets);
}

std::uint64_t Histogram::upperEnd(std::size_t bucket)
{
    if (bucket < subBuckets) {
        return bucket;
    }
    const std::size_t exponent = bucket / subBuckets - 1;
    const std::uint64_t lowerEnd = std::uint64_t{subBuckets + bucket % subBuckets} << exponent;
    return lowerEnd + ((std::uint64_t{1} << exponent) - 1);
}

} // namespace switchboard::bench
