// SPDX-License-Identifier: BSD-3-Clause

/// \file
/// What a turn of the event loop costs with Qt's dispatchers and with EpollEventDispatcher, by the number of
/// sockets that are watched and silent. Prints CPU microseconds; all dispatchers take turns, and the median
/// is told.

#include "bench/descriptorlimit.h"
#include "eventloop/epolleventdispatcher.h"

#include <QAbstractEventDispatcher>
#include <QCoreApplication>
#include <QElapsedTimer>
#include <QSocketNotifier>
#include <QThread>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <memory>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace {

using namespace Qt::StringLiterals;

constexpr int rounds = 5;
constexpr qint64 measuredMillis = 200;

enum class Dispatcher { Glib, Unix, Epoll };

/// Two connected sockets, of which the first is watched.
class WatchedPair
{
public:
    WatchedPair()
    {
        ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, m_ends.data());
        m_notifier = std::make_unique<QSocketNotifier>(m_ends[0], QSocketNotifier::Read);
    }
    ~WatchedPair()
    {
        m_notifier.reset();
        ::close(m_ends[0]);
        ::close(m_ends[1]);
    }
    Q_DISABLE_COPY_MOVE(WatchedPair)

    QSocketNotifier &notifier() { return *m_notifier; }
    void speak() { (void)!::write(m_ends[1], "x", 1); }
    void hear()
    {
        char byte = 0;
        (void)!::read(m_ends[0], &byte, 1);
    }

private:
    std::array<int, 2> m_ends{-1, -1};
    std::unique_ptr<QSocketNotifier> m_notifier;
};

double threadCpuMicros()
{
    timespec time = {};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

// The CPU time of a \a step, which is done for a while.
template <typename Step>
double microsOf(const Step &step)
{
    QElapsedTimer timer;
    timer.start();
    const double before = threadCpuMicros();
    int count = 0;
    while (timer.elapsed() < measuredMillis) {
        step();
        ++count;
    }
    return (threadCpuMicros() - before) / count;
}

double measureHere(int silentCount)
{
    std::vector<std::unique_ptr<WatchedPair>> silent;
    for (int i = 0; i < silentCount; ++i) {
        silent.push_back(std::make_unique<WatchedPair>());
    }
    WatchedPair talking;
    bool isHeard = false;
    QObject::connect(&talking.notifier(), &QSocketNotifier::activated, &talking.notifier(), [&] {
        talking.hear();
        isHeard = true;
    });
    auto *dispatcher = QAbstractEventDispatcher::instance();
    const auto turn = [&] {
        talking.speak();
        for (isHeard = false; !isHeard;) {
            dispatcher->processEvents(QEventLoop::WaitForMoreEvents);
        }
    };
    turn();
    return microsOf(turn);
}

double measure(Dispatcher kind, int silentCount)
{
    // Qt looks at it when a thread starts.
    if (kind == Dispatcher::Glib) {
        qunsetenv("QT_NO_GLIB");
    } else {
        qputenv("QT_NO_GLIB", "1");
    }
    QThread thread;
    if (kind == Dispatcher::Epoll) {
        thread.setEventDispatcher(new switchboard::EpollEventDispatcher);
    }
    double micros = 0;
    QObject worker;
    worker.moveToThread(&thread);
    QObject::connect(&thread, &QThread::started, &worker, [&] {
        micros = measureHere(silentCount);
        thread.quit();
    });
    thread.start();
    thread.wait();
    return micros;
}

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

} // namespace

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    constexpr std::array silentCounts{0, 100, 1000, 4000};
    // Of each pair, both ends are here.
    if (const auto allowed = switchboard::bench::allowConnections(2 * silentCounts.back()); !allowed) {
        std::fprintf(stderr, "dispatcher-bench: %s\n", qPrintable(allowed.error()));
        return 1;
    }
    constexpr std::array names{"GLib", "Unix", "epoll"};
    constexpr std::array kinds{Dispatcher::Glib, Dispatcher::Unix, Dispatcher::Epoll};
    std::printf("Qt %s; CPU microseconds, medians of %d\n", qVersion(), rounds);
    std::printf("%8s %-10s %10s\n", "silent", "dispatcher", "a turn");
    for (const int silentCount : silentCounts) {
        std::array<std::vector<double>, 3> turns;
        for (int round = 0; round < rounds; ++round) {
            for (std::size_t i = 0; i < kinds.size(); ++i) {
                turns.at(i).push_back(measure(kinds.at(i), silentCount));
            }
        }
        for (std::size_t i = 0; i < kinds.size(); ++i) {
            std::printf("%8d %-10s %10.2f\n", silentCount, names.at(i), median(turns.at(i)));
        }
    }
    return 0;
}
