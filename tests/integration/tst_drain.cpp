// SPDX-License-Identifier: BSD-3-Clause
#include "clientmessages.h"
#include "cluster.h"
#include "support/rawsocket.h"

#include <QElapsedTimer>
#include <QTest>

#include <algorithm>
#include <deque>
#include <vector>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using namespace switchboard::test;

/// A daemon with many clients that stops.
class DrainTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void clientsAreClosedOneAfterTheOther();
    void allAtOnce();
    void fewDoNotWait();
    void thoseWhoWaitAreServed();
};

namespace {

constexpr int many = 600;

bool openAll(std::deque<RawSocket> &clients, quint16 port)
{
    return std::all_of(clients.begin(), clients.end(),
                       [port](RawSocket &client) { return client.openWebSocket(port); });
}

// Answers the close frames of all as they come, and returns when each came, in order.
std::vector<qint64> closeTimes(std::deque<RawSocket> &clients)
{
    QElapsedTimer clock;
    clock.start();
    std::vector<qint64> times;
    std::vector<bool> isClosed(clients.size());
    waitUntil(
        [&] {
            for (std::size_t i = 0; i < clients.size(); ++i) {
                if (isClosed[i] || clients[i].buffer().isEmpty()) {
                    continue;
                }
                const auto frame = clients[i].readFrame();
                if (frame && frame->closeCode() == 1001) {
                    isClosed[i] = true;
                    times.push_back(clock.elapsed());
                    clients[i].write(RawSocket::closeFrame(1001));
                }
            }
            return times.size() == clients.size();
        },
        60s);
    return times;
}

} // namespace

void DrainTest::clientsAreClosedOneAfterTheOther()
{
    Cluster cluster(1, {u"--drain-seconds"_s, u"2"_s});
    QVERIFY(cluster.start());
    DaemonProcess &daemon = cluster.daemon(0);
    std::deque<RawSocket> clients(many);
    QVERIFY(openAll(clients, daemon.port()));
    daemon.terminate();
    const std::vector<qint64> times = closeTimes(clients);
    QCOMPARE(times.size(), clients.size());
    // Evenly: the middle one in the middle. On a busy machine all of it may take longer.
    const qint64 middle = times[many / 2] - times.front();
    const qint64 whole = times.back() - times.front();
    QVERIFY2(whole >= 1700, qPrintable(QString::number(whole)));
    QVERIFY2(middle >= whole / 4 && middle <= whole * 3 / 4, qPrintable(QString::number(middle)));
    QVERIFY(daemon.waitForExit());
    QCOMPARE(daemon.exitCode(), 0);
}

void DrainTest::allAtOnce()
{
    Cluster cluster(1, {u"--drain-seconds"_s, u"0"_s});
    QVERIFY(cluster.start());
    DaemonProcess &daemon = cluster.daemon(0);
    std::deque<RawSocket> clients(many);
    QVERIFY(openAll(clients, daemon.port()));
    daemon.terminate();
    QCOMPARE(closeTimes(clients).size(), clients.size());
    QVERIFY(daemon.waitForExit());
    QCOMPARE(daemon.exitCode(), 0);
}

void DrainTest::fewDoNotWait()
{
    Cluster cluster(1, {u"--drain-seconds"_s, u"3600"_s});
    QVERIFY(cluster.start());
    DaemonProcess &daemon = cluster.daemon(0);
    std::deque<RawSocket> clients(5);
    QVERIFY(openAll(clients, daemon.port()));
    daemon.terminate();
    QCOMPARE(closeTimes(clients).size(), clients.size());
    QVERIFY(daemon.waitForExit());
    QCOMPARE(daemon.exitCode(), 0);
}

void DrainTest::thoseWhoWaitAreServed()
{
    Cluster cluster(2, {u"--drain-seconds"_s, u"3600"_s});
    QVERIFY(cluster.start());
    DaemonProcess &daemon = cluster.daemon(0);
    std::deque<RawSocket> clients(2000);
    QVERIFY(openAll(clients, daemon.port()));
    RawSocket other;
    QVERIFY(other.openWebSocket(cluster.daemon(1).port()));
    daemon.terminate();
    QVERIFY(daemon.waitForOutput("Stopping: "));
    // At least a hundred a second go, so for seconds there is one that is open and hears the other node.
    other.write(RawSocket::frame(RawFrame::Text, submitMessage("hello")));
    const auto heard = [](RawSocket &client) {
        const auto frame = client.buffer().isEmpty() ? std::nullopt : client.readFrame();
        return frame && frame->opcode == RawFrame::Text;
    };
    QVERIFY(waitUntil([&] { return std::any_of(clients.begin(), clients.end(), heard); }));
    RawSocket late;
    QVERIFY(!late.openWebSocket(daemon.port()));
}

QTEST_GUILESS_MAIN(DrainTest)

#include "tst_drain.moc"
