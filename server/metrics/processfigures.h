// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QtGlobal>

#include <chrono>

namespace switchboard {

/// What this process takes of its machine.
struct ProcessFigures
{
    /// Seconds since 1970.
    double startedAt = 0;
    /// User and system time of all threads.
    std::chrono::nanoseconds processorTime{0};
    qint64 residentBytes = 0;
    qint64 virtualBytes = 0;
    qint64 openDescriptors = 0;
    /// The most that there may be.
    qint64 maxDescriptors = 0;
};

/// As of now (proc(5)), of the process that began at \a startedAt.
[[nodiscard]] ProcessFigures processFigures(std::chrono::system_clock::time_point startedAt);

/// The memory that this process has in use, in bytes; 0 where that cannot be found out.
[[nodiscard]] qint64 residentBytes();

} // namespace switchboard
