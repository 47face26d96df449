// SPDX-License-Identifier: BSD-3-Clause
#include "bench/crowdsetup.h"
#include "bench/scenarios.h"
#include "bench/talk.h"

#include <numeric>

namespace switchboard::bench {

using namespace Qt::StringLiterals;

namespace {

Talk chat(const Options &options, const QString &scenario)
{
    Circle everybody{{}, std::vector<std::size_t>(options.clients), options.senders};
    std::iota(everybody.members.begin(), everybody.members.end(), std::size_t{0});
    return {scenario, u"delivery"_s, chatVisitors(options), {std::move(everybody)}, {}};
}

} // namespace

Outcome runFanout(const Options &options, Progress &progress)
{
    Talk talk = chat(options, u"fanout"_s);
    talk.speak = speakingInTurn(options, progress);
    return measureTalk(options, talk, progress);
}

Outcome runRate(const Options &options, Progress &progress)
{
    Histogram unmeasured;
    Histogram latencies;
    Talk talk = chat(options, u"rate"_s);
    talk.speak = [&](Conversation &conversation, std::chrono::nanoseconds duration, bool isMeasured) {
        conversation.speakSteadily(options.rate, duration, isMeasured ? latencies : unmeasured,
                                   isMeasured ? u"measuring"_s : u"warming up"_s, progress);
    };
    Outcome outcome = measureTalk(options, talk, progress);
    if (outcome) {
        outcome->addLatencies(latencies);
    }
    return outcome;
}

} // namespace switchboard::bench
