// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <chrono>
#include <map>
#include <vector>

#include <QString>

#include <sys/types.h>
#include <tl/expected.hpp>

namespace switchboard::bench {

/// A process whose use of the machine is to be measured. Those with the same name are added up.
struct WatchedProcess
{
    QString name;
    pid_t pid = 0;
};

/// The CPU time that a process has used so far, all its threads together, in user space and in the kernel.
/// The error says that there is no such process.
[[nodiscard]] tl::expected<std::chrono::nanoseconds, QString> cpuTime(pid_t pid);

/// How much of a process is in memory (proc(5), statm), in bytes.
[[nodiscard]] tl::expected<qint64, QString> residentBytes(pid_t pid);

/// The CPU time of processes between two moments.
class CpuMeter
{
public:
    /// By the name of the processes.
    using Times = std::map<QString, std::chrono::nanoseconds>;

    explicit CpuMeter(std::vector<WatchedProcess> processes)
        : m_processes(std::move(processes))
    { }

    /// Begins a stretch that is measured. The error says which process is gone.
    [[nodiscard]] tl::expected<void, QString> start();

    /// Ends it; its time is added to that of the stretches before.
    [[nodiscard]] tl::expected<void, QString> stop();

    /// Of all stretches.
    [[nodiscard]] const Times &times() const { return m_times; }

private:
    tl::expected<void, QString> add(int sign);

    std::vector<WatchedProcess> m_processes;
    Times m_times;
};

} // namespace switchboard::bench
