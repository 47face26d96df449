// SPDX-License-Identifier: BSD-3-Clause
#include <optional>

#include <QTest>

#include "integration/clientmessages.h"
#include "integration/roomclient.h"
#include "support/httprequest.h"
#include "support/redisprobe.h"
#include "support/tcpproxy.h"

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

const QByteArray Room = "#haskell";

/// How long members of a node that is not heard of may stay in lists.
constexpr std::chrono::milliseconds ReapingTime = 15s;

/// Two daemons that reach Redis directly, and a distant one behind a proxy.
class DividedCluster
{
public:
    DividedCluster()
        : m_cluster(2)
    { }

    bool start()
    {
        if (!m_cluster.start() || !m_proxy.emplace(m_cluster.redis().port()).start()) {
            return false;
        }
        QProcessEnvironment environment;
        environment.insert(u"RATE_LIMIT"_s, u"0"_s);
        const QString url = u"redis://127.0.0.1:%1"_s.arg(m_proxy->port());
        return m_cluster.daemons().emplace_back(QStringList{u"--redis-url"_s, url}, environment).start()
            && m_cluster.waitUntilReady();
    }

    Cluster &cluster() { return m_cluster; }
    TcpProxy &proxy() { return *m_proxy; }
    DaemonProcess &distant() { return m_cluster.daemon(2); }

    /// Refuses the distant daemon's connections to Redis until join().
    bool divide()
    {
        m_proxy->stop();
        m_proxy->dropConnections();
        return waitUntilDivided();
    }

    bool waitUntilDivided()
    {
        return waitUntil([&] { return httpRequest(distant().port(), "GET", "/readyz").status == 503; }, 30s);
    }

    bool join() { return m_proxy->start() && m_cluster.waitUntilReady(); }

private:
    Cluster m_cluster;
    std::optional<TcpProxy> m_proxy;
};

/// Connects \a count clients to \a daemon and lets them join Room.
bool addMembers(DaemonProcess &daemon, RoomClients &clients, int count)
{
    for (int i = 0; i < count; ++i) {
        if (!clients.emplace_back().connectTo(daemon.webSocketUrl()) || !clients.back().joinAndWait(Room)) {
            return false;
        }
    }
    return true;
}

} // namespace

/// A node that is cut off from Redis and comes back.
class RoomCutOffTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nodeIsTakenForDead_data();
    void nodeIsTakenForDead();
    void nodeMissesWhatHappens();
    void lateCommandsAreVoid();
};

void RoomCutOffTest::nodeIsTakenForDead_data()
{
    QTest::addColumn<bool>("halfOpen");
    QTest::newRow("connections are dropped") << false;
    QTest::newRow("nothing passes any more") << true;
}

void RoomCutOffTest::nodeIsTakenForDead()
{
    QFETCH(const bool, halfOpen);

    DividedCluster divided;
    QVERIFY(divided.start());
    RoomClients near;
    QVERIFY(addMembers(divided.cluster().daemon(0), near, 2));
    QVERIFY(addMembers(divided.cluster().daemon(1), near, 1));
    RoomClients distant;
    QVERIFY(addMembers(divided.distant(), distant, 2));
    const QList<QByteArray> all = sorted(idsOf(near) + idsOf(distant));
    for (RoomClient &client : near) {
        QVERIFY(client.waitForMembers(Room, all));
    }
    for (RoomClient &client : distant) {
        QVERIFY(client.waitForMembers(Room, all));
    }
    forgetAll(near);
    forgetAll(distant);

    if (halfOpen) {
        divided.proxy().setForwarding(false);
        QVERIFY(divided.waitUntilDivided());
    } else {
        QVERIFY(divided.divide());
    }
    for (RoomClient &client : near) {
        QVERIFY(client.waitForMembers(Room, idsOf(near), ReapingTime));
    }
    near[0].say(Room, "without you");
    QVERIFY(settle(near));
    distant[0].say(Room, "anybody?");
    QVERIFY(distant[0].waitForRejection("relay-unavailable SendMessage"));
    if (halfOpen) {
        divided.proxy().setForwarding(true);
        QVERIFY(divided.cluster().waitUntilReady());
    } else {
        QVERIFY(divided.join());
    }

    for (RoomClient &client : near) {
        QVERIFY(client.waitForMembers(Room, all));
    }
    distant[1].say(Room, "we are back");
    for (RoomClient &client : distant) {
        QVERIFY(client.waitFor(Room, newMessageFrame(Room, distant[1].id(), "we are back")));
        QVERIFY(client.socket().isConnected());
    }
    QVERIFY(settle(near));
    QVERIFY(settle(distant));
    for (RoomClient &client : near) {
        for (const RoomClient &gone : distant) {
            QCOMPARE(client.count(Room, leftFrame(Room, gone.id())), 1);
            QCOMPARE(client.count(Room, joinedFrame(Room, gone.id())), 1);
        }
        QCOMPARE(client.told(Room).size(), 6);
    }
    for (RoomClient &client : distant) {
        QCOMPARE(client.told(Room),
                 QList<QByteArray>({newMessageFrame(Room, distant[1].id(), "we are back")}));
        QCOMPARE(client.members(Room), all);
    }
    QCOMPARE(membersInRedis(divided.cluster(), Room), all);
    QCOMPARE(redisKeys(divided.cluster(), "switchboard:members:*").size(), 3);
}

void RoomCutOffTest::nodeMissesWhatHappens()
{
    // It is away for a moment only: nobody takes it for dead.
    DividedCluster divided;
    QVERIFY(divided.start());
    RoomClients near;
    QVERIFY(addMembers(divided.cluster().daemon(0), near, 1));
    RoomClients distant;
    QVERIFY(addMembers(divided.distant(), distant, 2));
    RoomClient leaver;
    QVERIFY(leaver.connectTo(divided.cluster().daemon(1).webSocketUrl()));
    QVERIFY(leaver.joinAndWait(Room));
    RoomClient dropped;
    QVERIFY(dropped.connectTo(divided.distant().webSocketUrl()));
    QVERIFY(dropped.joinAndWait(Room));
    for (RoomClient &client : distant) {
        QVERIFY(client.waitFor(Room, joinedFrame(Room, dropped.id())));
    }
    QVERIFY(settle(near));
    forgetAll(near);
    forgetAll(distant);

    QVERIFY(divided.divide());
    leaver.leave(Room);
    RoomClients joiner;
    QVERIFY(addMembers(divided.cluster().daemon(1), joiner, 1));
    dropped.socket().abort();
    QVERIFY(divided.distant().waitForOutput("Disconnected with 1006"));
    QVERIFY(near[0].waitFor(Room, joinedFrame(Room, joiner[0].id())));
    QVERIFY(divided.join());

    const QList<QByteArray> all = sorted(idsOf(near) + idsOf(distant) + idsOf(joiner));
    for (RoomClient &client : distant) {
        QVERIFY(client.waitForMembers(Room, all));
    }
    QVERIFY(near[0].waitForMembers(Room, all));
    QVERIFY(joiner[0].waitForMembers(Room, all));
    QTRY_COMPARE(membersInRedis(divided.cluster(), Room), all);
    QVERIFY(settle(near));
    QVERIFY(settle(distant));
    QCOMPARE(near[0].told(Room),
             QList<QByteArray>({leftFrame(Room, leaver.id()), joinedFrame(Room, joiner[0].id()),
                                leftFrame(Room, dropped.id())}));
    for (RoomClient &client : distant) {
        QCOMPARE(client.members(Room), all);
        // What it missed it is told now, once.
        QCOMPARE(sorted(client.told(Room)),
                 sorted({leftFrame(Room, leaver.id()), joinedFrame(Room, joiner[0].id()),
                         leftFrame(Room, dropped.id())}));
    }
}

void RoomCutOffTest::lateCommandsAreVoid()
{
    // A join and a leave stay on the way until the daemon has given them up, has put that right on another
    // connection, and its clients have changed their minds.
    DividedCluster divided;
    QVERIFY(divided.start());
    RoomClients near;
    QVERIFY(addMembers(divided.cluster().daemon(0), near, 1));
    RoomClients distant;
    QVERIFY(addMembers(divided.distant(), distant, 2));
    RoomClient joiner;
    QVERIFY(joiner.connectTo(divided.distant().webSocketUrl()));
    QVERIFY(settle(near));
    RoomClient &leaver = distant[1];

    QByteArray late;
    divided.proxy().setClientToServerFilter([&](const QByteArray &bytes) {
        late += bytes;
        return QByteArray();
    });
    leaver.leave(Room);
    joiner.join(Room);
    QVERIFY(joiner.waitForRejection("relay-unavailable JoinRoom"));
    QVERIFY(late.contains(joiner.id()) && late.contains(leaver.id()));
    divided.proxy().setClientToServerFilter({});
    QVERIFY(divided.cluster().waitUntilReady());
    QVERIFY(near[0].waitFor(Room, leftFrame(Room, leaver.id())));
    QVERIFY(leaver.joinAndWait(Room));
    const QList<QByteArray> all = sorted(idsOf(near) + idsOf(distant));
    QVERIFY(near[0].waitForMembers(Room, all));
    forgetAll(near);

    RawSocket redis;
    QVERIFY(redis.connectTo(divided.cluster().redis().port()));
    redis.write(late + "ECHO behind\r\n");
    QVERIFY(!redis.readUntil("behind\r\n").isEmpty());
    QVERIFY(settle(near));
    QVERIFY(settle(distant));
    QCOMPARE(membersInRedis(divided.cluster(), Room), all);
    QCOMPARE(near[0].told(Room), QList<QByteArray>());
    QCOMPARE(near[0].members(Room), all);
}

QTEST_GUILESS_MAIN(RoomCutOffTest)
#include "tst_roomcutoff.moc"
