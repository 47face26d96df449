// SPDX-License-Identifier: BSD-3-Clause
#include "eventloop/timerheap.h"

#include <QCoreApplication>
#include <QTimerEvent>

#include <algorithm>
#include <limits>
#include <utility>

namespace switchboard {

using namespace std::chrono_literals;
using std::chrono::ceil;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

struct TimerHeap::Timer
{
    int id = 0;
    Qt::TimerType type = Qt::CoarseTimer;
    QObject *object = nullptr;
    milliseconds interval{};
    Clock::time_point due;
    // Tells a timer from another one that got its id later, and timers of one moment apart by age.
    quint64 serial = 0;
    // When it fired last.
    quint64 turn = 0;
    std::size_t heapIndex = notInHeap;

    static constexpr std::size_t notInHeap = std::numeric_limits<std::size_t>::max();

    [[nodiscard]] bool isBefore(const Timer &other) const
    {
        return std::pair(due, serial) < std::pair(other.due, other.serial);
    }
    [[nodiscard]] Clock::time_point dueAfter(Clock::time_point start) const;
};

// Coarse timers may be late by 5 % and very coarse ones are by full seconds, so that many fall on one moment
// and the loop wakes once for all of them.
TimerHeap::Clock::time_point TimerHeap::Timer::dueAfter(Clock::time_point start) const
{
    const Clock::time_point exact = start + interval;
    milliseconds grain{};
    if (type == Qt::VeryCoarseTimer) {
        grain = 1s;
    } else if (type == Qt::CoarseTimer) {
        grain = std::min<milliseconds>(interval / 20, 1s);
    }
    if (grain <= 1ms) {
        return exact;
    }
    const auto sinceEpoch = ceil<milliseconds>(exact.time_since_epoch());
    return Clock::time_point((sinceEpoch + grain - 1ms) / grain * grain);
}

TimerHeap::TimerHeap() = default;

TimerHeap::~TimerHeap()
{
    qDeleteAll(m_timers);
}

void TimerHeap::add(int id, qint64 interval, Qt::TimerType type, QObject *object)
{
    remove(id);
    milliseconds length(interval);
    if (type == Qt::VeryCoarseTimer) {
        length = std::max<milliseconds>(1s, std::chrono::round<seconds>(length));
    }
    auto *timer = new Timer{
        .id = id, .type = type, .object = object, .interval = length, .due = {}, .serial = ++m_lastSerial};
    timer->due = timer->dueAfter(Clock::now());
    m_timers.insert(id, timer);
    push(timer);
}

bool TimerHeap::remove(int id)
{
    const auto found = m_timers.find(id);
    if (found == m_timers.end()) {
        return false;
    }
    erase(found);
    return true;
}

bool TimerHeap::removeAllOf(const QObject *object)
{
    const QList<QAbstractEventDispatcher::TimerInfo> timers = timersOf(object);
    for (const auto &timer : timers) {
        remove(timer.timerId);
    }
    return !timers.isEmpty();
}

void TimerHeap::erase(QHash<int, Timer *>::iterator found)
{
    const std::unique_ptr<Timer> timer(*found);
    take(timer.get());
    m_timers.erase(found);
}

QList<QAbstractEventDispatcher::TimerInfo> TimerHeap::timersOf(const QObject *object) const
{
    QList<QAbstractEventDispatcher::TimerInfo> infos;
    for (const Timer *timer : m_timers) {
        if (timer->object == object) {
            infos.append(
                {timer->id,
                 static_cast<int>(std::min<qint64>(timer->interval.count(), std::numeric_limits<int>::max())),
                 timer->type});
        }
    }
    return infos;
}

int TimerHeap::remainingTime(int id) const
{
    const Timer *timer = m_timers.value(id);
    if (!timer) {
        return -1;
    }
    const auto left = ceil<milliseconds>(timer->due - Clock::now());
    return static_cast<int>(std::clamp<qint64>(left.count(), 0, std::numeric_limits<int>::max()));
}

std::optional<nanoseconds> TimerHeap::untilNext() const
{
    if (m_heap.empty()) {
        return std::nullopt;
    }
    return std::max<nanoseconds>(0ns, m_heap.front()->due - Clock::now());
}

int TimerHeap::fireDue()
{
    if (m_heap.empty()) {
        return 0;
    }
    const Clock::time_point now = Clock::now();
    const quint64 turn = ++m_lastTurn;
    int count = 0;
    // A timer of 0 ms is due again at once; when one comes to the front again, this turn is over.
    while (!m_heap.empty() && m_heap.front()->due <= now && m_heap.front()->turn != turn) {
        Timer *timer = m_heap.front();
        take(timer);
        timer->turn = turn;
        const Clock::time_point next = timer->dueAfter(timer->due);
        timer->due = next > now ? next : timer->dueAfter(now);
        ++count;
        const int id = timer->id;
        const quint64 serial = timer->serial;
        QTimerEvent event(id);
        QCoreApplication::sendEvent(timer->object, &event);
        if (Timer *survivor = m_timers.value(id); survivor && survivor->serial == serial) {
            push(survivor);
        }
    }
    return count;
}

void TimerHeap::push(Timer *timer)
{
    m_heap.push_back(timer);
    timer->heapIndex = m_heap.size() - 1;
    siftUp(timer->heapIndex);
}

void TimerHeap::take(const Timer *timer)
{
    const std::size_t index = timer->heapIndex;
    if (index == Timer::notInHeap) {
        return;
    }
    m_heap[index]->heapIndex = Timer::notInHeap;
    Timer *last = m_heap.back();
    m_heap.pop_back();
    if (index < m_heap.size()) {
        place(index, last);
        siftUp(index);
        siftDown(last->heapIndex);
    }
}

void TimerHeap::siftUp(std::size_t index)
{
    Timer *timer = m_heap[index];
    while (index > 0) {
        const std::size_t parent = (index - 1) / 2;
        if (!timer->isBefore(*m_heap[parent])) {
            break;
        }
        place(index, m_heap[parent]);
        index = parent;
    }
    place(index, timer);
}

void TimerHeap::siftDown(std::size_t index)
{
    Timer *timer = m_heap[index];
    for (;;) {
        std::size_t child = 2 * index + 1;
        if (child >= m_heap.size()) {
            break;
        }
        if (child + 1 < m_heap.size() && m_heap[child + 1]->isBefore(*m_heap[child])) {
            ++child;
        }
        if (!m_heap[child]->isBefore(*timer)) {
            break;
        }
        place(index, m_heap[child]);
        index = child;
    }
    place(index, timer);
}

void TimerHeap::place(std::size_t index, Timer *timer)
{
    m_heap[index] = timer;
    timer->heapIndex = index;
}

} // namespace switchboard
