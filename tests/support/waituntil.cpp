// SPDX-License-Identifier: BSD-3-Clause
#include "support/waituntil.h"

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QEvent>
#include <QEventLoop>
#include <QTimer>

namespace switchboard::test {

bool waitUntil(const std::function<bool()> &condition, std::chrono::milliseconds timeout)
{
    using namespace std::chrono_literals;

    const QDeadlineTimer deadline(timeout);
    QTimer wakeUp; // ends a turn in which nothing happens
    wakeUp.setTimerType(Qt::PreciseTimer);
    wakeUp.start(10ms);
    while (!condition()) {
        if (deadline.hasExpired()) {
            return false;
        }
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }
    return true;
}

} // namespace switchboard::test
