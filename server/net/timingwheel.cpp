// SPDX-License-Identifier: BSD-3-Clause
#include "net/timingwheel.h"

namespace switchboard {

Deadline::Deadline(TimingWheel &wheel, std::function<void()> onExpired)
    : m_wheel(wheel)
    , m_onExpired(std::move(onExpired))
{ }

Deadline::~Deadline()
{
    stop();
}

void Deadline::start(std::chrono::milliseconds delay)
{
    stop();
    m_wheel.insert(*this, delay);
}

void Deadline::stop()
{
    if (isActive()) {
        m_wheel.remove(*this);
    }
}

TimingWheel::TimingWheel(QObject *parent)
    : QObject(parent)
{
    m_clock.start();
}

TimingWheel::~TimingWheel()
{
    Q_ASSERT_X(m_count == 0, "TimingWheel", "a deadline outlives its wheel");
}

quint64 TimingWheel::currentTick() const
{
    return static_cast<quint64>(m_clock.elapsed() / tick.count());
}

void TimingWheel::insert(Deadline &deadline, std::chrono::milliseconds delay)
{
    if (m_count++ == 0) {
        m_lastTick = currentTick();
        m_timer.start(static_cast<int>(tick.count()), Qt::CoarseTimer, this);
    }
    // The first tick that does not begin before it is due, and never one whose slot is being emptied.
    const qint64 due = qMax<qint64>(0, m_clock.elapsed() + delay.count());
    deadline.m_dueTick = qMax(static_cast<quint64>((due + tick.count() - 1) / tick.count()), m_lastTick + 1);
    Deadline *&head = m_slots[deadline.m_dueTick % slotCount];
    deadline.m_next = head;
    if (head) {
        head->m_previous = &deadline.m_next;
    }
    deadline.m_previous = &head;
    head = &deadline;
}

void TimingWheel::remove(Deadline &deadline)
{
    *deadline.m_previous = deadline.m_next;
    if (deadline.m_next) {
        deadline.m_next->m_previous = deadline.m_previous;
    }
    deadline.m_previous = nullptr;
    deadline.m_next = nullptr;
    if (--m_count == 0) {
        m_timer.stop();
    }
}

void TimingWheel::timerEvent(QTimerEvent *)
{
    const quint64 now = currentTick();
    // After a long stall each slot is looked at once, which finds all that is due.
    const quint64 first = now - qMin<quint64>(now - m_lastTick, slotCount) + 1;
    m_lastTick = now;
    for (quint64 tickNumber = first; tickNumber <= now; ++tickNumber) {
        expireSlot(tickNumber);
    }
}

void TimingWheel::expireSlot(quint64 tickNumber)
{
    // The slot's list is moved to a local head: what a callback starts does not get in, and what it stops or
    // destroys takes itself out.
    Deadline *expired = nullptr;
    Deadline **tail = &expired;
    for (Deadline *deadline = m_slots[tickNumber % slotCount]; deadline;) {
        Deadline *next = deadline->m_next;
        if (deadline->m_dueTick <= m_lastTick) {
            *deadline->m_previous = next;
            if (next) {
                next->m_previous = deadline->m_previous;
            }
            *tail = deadline;
            deadline->m_previous = tail;
            deadline->m_next = nullptr;
            tail = &deadline->m_next;
        }
        deadline = next;
    }
    while (expired) {
        Deadline *deadline = expired;
        remove(*deadline);
        deadline->m_onExpired();
    }
}

} // namespace switchboard
