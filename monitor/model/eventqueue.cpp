// SPDX-License-Identifier: BSD-3-Clause
#include "model/eventqueue.h"

#include <utility>

namespace switchboard::monitor {

EventQueue::EventQueue(std::chrono::milliseconds interval, std::function<void(const Events &)> handle,
                       QObject *parent)
    : QObject(parent)
    , m_handle(std::move(handle))
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(interval);
    connect(&m_timer, &QTimer::timeout, this, &EventQueue::flush);
}

void EventQueue::add(protocol::MonitorEvent event)
{
    ++m_total;
    m_events.push_back(std::move(event));
    if (m_events.size() >= maximumWaiting) {
        flush();
    } else if (!m_timer.isActive()) {
        m_timer.start();
    }
}

void EventQueue::flush()
{
    m_timer.stop();
    if (m_events.empty()) {
        return;
    }
    const Events events = std::exchange(m_events, {});
    m_handle(events);
}

} // namespace switchboard::monitor
