// SPDX-License-Identifier: BSD-3-Clause
#include "client/retryplan.h"

#include <QRandomGenerator>

#include <algorithm>

namespace switchboard::client {

RetryPlan::RetryPlan(std::chrono::milliseconds minimum, std::chrono::milliseconds maximum)
    : m_minimum(minimum)
    , m_maximum(maximum)
    , m_ceiling(minimum)
{ }

void RetryPlan::start(const QList<QUrl> &urls)
{
    m_chosen = urls;
    m_url = urls.constFirst();
    m_knownNodes.clear();
    noteSuccess();
}

void RetryPlan::setKnownNodes(const QList<QUrl> &nodes)
{
    m_knownNodes = nodes;
}

void RetryPlan::noteSuccess()
{
    m_ceiling = m_minimum;
    m_failures = 0;
    m_failuresHere = 0;
}

std::chrono::milliseconds RetryPlan::noteFailure()
{
    ++m_failures;
    if (++m_failuresHere >= failuresPerNode) {
        moveOn();
    }
    m_ceiling = std::min(m_ceiling * 2, m_maximum);
    const auto width = static_cast<quint64>((m_ceiling - m_minimum).count());
    const auto jitter = static_cast<qint64>(QRandomGenerator::global()->generate64() % (width + 1));
    return m_minimum + std::chrono::milliseconds(jitter);
}

void RetryPlan::moveOn()
{
    QList<QUrl> candidates = m_knownNodes;
    for (const QUrl &own : m_chosen + QList{m_url}) {
        if (!candidates.contains(own)) {
            candidates.append(own);
        }
    }
    const qsizetype next = (candidates.indexOf(m_url) + 1) % candidates.size();
    if (candidates.at(next) != m_url) {
        m_url = candidates.at(next);
        m_failuresHere = 0;
    }
}

} // namespace switchboard::client
