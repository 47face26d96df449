// SPDX-License-Identifier: BSD-3-Clause
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTest>
#include <QTimer>

#include "integration/clientmessages.h"
#include "integration/cluster.h"
#include "support/childprocess.h"
#include "support/freeport.h"
#include "support/waituntil.h"

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

/// No log line for every client and message, and no bound on what a client may send.
QProcessEnvironment loadEnvironment()
{
    QProcessEnvironment environment;
    environment.insert(u"RATE_LIMIT"_s, u"0"_s);
    environment.insert(u"QT_LOGGING_RULES"_s,
                       u"switchboard.redis.info=false;switchboard.websocket.info=false"_s);
    return environment;
}

struct Run
{
    int exitCode = -1;
    QByteArray output;
    QByteArray errors;
};

Run runBench(const QStringList &arguments)
{
    QProcess process;
    dieWithParent(process);
    process.start(QStringLiteral(SWITCHBOARD_BENCH_PATH), arguments);
    Run run;
    // With the event loop running: what the daemons write has to be read.
    if (waitUntil([&] { return process.state() == QProcess::NotRunning; }, 120s)
        && process.exitStatus() == QProcess::NormalExit) {
        run.exitCode = process.exitCode();
    }
    run.output = process.readAllStandardOutput();
    run.errors = process.readAllStandardError();
    return run;
}

} // namespace

/// The load tool against real daemons.
class BenchTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void everyScenario_data();
    void everyScenario();
    void besideOthersWhoTalk();
    void measuresNoServer();
    void tableForPeople();
    void countsRejections();
    void unreachable();
    void refusedHandshake();
    void badCommandLine();

private:
    QStringList clusterArguments();

    Cluster m_cluster{2, {}, loadEnvironment()};
};

void BenchTest::initTestCase()
{
    QVERIFY(m_cluster.start());
}

QStringList BenchTest::clusterArguments()
{
    QStringList arguments{u"--pid"_s, u"redis=%1"_s.arg(m_cluster.redis().pid())};
    for (const DaemonProcess &daemon : m_cluster.daemons()) {
        arguments +=
            {u"--url"_s, daemon.webSocketUrl().toString(), u"--pid"_s, QString::number(daemon.pid())};
    }
    return arguments;
}

void BenchTest::everyScenario_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("countKey"); // of what was done
    QTest::addColumn<int>("least");
    QTest::addColumn<QStringList>("positive"); // more keys
    const QStringList brief{u"--seconds"_s, u"1"_s, u"--warm-up"_s, u"0.2"_s};
    const QString cpu = u"serverCpuMicros"_s;
    QTest::newRow("fanout") << QStringList{u"fanout"_s} + brief << u"deliveries"_s << 50 * 64
                            << QStringList{cpu, u"redisCpuMicros"_s, u"deliveriesPerSegment"_s};
    QTest::newRow("rate") << QStringList{u"rate"_s} + brief << u"deliveries"_s << 50 * 20
                          << QStringList{cpu, u"p50Millis"_s, u"p99Millis"_s, u"maximumMillis"_s};
    QTest::newRow("rooms") << QStringList{u"rooms"_s, u"--rooms"_s, u"5"_s, u"--idle"_s, u"20"_s} + brief
                           << u"deliveries"_s << 10 * 200 << QStringList{cpu, u"bytesPerDelivery"_s};
    QTest::newRow("inbound") << QStringList{u"inbound"_s} + brief << u"messages"_s << 1600
                             << QStringList{cpu};
    QTest::newRow("idle") << QStringList{u"idle"_s} << u"clients"_s << 50
                          << QStringList{u"serverResidentBytes"_s};
    QTest::newRow("handshakes") << QStringList{u"handshakes"_s} + brief << u"handshakes"_s << 50
                                << QStringList{u"serverHandshakesPerCpuSecond"_s};
    QTest::newRow("joins") << QStringList{u"joins"_s, u"--probes"_s, u"5"_s} << u"clients"_s << 50
                           << QStringList{u"joinServerCpuMicros"_s, u"joinP99Millis"_s, u"leaveP50Millis"_s};
}

void BenchTest::everyScenario()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const QString, countKey);
    QFETCH(const int, least);
    QFETCH(const QStringList, positive);
    const Run run =
        runBench(arguments + clusterArguments() + QStringList{u"--json"_s, u"--clients"_s, u"50"_s});
    QVERIFY2(run.exitCode == 0, run.errors + run.output);
    QCOMPARE(run.output.count('\n'), 1);
    const QJsonObject result = QJsonDocument::fromJson(run.output).object();
    QCOMPARE(result[u"scenario"_s].toString(), arguments.first());
    QVERIFY2(result[countKey].toDouble() >= least, run.output);
    for (const QString &key : positive) {
        QVERIFY2(result[key].toDouble() > 0, qPrintable(key));
    }
    const QStringList faults{u"lost"_s,      u"duplicated"_s, u"reordered"_s,
                             u"misplaced"_s, u"rejected"_s,   u"disconnected"_s};
    for (const QString &fault : faults) {
        QCOMPARE(result[fault].toDouble(0), 0.0);
    }
    if (result.contains(u"deliveries"_s) && arguments.first() == u"fanout"_s) {
        QCOMPARE(result[u"deliveries"_s].toDouble(), result[u"messages"_s].toDouble() * 50);
    }
}

void BenchTest::besideOthersWhoTalk()
{
    WsClient talker;
    QVERIFY(talker.connectTo(m_cluster.daemon(0).webSocketUrl()));
    QTimer timer;
    connect(&timer, &QTimer::timeout, &timer, [&] { talker.sendText(submitMessage("by the way")); });
    timer.start(20ms);
    const Run run = runBench(QStringList{u"rooms"_s, u"--clients"_s, u"20"_s, u"--rooms"_s, u"2"_s,
                                         u"--senders"_s, u"2"_s, u"--seconds"_s, u"0.5"_s, u"--json"_s}
                             + clusterArguments());
    QVERIFY2(run.exitCode == 0, run.errors.constData());
    const QJsonObject result = QJsonDocument::fromJson(run.output).object();
    QVERIFY(result["deliveries"_L1].toDouble() > 0);
    QCOMPARE(result["lost"_L1].toDouble(), 0);
}

void BenchTest::measuresNoServer()
{
    const Run run = runBench({u"floor"_s, u"--seconds"_s, u"0.2"_s, u"--clients"_s, u"10"_s, u"--json"_s});
    QVERIFY2(run.exitCode == 0, run.errors);
    const QJsonObject result = QJsonDocument::fromJson(run.output).object();
    QVERIFY2(result[u"deliveries"_s].toDouble() > 0, run.output);
    QVERIFY2(result[u"serverCpuMicros"_s].toDouble() > 0, run.output);
}

void BenchTest::tableForPeople()
{
    const Run run = runBench(
        QStringList{u"rate"_s, u"--seconds"_s, u"0.2"_s, u"--warm-up"_s, u"0"_s, u"--clients"_s, u"3"_s}
        + clusterArguments());
    QVERIFY2(run.exitCode == 0, run.errors);
    QVERIFY2(run.output.startsWith("rate\n"), run.output);
    QVERIFY2(run.output.contains("\n  CPU time of server per delivery "), run.output);
    QVERIFY2(run.output.contains("\n  lost "), run.output);
    QVERIFY2(run.errors.isEmpty(), run.errors);
}

void BenchTest::countsRejections()
{
    Cluster cluster(1, {}, loadEnvironment());
    QVERIFY(cluster.start());
    cluster.redis().kill();
    QVERIFY(cluster.waitUntilNotReady());
    const Run run = runBench({u"rate"_s, u"--seconds"_s, u"0.5"_s, u"--warm-up"_s, u"0"_s, u"--clients"_s,
                              u"2"_s, u"--json"_s, u"--url"_s, cluster.daemon(0).webSocketUrl().toString()});
    QCOMPARE(run.exitCode, 1);
    const QJsonObject result = QJsonDocument::fromJson(run.output).object();
    QCOMPARE(result[u"messages"_s].toInt(), 10);
    QCOMPARE(result[u"rejected"_s].toInt(), 10);
    QCOMPARE(result[u"lost"_s].toInt(), 0);
    QVERIFY2(run.output.contains("relay-unavailable"), run.output);
}

void BenchTest::unreachable()
{
    const QString url = u"ws://127.0.0.1:%1/websockets"_s.arg(freePort());
    const Run run = runBench({u"fanout"_s, u"--url"_s, url});
    QCOMPARE(run.exitCode, 1);
    QCOMPARE(run.errors, "switchboard-bench: " + url.toUtf8() + ": cannot connect: Connection refused\n");
}

void BenchTest::refusedHandshake()
{
    QUrl url = m_cluster.daemon(0).webSocketUrl();
    url.setPath(u"/elsewhere"_s);
    const Run run = runBench({u"fanout"_s, u"--url"_s, url.toString()});
    QCOMPARE(run.exitCode, 1);
    QCOMPARE(run.errors,
             "switchboard-bench: " + url.toString().toUtf8()
                 + ": it refused the handshake: HTTP/1.1 404 Not Found\n");
}

void BenchTest::badCommandLine()
{
    const Run run = runBench({u"fanout"_s, u"--clients"_s, u"none"_s});
    QCOMPARE(run.exitCode, 2);
    QCOMPARE(
        run.errors,
        QByteArray("switchboard-bench: --clients wants a whole number from 1 to 1000000, not \"none\"\n"));
    QVERIFY(run.output.isEmpty());
}

QTEST_GUILESS_MAIN(BenchTest)
#include "tst_bench.moc"
