// SPDX-License-Identifier: BSD-3-Clause
#include "integration/cluster.h"
#include "integration/idleclients.h"
#include "integration/monitorevents.h"
#include "support/rawsocket.h"
#include "support/redislistener.h"

#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>
#include <QTest>

#include <algorithm>
#include <sys/resource.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace switchboard::test;

namespace {

#ifdef __SANITIZE_ADDRESS__
constexpr int clientsPerNode = 600;
#else
constexpr int clientsPerNode = 1500;
#endif

// Their snapshots are larger than what the kernel keeps for a monitor that does not read: tcp(7), tcp_wmem.
constexpr int talkativePerNode = 500;
constexpr qsizetype talkativeUserAgent = 7000;

constexpr qsizetype largestPart = qsizetype{128} * 1024;

// What one node has told of itself.
struct NodeView
{
    QSet<QString> clients; // of the last snapshot that was whole
    QSet<QString> gathered; // of the one that is coming
    int parts = 0; // how many of the one that is coming
    bool isBroken = false; // whether one of those was missed
    int whole = 0;
    int broken = 0; // snapshots that were not
    int stats = 0; // NodeStats since the last part of a snapshot
};

// What all nodes have told.
class ClusterView
{
public:
    void take(const QByteArray &frame)
    {
        if (const auto event = parseMonitorEvent(frame)) {
            take(*event);
        }
    }

    void take(const MonitorEvent &event)
    {
        NodeView &node = m_nodes[event.contents["node"_L1].toString()];
        if (event.type == "NodeStats"_L1) {
            ++node.stats;
        } else if (event.type == "NodeSnapshot"_L1) {
            takePart(node, event.contents);
        }
    }

    const QHash<QString, NodeView> &nodes() const { return m_nodes; }

    qsizetype clientCount() const
    {
        qsizetype count = 0;
        for (const NodeView &node : m_nodes) {
            count += node.clients.size();
        }
        return count;
    }

    // Whether both nodes have told so many whole snapshots.
    bool isWhole(int snapshots = 1) const
    {
        return m_nodes.size() == 2 && allNodes([=](const NodeView &node) { return node.whole >= snapshots; });
    }

    // Whether no node has had anything to say for that many seconds but how it does.
    bool isQuiet(int seconds) const
    {
        return allNodes([=](const NodeView &node) { return node.stats >= seconds; });
    }

private:
    bool allNodes(const std::function<bool(const NodeView &)> &holds) const
    {
        return std::all_of(m_nodes.cbegin(), m_nodes.cend(), holds);
    }

    static void takePart(NodeView &node, const QJsonObject &contents)
    {
        const int part = contents["part"_L1].toInt();
        const QJsonArray clients = contents["clients"_L1].toArray();
        node.stats = 0;
        if (part == 1) {
            node.broken += node.parts > 0 ? 1 : 0;
            node.gathered.clear();
            node.parts = 0;
            node.isBroken = false;
        }
        node.isBroken = node.isBroken || part != node.parts + 1;
        node.parts = part;
        for (const QJsonValue client : clients) {
            node.gathered.insert(client["client"_L1].toString());
        }
        if (part != contents["parts"_L1].toInt()) {
            return;
        }
        if (node.isBroken) {
            ++node.broken;
        } else {
            ++node.whole;
            node.clients = node.gathered;
        }
        node.parts = 0;
        node.isBroken = false;
    }

    QHash<QString, NodeView> m_nodes;
};

} // namespace

/// That a monitor gets whole snapshots of nodes with thousands of clients, and no more of them than it needs.
class TestMonitorSnapshot : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void allClientsAreToldOnce();
    void clientsComeAndGoMeanwhile();
    void requestsWhileOneRuns();
    void monitorThatDoesNotReadForAWhile();

private:
    bool connectIdle(int perNode, const QByteArray &extraHeaders = {});

    std::unique_ptr<Cluster> m_cluster;
    std::unique_ptr<IdleClients> m_idle;
};

void TestMonitorSnapshot::initTestCase()
{
    rlimit limit{};
    QCOMPARE(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 20000);
    QCOMPARE(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

void TestMonitorSnapshot::init()
{
    // Connecting blocks, and nobody reads meanwhile what the daemons log of clients.
    QProcessEnvironment environment;
    environment.insert(u"QT_LOGGING_RULES"_s, u"switchboard.websocket.info=false"_s);
    m_cluster = std::make_unique<Cluster>(2, QStringList{u"--keepalive"_s, u"0"_s}, environment);
    m_idle = std::make_unique<IdleClients>();
    QVERIFY(m_cluster->start());
}

void TestMonitorSnapshot::cleanup()
{
    m_idle.reset();
    m_cluster.reset();
}

bool TestMonitorSnapshot::connectIdle(int perNode, const QByteArray &extraHeaders)
{
    return m_idle->connectTo(m_cluster->daemon(0).port(), perNode, extraHeaders)
        && m_idle->connectTo(m_cluster->daemon(1).port(), perNode, extraHeaders);
}

void TestMonitorSnapshot::allClientsAreToldOnce()
{
    QVERIFY(connectIdle(clientsPerNode));
    WsClient monitor;
    QVERIFY(monitor.connectTo(m_cluster->daemon(0).webSocketUrl()));
    monitor.sendText(monitorMessage("Subscribe"));
    ClusterView view;
    while (!view.isWhole() || !view.isQuiet(2)) {
        const QByteArray frame = monitor.takeMessage();
        QVERIFY(!frame.isEmpty());
        QVERIFY2(frame.size() < largestPart, "a part of a snapshot is too large");
        view.take(frame);
    }
    QCOMPARE(view.clientCount(), m_idle->count() + 1);
    for (const NodeView &node : view.nodes()) {
        QCOMPARE(node.whole, 1);
        QCOMPARE(node.broken, 0);
    }
}

void TestMonitorSnapshot::clientsComeAndGoMeanwhile()
{
    QVERIFY(connectIdle(clientsPerNode / 2));
    WsClient monitor;
    QVERIFY(monitor.connectTo(m_cluster->daemon(0).webSocketUrl()));
    monitor.sendText(monitorMessage("Subscribe"));
    ClusterView view;
    QSet<QString> clients;
    bool hasChanged = false;
    while (!view.isWhole() || !view.isQuiet(2)) {
        const auto event = parseMonitorEvent(monitor.takeMessage());
        QVERIFY(event);
        view.take(*event);
        const QString client = event->contents["client"_L1].toString();
        if (event->type == "ClientConnected"_L1) {
            clients.insert(client);
        } else if (event->type == "ClientDisconnected"_L1) {
            clients.remove(client);
        } else if (event->type == "NodeSnapshot"_L1) {
            const QJsonArray told = event->contents["clients"_L1].toArray();
            for (const QJsonValue one : told) {
                clients.insert(one["client"_L1].toString());
            }
            if (!std::exchange(hasChanged, true)) {
                for (int i = 0; i < 50; ++i) {
                    m_idle->dropLast();
                }
                QVERIFY(m_idle->connectTo(m_cluster->daemon(0).port(), 20));
                QVERIFY(m_idle->connectTo(m_cluster->daemon(1).port(), 20));
            }
        }
    }
    QCOMPARE(clients.size(), m_idle->count() + 1);
}

void TestMonitorSnapshot::requestsWhileOneRuns()
{
    QVERIFY(connectIdle(clientsPerNode / 2));
    WsClient monitor;
    QVERIFY(monitor.connectTo(m_cluster->daemon(0).webSocketUrl()));
    monitor.sendText(monitorMessage("Subscribe"));
    ClusterView view;
    bool hasAsked = false;
    while (!view.isWhole(2) || !view.isQuiet(2)) {
        const QByteArray frame = monitor.takeMessage();
        QVERIFY(!frame.isEmpty());
        view.take(frame);
        if (!view.nodes().isEmpty() && !std::exchange(hasAsked, true)) {
            for (int i = 0; i < 5; ++i) {
                monitor.sendText(monitorMessage("Subscribe"));
            }
        }
    }
    // All five are answered together, which neither broke off the first nor was forgotten. On a busy machine
    // some may come after the second has begun.
    for (const NodeView &node : view.nodes()) {
        QVERIFY2(node.whole <= 3, qPrintable(QString::number(node.whole)));
        QCOMPARE(node.broken, 0);
    }
}

void TestMonitorSnapshot::monitorThatDoesNotReadForAWhile()
{
    QVERIFY(connectIdle(talkativePerNode, "User-Agent: " + QByteArray(talkativeUserAgent, 'x') + "\r\n"));
    RedisListener events(m_cluster->redis().port());
    QVERIFY(events.subscribe({"switchboard:events"}));
    RawSocket monitor;
    QVERIFY(monitor.openWebSocket(m_cluster->daemon(0).port()));
    monitor.setReading(false);
    monitor.write(RawSocket::frame(RawFrame::Text, monitorMessage("Subscribe")));

    ClusterView published;
    while (!published.isWhole()) {
        QVERIFY(events.waitForMessages(1));
        for (const RedisMessage &message : events.messages()) {
            published.take(R"({"channel":"monitor","message":)" + message.payload + "}");
        }
        events.clear();
    }
    QCOMPARE(published.clientCount(), m_idle->count() + 1);

    monitor.setReading(true);
    ClusterView view;
    while (!view.isWhole() || !view.isQuiet(2)) {
        const auto frame = monitor.readFrame();
        QVERIFY(frame);
        view.take(frame->payload);
    }
    QCOMPARE(view.clientCount(), m_idle->count() + 1);
    for (const NodeView &node : view.nodes()) {
        QCOMPARE(node.whole, 1);
        QCOMPARE(node.broken, 1);
    }
}

QTEST_GUILESS_MAIN(TestMonitorSnapshot)
#include "tst_monitorsnapshot.moc"
