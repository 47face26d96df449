// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/familybuilder.h"
#include "metrics/metricfamilies.h"

#include <array>

namespace switchboard {

using prometheus::MetricFamily;
using prometheus::MetricType;

namespace {

MetricFamily redisFailures(const std::vector<NodeFigures> &nodes)
{
    using Counters = redis::RedisLinkCounters;
    struct Reason
    {
        const char *name;
        quint64 Counters::*count;
    };
    static constexpr std::array<Reason, 8> reasons{{
        {"resolve", &Counters::resolve},
        {"connect", &Counters::connect},
        {"tls", &Counters::tls},
        {"auth", &Counters::auth},
        {"timeout", &Counters::timeout},
        {"closed", &Counters::closed},
        {"protocol", &Counters::protocol},
        {"deaf", &Counters::deaf},
    }};
    MetricFamily family = makeFamily(
        MetricType::Counter, "switchboard_redis_failures_total",
        "Connections to Redis that could not be made or were lost, by the reason; deaf: a subscription that "
        "was alive and heard nothing.");
    for (const NodeFigures &node : nodes) {
        for (const Reason &reason : reasons) {
            addSample(family, {workerLabel(node), {"reason", reason.name}},
                      static_cast<double>(node.redisCounters.*reason.count));
        }
    }
    return family;
}

} // namespace

std::vector<MetricFamily> relayFamilies(const std::vector<NodeFigures> &nodes)
{
    const auto of = [&nodes](MetricType type, const char *name, const char *help, auto value) {
        return familyByWorker(type, name, help, nodes, value);
    };
    using enum prometheus::MetricType;
    using Node = const NodeFigures &;
    return {
        of(Gauge, "switchboard_redis_ready",
           "1 while Redis is connected, all is subscribed and the way back is proven; else 0, and what "
           "clients "
           "send is refused.",
           [](Node n) { return n.isRedisReady ? 1 : 0; }),
        of(Gauge, "switchboard_redis_round_trip_seconds", "How long Redis took to answer the last PING.",
           [](Node n) { return std::chrono::duration<double>(n.redisRoundTrip).count(); }),
        of(Counter, "switchboard_redis_connections_total",
           "Connections to Redis that got through their login. The first two are no reconnects.",
           [](Node n) { return n.redisCounters.established; }),
        redisFailures(nodes),
        of(Gauge, "switchboard_redis_pending_bytes", "Bytes of commands that Redis has not answered.",
           [](Node n) { return n.pendingBytes; }),
        of(Gauge, "switchboard_relay_unconfirmed_messages",
           "Messages given to Redis that it has not confirmed.", [](Node n) { return n.unconfirmed; }),
        of(
            MetricType::Histogram, "switchboard_relay_latency_seconds",
            "From giving a message to Redis to its confirmation.",
            [](Node n) -> const auto & { return n.relayLatency; }),
        of(
            MetricType::Histogram, "switchboard_pubsub_lag_seconds",
            "From giving a message to Redis to its return by subscription; one message at a time, and "
            "probes.",
            [](Node n) -> const auto & { return n.pubsubLag; }),
        of(
            MetricType::Histogram, "switchboard_loop_delay_seconds",
            "How much later than it should a timer came, four times a second: so long had everything to "
            "wait.",
            [](Node n) -> const auto & { return n.loopDelay; }),
    };
}

} // namespace switchboard
