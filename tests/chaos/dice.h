// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <chrono>
#include <cstdint>
#include <random>

namespace switchboard::test {

/// All chance of a run, from one seed.
class Dice
{
public:
    explicit Dice(std::uint32_t seed)
        : m_engine(seed)
    { }

    /// Any number from 0 to \a end - 1.
    [[nodiscard]] int below(int end) { return between(0, end - 1); }
    [[nodiscard]] int between(int least, int most)
    {
        return std::uniform_int_distribution<int>(least, most)(m_engine);
    }
    [[nodiscard]] std::chrono::milliseconds between(std::chrono::milliseconds least,
                                                    std::chrono::milliseconds most)
    {
        return std::chrono::milliseconds(
            between(static_cast<int>(least.count()), static_cast<int>(most.count())));
    }
    /// Whether one of \a times throws comes out.
    [[nodiscard]] bool isOneIn(int times) { return below(times) == 0; }

    /// Any element of \a row.
    template <typename Row>
    [[nodiscard]] auto &anyOf(Row &row)
    {
        return row[static_cast<typename Row::size_type>(below(static_cast<int>(row.size())))];
    }

private:
    std::mt19937 m_engine;
};

} // namespace switchboard::test
