// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "metrics/closingcounts.h"
#include "metrics/histogram.h"
#include "metrics/rejectioncounts.h"
#include "net/websocketsession.h"
#include "redis/redislinkoptions.h"

#include <QByteArray>

#include <chrono>
#include <map>

namespace switchboard {

/// All that is told of one node at one moment: a copy, which any thread may have.
struct NodeFigures
{
    /// Its number in the process, from 1.
    int worker = 1;
    /// Its id as the wire writes it.
    QByteArray node;

    qsizetype clients = 0;
    /// Rooms with members here.
    qsizetype rooms = 0;
    /// Clients that were let in since the start.
    quint64 connected = 0;
    ClosingCounts closings;
    /// Handshakes that were refused, by the status of the answer.
    std::map<int, quint64> refusedHandshakes;
    /// Connections that there was no descriptor for.
    quint64 turnedAway = 0;

    Traffic traffic;
    quint64 deliveries = 0;
    RejectionCounts rejections;

    bool isRedisReady = false;
    /// Of the last PING; 0 before the first.
    std::chrono::microseconds redisRoundTrip{0};
    redis::RedisLinkCounters redisCounters;
    qint64 pendingBytes = 0;
    qsizetype unconfirmed = 0;

    Histogram relayLatency;
    Histogram pubsubLag;
    Histogram loopDelay;
};

} // namespace switchboard
