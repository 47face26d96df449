// SPDX-License-Identifier: BSD-3-Clause
#include <functional>

#include <QElapsedTimer>
#include <QTest>

#include "integration/roomclient.h"
#include "support/redislistener.h"
#include "support/redisprobe.h"

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

/// How long members of a node that died may stay in lists.
constexpr std::chrono::milliseconds ReapingTime = 15s;

/// A name that needs escaping in JSON, with what is special to scripts of Redis.
const QByteArray OddRoom = "a\"b\\c %0 é😀";

bool sendRaw(RawSocket &socket, const QByteArray &message)
{
    socket.write(RawSocket::frame(RawFrame::Text, message));
    return socket.isConnected();
}

QList<QByteArray> knownNodes(Cluster &cluster)
{
    return toByteArrays(redisCommand(cluster.redis().port(), {"SMEMBERS", "switchboard:nodes"}));
}

} // namespace

/// Clients and nodes go in all the ways there are: nobody stays in a list who is gone.
class RoomPresenceTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void disconnected_data();
    void disconnected();
    void nodeDies();
    void allNodesDie();
    void frozenNodeComesBack();
    void nodeStops();
    void stoppedClusterLeavesNothing();
};

void RoomPresenceTest::disconnected_data()
{
    QTest::addColumn<int>("way");
    QTest::newRow("close frame") << 0;
    QTest::newRow("end of the stream") << 1;
    QTest::newRow("reset") << 2;
    QTest::newRow("broken protocol") << 3;
    QTest::newRow("no answer to pings") << 4;
    QTest::newRow("does not read") << 5;
}

void RoomPresenceTest::disconnected()
{
    QFETCH(const int, way);
    constexpr int NoPong = 4;
    constexpr int SlowConsumer = 5;

    QStringList arguments{u"--max-queued-bytes"_s, u"65536"_s};
    arguments << u"--keepalive"_s << (way == NoPong ? u"1"_s : u"0"_s);
    Cluster cluster(3, arguments);
    QVERIFY(cluster.start());
    RoomClients others;
    QVERIFY(connectRoomClients(cluster, others));
    RawSocket client;
    QVERIFY(client.openWebSocket(cluster.daemon(1).port()));
    const QByteArray id = findId(client);
    for (const char *room : {"one", "two"}) {
        QVERIFY(joinAll(others, room));
        QVERIFY(sendRaw(client, joinRoom(room)));
        for (RoomClient &other : others) {
            QVERIFY(other.waitFor(room, joinedFrame(room, id)));
        }
    }
    QVERIFY(settle(others));
    forgetAll(others);

    const std::function<void()> ways[] = {
        [&] { client.write(RawSocket::closeFrame(1000)); },
        [&] { client.shutdownWrite(); },
        [&] { client.reset(); },
        [&] { client.write(RawSocket::frame(RawFrame::Text, "\xFF")); },
        [] {},
        [&] {
            client.setReceiveBufferSize(4096);
            client.setReading(false);
        },
    };
    ways[way]();
    if (way == SlowConsumer) {
        // The kernel takes some megabytes for it. The others get each before the next is said.
        for (int i = 0; i < 400 && others[0].count("one", leftFrame("one", id)) == 0; ++i) {
            others[2].say("one", QByteArray(50000, 'x') + QByteArray::number(i));
            for (RoomClient &other : others) {
                QVERIFY(waitUntil([&] { return other.heard("one").size() == i + 1; }));
            }
        }
    }
    for (RoomClient &other : others) {
        QVERIFY(other.waitFor("one", leftFrame("one", id)));
        QVERIFY(other.waitFor("two", leftFrame("two", id)));
    }
    QVERIFY(settle(others));
    for (RoomClient &other : others) {
        QCOMPARE(other.count("one", leftFrame("one", id)), 1);
        QCOMPARE(other.told("two"), QList<QByteArray>({leftFrame("two", id)}));
        QVERIFY(other.socket().isConnected());
    }
    QCOMPARE(membersInRedis(cluster, "one"), idsOf(others));
    QCOMPARE(membersInRedis(cluster, "two"), idsOf(others));
}

void RoomPresenceTest::nodeDies()
{
    Cluster cluster(3);
    QVERIFY(cluster.start());
    RoomClients clients; // of the nodes that stay
    for (int i = 0; i < 4; ++i) {
        QVERIFY(clients.emplace_back().connectTo(cluster.daemon(i % 2).webSocketUrl()));
    }
    RoomClients dead;
    for (int i = 0; i < 3; ++i) {
        QVERIFY(dead.emplace_back().connectTo(cluster.daemon(2).webSocketUrl()));
        QVERIFY(dead.back().joinAndWait("of the dead"));
        QVERIFY(dead.back().joinAndWait("plain"));
        QVERIFY(dead.back().joinAndWait(OddRoom));
    }
    for (RoomClient &client : clients) {
        QVERIFY(client.joinAndWait("plain"));
        QVERIFY(client.joinAndWait(OddRoom));
    }
    QVERIFY(settle(clients));
    forgetAll(clients);
    RedisListener listener(cluster.redis().port());
    QVERIFY(listener.subscribePatterns({"chat-room-*"}));

    QElapsedTimer timer;
    timer.start();
    cluster.daemon(2).kill();
    for (RoomClient &client : clients) {
        QVERIFY(client.waitForMembers("plain", idsOf(clients), ReapingTime));
        QVERIFY(client.waitForMembers(OddRoom, idsOf(clients), ReapingTime));
    }
    const auto took = std::chrono::milliseconds(timer.elapsed());
    QVERIFY2(took < ReapingTime, QByteArray::number(static_cast<qint64>(took.count())));
    QVERIFY(waitUntil([&] { return knownNodes(cluster).size() == 2; }));

    QVERIFY(settle(clients));
    for (const QByteArray &room : {"plain"_ba, OddRoom}) {
        QList<QByteArray> expected;
        for (const RoomClient &one : dead) {
            expected.append(leftFrame(room, one.id()));
        }
        for (RoomClient &client : clients) {
            QCOMPARE(sorted(client.told(room)), sorted(expected));
            QCOMPARE(client.told(room), clients[0].told(room)); // one order
        }
        QCOMPARE(listener.payloads("chat-room-" + room).size(), dead.size());
        QCOMPARE(membersInRedis(cluster, room), idsOf(clients));
    }
    QCOMPARE(redisKeys(cluster, "switchboard:room:of the dead"), QList<QByteArray>());
    QCOMPARE(redisKeys(cluster, "switchboard:members:*").size(), 2);
    QCOMPARE(redisKeys(cluster, "switchboard:node:*").size(), 2);
}

void RoomPresenceTest::allNodesDie()
{
    // Nobody is left to notice. The next node does.
    Cluster cluster(2);
    QVERIFY(cluster.start());
    {
        RoomClients clients;
        QVERIFY(connectRoomClients(cluster, clients));
        QVERIFY(joinAll(clients, "ghosts"));
        for (DaemonProcess &daemon : cluster.daemons()) {
            daemon.kill();
        }
    }
    QCOMPARE(membersInRedis(cluster, "ghosts").size(), 2);
    QVERIFY(cluster.daemon(0).start());
    QVERIFY(cluster.daemon(0).waitUntilReady());
    QVERIFY(waitUntil([&] { return membersInRedis(cluster, "ghosts").isEmpty(); }, ReapingTime));
    QVERIFY(waitUntil([&] { return knownNodes(cluster).size() == 1; }));
    RoomClient client;
    QVERIFY(client.connectTo(cluster.daemon(0).webSocketUrl()));
    QVERIFY(client.joinAndWait("ghosts"));
    QCOMPARE(client.members("ghosts"), QList<QByteArray>({client.id()}));
}

void RoomPresenceTest::frozenNodeComesBack()
{
    const QByteArray room = "frozen";
    Cluster cluster(3);
    QVERIFY(cluster.start());
    RoomClients clients;
    QVERIFY(connectRoomClients(cluster, clients, 2));
    QVERIFY(joinAll(clients, room));
    QVERIFY(settle(clients));
    forgetAll(clients);
    const QList<QByteArray> all = idsOf(clients);
    // Those of the middle daemon freeze, with the daemon.
    const QList<QByteArray> frozen = sorted({clients[2].id(), clients[3].id()});
    QList<QByteArray> left = all;
    left.removeIf([&frozen](const QByteArray &id) { return frozen.contains(id); });

    cluster.daemon(1).pause();
    for (const std::size_t i : {0U, 1U, 4U, 5U}) {
        QVERIFY(clients[i].waitForMembers(room, left, ReapingTime));
    }
    clients[0].say(room, "in between");
    cluster.daemon(1).resume();
    for (const std::size_t i : {0U, 1U, 4U, 5U}) {
        QVERIFY(clients[i].waitForMembers(room, all));
    }
    QVERIFY(settle(clients));

    const QByteArray said = newMessageFrame(room, clients[0].id(), "in between");
    for (std::size_t i = 0; i < clients.size(); ++i) {
        const bool isFrozen = i == 2 || i == 3;
        QCOMPARE(clients[i].count(room, said), 1);
        QCOMPARE(clients[i].told(room).size(), isFrozen ? 1 : 5);
        QCOMPARE(clients[i].members(room), all);
        for (const QByteArray &id : frozen) {
            QCOMPARE(clients[i].count(room, leftFrame(room, id)), isFrozen ? 0 : 1);
            QCOMPARE(clients[i].count(room, joinedFrame(room, id)), isFrozen ? 0 : 1);
        }
    }
    QCOMPARE(membersInRedis(cluster, room), all);
    QCOMPARE(knownNodes(cluster).size(), 3);
    // They are members like any other.
    clients[2].leave(room);
    for (RoomClient &client : clients) {
        if (&client != &clients[2]) {
            QVERIFY(client.waitFor(room, leftFrame(room, clients[2].id())));
        }
    }
}

void RoomPresenceTest::nodeStops()
{
    const QByteArray room = "stopping";
    Cluster cluster(3);
    QVERIFY(cluster.start());
    RoomClients clients;
    QVERIFY(connectRoomClients(cluster, clients, 2));
    QVERIFY(joinAll(clients, room));
    QVERIFY(settle(clients));
    forgetAll(clients);
    QList<QByteArray> expected;
    for (int i = 0; i < 2; ++i) {
        expected.append(leftFrame(room, clients.back().id()));
        clients.pop_back(); // of the last daemon
    }
    cluster.daemon(2).terminate();
    QVERIFY(cluster.daemon(2).waitForExit());
    QCOMPARE(cluster.daemon(2).exitCode(), 0);
    for (RoomClient &client : clients) {
        QVERIFY(client.waitForMembers(room, idsOf(clients)));
    }
    QVERIFY(settle(clients));
    for (RoomClient &client : clients) {
        QCOMPARE(sorted(client.told(room)), sorted(expected));
    }
    // At once: nobody had to notice.
    QCOMPARE(knownNodes(cluster).size(), 2);
    QCOMPARE(redisKeys(cluster, "switchboard:members:*").size(), 2);
}

void RoomPresenceTest::stoppedClusterLeavesNothing()
{
    Cluster cluster(3);
    QVERIFY(cluster.start());
    RoomClients clients;
    QVERIFY(connectRoomClients(cluster, clients, 2));
    QVERIFY(joinAll(clients, "last"));
    QVERIFY(joinAll(clients, OddRoom));
    // node, nodes, members, room
    QCOMPARE(redisKeys(cluster, "switchboard:*").size(), 3 + 1 + 3 + 2);
    for (DaemonProcess &daemon : cluster.daemons()) {
        daemon.terminate();
    }
    for (DaemonProcess &daemon : cluster.daemons()) {
        QVERIFY(daemon.waitForExit());
        QCOMPARE(daemon.exitCode(), 0);
    }
    QCOMPARE(redisKeys(cluster, "*"), QList<QByteArray>());
}

QTEST_GUILESS_MAIN(RoomPresenceTest)
#include "tst_roompresence.moc"
