// SPDX-License-Identifier: BSD-3-Clause
#include "bench/process.h"

#include <QFile>

#include <ctime>
#include <unistd.h>

namespace switchboard::bench {

using namespace Qt::StringLiterals;

namespace {

QString noSuchProcess(pid_t pid)
{
    return u"there is no process %1"_s.arg(pid);
}

} // namespace

// /proc/PID/stat says the same in steps of 10 ms.
tl::expected<std::chrono::nanoseconds, QString> cpuTime(pid_t pid)
{
    clockid_t clock = {};
    timespec time = {};
    if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &time) != 0) {
        return tl::make_unexpected(noSuchProcess(pid));
    }
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

tl::expected<qint64, QString> residentBytes(pid_t pid)
{
    QFile file(u"/proc/%1/statm"_s.arg(pid));
    if (!file.open(QIODevice::ReadOnly)) {
        return tl::make_unexpected(noSuchProcess(pid));
    }
    const QList<QByteArray> pages = file.readAll().split(' ');
    return pages.value(1).toLongLong() * ::sysconf(_SC_PAGESIZE);
}

tl::expected<void, QString> CpuMeter::start()
{
    return add(-1);
}

tl::expected<void, QString> CpuMeter::stop()
{
    return add(1);
}

tl::expected<void, QString> CpuMeter::add(int sign)
{
    for (const WatchedProcess &process : m_processes) {
        const auto time = cpuTime(process.pid);
        if (!time) {
            return tl::make_unexpected(time.error());
        }
        m_times[process.name] += sign * *time;
    }
    return {};
}

} // namespace switchboard::bench
