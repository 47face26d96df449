// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <optional>

#include <QDateTime>
#include <QTest>

#include "integration/clientmessages.h"
#include "integration/roomclient.h"

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

constexpr int Daemons = 3;

/// One of many messages: who sent it, and which of his it is.
QByteArray numbered(qsizetype sender, int number)
{
    return QByteArray::number(sender) + ' ' + QByteArray::number(number);
}

} // namespace

/// Rooms over three daemons while all is well.
class RoomsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase() { m_cluster.reset(); }

    void joinerIsToldWhoIsThere();
    void joiningTwiceGivesAList();
    void leaverHearsNothingMore();
    void oneMustBeAMember();
    void roomsOfAClientAreLimited();
    void roomNames_data();
    void roomNames();
    void badRoomNames_data();
    void badRoomNames();
    void membersHearAllInOneOrder();
    void othersHearNothing();
    void messagesAreDated();
    void joinsAtOnceAgree();

private:
    std::optional<Cluster> m_cluster;
};

void RoomsTest::initTestCase()
{
    m_cluster.emplace(Daemons);
    QVERIFY(m_cluster->start());
}

void RoomsTest::joinerIsToldWhoIsThere()
{
    const QByteArray room = "#haskell";
    RoomClients clients;
    QVERIFY(connectRoomClients(*m_cluster, clients, 2));
    for (RoomClient &client : clients) {
        QVERIFY(client.joinAndWait(room));
    }
    QVERIFY(settle(clients));

    // Each was told of those before it by a list, then of itself, then of those behind it.
    QList<QByteArray> present;
    for (std::size_t i = 0; i < clients.size(); ++i) {
        present.append(clients[i].id());
        QList<QByteArray> expected{memberListFrame(room, sorted(present))};
        for (std::size_t j = i; j < clients.size(); ++j) {
            expected.append(joinedFrame(room, clients[j].id()));
        }
        QCOMPARE(clients[i].told(room), expected);
    }
    QCOMPARE(membersInRedis(*m_cluster, room), sorted(present));
}

void RoomsTest::joiningTwiceGivesAList()
{
    const QByteArray room = "twice";
    RoomClients clients;
    QVERIFY(connectRoomClients(*m_cluster, clients));
    QVERIFY(joinAll(clients, room));
    QVERIFY(settle(clients));
    forgetAll(clients);

    const QByteArray list = memberListFrame(room, idsOf(clients));
    RoomClient &again = clients[1];
    again.join(room);
    QVERIFY(again.waitFor(room, list));
    again.join(room);
    QVERIFY(waitUntil([&] { return again.count(room, list) == 2; }));
    clients[0].say(room, "still once");
    QVERIFY(settle(clients));
    const QByteArray said = newMessageFrame(room, clients[0].id(), "still once");
    QCOMPARE(again.told(room), QList<QByteArray>({list, list, said}));
    QCOMPARE(clients[0].told(room), QList<QByteArray>({said}));
    QCOMPARE(clients[2].told(room), QList<QByteArray>({said}));
    QVERIFY(again.rejections().isEmpty());

    // One leave is enough.
    again.leave(room);
    again.leave(room);
    QVERIFY(again.waitForRejection("not-a-member LeaveRoom"));
    QVERIFY(settle(clients));
    QCOMPARE(clients[0].told(room), QList<QByteArray>({said, leftFrame(room, again.id())}));
}

void RoomsTest::leaverHearsNothingMore()
{
    const QByteArray room = "left";
    RoomClients clients;
    QVERIFY(connectRoomClients(*m_cluster, clients, 2));
    QVERIFY(joinAll(clients, room));
    QVERIFY(settle(clients));
    forgetAll(clients);

    RoomClient &leaver = clients[2];
    leaver.leave(room);
    QVERIFY(settle(clients));
    QList<QByteArray> expected{leftFrame(room, leaver.id())};
    for (const std::size_t i : {0U, 3U, 5U}) { // one of them on the leaver's node
        clients[i].say(room, "without you");
        expected.append(newMessageFrame(room, clients[i].id(), "without you"));
        QVERIFY(settle(clients));
    }
    for (RoomClient &client : clients) {
        QCOMPARE(client.told(room), &client == &leaver ? QList<QByteArray>() : expected);
    }
    QVERIFY(!membersInRedis(*m_cluster, room).contains(leaver.id()));

    QVERIFY(leaver.joinAndWait(room));
    QCOMPARE(leaver.told(room),
             QList<QByteArray>({memberListFrame(room, idsOf(clients)), joinedFrame(room, leaver.id())}));
}

void RoomsTest::oneMustBeAMember()
{
    const QByteArray room = "closed";
    RoomClients clients;
    QVERIFY(connectRoomClients(*m_cluster, clients));
    RoomClient &member = clients[0];
    RoomClient &stranger = clients[1];
    QVERIFY(member.joinAndWait(room));
    QVERIFY(stranger.joinAndWait("another"));
    member.forget();
    stranger.forget();

    stranger.say(room, "let me in");
    stranger.leave(room);
    QVERIFY(stranger.waitForRejection("not-a-member LeaveRoom"));
    QVERIFY(settle(clients));
    QCOMPARE(stranger.rejections(),
             QList<QByteArray>({"not-a-member SendMessage", "not-a-member LeaveRoom"}));
    QVERIFY(member.told(room).isEmpty());
    QVERIFY(stranger.told(room).isEmpty());

    // Nor is one that left.
    member.leave(room);
    member.say(room, "one more thing");
    QVERIFY(member.waitForRejection("not-a-member SendMessage"));
    QCOMPARE(member.rejections(), QList<QByteArray>({"not-a-member SendMessage"}));
}

void RoomsTest::roomsOfAClientAreLimited()
{
    Cluster cluster(2, {u"--max-rooms"_s, u"3"_s});
    QVERIFY(cluster.start());
    RoomClients clients;
    QVERIFY(connectRoomClients(cluster, clients));
    RoomClient &client = clients[0];
    // Those that are on their way count.
    for (const char *room : {"1", "2", "3", "4"}) {
        client.join(room);
    }
    QVERIFY(client.waitForRejection("too-many-rooms JoinRoom"));
    for (const char *room : {"1", "2", "3"}) {
        QVERIFY(client.waitFor(room, joinedFrame(room, client.id())));
    }
    QVERIFY(client.told("4").isEmpty());
    QCOMPARE(subscribers(cluster, "4"), 0);

    // One more time is not one more room.
    client.forget();
    client.join("2");
    QVERIFY(client.waitFor("2", memberListFrame("2", {client.id()})));
    client.leave("2");
    QVERIFY(client.joinAndWait("4"));
    QVERIFY(client.rejections().isEmpty());
    // Everybody has a limit of their own.
    QVERIFY(clients[1].joinAndWait("1"));
    QCOMPARE(clients[1].members("1"), idsOf(clients));
}

void RoomsTest::roomNames_data()
{
    QTest::addColumn<QByteArray>("room");

    QTest::newRow("one byte") << "x"_ba;
    QTest::newRow("128 bytes") << QByteArray(128, 'x');
    QTest::newRow("128 bytes in 32 characters") << QByteArray("😀").repeated(32);
    QTest::newRow("blank") << " "_ba;
    QTest::newRow("quotes and backslashes") << R"("\"\\)"_ba;
    QTest::newRow("patterns") << "*?[^a]"_ba;
    QTest::newRow("not ASCII") << "日本 é ı"_ba;
    QTest::newRow("separators") << "a:b/c\u2028"_ba;
    QTest::newRow("like a script's") << "'..KEYS[1]..'%0%1"_ba;
}

void RoomsTest::roomNames()
{
    QFETCH(const QByteArray, room);

    RoomClients clients;
    QVERIFY(connectRoomClients(*m_cluster, clients));
    QVERIFY(joinAll(clients, room));
    QCOMPARE(subscribers(*m_cluster, room), Daemons);
    clients[0].forget();
    clients[1].say(room, "here");
    QVERIFY(clients[0].waitFor(room, newMessageFrame(room, clients[1].id(), "here")));
    clients[1].leave(room);
    QVERIFY(clients[0].waitFor(room, leftFrame(room, clients[1].id())));
    clients[2].socket().abort();
    QVERIFY(clients[0].waitFor(room, leftFrame(room, clients[2].id())));
    QCOMPARE(membersInRedis(*m_cluster, room), QList<QByteArray>({clients[0].id()}));
}

void RoomsTest::badRoomNames_data()
{
    QTest::addColumn<QByteArray>("contents");

    const auto add = [](const char *name, const QByteArray &json) {
        QTest::newRow(name) << R"({"message":"x","room":)" + json + '}';
    };
    add("empty", R"("")");
    add("129 bytes", '"' + QByteArray(129, 'x') + '"');
    add("129 bytes in 33 characters", '"' + QByteArray("😀").repeated(32) + R"(x")");
    add("line feed", R"("a\nb")");
    add("NUL", R"("\u0000")");
    add("DEL", "\"\x7F\"");
    add("C1", R"("\u0085")");
    add("number", "1");
    add("null", "null");
    add("object", "{}");
    QTest::newRow("no room") << R"({"message":"x"})"_ba;
    QTest::newRow("no object") << R"("x")"_ba;
}

void RoomsTest::badRoomNames()
{
    QFETCH(const QByteArray, contents);

    RoomClient client;
    QVERIFY(client.connectTo(m_cluster->daemon(0).webSocketUrl()));
    QList<QByteArray> expected;
    for (const char *type : {"JoinRoom", "LeaveRoom", "SendMessage"}) {
        client.socket().sendText(R"({"channel":"chat-room","message":{"type":")"_ba + type
                                 + R"(","contents":)" + contents + "}}");
        expected.append("invalid-contents "_ba + type);
    }
    QVERIFY(client.socket().waitForMessages(expected.size()));
    QCOMPARE(client.rejections(), expected);
}

void RoomsTest::membersHearAllInOneOrder()
{
    constexpr int PerSender = 150;
    const QByteArray room = "order";
    RoomClients clients;
    QVERIFY(connectRoomClients(*m_cluster, clients, 2));
    QVERIFY(joinAll(clients, room));
    QVERIFY(settle(clients));
    forgetAll(clients);
    for (int number = 0; number < PerSender; ++number) {
        for (std::size_t sender = 0; sender < clients.size(); ++sender) {
            clients[sender].say(room, numbered(static_cast<qsizetype>(sender), number));
        }
    }
    const auto total = static_cast<qsizetype>(clients.size()) * PerSender;
    for (RoomClient &client : clients) {
        QVERIFY(waitUntil([&] { return client.heard(room).size() >= total; }, 60s));
    }
    QVERIFY(settle(clients)); // had anything come twice, it would be there now
    for (RoomClient &client : clients) {
        QCOMPARE(client.told(room).size(), total);
        QCOMPARE(client.told(room), clients[0].told(room));
    }
    QList<int> next(static_cast<qsizetype>(clients.size()), 0);
    for (const QByteArray &message : clients[0].heard(room)) {
        const qsizetype sender = message.left(1).toInt();
        QCOMPARE(message, numbered(sender, next[sender]++));
    }
}

void RoomsTest::othersHearNothing()
{
    RoomClients clients;
    QVERIFY(connectRoomClients(*m_cluster, clients, 2));
    QVERIFY(clients[0].joinAndWait("ours"));
    QVERIFY(clients[2].joinAndWait("ours"));
    QVERIFY(clients[3].joinAndWait("OURS"));
    QVERIFY(clients[4].joinAndWait("our"));
    for (int i = 0; i < 10; ++i) {
        clients[0].say("ours", numbered(0, i));
        clients[2].say("ours", numbered(2, i));
    }
    clients[2].leave("ours");
    QVERIFY(settle(clients));
    QCOMPARE(clients[0].heard("ours").size(), 20);
    QCOMPARE(clients[2].heard("ours").size() + 1, clients[2].told("ours").size() - 1); // list and JoinedRoom
    for (const std::size_t stranger : {1U, 3U, 4U, 5U}) {
        QVERIFY(clients[stranger].told("ours").isEmpty());
    }
}

void RoomsTest::messagesAreDated()
{
    const QByteArray room = "dated";
    RoomClients clients;
    QVERIFY(connectRoomClients(*m_cluster, clients));
    QVERIFY(joinAll(clients, room));
    QVERIFY(settle(clients));
    forgetAll(clients);
    const qint64 before = QDateTime::currentMSecsSinceEpoch();
    clients[1].say(room, "\"now\"\n\0é😀"_ba);
    for (RoomClient &client : clients) {
        QVERIFY(waitUntil([&] { return !client.told(room).isEmpty(); }));
    }
    const qint64 after = QDateTime::currentMSecsSinceEpoch();
    const QByteArray frame = clients[0].socket().messages().first();
    const auto message = parseRoomFrame(frame);
    QVERIFY2(message, frame);
    QCOMPARE(message->user, clients[1].id());
    QCOMPARE(message->message, "\"now\"\n\0é😀"_ba);
    const auto postedAt = ChatMessage{{}, message->postedAt}.postedAtMilliseconds();
    QVERIFY2(postedAt && *postedAt >= before && *postedAt <= after, frame);
    for (RoomClient &client : clients) {
        QCOMPARE(client.socket().messages().first(), frame);
    }
}

void RoomsTest::joinsAtOnceAgree()
{
    RoomClients clients;
    QVERIFY(connectRoomClients(*m_cluster, clients));
    const QList<QByteArray> ids = idsOf(clients);
    QList<QByteArray> rooms;
    for (int i = 0; i < 60; ++i) {
        rooms.append("at once " + QByteArray::number(i));
        for (RoomClient &client : clients) {
            client.join(rooms.last());
        }
    }
    for (const QByteArray &room : rooms) {
        for (RoomClient &client : clients) {
            QVERIFY(client.waitForMembers(room, ids));
            QVERIFY(client.waitFor(room, joinedFrame(room, client.id())));
        }
    }
    QVERIFY(settle(clients));
    for (const QByteArray &room : rooms) {
        for (RoomClient &client : clients) {
            // Each of the others was in the list or came later, not both; it itself was in the list and came.
            const auto list = parseRoomFrame(client.told(room).first());
            QVERIFY(list && list->type == "MemberList" && list->users == sorted(list->users));
            QVERIFY(list->users.contains(client.id()));
            QList<QByteArray> expected;
            for (const QByteArray &id : ids) {
                if (id == client.id() || !list->users.contains(id)) {
                    expected.append(joinedFrame(room, id));
                }
            }
            QCOMPARE(sorted(client.told(room).sliced(1)), sorted(expected));
            QCOMPARE(client.told(room).at(1), joinedFrame(room, client.id()));
        }
    }
}

QTEST_GUILESS_MAIN(RoomsTest)
#include "tst_rooms.moc"
