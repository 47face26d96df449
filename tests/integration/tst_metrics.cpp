// SPDX-License-Identifier: BSD-3-Clause
#include "integration/clientmessages.h"
#include "integration/metricspage.h"
#include "integration/processfigures.h"
#include "integration/roomclient.h"
#include "support/httprequest.h"

#include <QDateTime>
#include <QTest>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

// The bytes of \a messages as a daemon writes them: each in a frame of its own, uncompressed.
double framedBytes(const QList<QByteArray> &messages)
{
    qsizetype bytes = 0;
    for (const QByteArray &message : messages) {
        bytes += message.size() + (message.size() < 126 ? 2 : 4);
    }
    return static_cast<double>(bytes);
}

} // namespace

/// What daemons tell Prometheus of traffic, Redis and themselves.
class MetricsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void page();
    void chat();
    void rooms();
    void rejections();
    void relayUnavailable();
    void redisComesAndGoes();
    void process();
    void scrapesUnderLoad();
};

void MetricsTest::page()
{
    DaemonProcess daemon({});
    QVERIFY(daemon.start());
    const HttpReply reply = httpRequest(daemon.port(), "GET", "/metrics");
    QCOMPARE(reply.status, 200);
    QCOMPARE(reply.header("Content-Type"), QByteArray("text/plain; version=0.0.4; charset=utf-8"));
    const auto page = MetricsPage::parse(reply.body);
    QVERIFY(page);
    QVERIFY(page->families().size() > 20);
    for (auto family = page->families().cbegin(); family != page->families().cend(); ++family) {
        QVERIFY2(!family->type.isEmpty(), family.key().constData());
        QCOMPARE(family.key().endsWith("_total"), family->type == "counter");
        QVERIFY2(family.key().startsWith("switchboard_") || family.key().startsWith("process_"),
                 family.key().constData());
    }
    QCOMPARE(page->histogramFault(), QByteArray());
}

void MetricsTest::chat()
{
    constexpr int count = 200;
    Cluster cluster(2);
    QVERIFY(cluster.start());
    Clients clients;
    QVERIFY(cluster.connectClients(clients, 3));
    QList<QByteArray> sent;
    for (int i = 0; i < count; ++i) {
        sent.append(submitMessage(QByteArray::number(i)));
        clients.front().sendText(sent.back());
    }
    for (WsClient &client : clients) {
        QVERIFY(client.waitForMessages(count));
    }
    const qsizetype sentBytes = sent.join().size();
    for (DaemonProcess &daemon : cluster.daemons()) {
        const bool isSender = &daemon == &cluster.daemon(0);
        const MetricsPage page = MetricsPage::of(daemon);
        QCOMPARE(page.value("switchboard_clients"), 3.0);
        QCOMPARE(page.value("switchboard_clients_connected_total"), 3.0);
        QCOMPARE(page.value("switchboard_clients_disconnected_total"), 0.0);
        QCOMPARE(page.value("switchboard_messages_received_total"), isSender ? count : 0.0);
        QCOMPARE(page.value("switchboard_received_bytes_total"), isSender ? double(sentBytes) : 0.0);
        QCOMPARE(page.value("switchboard_deliveries_total"), 3.0 * count);
        QCOMPARE(page.value("switchboard_messages_sent_total"), 3.0 * count);
        QCOMPARE(page.value("switchboard_sent_bytes_total"), 3 * framedBytes(clients.front().messages()));
        QCOMPARE(page.value("switchboard_messages_rejected_total"), 0.0);
        QCOMPARE(page.value("switchboard_relay_unconfirmed_messages"), 0.0);
        QCOMPARE(page.value("switchboard_redis_pending_bytes"), 0.0);
        QCOMPARE(page.value("switchboard_relay_latency_seconds_count"), isSender ? count : 0.0);
        // The first probe, and at the sender's at least one of its own messages.
        QVERIFY(page.value("switchboard_pubsub_lag_seconds_count") >= (isSender ? 2.0 : 1.0));
        QVERIFY(page.value("switchboard_pubsub_lag_seconds_sum") > 0.0);
        QVERIFY(page.value("switchboard_pubsub_lag_seconds_sum") < 30.0);
        QCOMPARE(page.histogramFault(), QByteArray());
    }
}

void MetricsTest::rooms()
{
    Cluster cluster(2);
    QVERIFY(cluster.start());
    std::deque<RoomClient> clients(4);
    for (std::size_t i = 0; i < clients.size(); ++i) {
        QVERIFY(clients[i].connectTo(cluster.daemon(i < 3 ? 0 : 1).webSocketUrl()));
    }
    for (RoomClient &client : clients) {
        QVERIFY(client.joinAndWait("all"));
    }
    QVERIFY(clients[0].joinAndWait("own"));
    QVERIFY(waitForMetric(cluster.daemon(0), 2, "switchboard_rooms"));
    QVERIFY(waitForMetric(cluster.daemon(1), 1, "switchboard_rooms"));
    for (RoomClient &client : clients) {
        QVERIFY(client.waitForMembers(
            "all", sorted({clients[0].id(), clients[1].id(), clients[2].id(), clients[3].id()})));
    }
    const double before = MetricsPage::of(cluster.daemon(0)).value("switchboard_deliveries_total");
    const double elsewhere = MetricsPage::of(cluster.daemon(1)).value("switchboard_deliveries_total");
    clients[3].say("all", "hello");
    for (RoomClient &client : clients) {
        QVERIFY(waitUntil([&] { return client.heard("all") == QList<QByteArray>{"hello"}; }));
    }
    QCOMPARE(MetricsPage::of(cluster.daemon(0)).value("switchboard_deliveries_total"), before + 3);
    QCOMPARE(MetricsPage::of(cluster.daemon(1)).value("switchboard_deliveries_total"), elsewhere + 1);
    clients[0].leave("own");
    QVERIFY(waitForMetric(cluster.daemon(0), 1, "switchboard_rooms"));
}

void MetricsTest::rejections()
{
    Cluster cluster(1, {u"--max-rooms"_s, u"1"_s});
    QVERIFY(cluster.start());
    const DaemonProcess &daemon = cluster.daemon(0);
    RoomClient client;
    QVERIFY(client.connectTo(daemon.webSocketUrl()));
    const QMap<QByteArray, QByteArray> messages{
        {"invalid-json", "{"},
        {"invalid-message", "{}"},
        {"unknown-channel", R"({"channel":"x","message":{"type":"y"}})"},
        {"unknown-type", R"({"channel":"chat","message":{"type":"y"}})"},
        {"invalid-contents", R"({"channel":"chat","message":{"type":"SubmitMessage","contents":1}})"},
        {"not-a-member", leaveRoom("nowhere")},
        {"too-many-rooms", joinRoom("second")},
        {"unauthorized",
         R"({"channel":"monitor","message":{"type":"DisconnectClient","contents":{"client":"x"}}})"},
    };
    QVERIFY(client.joinAndWait("first"));
    double times = 0;
    for (auto message = messages.cbegin(); message != messages.cend(); ++message) {
        ++times; // each so many times, so that none is taken for another
        for (int i = 0; i < int(times); ++i) {
            client.socket().sendText(*message);
        }
        QVERIFY2(
            waitForMetric(daemon, times, "switchboard_messages_rejected_total", {{"code", message.key()}}),
            message.key().constData());
    }
    QCOMPARE(MetricsPage::of(daemon).value("switchboard_messages_rejected_total"), times * (times + 1) / 2);
}

void MetricsTest::relayUnavailable()
{
    DaemonProcess daemon({u"--redis-url"_s, u"redis://127.0.0.1:1"_s, u"--rate-limit"_s, u"1"_s});
    QVERIFY(daemon.start());
    QCOMPARE(MetricsPage::of(daemon).value("switchboard_redis_ready"), 0.0);
    WsClient client;
    QVERIFY(client.connectTo(daemon.webSocketUrl()));
    client.sendText(submitMessage("a"));
    QVERIFY(waitForMetric(daemon, 1, "switchboard_messages_rejected_total", {{"code", "relay-unavailable"}}));
    QCOMPARE(MetricsPage::of(daemon).value("switchboard_relay_latency_seconds_count"), 0.0);
    for (int i = 0; i < 10; ++i) {
        client.sendText("{}");
    }
    QVERIFY(client.waitForMessages(11));
    const MetricsPage page = MetricsPage::of(daemon);
    const double limited = page.value("switchboard_messages_rejected_total", {{"code", "rate-limited"}});
    QVERIFY(limited >= 1);
    QCOMPARE(page.value("switchboard_messages_rejected_total", {{"code", "invalid-message"}}), 10 - limited);
    QVERIFY(page.value("switchboard_redis_failures_total", {{"reason", "connect"}}) >= 2);
    QCOMPARE(page.value("switchboard_redis_connections_total"), 0.0);
}

void MetricsTest::redisComesAndGoes()
{
    Cluster cluster(1);
    QVERIFY(cluster.start());
    const DaemonProcess &daemon = cluster.daemon(0);
    const MetricsPage before = MetricsPage::of(daemon);
    QCOMPARE(before.value("switchboard_redis_ready"), 1.0);
    QCOMPARE(before.value("switchboard_redis_connections_total"), 2.0);
    QVERIFY(
        waitUntil([&] { return MetricsPage::of(daemon).value("switchboard_redis_round_trip_seconds") > 0; }));
    cluster.redis().kill();
    QVERIFY(waitForMetric(daemon, 0, "switchboard_redis_ready"));
    QVERIFY(waitForMetric(daemon, 2, "switchboard_redis_failures_total", {{"reason", "closed"}}));
    QVERIFY(cluster.redis().start());
    QVERIFY(waitForMetric(daemon, 1, "switchboard_redis_ready"));
    QCOMPARE(MetricsPage::of(daemon).value("switchboard_redis_connections_total"), 4.0);
}

void MetricsTest::process()
{
    const double began = double(QDateTime::currentMSecsSinceEpoch()) / 1000;
    Cluster cluster(1);
    QVERIFY(cluster.start());
    const DaemonProcess &daemon = cluster.daemon(0);
    const MetricsPage page = MetricsPage::of(daemon);
    const double now = double(QDateTime::currentMSecsSinceEpoch()) / 1000;
    const double startedAt = page.value("process_start_time_seconds");
    QVERIFY2(startedAt >= began - 1 && startedAt <= now, QByteArray::number(startedAt - began));
    const double cpu = page.value("process_cpu_seconds_total");
    QVERIFY2(cpu > 0 && cpu <= processorSeconds(daemon.pid()) + 0.02, QByteArray::number(cpu));
    const auto resident = double(residentBytes(daemon.pid()));
    QVERIFY(qAbs(page.value("process_resident_memory_bytes") / resident - 1) < 0.2);
    QVERIFY(page.value("process_virtual_memory_bytes") > resident);
    QVERIFY(page.value("process_max_fds") >= 1024);
    QCOMPARE(page.value("switchboard_build_info"), 1.0);
    QVERIFY(page.labelValues("switchboard_build_info", "version").front().contains('.'));
    // A client is one descriptor.
    double open = 0; // with the connection that asks
    QVERIFY(waitUntil([&] {
        open = MetricsPage::of(daemon).value("process_open_fds");
        return open == double(descriptorCount(daemon.pid())) + 1;
    }));
    Clients clients(5);
    for (WsClient &client : clients) {
        QVERIFY(client.connectTo(daemon.webSocketUrl()));
    }
    QVERIFY(waitForMetric(daemon, open + 5, "process_open_fds"));
    // The loop has been looked at all the while.
    QVERIFY(waitUntil(
        [&] { return MetricsPage::of(daemon).value("switchboard_loop_delay_seconds_count") >= 2; }));
}

void MetricsTest::scrapesUnderLoad()
{
    constexpr int rounds = 30;
    constexpr int perRound = 50;
    Cluster cluster(1);
    QVERIFY(cluster.start());
    const DaemonProcess &daemon = cluster.daemon(0);
    Clients clients;
    QVERIFY(cluster.connectClients(clients, 20));
    double last = 0;
    for (int round = 0; round < rounds; ++round) {
        for (int i = 0; i < perRound; ++i) {
            clients.front().sendText(submitMessage(QByteArray::number(i)));
        }
        const MetricsPage page = MetricsPage::of(daemon);
        QCOMPARE(page.histogramFault(), QByteArray());
        const double deliveries = page.value("switchboard_deliveries_total");
        QVERIFY(deliveries >= last);
        last = deliveries;
    }
    for (WsClient &client : clients) {
        QVERIFY(client.waitForMessages(qsizetype(rounds) * perRound, 30s));
    }
    QVERIFY(waitForMetric(daemon, 20.0 * rounds * perRound, "switchboard_deliveries_total"));
    QVERIFY(waitForMetric(daemon, rounds * perRound, "switchboard_relay_latency_seconds_count"));
}

QTEST_GUILESS_MAIN(MetricsTest)

#include "tst_metrics.moc"
