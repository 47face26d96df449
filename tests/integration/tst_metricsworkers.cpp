// SPDX-License-Identifier: BSD-3-Clause
#include "integration/clientmessages.h"
#include "integration/metricspage.h"
#include "support/frozenthread.h"
#include "support/httprequest.h"
#include "support/rawsocket.h"

#include <QTest>

#include <algorithm>
#include <deque>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

constexpr int workers = 3;
const QList<QByteArray> all{"1", "2", "3"};

// Whether all workers have told their figures and stand well with Redis.
bool areAllReady(const DaemonProcess &daemon)
{
    return waitForMetric(daemon, workers, "switchboard_redis_ready");
}

} // namespace

/// Several nodes in one process: whichever is asked tells of all.
class MetricsWorkersTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyScrapeTellsOfAll();
    void figuresAddUp();
    void silentWorker();
    void scrapesWhileItStops();
};

void MetricsWorkersTest::everyScrapeTellsOfAll()
{
    Cluster cluster(1, {u"--workers"_s, QString::number(workers)});
    QVERIFY(cluster.start());
    const DaemonProcess &daemon = cluster.daemon(0);
    QVERIFY(areAllReady(daemon));
    QList<QByteArray> nodes;
    // Each is a connection of its own, which the kernel gives to any of them.
    for (int i = 0; i < 40; ++i) {
        const MetricsPage page = MetricsPage::of(daemon);
        for (const char *name :
             {"switchboard_worker_up", "switchboard_clients", "switchboard_loop_delay_seconds_count"}) {
            QCOMPARE(page.labelValues(name, "worker"), all);
        }
        QCOMPARE(page.value("switchboard_worker_up"), double(workers));
        QCOMPARE(page.histogramFault(), QByteArray());
        const QList<QByteArray> now = page.labelValues("switchboard_node_info", "node");
        QCOMPARE(now.size(), workers);
        QVERIFY(nodes.isEmpty() || now == nodes);
        nodes = now;
    }
}

void MetricsWorkersTest::figuresAddUp()
{
    constexpr int count = 100;
    constexpr int perDaemon = 30;
    Cluster cluster(1, {u"--workers"_s, QString::number(workers)});
    QVERIFY(cluster.start());
    const DaemonProcess &daemon = cluster.daemon(0);
    QVERIFY(areAllReady(daemon));
    Clients clients;
    QVERIFY(cluster.connectClients(clients, perDaemon));
    for (int i = 0; i < count; ++i) {
        clients.front().sendText(submitMessage(QByteArray::number(i)));
    }
    for (WsClient &client : clients) {
        QVERIFY(client.waitForMessages(count, 30s));
    }
    const MetricsPage page = MetricsPage::of(daemon);
    QCOMPARE(page.value("switchboard_clients"), double(perDaemon));
    QCOMPARE(page.value("switchboard_messages_received_total"), double(count));
    QCOMPARE(page.value("switchboard_deliveries_total"), double(perDaemon * count));
    for (const QByteArray &worker : all) {
        const double here = page.value("switchboard_clients", {{"worker", worker}});
        QCOMPARE(page.value("switchboard_deliveries_total", {{"worker", worker}}), here * count);
    }
    // What one client has said was said to one worker.
    QList<double> said;
    for (const QByteArray &worker : all) {
        said.append(page.value("switchboard_relay_latency_seconds_count", {{"worker", worker}}));
    }
    std::sort(said.begin(), said.end());
    QCOMPARE(said, QList<double>({0, 0, count}));
}

void MetricsWorkersTest::silentWorker()
{
    Cluster cluster(1, {u"--workers"_s, QString::number(workers)});
    QVERIFY(cluster.start());
    const DaemonProcess &daemon = cluster.daemon(0);
    QVERIFY(areAllReady(daemon));
    const pid_t thread = threadNamed(daemon.pid(), "worker 2");
    QVERIFY(thread != 0);
    FrozenThread frozen(thread);
    if (!frozen.isFrozen()) {
        QSKIP("this system lets nobody stop a thread (ptrace)");
    }
    // What goes to the one that stands still is not answered at all; some go to others.
    MetricsPage page;
    QVERIFY(waitUntil(
        [&] {
            const HttpReply reply = httpRequest(daemon.port(), "GET", "/metrics", {}, {}, 4s);
            if (reply.status == 200) {
                page = MetricsPage::parse(reply.body).value_or(MetricsPage());
            }
            return reply.status == 200;
        },
        60s));
    QCOMPARE(page.value("switchboard_worker_up", {{"worker", "2"}}), 0.0);
    QCOMPARE(page.value("switchboard_worker_up"), workers - 1.0);
    QCOMPARE(page.labelValues("switchboard_clients", "worker"), QList<QByteArray>({"1", "3"}));
    frozen.release();
    QVERIFY(waitForMetric(daemon, workers, "switchboard_worker_up"));
}

void MetricsWorkersTest::scrapesWhileItStops()
{
    Cluster cluster(1, {u"--workers"_s, QString::number(workers), u"--drain-seconds"_s, u"1"_s});
    QVERIFY(cluster.start());
    DaemonProcess &daemon = cluster.daemon(0);
    QVERIFY(areAllReady(daemon));
    Clients clients;
    QVERIFY(cluster.connectClients(clients, 12));
    // Asked for on every worker and answered while some have gone already.
    std::deque<RawSocket> sockets(30);
    for (RawSocket &socket : sockets) {
        QVERIFY(socket.connectTo(daemon.port()));
    }
    daemon.terminate();
    for (RawSocket &socket : sockets) {
        socket.write("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }
    QVERIFY(daemon.waitForExit(30s));
    QCOMPARE(daemon.exitStatus(), QProcess::NormalExit);
    QCOMPARE(daemon.exitCode(), 0);
    QCOMPARE(daemon.standardError(), QByteArray());
}

QTEST_GUILESS_MAIN(MetricsWorkersTest)

#include "tst_metricsworkers.moc"
