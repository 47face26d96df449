// SPDX-License-Identifier: BSD-3-Clause
#include "bench/talk.h"

#include "bench/crowdsetup.h"

namespace switchboard::bench {

using namespace Qt::StringLiterals;

namespace {

constexpr std::size_t atOnce = 64; // clients that connect, or enter rooms

// What a stretch of a conversation did.
struct Counts
{
    std::uint64_t sent = 0;
    std::uint64_t deliveries = 0;
    std::uint64_t bytes = 0; // from the servers
    std::uint64_t reads = 0;
    std::uint64_t segments = 0;
};

Counts countsOf(const Crowd &crowd, const Conversation &conversation)
{
    return {conversation.sent(), conversation.deliveries(), crowd.figures().bytes, crowd.figures().reads,
            crowd.segments()};
}

double ratio(std::uint64_t dividend, std::uint64_t divisor)
{
    return divisor > 0 ? static_cast<double>(dividend) / static_cast<double>(divisor) : 0;
}

void addCounts(Report &report, const Counts &before, const Counts &after, double seconds)
{
    const std::uint64_t sent = after.sent - before.sent;
    const std::uint64_t deliveries = after.deliveries - before.deliveries;
    const std::uint64_t bytes = after.bytes - before.bytes;
    const std::uint64_t segments = after.segments - before.segments;
    report.add(u"seconds"_s, u"time until the last delivery"_s, seconds, u"s"_s, 3);
    report.add(u"messages"_s, u"messages sent"_s, static_cast<double>(sent));
    report.add(u"deliveries"_s, u"deliveries"_s, static_cast<double>(deliveries));
    report.add(u"messagesPerSecond"_s, u"messages a second"_s, static_cast<double>(sent) / seconds);
    report.add(u"deliveriesPerSecond"_s, u"deliveries a second"_s, static_cast<double>(deliveries) / seconds);
    report.add(u"bytesPerDelivery"_s, u"bytes per delivery"_s, ratio(bytes, deliveries), {}, 1);
    report.add(u"bytesPerSegment"_s, u"bytes per write of the server"_s, ratio(bytes, segments), {}, 0);
    report.add(u"deliveriesPerSegment"_s, u"deliveries per write of the server"_s,
               ratio(deliveries, segments), {}, 2);
}

void addFaults(Report &report, const Crowd &crowd, const Conversation &conversation)
{
    report.addFaults(conversation.faults(), conversation.rejected(), crowd.ended());
    if (crowd.ended() > 0) {
        report.addRemark(u"the first connection that ended: %1"_s.arg(crowd.firstEnd()));
    }
    if (conversation.rejected() > 0) {
        report.addRemark(u"the first rejection: %1"_s.arg(conversation.firstRejection()));
    }
}

} // namespace

Outcome measureTalk(const Options &options, const Talk &talk, Progress &progress)
{
    const Dialect dialect(options.dialect);
    Crowd crowd(options.endpoints, dialect);
    if (const auto opened = openCrowd(crowd, talk.visitors, atOnce, progress); !opened) {
        return tl::make_unexpected(opened.error());
    }
    const bool hasRooms = !talk.circles.front().room.empty();
    if (hasRooms) {
        if (const auto entered = enterRooms(crowd, dialect, talk.circles, atOnce, progress); !entered) {
            return tl::make_unexpected(entered.error());
        }
    }
    Conversation conversation(crowd, dialect, talk.circles, options.messageBytes);
    if (options.warmUp.count() > 0) {
        talk.speak(conversation, options.warmUp, false);
    }
    CpuMeter meter(options.processes);
    const Counts before = countsOf(crowd, conversation);
    if (const auto started = meter.start(); !started) {
        return tl::make_unexpected(started.error());
    }
    const auto begin = Clock::now();
    talk.speak(conversation, options.duration, true);
    const std::chrono::duration<double> seconds = crowd.lastRead() - begin;
    if (const auto stopped = meter.stop(); !stopped) {
        return tl::make_unexpected(stopped.error());
    }
    const Counts after = countsOf(crowd, conversation);
    Report report(talk.scenario);
    report.add(u"clients"_s, u"clients"_s, static_cast<double>(talk.visitors.size()));
    addCounts(report, before, after, seconds.count());
    report.addCpu(meter.times(), static_cast<double>(after.deliveries - before.deliveries), talk.thing);
    addFaults(report, crowd, conversation);
    return report;
}

Talk::Speak speakingInTurn(const Options &options, Progress &progress)
{
    return [&](Conversation &conversation, std::chrono::nanoseconds duration, bool isMeasured) {
        conversation.speakInTurn(options.window, duration, isMeasured ? u"measuring"_s : u"warming up"_s,
                                 progress);
    };
}

} // namespace switchboard::bench
