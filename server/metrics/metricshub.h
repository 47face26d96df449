// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <vector>

namespace switchboard {

class MetricsEndpoint;

/// Where the nodes of a process find each other, so that whichever is asked can tell of all. They share
/// nothing else: what one wants of another it posts to that one's event loop. Any thread may call any of
/// this.
class MetricsHub
{
public:
    using Task = std::function<void(MetricsEndpoint &endpoint)>;

    /// \a endpoint belongs to that \a worker, on whose event loop it lives, until remove().
    void add(int worker, MetricsEndpoint &endpoint);
    void remove(int worker);

    /// Those that are there, in order.
    [[nodiscard]] std::vector<int> workers() const;

    /// Runs \a task on the event loop of \a worker. Where that one has gone, or goes before its turn comes,
    /// nothing happens.
    void post(int worker, Task task) const;

    /// When the process began, near enough.
    [[nodiscard]] std::chrono::system_clock::time_point startedAt() const { return m_startedAt; }

private:
    mutable std::mutex m_mutex;
    std::map<int, MetricsEndpoint *> m_endpoints;
    std::chrono::system_clock::time_point m_startedAt = std::chrono::system_clock::now();
};

} // namespace switchboard
