// SPDX-License-Identifier: BSD-3-Clause
#include "eventloop/epolleventdispatcher.h"

#include <QCoreApplication>
#include <QSocketNotifier>
#include <QThread>

namespace switchboard {

EpollEventDispatcher::EpollEventDispatcher(QObject *parent)
    : QAbstractEventDispatcher(parent)
{ }

EpollEventDispatcher::~EpollEventDispatcher() = default;

bool EpollEventDispatcher::processEvents(QEventLoop::ProcessEventsFlags flags)
{
    m_isInterrupted = false;
    // Before the posted events are sent: whatever is posted from here on wakes the wait below.
    const bool wasWoken = m_isWoken.exchange(false);
    Q_EMIT awake();
    QCoreApplication::sendPostedEvents();

    const bool includeTimers = !flags.testFlag(QEventLoop::X11ExcludeTimers);
    const bool includeNotifiers = !flags.testFlag(QEventLoop::ExcludeSocketNotifiers);
    // A turn that had something to send comes back with that, and does not wait for more.
    const auto canWait = [&] {
        return flags.testFlag(QEventLoop::WaitForMoreEvents) && !wasWoken && !m_isWoken && !m_isInterrupted;
    };
    if (canWait()) {
        Q_EMIT aboutToBlock();
    }
    if (m_isInterrupted) {
        return false;
    }
    std::optional<std::chrono::nanoseconds> timeout(std::chrono::nanoseconds(0));
    if (canWait()) {
        timeout = includeTimers ? m_timers.untilNext() : std::nullopt;
    }
    m_sockets.wait(timeout, includeNotifiers);

    int handled = wasWoken ? 1 : 0;
    if (includeNotifiers) {
        handled += m_sockets.activate();
    }
    if (includeTimers) {
        handled += m_timers.fireDue();
    }
    return handled > 0;
}

void EpollEventDispatcher::registerSocketNotifier(QSocketNotifier *notifier)
{
    m_sockets.add(notifier);
}

void EpollEventDispatcher::unregisterSocketNotifier(QSocketNotifier *notifier)
{
    m_sockets.remove(notifier);
}

void EpollEventDispatcher::registerTimer(int timerId, qint64 interval, Qt::TimerType timerType,
                                         QObject *object)
{
    m_timers.add(timerId, interval, timerType, object);
}

bool EpollEventDispatcher::unregisterTimer(int timerId)
{
    return m_timers.remove(timerId);
}

bool EpollEventDispatcher::unregisterTimers(QObject *object)
{
    return m_timers.removeAllOf(object);
}

QList<QAbstractEventDispatcher::TimerInfo> EpollEventDispatcher::registeredTimers(QObject *object) const
{
    return m_timers.timersOf(object);
}

int EpollEventDispatcher::remainingTime(int timerId)
{
    return m_timers.remainingTime(timerId);
}

void EpollEventDispatcher::wakeUp()
{
    // In its own thread the loop is not waiting, and looks at this before it does.
    if (!m_isWoken.exchange(true) && QThread::currentThread() != thread()) {
        m_sockets.wakeUp();
    }
}

void EpollEventDispatcher::interrupt()
{
    m_isInterrupted = true;
    wakeUp();
}

} // namespace switchboard
