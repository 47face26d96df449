// SPDX-License-Identifier: BSD-3-Clause
#include "integration/clientmessages.h"
#include "integration/cluster.h"
#include "integration/monitorevents.h"
#include "integration/roomclient.h"
#include "support/httprequest.h"
#include "support/redislistener.h"
#include "support/redisprobe.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QTemporaryFile>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace switchboard::test;

/// What monitors are told of the whole cluster by any one node, and who may be one.
class TestMonitorChannel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void snapshotsOfAllNodes();
    void clientsComeAndGo();
    void messagesAndRooms();
    void pingsWithTheirWay();
    void statsEverySecond();
    void nodesComeAndGo();
    void secondMonitorGetsSnapshots();
    void operatorDisconnects();
    void invalidRequests();
    void nobodyWatchesNothingIsPublished();
    void leaseRunsOut();
    void messagesAreSampled();
    void foreignOriginMayNotWatch_data();
    void foreignOriginMayNotWatch();
    void tokenIsNeeded();
    void redisRestarts();

private:
    // A monitor at a node, with the snapshots of both.
    bool watch(WsClient &monitor, qsizetype node = 0);
    QString nodeAt(WsClient &monitor, qsizetype daemon);

    std::unique_ptr<Cluster> m_cluster;
};

void TestMonitorChannel::init()
{
    m_cluster = std::make_unique<Cluster>(2);
    QVERIFY(m_cluster->start());
}

void TestMonitorChannel::cleanup()
{
    m_cluster.reset();
}

bool TestMonitorChannel::watch(WsClient &monitor, qsizetype node)
{
    if (!monitor.connectTo(m_cluster->daemon(node).webSocketUrl())) {
        return false;
    }
    monitor.sendText(monitorMessage("Subscribe"));
    return !nodeAt(monitor, 0).isEmpty() && !nodeAt(monitor, 1).isEmpty();
}

QString TestMonitorChannel::nodeAt(WsClient &monitor, qsizetype daemon)
{
    const int port = m_cluster->daemon(daemon).port();
    const auto snapshot = waitForEvent(monitor, u"NodeSnapshot"_s, [=](const QJsonObject &contents) {
        return contents["port"_L1].toInt() == port;
    });
    return snapshot["node"_L1].toString();
}

void TestMonitorChannel::snapshotsOfAllNodes()
{
    RoomClients clients;
    QVERIFY(connectRoomClients(*m_cluster, clients, 2));
    QVERIFY(joinAll(clients, "#room"));
    WsClient monitor;
    QVERIFY(watch(monitor));
    const QString node = nodeAt(monitor, 1);
    const QJsonObject snapshot = waitForEvent(monitor, u"NodeSnapshot"_s, isOf(u"node"_s, node));
    QCOMPARE(snapshot["part"_L1].toInt(), 1);
    QCOMPARE(snapshot["parts"_L1].toInt(), 1);
    QCOMPARE(snapshot["pid"_L1].toInteger(), m_cluster->daemon(1).pid());
    QVERIFY(!snapshot["version"_L1].toString().isEmpty());
    QVERIFY(!snapshot["startedAt"_L1].toString().isEmpty());
    QVERIFY(!snapshot["host"_L1].toString().isEmpty());
    QCOMPARE(snapshot["rooms"_L1].toArray(),
             (QJsonArray{QJsonObject{{u"members"_s, 2}, {u"room"_s, u"#room"_s}}}));
    QList<QByteArray> ids;
    const QJsonArray list = snapshot["clients"_L1].toArray();
    for (const QJsonValue &client : list) {
        ids.append(client["client"_L1].toString().toUtf8());
        QCOMPARE(client["address"_L1].toString(), u"127.0.0.1"_s);
        QCOMPARE(client["rooms"_L1].toArray(), QJsonArray{u"#room"_s});
        QVERIFY(client["received"_L1].toInt() > 0);
        QVERIFY(client["sent"_L1].toInt() > 0);
    }
    QCOMPARE(sorted(ids), sorted({clients[2].id(), clients[3].id()}));
}

void TestMonitorChannel::clientsComeAndGo()
{
    WsClient monitor;
    QVERIFY(watch(monitor));
    RoomClient client;
    QVERIFY(client.connectTo(m_cluster->daemon(1).webSocketUrl()));
    const QString id = QString::fromLatin1(client.id());
    const QJsonObject came = waitForEvent(monitor, u"ClientConnected"_s, isOf(u"client"_s, id));
    QCOMPARE(came["node"_L1].toString(), nodeAt(monitor, 1));
    QCOMPARE(came["address"_L1].toString(), u"127.0.0.1"_s);
    client.socket().close(QWebSocketProtocol::CloseCodeGoingAway);
    const QJsonObject went = waitForEvent(monitor, u"ClientDisconnected"_s, isOf(u"client"_s, id));
    QCOMPARE(went["code"_L1].toInt(), 1001);
    QCOMPARE(went["node"_L1].toString(), nodeAt(monitor, 1));
}

void TestMonitorChannel::messagesAndRooms()
{
    WsClient monitor;
    QVERIFY(watch(monitor));
    RoomClient client;
    QVERIFY(client.connectTo(m_cluster->daemon(1).webSocketUrl()));
    const QString id = QString::fromLatin1(client.id());
    client.socket().sendText(submitMessage("to all"));
    const QJsonObject chat = waitForEvent(monitor, u"ChatMessage"_s, isOf(u"client"_s, id));
    QCOMPARE(chat["content"_L1].toString(), u"to all"_s);
    QVERIFY(!chat["postedAt"_L1].toString().isEmpty());
    QVERIFY(client.joinAndWait("#room"));
    QCOMPARE(waitForEvent(monitor, u"RoomJoined"_s, isOf(u"room"_s, u"#room"_s))["client"_L1].toString(), id);
    client.say("#room", "to some");
    const QJsonObject said = waitForEvent(monitor, u"RoomMessage"_s, isOf(u"room"_s, u"#room"_s));
    QCOMPARE(said["message"_L1].toString(), u"to some"_s);
    QCOMPARE(said["client"_L1].toString(), id);
    client.leave("#room");
    QCOMPARE(waitForEvent(monitor, u"RoomLeft"_s, isOf(u"room"_s, u"#room"_s))["client"_L1].toString(), id);
}

void TestMonitorChannel::pingsWithTheirWay()
{
    WsClient monitor;
    QVERIFY(watch(monitor));
    QCOMPARE(httpRequest(m_cluster->daemon(1).port(), "GET", "/ping2").status, 200);
    const QJsonObject sent = waitForEvent(monitor, u"PingSent"_s);
    QCOMPARE(sent["node"_L1].toString(), nodeAt(monitor, 1));
    QCOMPARE(sent["number"_L1].toInt(), 2);
    QCOMPARE(sent["address"_L1].toString(), u"127.0.0.1"_s);
    const QJsonObject here = waitForEvent(monitor, u"PingDelivered"_s, isOf(u"node"_s, nodeAt(monitor, 0)));
    QCOMPARE(here["clients"_L1].toInt(), 1);
    const qint64 micros = here["micros"_L1].toInteger();
    QVERIFY2(micros > 0 && micros < 10'000'000, qPrintable(QString::number(micros)));
    const QJsonObject there = waitForEvent(monitor, u"PingDelivered"_s, isOf(u"node"_s, nodeAt(monitor, 1)));
    QCOMPARE(there["clients"_L1].toInt(), 0);
}

void TestMonitorChannel::statsEverySecond()
{
    WsClient monitor;
    QVERIFY(watch(monitor));
    Clients clients;
    QVERIFY(m_cluster->connectClients(clients, 2));
    const QString node = nodeAt(monitor, 1);
    const QJsonObject stats = waitForEvent(monitor, u"NodeStats"_s, [&](const QJsonObject &contents) {
        return contents["node"_L1].toString() == node && contents["clients"_L1].toInt() == 2;
    });
    QVERIFY(stats["residentBytes"_L1].toInteger() > 1'000'000);
    QVERIFY(chatReaches(clients[0], clients, "counted"));
    QVERIFY(!waitForEvent(monitor, u"NodeStats"_s, [&](const QJsonObject &contents) {
                 return contents["node"_L1].toString() == node && contents["deliveries"_L1].toInt() > 0
                     && contents["messagesOut"_L1].toInt() > 0 && contents["bytesOut"_L1].toInt() > 0;
             }).isEmpty());
}

void TestMonitorChannel::nodesComeAndGo()
{
    WsClient monitor;
    QVERIFY(watch(monitor));
    const QString stopped = nodeAt(monitor, 1);
    m_cluster->daemon(1).terminate();
    QVERIFY(m_cluster->daemon(1).waitForExit());
    QVERIFY(!waitForEvent(monitor, u"NodeDown"_s, isOf(u"node"_s, stopped)).isEmpty());

    QVERIFY(m_cluster->daemon(1).start());
    QVERIFY(m_cluster->daemon(1).waitUntilReady());
    const QString started = nodeAt(monitor, 1);
    QVERIFY(!started.isEmpty());
    QVERIFY(!waitForEvent(monitor, u"NodeUp"_s, isOf(u"node"_s, started)).isEmpty());

    m_cluster->daemon(1).kill();
    const bool isTold = monitor.waitForMessage(
        [&](const QByteArray &frame) {
            const auto event = parseMonitorEvent(frame);
            return event && event->type == "NodeDown"_L1 && event->contents["node"_L1].toString() == started;
        },
        20s);
    QVERIFY(isTold);
}

void TestMonitorChannel::secondMonitorGetsSnapshots()
{
    WsClient first;
    QVERIFY(watch(first));
    WsClient second;
    QVERIFY(watch(second));
    WsClient elsewhere;
    QVERIFY(watch(elsewhere, 1));
    second.sendText(monitorMessage("Unsubscribe"));
    elsewhere.clear();
    QVERIFY(!waitForEvent(elsewhere, u"NodeStats"_s).isEmpty());
}

void TestMonitorChannel::operatorDisconnects()
{
    WsClient monitor;
    QVERIFY(watch(monitor));
    RoomClient client;
    QVERIFY(client.connectTo(m_cluster->daemon(1).webSocketUrl()));
    monitor.sendText(monitorMessage("DisconnectClient", R"({"client":")" + client.id() + R"("})"));
    QVERIFY(client.socket().waitForClose());
    QCOMPARE(client.socket().closeCode(), 4003);
    QCOMPARE(client.socket().closeReason(), u"disconnected by operator"_s);
    const auto went =
        waitForEvent(monitor, u"ClientDisconnected"_s, isOf(u"client"_s, QString::fromLatin1(client.id())));
    QCOMPARE(went["code"_L1].toInt(), 4003);
}

void TestMonitorChannel::invalidRequests()
{
    WsClient client;
    QVERIFY(client.connectTo(m_cluster->daemon(0).webSocketUrl()));
    const auto codeFor = [&](const QByteArray &message) {
        client.clear();
        client.sendText(message);
        const auto rejection = parseRejection(client.takeMessage());
        return rejection ? rejection->code : QByteArray();
    };
    const QByteArray nobody = R"({"client":"00000000-0000-4000-8000-000000000000"})";
    QCOMPARE(codeFor(monitorMessage("DisconnectClient", nobody)), "unauthorized");
    QCOMPARE(codeFor(monitorMessage("Nope")), "unknown-type");
    QCOMPARE(codeFor(monitorMessage("Subscribe", "[]")), "invalid-contents");
    QCOMPARE(codeFor(monitorMessage("Subscribe", R"({"token":5})")), "invalid-contents");
    client.sendText(monitorMessage("Subscribe"));
    QVERIFY(!nodeAt(client, 1).isEmpty());
    client.clear();
    client.sendText(monitorMessage("DisconnectClient", R"({"client":"x"})"));
    QVERIFY(client.waitForMessage([](const QByteArray &frame) {
        const auto rejection = parseRejection(frame);
        return rejection && rejection->code == "invalid-contents";
    }));
}

void TestMonitorChannel::nobodyWatchesNothingIsPublished()
{
    RedisListener listener(m_cluster->redis().port());
    QVERIFY(listener.subscribePatterns({"*"}));
    RoomClients clients;
    QVERIFY(connectRoomClients(*m_cluster, clients, 1));
    QVERIFY(joinAll(clients, "#room"));
    QCOMPARE(httpRequest(m_cluster->daemon(0).port(), "GET", "/ping1").status, 200);
    QVERIFY(settle(clients));
    QVERIFY(listener.waitForMessage([](const RedisMessage &message) { return message.channel == "ping1"; }));
    for (const RedisMessage &message : listener.messages()) {
        QVERIFY2(message.channel != "switchboard:events" && message.channel != "switchboard:control",
                 message.payload.constData());
    }
    // Untimed, and so letter by letter the prototype's.
    QCOMPARE(listener.payloads("ping1"), QList<QByteArray>{R"({"type":"SendPing1"})"});
}

void TestMonitorChannel::leaseRunsOut()
{
    WsClient monitor;
    QVERIFY(watch(monitor));
    RedisListener listener(m_cluster->redis().port());
    QVERIFY(listener.subscribe({"switchboard:events"}));
    monitor.close();
    QVERIFY(monitor.waitForClose());
    // Each node tells its stats every second as long as the lease runs, which nobody renews.
    qsizetype heard = -1;
    QTRY_VERIFY_WITH_TIMEOUT(
        [&] {
            const qsizetype before = std::exchange(heard, listener.messages().size());
            QTest::qWait(2500);
            return before >= 0 && listener.messages().size() == before;
        }(),
        30000);
}

void TestMonitorChannel::messagesAreSampled()
{
    WsClient monitor;
    QVERIFY(watch(monitor));
    Clients clients;
    QVERIFY(m_cluster->connectClients(clients, 1));
    constexpr int count = 3000;
    for (int i = 0; i < count; ++i) {
        clients[1].sendText(submitMessage(QByteArray::number(i)));
    }
    QVERIFY(!waitForEvent(monitor, u"NodeStats"_s, [](const QJsonObject &contents) {
                 return contents["sampledOut"_L1].toInt() > 0;
             }).isEmpty());
    QTRY_COMPARE_WITH_TIMEOUT(chatContents(clients[0].messages()).size(), count, 30000);
    int told = 0;
    for (const QByteArray &frame : monitor.messages()) {
        const auto event = parseMonitorEvent(frame);
        told += event && event->type == "ChatMessage"_L1 ? 1 : 0;
    }
    QVERIFY2(told > 0 && told < count, qPrintable(QString::number(told)));
}

void TestMonitorChannel::foreignOriginMayNotWatch_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("value");
    QTest::newRow("another site") << QByteArray("Origin") << QByteArray("http://evil.example");
    QTest::newRow("another port") << QByteArray("Origin") << QByteArray("http://127.0.0.1:1");
    QTest::newRow("behind a proxy") << QByteArray("X-Forwarded-For") << QByteArray("203.0.113.7");
}

void TestMonitorChannel::foreignOriginMayNotWatch()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, value);
    WsClient client;
    const bool isOrigin = name == "Origin";
    QVERIFY(client.connectTo(m_cluster->daemon(0).webSocketUrl(),
                             isOrigin ? QString::fromLatin1(value) : QString(),
                             isOrigin ? WsClient::Headers() : WsClient::Headers{{name, value}}));
    client.sendText(monitorMessage("Subscribe"));
    const auto rejection = parseRejection(client.takeMessage());
    QVERIFY(rejection);
    QCOMPARE(rejection->code, "unauthorized");
    QCOMPARE(rejection->channel, "monitor");
}

void TestMonitorChannel::tokenIsNeeded()
{
    QTemporaryFile file;
    QVERIFY(file.open());
    file.write("s3cret-of-the-operator\n");
    file.flush();
    DaemonProcess daemon(
        {u"--redis-url"_s, m_cluster->redis().url(), u"--monitor-token-file"_s, file.fileName()});
    QVERIFY(daemon.start());
    QVERIFY(daemon.waitUntilReady());
    WsClient client;
    QVERIFY(client.connectTo(daemon.webSocketUrl()));
    for (const QByteArray &contents :
         {QByteArray("{}"), QByteArray(R"({"token":"s3cret-of-the-operatoR"})")}) {
        client.sendText(monitorMessage("Subscribe", contents));
        const auto rejection = parseRejection(client.takeMessage());
        QVERIFY(rejection);
        QCOMPARE(rejection->code, "unauthorized");
    }
    client.sendText(monitorMessage("Subscribe", R"({"token":"s3cret-of-the-operator"})"));
    QVERIFY(!waitForEvent(client, u"NodeSnapshot"_s).isEmpty());
    QVERIFY(!daemon.standardOutput().contains("s3cret"));
}

void TestMonitorChannel::redisRestarts()
{
    WsClient monitor;
    QVERIFY(watch(monitor));
    m_cluster->redis().kill();
    QVERIFY(m_cluster->waitUntilNotReady());
    monitor.clear();
    QVERIFY(m_cluster->redis().restart());
    QVERIFY(!nodeAt(monitor, 0).isEmpty());
    QVERIFY(!nodeAt(monitor, 1).isEmpty());
    QVERIFY(monitor.isConnected());
}

QTEST_GUILESS_MAIN(TestMonitorChannel)
#include "tst_monitorchannel.moc"
