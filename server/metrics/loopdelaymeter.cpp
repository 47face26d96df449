// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/loopdelaymeter.h"

namespace switchboard {

LoopDelayMeter::LoopDelayMeter(QObject *parent)
    : QObject(parent)
{
    // Started anew each time: a timer that goes on by itself leaves out what it missed.
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    m_timer.setInterval(interval);
    connect(&m_timer, &QTimer::timeout, this, &LoopDelayMeter::onTimer);
    m_timer.start();
}

void LoopDelayMeter::onTimer()
{
    m_delays.record(Clock::now() - m_startedAt - interval);
    m_startedAt = Clock::now();
    m_timer.start();
}

} // namespace switchboard
