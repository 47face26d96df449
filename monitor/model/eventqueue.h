// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "protocol/monitor.h"

#include <QObject>
#include <QTimer>

#include <chrono>
#include <functional>
#include <vector>

namespace switchboard::monitor {

/// Gathers events and hands them on together, in their order, with one timer and at a bounded rate.
class EventQueue : public QObject
{
    Q_OBJECT

public:
    using Events = std::vector<protocol::MonitorEvent>;

    /// So many are never kept waiting: they are handed on at once, so that a flood takes no memory.
    static constexpr std::size_t maximumWaiting = 20'000;

    /// \a handle gets what came, at most once every \a interval.
    EventQueue(std::chrono::milliseconds interval, std::function<void(const Events &)> handle,
               QObject *parent = nullptr);

    void add(protocol::MonitorEvent event);

    /// Hands on what waits, at once.
    void flush();

    [[nodiscard]] std::size_t waiting() const { return m_events.size(); }
    /// How many came in all.
    [[nodiscard]] qint64 totalCount() const { return m_total; }

private:
    std::function<void(const Events &)> m_handle;
    Events m_events;
    QTimer m_timer;
    qint64 m_total = 0;
};

} // namespace switchboard::monitor
