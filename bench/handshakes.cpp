// SPDX-License-Identifier: BSD-3-Clause
#include "bench/crowdsetup.h"
#include "bench/scenarios.h"

#include <thread>

namespace switchboard::bench {

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

// For what a server still does for new clients, and for those that are gone.
constexpr auto settleTime = 50ms;

struct Connecting
{
    std::uint64_t handshakes = 0;
    std::chrono::duration<double> time{0};
};

// Connects all clients and ends them again, over and over. Only the time of connecting counts.
tl::expected<Connecting, QString> connectRepeatedly(const Options &options, CpuMeter &meter,
                                                    std::chrono::nanoseconds duration, Progress &progress)
{
    const Dialect dialect(options.dialect);
    const std::vector<Visitor> visitors = chatVisitors(options);
    Connecting sum;
    const auto end = Clock::now() + duration;
    do {
        Crowd crowd(options.endpoints, dialect);
        if (auto started = meter.start(); !started) {
            return tl::make_unexpected(started.error());
        }
        const auto begin = Clock::now();
        if (auto opened = openCrowd(crowd, visitors, options.window, progress); !opened) {
            return tl::make_unexpected(opened.error());
        }
        sum.time += Clock::now() - begin;
        sum.handshakes += visitors.size();
        std::this_thread::sleep_for(settleTime);
        if (auto stopped = meter.stop(); !stopped) {
            return tl::make_unexpected(stopped.error());
        }
        crowd.closeAll();
        std::this_thread::sleep_for(settleTime);
    } while (Clock::now() < end);
    return sum;
}

} // namespace

Outcome runHandshakes(const Options &options, Progress &progress)
{
    CpuMeter unmeasured({});
    if (const auto warm = connectRepeatedly(options, unmeasured, options.warmUp, progress); !warm) {
        return tl::make_unexpected(warm.error());
    }
    CpuMeter meter(options.processes);
    const auto connecting = connectRepeatedly(options, meter, options.duration, progress);
    if (!connecting) {
        return tl::make_unexpected(connecting.error());
    }
    const auto count = static_cast<double>(connecting->handshakes);
    Report report(u"handshakes"_s);
    report.add(u"handshakes"_s, u"handshakes"_s, count);
    report.add(u"handshakesPerSecond"_s, u"handshakes a second"_s, count / connecting->time.count());
    report.addCpu(meter.times(), count, u"handshake"_s);
    for (const auto &[name, time] : meter.times()) {
        report.add(name + "HandshakesPerCpuSecond"_L1, u"handshakes per CPU second of %1"_s.arg(name),
                   count / std::chrono::duration<double>(time).count());
    }
    return report;
}

} // namespace switchboard::bench
