// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QAbstractEventDispatcher>
#include <QHash>
#include <QList>

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace switchboard {

/// The timers of one event dispatcher, with Qt's rules: each fires at most once a turn, none fires again
/// while it is being handled, and its next time is reckoned from its last, unless that has passed already.
///
/// Starting and stopping a timer costs the logarithm of their number.
class TimerHeap
{
public:
    using Clock = std::chrono::steady_clock;

    TimerHeap();
    ~TimerHeap();
    Q_DISABLE_COPY_MOVE(TimerHeap)

    /// Starts the timer \a id of \a object with \a interval milliseconds, 0 or more.
    void add(int id, qint64 interval, Qt::TimerType type, QObject *object);
    /// Whether there was such a timer.
    bool remove(int id);
    /// Whether there was any.
    bool removeAllOf(const QObject *object);

    [[nodiscard]] QList<QAbstractEventDispatcher::TimerInfo> timersOf(const QObject *object) const;
    /// Whole milliseconds until the timer fires, rounded up; 0 if it is due, -1 if there is none.
    [[nodiscard]] int remainingTime(int id) const;

    /// How long until the next timer is due, 0 or more; nothing without one that could fire.
    [[nodiscard]] std::optional<std::chrono::nanoseconds> untilNext() const;

    /// Sends a timer event for each timer that is due, and returns how many. Timers that are started, stopped
    /// or destroyed meanwhile are minded; nested calls are allowed.
    int fireDue();

private:
    struct Timer;

    void push(Timer *timer);
    void take(const Timer *timer);
    void siftUp(std::size_t index);
    void siftDown(std::size_t index);
    void place(std::size_t index, Timer *timer);
    void erase(QHash<int, Timer *>::iterator found);

    QHash<int, Timer *> m_timers;
    std::vector<Timer *> m_heap; // the earliest first; without timers that are being handled
    quint64 m_lastSerial = 0;
    quint64 m_lastTurn = 0;
};

} // namespace switchboard
