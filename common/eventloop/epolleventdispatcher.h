// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "eventloop/epollset.h"
#include "eventloop/timerheap.h"

#include <QAbstractEventDispatcher>

#include <atomic>

namespace switchboard {

/// Qt's event dispatcher on epoll, for threads with many sockets (Linux).
///
/// The dispatchers that come with Qt hand every descriptor to poll(2) on every turn, so what a turn costs
/// grows with the number of connections. Here it grows with the number of those on which something happens.
///
/// To be installed before the loop exists: QCoreApplication::setEventDispatcher() before the application
/// object is made, or QThread::setEventDispatcher() before the thread is started. It behaves as Qt's own on
/// Unix do, except that a regular file, which epoll does not take, is ready all the time. Not for programs
/// with windows: the platform plugin brings a dispatcher of its own.
class EpollEventDispatcher final : public QAbstractEventDispatcher
{
    Q_OBJECT

public:
    explicit EpollEventDispatcher(QObject *parent = nullptr);
    ~EpollEventDispatcher() override;

    bool processEvents(QEventLoop::ProcessEventsFlags flags) override;

    void registerSocketNotifier(QSocketNotifier *notifier) override;
    void unregisterSocketNotifier(QSocketNotifier *notifier) override;

    void registerTimer(int timerId, qint64 interval, Qt::TimerType timerType, QObject *object) override;
    bool unregisterTimer(int timerId) override;
    bool unregisterTimers(QObject *object) override;
    QList<TimerInfo> registeredTimers(QObject *object) const override;
    int remainingTime(int timerId) override;

    /// Ends the wait of processEvents(), the present one or else the next. From any thread.
    void wakeUp() override;
    /// As wakeUp(), and processEvents() handles nothing further before it returns. From any thread.
    void interrupt() override;

private:
    EpollSet m_sockets;
    TimerHeap m_timers;
    std::atomic<bool> m_isWoken = false;
    std::atomic<bool> m_isInterrupted = false;
};

} // namespace switchboard
