// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "manualclock.h"
#include "net/timingwheel.h"

#include <QTimerEvent>

namespace switchboard::test {

/// A wheel whose timer runs by hand over a clock that does. The clock stands still before the wheel looks at
/// it first.
class ManualWheel : private ManualClock, public TimingWheel
{
public:
    /// Time passes, and the timer does not run.
    void wait(std::chrono::milliseconds time) { advance(time); }

    /// Time passes in one leap, as it does for a process that was stopped; then the timer runs out once.
    void leap(std::chrono::milliseconds time)
    {
        wait(time);
        QTimerEvent event(0);
        timerEvent(&event);
    }

    /// Time passes, and the timer runs as it should.
    void run(std::chrono::milliseconds time)
    {
        for (std::chrono::milliseconds passed{}; passed < time; passed += tick) {
            leap(tick);
        }
    }
};

} // namespace switchboard::test
