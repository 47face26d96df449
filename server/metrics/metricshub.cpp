// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/metricshub.h"

#include "metrics/metricsendpoint.h"

#include <QMetaObject>

namespace switchboard {

void MetricsHub::add(int worker, MetricsEndpoint &endpoint)
{
    const std::lock_guard lock(m_mutex);
    m_endpoints.insert_or_assign(worker, &endpoint);
}

void MetricsHub::remove(int worker)
{
    const std::lock_guard lock(m_mutex);
    m_endpoints.erase(worker);
}

std::vector<int> MetricsHub::workers() const
{
    const std::lock_guard lock(m_mutex);
    std::vector<int> workers;
    workers.reserve(m_endpoints.size());
    for (const auto &[worker, endpoint] : m_endpoints) {
        workers.push_back(worker);
    }
    return workers;
}

void MetricsHub::post(int worker, Task task) const
{
    // Under the lock the endpoint cannot go; what is posted to one that goes later goes with it.
    const std::lock_guard lock(m_mutex);
    const auto found = m_endpoints.find(worker);
    if (found == m_endpoints.end()) {
        return;
    }
    MetricsEndpoint *endpoint = found->second;
    QMetaObject::invokeMethod(
        endpoint, [endpoint, task = std::move(task)] { task(*endpoint); }, Qt::QueuedConnection);
}

} // namespace switchboard
