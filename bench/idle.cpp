// SPDX-License-Identifier: BSD-3-Clause
#include "bench/conversation.h"
#include "bench/crowdsetup.h"
#include "bench/scenarios.h"

#include <map>
#include <numeric>
#include <thread>

namespace switchboard::bench {

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

constexpr auto settleTime = 1s;
constexpr int rounds = 3; // of a message to all: buffers have the size that they will keep

using Memory = std::map<QString, qint64>;

tl::expected<Memory, QString> memoryOf(const std::vector<WatchedProcess> &processes)
{
    Memory memory;
    for (const WatchedProcess &process : processes) {
        const auto bytes = residentBytes(process.pid);
        if (!bytes) {
            return tl::make_unexpected(bytes.error());
        }
        memory[process.name] += *bytes;
    }
    return memory;
}

// Messages to all, one after another; returns the faults.
DeliveryFaults speakToAll(Crowd &crowd, const Dialect &dialect, std::size_t messageBytes)
{
    Circle everybody{{}, std::vector<std::size_t>(crowd.size()), 1};
    std::iota(everybody.members.begin(), everybody.members.end(), std::size_t{0});
    Conversation conversation(crowd, dialect, std::span(&everybody, 1), messageBytes);
    for (int i = 0; i < rounds; ++i) {
        conversation.speakOnce();
    }
    return conversation.faults();
}

} // namespace

Outcome runIdle(const Options &options, Progress &progress)
{
    const Dialect dialect(options.dialect);
    Crowd crowd(options.endpoints, dialect);
    const std::vector<Visitor> visitors = chatVisitors(options);
    // The first ones take what a server takes only once.
    const std::size_t first = std::min(visitors.size(), options.endpoints.size());
    if (const auto opened = openCrowd(crowd, std::span(visitors).first(first), first, progress); !opened) {
        return tl::make_unexpected(opened.error());
    }
    speakToAll(crowd, dialect, options.messageBytes);
    std::this_thread::sleep_for(settleTime);
    const auto before = memoryOf(options.processes);
    const auto begin = Clock::now();
    if (const auto opened = openCrowd(crowd, std::span(visitors).subspan(first), options.window, progress);
        !opened) {
        return tl::make_unexpected(opened.error());
    }
    const std::chrono::duration<double> seconds = Clock::now() - begin;
    const DeliveryFaults faults = speakToAll(crowd, dialect, options.messageBytes);
    std::this_thread::sleep_for(settleTime);
    const auto after = memoryOf(options.processes);
    if (!before || !after) {
        return tl::make_unexpected(before ? after.error() : before.error());
    }
    Report report(u"idle"_s);
    const auto added = static_cast<double>(visitors.size() - first);
    report.add(u"clients"_s, u"clients"_s, options.clients);
    report.add(u"connectSeconds"_s, u"time to connect them"_s, seconds.count(), u"s"_s, 3);
    for (const auto &[name, bytes] : *after) {
        const auto grown = static_cast<double>(bytes - before->at(name));
        report.add(name + "ResidentBytes"_L1, u"memory of %1"_s.arg(name), static_cast<double>(bytes),
                   u"bytes"_s);
        report.add(name + "BytesPerClient"_L1, u"memory of %1 per client"_s.arg(name),
                   added > 0 ? grown / added : 0, u"bytes"_s);
    }
    report.addFaults(faults, 0, crowd.ended());
    return report;
}

} // namespace switchboard::bench
