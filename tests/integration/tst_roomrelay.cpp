// SPDX-License-Identifier: BSD-3-Clause
#include <QTest>
#include <QUuid>

#include "integration/roomclient.h"
#include "support/redislistener.h"
#include "support/redisprobe.h"

using namespace Qt::StringLiterals;
using namespace switchboard::test;

/// What rooms are in Redis: channels, payloads and keys.
class RoomRelayTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void channelIsSubscribedWhileThereAreMembers();
    void prototypeIsHeard();
    void prototypeHears();
    void largeRoomIsListed();
};

void RoomRelayTest::channelIsSubscribedWhileThereAreMembers()
{
    const QByteArray room = "#haskell";
    Cluster cluster(3);
    QVERIFY(cluster.start());
    RoomClients clients;
    QVERIFY(connectRoomClients(cluster, clients, 2));
    QCOMPARE(subscribers(cluster, room), 0);
    const int joined[] = {1, 1, 2, 2, 3, 3};
    for (std::size_t i = 0; i < clients.size(); ++i) {
        QVERIFY(clients[i].joinAndWait(room));
        QCOMPARE(subscribers(cluster, room), joined[i]);
    }
    clients[0].leave(room);
    QVERIFY(clients[1].waitFor(room, leftFrame(room, clients[0].id())));
    QCOMPARE(subscribers(cluster, room), 3);
    clients[1].socket().abort();
    QTRY_COMPARE(subscribers(cluster, room), 2);
    for (const std::size_t i : {2U, 3U, 4U, 5U}) {
        clients[i].leave(room);
    }
    QTRY_COMPARE(subscribers(cluster, room), 0);
    const auto channels = [&] {
        return toByteArrays(redisCommand(cluster.redis().port(), {"PUBSUB", "CHANNELS", "chat-room-*"}));
    };
    QTRY_COMPARE(channels(), QList<QByteArray>());
    QTRY_COMPARE(redisKeys(cluster, "switchboard:room:*"), QList<QByteArray>());
    QTRY_COMPARE(redisKeys(cluster, "switchboard:members:*"), QList<QByteArray>());
}

void RoomRelayTest::prototypeIsHeard()
{
    Cluster cluster(2);
    QVERIFY(cluster.start());
    RoomClients clients;
    QVERIFY(connectRoomClients(cluster, clients));
    QVERIFY(joinAll(clients, "#haskell"));
    QVERIFY(settle(clients));
    forgetAll(clients);
    const auto publish = [&](const QByteArray &payload) {
        const QVariant heard =
            redisCommand(cluster.redis().port(), {"PUBLISH", "chat-room-#haskell", payload});
        return heard.toInt() == 2;
    };
    const QByteArray user = "d10ea9ce-b765-4ea9-b1a2-1e34921143e1";
    const QByteArray sub = R"("sub":{"room":"#haskell","type":"ChatRoomSubscription"}})";
    const QByteArray membership =
        R"({"msg":{"contents":{"room":"#haskell","user":")" + user + R"("},"type":)";
    QVERIFY(publish(membership + R"("JoinedRoom"},)" + sub));
    QVERIFY(publish(R"({"msg":{"contents":{"message":"Monad","room":"#haskell","user":")" + user
                    + R"("},"type":"NewMessage"},)" + sub));
    QVERIFY(publish("garbage"));
    QVERIFY(publish(R"({"msg":{"contents":{"room":"#haskell","users":[]},"type":"MemberList"},)" + sub));
    QVERIFY(publish(membership + R"("LeftRoom"},)" + sub));
    // It says that somebody left who was not there, and shows what a payload says for the room it came to.
    QVERIFY(publish(membership + R"("LeftRoom"},)" + sub));
    QVERIFY(publish(R"({"msg":{"contents":{"room":"other","user":")" + user + R"("},"type":"JoinedRoom"},)"
                    + sub));
    QVERIFY(settle(clients));
    for (RoomClient &client : clients) {
        QVERIFY(client.waitFor("other", joinedFrame("other", user)));
        QCOMPARE(client.told("#haskell"),
                 QList<QByteArray>({joinedFrame("#haskell", user), newMessageFrame("#haskell", user, "Monad"),
                                    leftFrame("#haskell", user), leftFrame("#haskell", user)}));
    }
}

void RoomRelayTest::prototypeHears()
{
    Cluster cluster(2);
    QVERIFY(cluster.start());
    RedisListener listener(cluster.redis().port());
    QVERIFY(listener.subscribe({"chat-room-#haskell"}));
    RoomClients clients;
    QVERIFY(connectRoomClients(cluster, clients));
    QVERIFY(joinAll(clients, "#haskell"));
    clients[1].say("#haskell", "Monad");
    QVERIFY(clients[1].waitFor("#haskell", newMessageFrame("#haskell", clients[1].id(), "Monad")));
    const QByteArray postedAt = parseRoomFrame(clients[1].socket().messages().last())->postedAt;
    QVERIFY(!postedAt.isEmpty());
    clients[1].leave("#haskell");
    clients[0].socket().close();
    QVERIFY(listener.waitForMessages(5));

    const QByteArray sub = R"(,"sub":{"room":"#haskell","type":"ChatRoomSubscription"}})";
    const auto membership = [&](const RoomClient &client, const QByteArray &type) {
        return R"({"msg":{"contents":{"room":"#haskell","user":")" + client.id() + R"("},"type":")" + type
            + R"("})" + sub;
    };
    const QByteArray said = R"({"msg":{"contents":{"message":"Monad","postedAt":")" + postedAt
        + R"(","room":"#haskell","user":")" + clients[1].id() + R"("},"type":"NewMessage"})" + sub;
    const QList<QByteArray> heard = listener.payloads("chat-room-#haskell");
    QCOMPARE(heard.first(3),
             QList<QByteArray>(
                 {membership(clients[0], "JoinedRoom"), membership(clients[1], "JoinedRoom"), said}));
    QCOMPARE(sorted(heard.sliced(3)),
             sorted({membership(clients[0], "LeftRoom"), membership(clients[1], "LeftRoom")}));
}

void RoomRelayTest::largeRoomIsListed()
{
    constexpr int Others = 10000;
    const QByteArray room = "large";
    Cluster cluster(2);
    QVERIFY(cluster.start());
    QList<QByteArray> members;
    QList<QByteArray> command{"HSET", "switchboard:room:" + room};
    for (int i = 0; i < Others; ++i) {
        members.append(QUuid::createUuid().toByteArray(QUuid::WithoutBraces));
        command << members.last() << "elsewhere";
    }
    QCOMPARE(redisCommand(cluster.redis().port(), command).toInt(), Others);
    RoomClients clients;
    QVERIFY(connectRoomClients(cluster, clients, 2));
    for (RoomClient &client : clients) {
        QVERIFY(client.joinAndWait(room));
        members.append(client.id());
        QCOMPARE(client.members(room), sorted(members));
        QCOMPARE(client.told(room).first(), memberListFrame(room, sorted(members)));
    }
    clients[3].leave(room);
    for (const std::size_t i : {0U, 1U, 2U}) {
        QVERIFY(clients[i].waitFor(room, leftFrame(room, clients[3].id())));
    }
}

QTEST_GUILESS_MAIN(RoomRelayTest)
#include "tst_roomrelay.moc"
