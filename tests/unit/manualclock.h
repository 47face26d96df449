// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QtGlobal>

#include <chrono>

namespace switchboard::test {

/// While one lives, CLOCK_MONOTONIC stands still in its thread and moves by advance() alone, so that
/// deadlines of hours are tested at once and to the millisecond. What waits for an event loop's timer waits
/// for ever meanwhile. Other threads, such as the one that ends a test which hangs, see the clock run.
class ManualClock
{
public:
    ManualClock();
    ~ManualClock();
    Q_DISABLE_COPY_MOVE(ManualClock)

    void advance(std::chrono::milliseconds by);
};

} // namespace switchboard::test
