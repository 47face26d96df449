// SPDX-License-Identifier: BSD-3-Clause
#include "clientmessages.h"
#include "cluster.h"
#include "roomclient.h"
#include "support/redisprobe.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QSet>
#include <QTest>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

constexpr int workers = 3;

// Three nodes in one process.
class WorkerCluster : public Cluster
{
public:
    explicit WorkerCluster(qsizetype daemons = 1)
        : Cluster(daemons, {u"--workers"_s, QString::number(workers)})
        , m_nodes(daemons * workers)
    { }

    // Any one of them answers /readyz; Redis knows them all.
    bool startAll()
    {
        return start() && waitUntil([this] {
                   const QVariant reply = redisCommand(redis().port(), {"PUBSUB", "NUMSUB", "ping1"});
                   return toByteArrays(reply).value(1) == QByteArray::number(m_nodes);
               });
    }

private:
    qsizetype m_nodes;
};

} // namespace

/// Several nodes in one process, on one port.
class WorkersTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void allHearAll();
    void clientsAreSpread();
    void portOfAnotherIsRefused_data();
    void portOfAnotherIsRefused();
    void monitorTellsThemApart();
    void allStop();
};

void WorkersTest::allHearAll()
{
    WorkerCluster cluster(2);
    QVERIFY(cluster.startAll());
    Clients clients;
    QVERIFY(cluster.connectClients(clients, 12));
    for (std::size_t i = 0; i < clients.size(); ++i) {
        QVERIFY(chatReaches(clients[i], clients, "from client " + QByteArray::number(quint64(i))));
    }
}

void WorkersTest::clientsAreSpread()
{
    WorkerCluster cluster;
    QVERIFY(cluster.startAll());
    Clients clients;
    QVERIFY(cluster.connectClients(clients, 60));
    // A node subscribes to a room's channel while it has members.
    for (WsClient &client : clients) {
        client.sendText(joinRoom("all"));
    }
    QVERIFY(waitUntil([&] {
        const QVariant reply = redisCommand(cluster.redis().port(), {"PUBSUB", "NUMSUB", "chat-room-all"});
        return toByteArrays(reply).value(1) == QByteArray::number(workers);
    }));
}

void WorkersTest::portOfAnotherIsRefused_data()
{
    QTest::addColumn<int>("first");
    QTest::addColumn<int>("second");
    QTest::newRow("one, then several") << 1 << workers;
    QTest::newRow("several, then one") << workers << 1;
    QTest::newRow("several, then several") << workers << workers;
}

void WorkersTest::portOfAnotherIsRefused()
{
    QFETCH(const int, first);
    QFETCH(const int, second);
    DaemonProcess running({u"--workers"_s, QString::number(first)});
    QVERIFY(running.start());
    DaemonProcess refused(
        {u"--workers"_s, QString::number(second), u"--port"_s, QString::number(running.port())});
    refused.launch();
    QVERIFY(refused.waitForExit());
    QCOMPARE(refused.exitStatus(), QProcess::NormalExit);
    QCOMPARE(refused.exitCode(), 2);
    QVERIFY(refused.standardError().contains("cannot listen"));
    QVERIFY(refused.standardError().contains("in use"));
}

void WorkersTest::monitorTellsThemApart()
{
    WorkerCluster cluster;
    QVERIFY(cluster.startAll());
    WsClient monitor;
    QVERIFY(monitor.connectTo(cluster.daemon(0).webSocketUrl()));
    monitor.sendText(R"({"channel":"monitor","message":{"type":"Subscribe","contents":{}}})");
    QSet<QString> nodes;
    QSet<int> numbers;
    QVERIFY(waitUntil([&] {
        for (const QByteArray &message : monitor.messages()) {
            const QJsonObject told = QJsonDocument::fromJson(message).object()[u"message"_s].toObject();
            const QJsonObject contents = told[u"contents"_s].toObject();
            if (told[u"type"_s] == u"NodeSnapshot"_s) {
                nodes.insert(contents[u"node"_s].toString());
                numbers.insert(contents[u"worker"_s].toInt());
                if (contents[u"pid"_s].toInteger() != cluster.daemon(0).pid()) {
                    return false;
                }
            }
        }
        return nodes.size() == workers;
    }));
    QCOMPARE(numbers, QSet<int>({1, 2, 3}));
}

void WorkersTest::allStop()
{
    WorkerCluster cluster;
    QVERIFY(cluster.startAll());
    Clients clients;
    QVERIFY(cluster.connectClients(clients, 12));
    DaemonProcess &daemon = cluster.daemon(0);
    daemon.terminate();
    for (WsClient &client : clients) {
        QVERIFY(client.waitForClose());
        QCOMPARE(client.closeCode(), 1001);
    }
    QVERIFY(daemon.waitForExit(30s));
    QCOMPARE(daemon.exitStatus(), QProcess::NormalExit);
    QCOMPARE(daemon.exitCode(), 0);
    QCOMPARE(daemon.standardOutput().count("Stopping: "), workers);
    QCOMPARE(daemon.standardError(), QByteArray());
}

QTEST_GUILESS_MAIN(WorkersTest)

#include "tst_workers.moc"
