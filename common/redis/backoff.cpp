// SPDX-License-Identifier: BSD-3-Clause
#include "redis/backoff.h"

#include <QRandomGenerator>
#include <algorithm>

namespace switchboard::redis {

Backoff::Backoff(std::chrono::milliseconds minimum, std::chrono::milliseconds maximum)
    : m_minimum(minimum)
    , m_maximum(std::max(minimum, maximum))
{
    reset();
}

std::chrono::milliseconds Backoff::next()
{
    const auto width = static_cast<quint64>((m_ceiling - m_minimum).count());
    const auto jitter = static_cast<qint64>(QRandomGenerator::global()->generate64() % (width + 1));
    m_ceiling = std::min(m_ceiling * 2, m_maximum);
    return m_minimum + std::chrono::milliseconds(jitter);
}

void Backoff::reset()
{
    m_ceiling = std::min(m_minimum * 2, m_maximum);
}

} // namespace switchboard::redis
