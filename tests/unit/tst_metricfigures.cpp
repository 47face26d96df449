// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/closingcounts.h"
#include "metrics/histogram.h"
#include "metrics/metricstext.h"
#include "relay/echotimer.h"

#include <QTest>

#include <algorithm>
#include <numeric>
#include <optional>

using namespace std::chrono_literals;
using namespace switchboard;

Q_DECLARE_METATYPE(switchboard::Histogram::Duration)
Q_DECLARE_METATYPE(switchboard::ClosingCounts::By)

namespace {

const std::size_t beyond = Histogram::bounds.size();

// The one cause that was counted; nothing if it is not one.
std::optional<std::size_t> countedCause(const ClosingCounts &counts)
{
    std::optional<std::size_t> counted;
    for (std::size_t i = 0; i < ClosingCounts::causes.size(); ++i) {
        if (counts.counts()[i] == 1 && !counted) {
            counted = i;
        } else if (counts.counts()[i] != 0) {
            return std::nullopt;
        }
    }
    return counted;
}

} // namespace

/// What the figures for Prometheus are kept in.
class MetricFiguresTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void bucket_data();
    void bucket();
    void sum();
    void closing_data();
    void closing();
    void echo();
    void echoOfOthers();
    void oneEchoAtATime();
    void lostEcho();
    void text();
    void nodes();
};

void MetricFiguresTest::bucket_data()
{
    QTest::addColumn<Histogram::Duration>("duration");
    QTest::addColumn<std::size_t>("bucket");
    QTest::newRow("negative") << Histogram::Duration(-1s) << std::size_t(0);
    QTest::newRow("nothing") << Histogram::Duration(0) << std::size_t(0);
    QTest::newRow("the first bound") << Histogram::Duration(100us) << std::size_t(0);
    QTest::newRow("just above it") << Histogram::Duration(100us + 1ns) << std::size_t(1);
    QTest::newRow("the last bound") << Histogram::Duration(10s) << beyond - 1;
    QTest::newRow("just above it ") << Histogram::Duration(10s + 1ns) << beyond;
    QTest::newRow("long") << Histogram::Duration(24h) << beyond;
}

void MetricFiguresTest::bucket()
{
    QFETCH(const Histogram::Duration, duration);
    QFETCH(const std::size_t, bucket);
    Histogram histogram;
    histogram.record(duration);
    for (std::size_t i = 0; i <= beyond; ++i) {
        QCOMPARE(histogram.counts()[i], quint64(i == bucket ? 1 : 0));
    }
    QCOMPARE(histogram.sum(), std::max(duration, Histogram::Duration(0)));
}

void MetricFiguresTest::sum()
{
    QVERIFY(std::is_sorted(Histogram::bounds.begin(), Histogram::bounds.end()));
    Histogram histogram;
    for (int i = 0; i < 1000; ++i) {
        histogram.record(i * 1ms);
    }
    QCOMPARE(histogram.sum(), Histogram::Duration(499'500ms));
    const auto &counts = histogram.counts();
    QCOMPARE(std::accumulate(counts.begin(), counts.end(), quint64(0)), quint64(1000));
    QCOMPARE(counts.at(beyond), quint64(0));
}

void MetricFiguresTest::closing_data()
{
    using enum ClosingCounts::By;
    QTest::addColumn<ClosingCounts::By>("by");
    QTest::addColumn<quint16>("code");
    QTest::addColumn<QByteArray>("reason");
    QTest::newRow("client goes") << Client << quint16(1000) << QByteArray("normal");
    QTest::newRow("client breaks") << Client << quint16(1006) << QByteArray("abnormal");
    QTest::newRow("client says what the daemon says") << Client << quint16(4008) << QByteArray("other");
    QTest::newRow("client says anything") << Client << quint16(4999) << QByteArray("other");
    QTest::newRow("slow") << Daemon << quint16(4008) << QByteArray("slow_consumer");
    QTest::newRow("stopping") << Daemon << quint16(1001) << QByteArray("going_away");
    QTest::newRow("silent") << Daemon << quint16(4408) << QByteArray("no_pong");
    QTest::newRow("new reason") << Daemon << quint16(4000) << QByteArray("other");
}

void MetricFiguresTest::closing()
{
    QFETCH(const ClosingCounts::By, by);
    QFETCH(const quint16, code);
    QFETCH(const QByteArray, reason);
    ClosingCounts counts;
    counts.note(by, code);
    const auto counted = countedCause(counts);
    QVERIFY(counted);
    QCOMPARE(ClosingCounts::causes.at(*counted).reason, reason.constData());
    QVERIFY(ClosingCounts::causes.at(*counted).by == by);
}

void MetricFiguresTest::echo()
{
    EchoTimer timer;
    QVERIFY(!timer.noteReceived("channel", ""));
    timer.notePublished("channel", "payload", EchoTimer::Clock::now());
    const auto lag = timer.noteReceived("channel", "payload");
    QVERIFY(lag);
    QVERIFY(*lag >= 0ns && *lag < 10s);
    // Once.
    QVERIFY(!timer.noteReceived("channel", "payload"));
    timer.notePublished("channel", "payload", EchoTimer::Clock::now());
    timer.forget();
    QVERIFY(!timer.noteReceived("channel", "payload"));
}

void MetricFiguresTest::echoOfOthers()
{
    EchoTimer timer;
    timer.notePublished("channel", "payload", EchoTimer::Clock::now());
    QVERIFY(!timer.noteReceived("channel", "payloaD"));
    QVERIFY(!timer.noteReceived("channel", "pay"));
    QVERIFY(!timer.noteReceived("other", "payload"));
    QVERIFY(timer.noteReceived("channel", "payload"));
}

void MetricFiguresTest::oneEchoAtATime()
{
    EchoTimer timer;
    timer.notePublished("channel", "first", EchoTimer::Clock::now());
    timer.notePublished("channel", "second", EchoTimer::Clock::now());
    QVERIFY(!timer.noteReceived("channel", "second"));
    QVERIFY(timer.noteReceived("channel", "first"));
    timer.notePublished("channel", "third", EchoTimer::Clock::now());
    QVERIFY(timer.noteReceived("channel", "third"));
}

void MetricFiguresTest::lostEcho()
{
    EchoTimer timer;
    const auto now = EchoTimer::Clock::now();
    timer.notePublished("channel", "lost", now - EchoTimer::patience);
    timer.notePublished("channel", "next", now);
    QVERIFY(!timer.noteReceived("channel", "lost"));
    QVERIFY(timer.noteReceived("channel", "next"));
    timer.notePublished("channel", "late", now - EchoTimer::patience + 1ms);
    timer.notePublished("channel", "next", now);
    QVERIFY(!timer.noteReceived("channel", "next"));
    const auto lag = timer.noteReceived("channel", "late");
    QVERIFY(lag && *lag >= EchoTimer::patience - 1ms);
}

void MetricFiguresTest::text()
{
    NodeFigures node;
    node.worker = 2;
    node.clients = 12;
    node.traffic.bytesSent = 123'456'789'012'345;
    node.relayLatency.record(3ms);
    node.relayLatency.record(20s);
    const QByteArray text = metricsText({node}, {1, 3}, {.openDescriptors = 7, .maxDescriptors = 65536});
    for (const char *line : {
             "switchboard_worker_up{worker=\"2\"} 1\n",
             "switchboard_worker_up{worker=\"1\"} 0\n",
             "switchboard_worker_up{worker=\"3\"} 0\n",
             "switchboard_clients{worker=\"2\"} 12\n",
             "switchboard_sent_bytes_total{worker=\"2\"} 123456789012345\n",
             "switchboard_relay_latency_seconds_bucket{worker=\"2\",le=\"0.0025\"} 0\n",
             "switchboard_relay_latency_seconds_bucket{worker=\"2\",le=\"0.005\"} 1\n",
             "switchboard_relay_latency_seconds_bucket{worker=\"2\",le=\"10\"} 1\n",
             "switchboard_relay_latency_seconds_bucket{worker=\"2\",le=\"+Inf\"} 2\n",
             "switchboard_relay_latency_seconds_count{worker=\"2\"} 2\n",
             "switchboard_relay_latency_seconds_sum{worker=\"2\"} 20.003\n",
             "process_open_fds 7\n",
             "process_max_fds 65536\n",
         }) {
        QVERIFY2(text.contains(line), line);
    }
    QVERIFY(!text.contains("switchboard_clients{worker=\"1\"}"));
}

void MetricFiguresTest::nodes()
{
    NodeFigures first;
    NodeFigures second;
    second.worker = 2;
    second.refusedHandshakes[418] = 5;
    const QByteArray text = metricsText({first, second}, {}, {});
    QCOMPARE(text.count("# TYPE switchboard_handshakes_refused_total counter\n"), 1);
    // Those that are usual are there from the start.
    QVERIFY(text.contains("switchboard_handshakes_refused_total{worker=\"1\",status=\"503\"} 0\n"));
    QVERIFY(text.contains("switchboard_handshakes_refused_total{worker=\"2\",status=\"418\"} 5\n"));
    QVERIFY(!text.contains("worker=\"1\",status=\"418\""));
}

QTEST_APPLESS_MAIN(MetricFiguresTest)

#include "tst_metricfigures.moc"
