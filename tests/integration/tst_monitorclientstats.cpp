// SPDX-License-Identifier: BSD-3-Clause
#include "integration/clientmessages.h"
#include "integration/cluster.h"
#include "integration/idleclients.h"
#include "integration/monitorevents.h"
#include "integration/roomclient.h"

#include <QHash>
#include <QJsonArray>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

// Whether these are the contents of a ClientStats with a client that is meant.
EventFilter tellsOf(const QByteArray &id, const EventFilter &wanted)
{
    return [=](const QJsonObject &contents) {
        const QJsonArray clients = contents["clients"_L1].toArray();
        return std::any_of(clients.cbegin(), clients.cend(), [&](const QJsonValue &client) {
            return client["client"_L1].toString().toLatin1() == id && wanted(client.toObject());
        });
    };
}

} // namespace

/// That monitors are told how the figures of clients change, and nothing of those that do not.
class TestMonitorClientStats : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void figuresFollow();
    void onlyChangesAreTold();

private:
    // Lets a monitor watch from the first node; the id of the second one, or nothing.
    static QString watch(Cluster &cluster, WsClient &monitor);
};

QString TestMonitorClientStats::watch(Cluster &cluster, WsClient &monitor)
{
    if (!monitor.connectTo(cluster.daemon(0).webSocketUrl())) {
        return {};
    }
    monitor.sendText(monitorMessage("Subscribe"));
    const int port = cluster.daemon(1).port();
    const auto isWhole = [port](const QJsonObject &contents) {
        return contents["port"_L1].toInt() == port && contents["part"_L1] == contents["parts"_L1];
    };
    return waitForEvent(monitor, u"NodeSnapshot"_s, isWhole)["node"_L1].toString();
}

void TestMonitorClientStats::figuresFollow()
{
    Cluster cluster(2, {u"--keepalive"_s, u"1"_s});
    QVERIFY(cluster.start());
    WsClient monitor;
    QVERIFY(!watch(cluster, monitor).isEmpty());
    RoomClient client;
    QVERIFY(client.connectTo(cluster.daemon(1).webSocketUrl()));
    const auto answered = tellsOf(client.id(), [](const QJsonObject &told) {
        const qint64 micros = told["roundTripMicros"_L1].toInteger(-1);
        return micros >= 0 && micros < 10'000'000;
    });
    QVERIFY(!waitForEvent(monitor, u"ClientStats"_s, answered).isEmpty());

    for (int i = 0; i < 3; ++i) {
        client.socket().sendText(submitMessage("counted"));
    }
    // It has come and gone from a room of its own before.
    const auto counted = tellsOf(client.id(), [](const QJsonObject &told) {
        return told["received"_L1].toInt() == 5 && told["sent"_L1].toInt() == 5
            && told["queuedBytes"_L1].toInt(-1) == 0;
    });
    QVERIFY(!waitForEvent(monitor, u"ClientStats"_s, counted).isEmpty());
}

void TestMonitorClientStats::onlyChangesAreTold()
{
    constexpr int count = 1100;
    constexpr int most = 500;
    QProcessEnvironment environment;
    environment.insert(u"QT_LOGGING_RULES"_s, u"switchboard.websocket.info=false"_s);
    Cluster cluster(2, {u"--keepalive"_s, u"0"_s}, environment);
    QVERIFY(cluster.start());
    IdleClients idle;
    QVERIFY(idle.connectTo(cluster.daemon(1).port(), count));
    WsClient monitor;
    const QString node = watch(cluster, monitor);
    QVERIFY(!node.isEmpty());
    monitor.clear();

    monitor.sendText(submitMessage("to all"));
    QHash<QString, int> told;
    int events = 0;
    int seconds = 0; // since the last event of that node
    while (told.size() < count || seconds < 3) {
        const QByteArray frame = monitor.takeMessage();
        QVERIFY(!frame.isEmpty());
        const auto event = parseMonitorEvent(frame);
        if (!event || event->contents["node"_L1].toString() != node) {
            continue;
        }
        seconds += event->type == "NodeStats"_L1 ? 1 : 0;
        if (event->type != "ClientStats"_L1) {
            continue;
        }
        seconds = 0;
        ++events;
        const QJsonArray clients = event->contents["clients"_L1].toArray();
        QVERIFY2(clients.size() <= most, qPrintable(QString::number(clients.size())));
        for (const QJsonValue client : clients) {
            QCOMPARE(client["sent"_L1].toInt(), 1);
            ++told[client["client"_L1].toString()];
        }
    }
    QCOMPARE(told.size(), count);
    QVERIFY(std::all_of(told.cbegin(), told.cend(), [](int times) { return times == 1; }));
    QCOMPARE(events, 3);
}

QTEST_GUILESS_MAIN(TestMonitorClientStats)
#include "tst_monitorclientstats.moc"
