// SPDX-License-Identifier: BSD-3-Clause
#include "chaos/gaps.h"

#include <algorithm>

namespace switchboard::test {

Gaps::Gaps(int workers)
    : m_workers(workers)
{ }

void Gaps::noteStart(Time at)
{
    m_line.clear();
    if (!isOpen()) {
        m_gaps.push_back({at, Time::max()});
    }
    m_away = m_workers;
}

void Gaps::read(const QByteArray &output, Time lastLook, Time now)
{
    m_line += output;
    for (qsizetype end = m_line.indexOf('\n'); end >= 0; end = m_line.indexOf('\n')) {
        const QByteArray line = m_line.first(end);
        m_line.remove(0, end + 1);
        if (line.contains("Not ready: ")) {
            if (!isOpen()) {
                open(lastLook);
            }
            ++m_away;
        } else if (line.contains("Connected; all subscriptions are confirmed") && --m_away == 0) {
            m_gaps.back().until = now;
        }
    }
}

bool Gaps::overlaps(Time from, Time until) const
{
    return std::any_of(m_gaps.cbegin(), m_gaps.cend(),
                       [&](const Span &gap) { return gap.from <= until && from <= gap.until; });
}

void Gaps::open(Time noticed)
{
    Time from = noticed - noticing;
    // One freeze may lead to another. They are in the order of their ends, more or less.
    for (auto freeze = m_freezes.crbegin(); freeze != m_freezes.crend(); ++freeze) {
        if (freeze->until >= from) {
            from = std::min(from, freeze->from);
        }
    }
    m_gaps.push_back({from, Time::max()});
}

} // namespace switchboard::test
