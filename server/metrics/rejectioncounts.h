// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "protocol/rejected.h"

#include <QtGlobal>

#include <array>
#include <cstddef>

namespace switchboard {

/// How many messages of clients were rejected, by the code that they were rejected with. On one event loop.
class RejectionCounts
{
public:
    void note(protocol::RejectCode code) { ++m_counts[static_cast<std::size_t>(code)]; }

    [[nodiscard]] quint64 of(protocol::RejectCode code) const
    {
        return m_counts[static_cast<std::size_t>(code)];
    }

    RejectionCounts &operator+=(const RejectionCounts &other)
    {
        for (std::size_t i = 0; i < m_counts.size(); ++i) {
            m_counts[i] += other.m_counts[i];
        }
        return *this;
    }

private:
    std::array<quint64, protocol::rejectCodeCount> m_counts{};
};

} // namespace switchboard
