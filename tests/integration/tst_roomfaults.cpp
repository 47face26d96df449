// SPDX-License-Identifier: BSD-3-Clause
#include <QTest>

#include "integration/clientmessages.h"
#include "integration/roomclient.h"
#include "support/redisprobe.h"

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

const QByteArray Room = "#haskell";

/// Longer than a node counts as alive after it was last heard of.
constexpr std::chrono::milliseconds NodeLifetime = 9s;

/// Lets one of \a clients say something and waits until all have heard it.
bool roomWorks(RoomClient &sender, RoomClients &clients)
{
    static int count = 0;
    const QByteArray message = "works " + QByteArray::number(++count);
    sender.say(Room, message);
    return std::all_of(clients.begin(), clients.end(), [&](RoomClient &client) {
        return client.waitFor(Room, newMessageFrame(Room, sender.id(), message));
    });
}

bool waitForEverybody(Cluster &cluster, RoomClients &clients, const QList<QByteArray> &ids)
{
    return std::all_of(clients.begin(), clients.end(),
                       [&](RoomClient &client) { return client.waitForMembers(Room, ids, 20s); })
        && waitUntil([&] { return membersInRedis(cluster, Room) == ids; }, 20s);
}

bool configure(Cluster &cluster, const QByteArray &setting, const QByteArray &value)
{
    return redisCommand(cluster.redis().port(), {"CONFIG", "SET", setting, value}).toByteArray() == "OK";
}

} // namespace

/// Redis goes away, hangs, forgets or refuses; rooms are right afterwards.
class RoomFaultsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void redisComesBackEmpty();
    void redisHangs();
    void requestsAreRefusedMeanwhile();
    void joinInFlightIsRefused();
    void connectionIsKilled_data();
    void connectionIsKilled();
    void redisRefusesWrites();
    void clientBreaksWhileItJoins();
};

void RoomFaultsTest::redisComesBackEmpty()
{
    Cluster cluster(3);
    QVERIFY(cluster.start());
    RoomClients clients;
    QVERIFY(connectRoomClients(cluster, clients, 2));
    QVERIFY(joinAll(clients, Room));
    QVERIFY(settle(clients));
    forgetAll(clients);
    const QList<QByteArray> ids = idsOf(clients);

    for (int round = 0; round < 2; ++round) {
        cluster.redis().kill();
        QVERIFY(cluster.waitUntilNotReady());
        QVERIFY(cluster.redis().start());
        QVERIFY(cluster.waitUntilReady());
        QVERIFY(waitForEverybody(cluster, clients, ids));
        for (RoomClient &client : clients) {
            QVERIFY(roomWorks(client, clients));
        }
    }
    // Nobody had gone, so nobody was told that anybody had.
    for (RoomClient &client : clients) {
        for (const QByteArray &id : ids) {
            QCOMPARE(client.count(Room, leftFrame(Room, id)), 0);
            QCOMPARE(client.count(Room, joinedFrame(Room, id)), 0);
        }
        QCOMPARE(client.told(Room).size(), client.heard(Room).size());
    }
    QCOMPARE(redisKeys(cluster, "switchboard:members:*").size(), 3);

    RoomClient late;
    QVERIFY(late.connectTo(cluster.daemon(0).webSocketUrl()));
    QVERIFY(late.joinAndWait(Room));
    QCOMPARE(late.members(Room), sorted(ids + QList<QByteArray>{late.id()}));
    for (RoomClient &client : clients) {
        QVERIFY(client.waitFor(Room, joinedFrame(Room, late.id())));
    }
}

void RoomFaultsTest::redisHangs()
{
    Cluster cluster(3);
    QVERIFY(cluster.start());
    RoomClients clients;
    QVERIFY(connectRoomClients(cluster, clients, 2));
    QVERIFY(joinAll(clients, Room));
    QVERIFY(settle(clients));
    forgetAll(clients);

    cluster.redis().pause();
    QVERIFY(cluster.waitUntilNotReady());
    clients[0].say(Room, "into the void");
    QVERIFY(clients[0].waitForRejection("relay-unavailable SendMessage"));
    // By the time it goes on, no node has said for long enough that it lives.
    QTest::qWait(static_cast<int>(NodeLifetime.count()));
    cluster.redis().resume();
    QVERIFY(cluster.waitUntilReady());
    QVERIFY(waitForEverybody(cluster, clients, idsOf(clients)));
    for (RoomClient &client : clients) {
        QVERIFY(roomWorks(client, clients));
    }
    for (RoomClient &client : clients) {
        QCOMPARE(client.told(Room).size(), client.heard(Room).size());
    }
}

void RoomFaultsTest::requestsAreRefusedMeanwhile()
{
    Cluster cluster(3);
    QVERIFY(cluster.start());
    RoomClients clients;
    QVERIFY(connectRoomClients(cluster, clients));
    RoomClient closing;
    QVERIFY(closing.connectTo(cluster.daemon(1).webSocketUrl()));
    QVERIFY(closing.joinAndWait(Room));
    RoomClient aborting;
    QVERIFY(aborting.connectTo(cluster.daemon(2).webSocketUrl()));
    QVERIFY(aborting.joinAndWait(Room));
    for (RoomClient &client : clients) {
        QVERIFY(client.joinAndWait(Room));
    }
    QVERIFY(settle(clients));
    forgetAll(clients);

    cluster.redis().pause();
    QVERIFY(cluster.waitUntilNotReady());
    RoomClient &client = clients[0];
    client.join("another");
    client.join(Room);
    client.say(Room, "x");
    client.leave(Room);
    client.leave("another");
    QVERIFY(client.socket().waitForMessages(5));
    QCOMPARE(client.rejections(),
             QList<QByteArray>({"relay-unavailable JoinRoom", "relay-unavailable JoinRoom",
                                "relay-unavailable SendMessage", "relay-unavailable LeaveRoom",
                                "not-a-member LeaveRoom"}));
    // Those that go meanwhile are out when Redis is back, told once.
    closing.socket().close();
    aborting.socket().abort();
    QVERIFY(cluster.daemon(1).waitForOutput("Disconnected with 1000"));
    QVERIFY(cluster.daemon(2).waitForOutput("Disconnected with 1006"));
    cluster.redis().resume();
    QVERIFY(cluster.waitUntilReady());
    QVERIFY(waitForEverybody(cluster, clients, idsOf(clients)));
    QVERIFY(roomWorks(clients[0], clients));
    QVERIFY(settle(clients));
    for (RoomClient &one : clients) {
        QCOMPARE(sorted(one.told(Room).first(2)),
                 sorted({leftFrame(Room, closing.id()), leftFrame(Room, aborting.id())}));
        QCOMPARE(one.told(Room).size(), 3);
    }
    // What was refused was not done.
    QVERIFY(clients[0].told("another").isEmpty());
    QVERIFY(waitUntil([&] { return subscribers(cluster, "another") == 0; }));
    clients[0].leave(Room);
    QVERIFY(clients[1].waitFor(Room, leftFrame(Room, clients[0].id())));
}

void RoomFaultsTest::joinInFlightIsRefused()
{
    // Redis does what it was asked after the client has been told that it did not.
    Cluster cluster(2);
    QVERIFY(cluster.start());
    RoomClients clients;
    QVERIFY(connectRoomClients(cluster, clients, 2));
    RoomClients members;
    QVERIFY(connectRoomClients(cluster, members));
    QVERIFY(joinAll(members, Room));
    QVERIFY(settle(members));
    forgetAll(members);

    cluster.redis().pause();
    for (RoomClient &client : clients) {
        client.join(Room);
        client.join("fresh");
        client.say(Room, "behind");
    }
    for (RoomClient &client : clients) {
        QVERIFY(waitUntil([&] { return client.rejections().size() == 3; }));
        QCOMPARE(client.rejections().count("relay-unavailable JoinRoom"), 2);
        QCOMPARE(client.rejections().count("relay-unavailable SendMessage"), 1);
    }
    cluster.redis().resume();
    QVERIFY(cluster.waitUntilReady());
    QVERIFY(waitForEverybody(cluster, members, idsOf(members)));
    QTRY_COMPARE(redisKeys(cluster, "switchboard:room:fresh"), QList<QByteArray>());
    QVERIFY(settle(members));
    for (RoomClient &member : members) {
        QVERIFY(member.heard(Room).isEmpty());
        QCOMPARE(member.members(Room), idsOf(members));
    }
    for (RoomClient &client : clients) {
        client.say(Room, "still not in");
        QVERIFY(client.waitForRejection("not-a-member SendMessage"));
        QVERIFY(client.told(Room).isEmpty());
        QVERIFY(client.joinAndWait("fresh"));
    }
    QCOMPARE(clients[3].members("fresh"), idsOf(clients));
}

void RoomFaultsTest::connectionIsKilled_data()
{
    QTest::addColumn<QByteArray>("type");
    QTest::newRow("that hears") << "pubsub"_ba;
    QTest::newRow("that commands") << "normal"_ba;
}

void RoomFaultsTest::connectionIsKilled()
{
    QFETCH(const QByteArray, type);

    Cluster cluster(3);
    QVERIFY(cluster.start());
    RoomClients clients;
    QVERIFY(connectRoomClients(cluster, clients, 2));
    QVERIFY(joinAll(clients, Room));
    QVERIFY(settle(clients));
    forgetAll(clients);
    // Joins and leaves go on meanwhile.
    RoomClient &restless = clients[1];
    for (int round = 0; round < 5; ++round) {
        QVERIFY(redisCommand(cluster.redis().port(), {"CLIENT", "KILL", "TYPE", type}).toInt() >= 3);
        restless.leave(Room);
        restless.join(Room);
        QVERIFY(cluster.waitUntilReady());
        QVERIFY(settle(clients));
        // It is in or out by what was refused, which all agree on.
        if (membersInRedis(cluster, Room).contains(restless.id())) {
            QVERIFY(waitForEverybody(cluster, clients, idsOf(clients)));
        } else {
            QVERIFY(restless.joinAndWait(Room));
        }
        QVERIFY(waitForEverybody(cluster, clients, idsOf(clients)));
        QVERIFY(roomWorks(restless, clients));
    }
}

void RoomFaultsTest::redisRefusesWrites()
{
    Cluster cluster(2);
    QVERIFY(cluster.start());
    RoomClients clients;
    QVERIFY(connectRoomClients(cluster, clients, 2));
    QVERIFY(joinAll(clients, Room));
    QVERIFY(settle(clients));
    forgetAll(clients);

    QVERIFY(configure(cluster, "min-replicas-to-write", "1"));
    clients[0].join("another");
    clients[0].say("another", "x");
    QVERIFY(clients[0].waitForRejection("relay-unavailable SendMessage"));
    QCOMPARE(clients[0].rejections(),
             QList<QByteArray>({"relay-unavailable JoinRoom", "relay-unavailable SendMessage"}));
    QVERIFY(waitUntil([&] { return subscribers(cluster, "another") == 0; }));
    // Two leave; that cannot be written yet.
    const QByteArray gone = clients[3].id();
    clients[3].socket().close();
    QVERIFY(cluster.daemon(1).waitForOutput("Disconnected with 1000"));
    clients.pop_back();
    clients[2].leave(Room);
    QVERIFY(configure(cluster, "min-replicas-to-write", "0"));
    const QByteArray left = clients[2].id();
    for (const std::size_t i : {0U, 1U}) {
        QVERIFY(clients[i].waitFor(Room, leftFrame(Room, gone)));
        QVERIFY(clients[i].waitFor(Room, leftFrame(Room, left)));
    }
    QCOMPARE(membersInRedis(cluster, Room), sorted({clients[0].id(), clients[1].id()}));
    QVERIFY(settle(clients));
    QCOMPARE(clients[0].told(Room).size(), 2);
}

void RoomFaultsTest::clientBreaksWhileItJoins()
{
    // Two lists come in one turn, more than may be queued, and the client is gone when the daemon writes
    // them.
    Cluster cluster(2, {u"--max-queued-bytes"_s, u"200000"_s});
    QVERIFY(cluster.start());
    const QList<QByteArray> rooms{"a", "b"};
    for (const QByteArray &room : rooms) {
        QList<QByteArray> command{"HSET", "switchboard:room:" + room};
        for (int i = 0; i < 3000; ++i) {
            command << QUuid::createUuid().toByteArray(QUuid::WithoutBraces) << "elsewhere";
        }
        QCOMPARE(redisCommand(cluster.redis().port(), command).toInt(), 3000);
    }
    RoomClients members; // keep the channels subscribed
    QVERIFY(connectRoomClients(cluster, members));
    for (RoomClient &member : members) {
        QVERIFY(member.joinAndWait("a"));
        QVERIFY(member.joinAndWait("b"));
    }
    for (int round = 0; round < 5; ++round) {
        RawSocket client;
        QVERIFY(client.openWebSocket(cluster.daemon(0).port()));
        const QByteArray id = findId(client);
        cluster.redis().pause();
        QByteArray segment;
        for (const QByteArray &room : rooms) {
            segment += RawSocket::frame(RawFrame::Text, joinRoom(room)).repeated(2);
        }
        client.write(segment + RawSocket::frame(RawFrame::Text, leaveRoom("none")));
        const auto answer = client.readFrame(); // to the last of them, so all were taken
        QVERIFY(answer && parseRejection(answer->payload));
        cluster.daemon(0).pause();
        cluster.redis().resume();
        // Redis has answered when what another node sends behind has come.
        const QByteArray said = "round " + QByteArray::number(round);
        members[1].say("a", said);
        QVERIFY(members[1].waitFor("a", newMessageFrame("a", members[1].id(), said)));
        client.reset();
        cluster.daemon(0).resume();

        for (const QByteArray &room : rooms) {
            members[0].say(room, said + " is over");
            for (RoomClient &member : members) {
                QVERIFY(member.waitFor(room, newMessageFrame(room, members[0].id(), said + " is over")));
            }
        }
        QVERIFY(settle(members));
        for (const QByteArray &room : rooms) {
            QVERIFY(!membersInRedis(cluster, room).contains(id));
            QVERIFY(!members[0].members(room).contains(id));
            QVERIFY(!members[1].members(room).contains(id));
        }
    }
}

QTEST_GUILESS_MAIN(RoomFaultsTest)
#include "tst_roomfaults.moc"
