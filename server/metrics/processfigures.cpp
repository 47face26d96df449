// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/processfigures.h"

#include <QByteArray>
#include <QFile>
#include <QList>

#include <ctime>
#include <dirent.h>
#include <memory>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace switchboard {

namespace {

struct MemoryPages
{
    qint64 total = 0;
    qint64 resident = 0;
};

// proc(5): the first two numbers in statm.
MemoryPages memoryPages()
{
    QFile file(QStringLiteral("/proc/self/statm"));
    if (!file.open(QIODevice::ReadOnly)) {
        return {};
    }
    const QList<QByteArray> fields = file.readAll().split(' ');
    return fields.size() < 2 ? MemoryPages{} : MemoryPages{fields[0].toLongLong(), fields[1].toLongLong()};
}

qint64 pageBytes()
{
    return sysconf(_SC_PAGESIZE);
}

// Since Linux 6.2 the folder's size is the number of its entries; before, it is 0 and they have to be
// counted.
qint64 openDescriptors()
{
    constexpr const char *path = "/proc/self/fd";
    struct stat status = {};
    if (::stat(path, &status) == 0 && status.st_size > 0) {
        return status.st_size;
    }
    const std::unique_ptr<DIR, int (*)(DIR *)> folder(::opendir(path), &::closedir);
    if (!folder) {
        return 0;
    }
    qint64 count = 0;
    while (::readdir(folder.get())) {
        ++count;
    }
    return count - 3; // the two dots, and the folder's own
}

qint64 maxDescriptors()
{
    rlimit limit = {};
    return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? static_cast<qint64>(limit.rlim_cur) : 0;
}

std::chrono::nanoseconds processorTime()
{
    timespec time = {};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

} // namespace

ProcessFigures processFigures(std::chrono::system_clock::time_point startedAt)
{
    const MemoryPages pages = memoryPages();
    return {
        .startedAt = std::chrono::duration<double>(startedAt.time_since_epoch()).count(),
        .processorTime = processorTime(),
        .residentBytes = pages.resident * pageBytes(),
        .virtualBytes = pages.total * pageBytes(),
        .openDescriptors = openDescriptors(),
        .maxDescriptors = maxDescriptors(),
    };
}

qint64 residentBytes()
{
    return memoryPages().resident * pageBytes();
}

} // namespace switchboard
