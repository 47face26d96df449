// SPDX-License-Identifier: BSD-3-Clause
#include "manualclock.h"

#include <ctime>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

using std::chrono::nanoseconds;

// Nanoseconds; 0 while the clock runs.
thread_local qint64 manualTime = 0;

qint64 runningTime()
{
    timespec time = {};
    ::syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &time);
    return nanoseconds(std::chrono::seconds(time.tv_sec)).count() + time.tv_nsec;
}

} // namespace

// A program's own functions come before those of the libraries that it links, for the libraries too.
extern "C" int clock_gettime(clockid_t clock, timespec *time) noexcept
{
    if (clock != CLOCK_MONOTONIC || manualTime == 0) {
        return static_cast<int>(::syscall(SYS_clock_gettime, clock, time));
    }
    constexpr qint64 second = nanoseconds(std::chrono::seconds(1)).count();
    time->tv_sec = manualTime / second;
    time->tv_nsec = manualTime % second;
    return 0;
}

namespace switchboard::test {

ManualClock::ManualClock()
{
    manualTime = runningTime();
}

ManualClock::~ManualClock()
{
    manualTime = 0;
}

void ManualClock::advance(std::chrono::milliseconds by)
{
    manualTime += nanoseconds(by).count();
}

} // namespace switchboard::test
