// SPDX-License-Identifier: BSD-3-Clause
#include <optional>

#include <QTest>

#include "integration/clientmessages.h"
#include "integration/roomclient.h"

using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

constexpr int Daemons = 3;
const QByteArray Said = "said at once";

QByteArray frameOf(const QByteArray &message)
{
    return RawSocket::frame(RawFrame::Text, message);
}

/// Takes what a client is told of rooms and what is rejected, without postedAt, up to the chat message that
/// it sends now: behind that nothing comes that its daemon has published before.
QList<QByteArray> takeUntilSettled(RawSocket &socket)
{
    static int count = 0;
    const QByteArray mark = "mark " + QByteArray::number(++count);
    socket.write(frameOf(submitMessage(mark)));
    QList<QByteArray> told;
    while (const auto frame = socket.readFrame()) {
        const auto chat = parseChatMessage(frame->payload);
        if (chat && chat->content == mark) {
            return told;
        }
        if (!chat) {
            told.append(withoutPostedAt(frame->payload));
        }
    }
    return {"nothing more comes"};
}

} // namespace

/// Several requests of one client in one TCP segment: what follows a join does not wait for its answer.
class RoomBurstsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase() { m_cluster.reset(); }

    void bursts_data();
    void bursts();
    void manyRoomsAtOnce();
    void tooMuchAtOnceIsRefused();
    void leaverHearsNothingInFlight();
    void roomStaysSubscribed();
    void clientThatIsGoneBeforeItsJoin();

private:
    std::optional<Cluster> m_cluster;
};

void RoomBurstsTest::initTestCase()
{
    m_cluster.emplace(Daemons);
    QVERIFY(m_cluster->start());
}

void RoomBurstsTest::bursts_data()
{
    // Requests: J joins, L leaves, S says something. What the client is told: M the list of members, J that
    // it joined, S what it said, j l s a rejection. What the others are told: J L S.
    QTest::addColumn<QByteArray>("requests");
    QTest::addColumn<QByteArray>("told");
    QTest::addColumn<QByteArray>("othersTold");
    QTest::addColumn<bool>("inCompany");

    const auto add = [](const QByteArray &requests, const QByteArray &told, const QByteArray &othersTold) {
        QTest::addRow("%s", requests.constData()) << requests << told << othersTold << false;
        QTest::addRow("%s in company", requests.constData()) << requests << told << othersTold << true;
    };
    add("J", "MJ", "J");
    add("JS", "MJS", "JS");
    add("JSSS", "MJSSS", "JSSS");
    add("JJ", "MJM", "J");
    add("JJS", "MJMS", "JS");
    // Who leaves is told nothing that happens after its list has come.
    add("JL", "M", "JL");
    add("JSL", "M", "JSL");
    add("JLJ", "MMJ", "JLJ");
    add("JLJS", "MMJS", "JLJS");
    add("JJLJ", "MMJ", "JLJ");
    add("JJJLJS", "MMJS", "JLJS");
    add("JSLJSLJS", "MMMJS", "JSLJSLJS");
    add("JLJLJLJL", "MMMM", "JLJLJLJL");
    add("JLL", "Ml", "JL");
    add("JLS", "Ms", "JL");
    add("LJ", "lMJ", "J");
    add("SJS", "sMJS", "JS");
}

void RoomBurstsTest::bursts()
{
    QFETCH(const QByteArray, requests);
    QFETCH(const QByteArray, told);
    QFETCH(const QByteArray, othersTold);
    QFETCH(const bool, inCompany);

    // More than once: what Redis and the subscription do in between is not always the same.
    for (int round = 0; round < 5; ++round) {
        const QByteArray room = QByteArray(QTest::currentDataTag()) + ' ' + QByteArray::number(round);
        RoomClients others;
        for (const qsizetype daemon : {1, inCompany ? 0 : 2}) {
            QVERIFY(others.emplace_back().connectTo(m_cluster->daemon(daemon).webSocketUrl()));
        }
        QVERIFY(joinAll(others, room));
        QVERIFY(settle(others));
        forgetAll(others);
        RawSocket client;
        QVERIFY(client.openWebSocket(m_cluster->daemon(0).port()));
        const QByteArray id = findId(client);
        QVERIFY(!id.isEmpty());

        const auto event = [&](char c) {
            return c == 'J' ? joinedFrame(room, id)
                : c == 'L'  ? leftFrame(room, id)
                            : newMessageFrame(room, id, Said);
        };
        QByteArray segment;
        for (const char c : requests) {
            segment += frameOf(c == 'J'       ? joinRoom(room)
                                   : c == 'L' ? leaveRoom(room)
                                              : sayInRoom(room, Said));
        }
        client.write(segment);

        QList<QByteArray> expected;
        for (const char c : othersTold) {
            expected.append(event(c));
        }
        for (RoomClient &other : others) {
            QVERIFY(waitUntil([&] { return other.told(room).size() >= expected.size(); }));
            QCOMPARE(other.told(room), expected);
        }
        // What waits for a join is done when its list has come, which takes a way through Redis for each.
        QList<QByteArray> frames;
        for (qsizetype way = 0; way <= requests.size(); ++way) {
            frames += takeUntilSettled(client);
        }
        QByteArray kinds;
        for (const QByteArray &frame : frames) {
            const auto rejection = parseRejection(frame);
            if (rejection && rejection->code == "not-a-member") {
                kinds += static_cast<char>(rejection->type.at(0) - 'A' + 'a');
            } else if (frame == memberListFrame(room, sorted(idsOf(others) << id))) {
                kinds += 'M';
            } else {
                kinds += frame == event('J') ? 'J' : frame == event('S') ? 'S' : '?';
            }
        }
        QVERIFY2(kinds == told, kinds + ": " + frames.join('\n'));
        QVERIFY(settle(others));
        QCOMPARE(others[0].told(room), expected);
        QCOMPARE(others[1].told(room), expected);
    }
}

void RoomBurstsTest::manyRoomsAtOnce()
{
    RawSocket client;
    QVERIFY(client.openWebSocket(m_cluster->daemon(0).port()));
    const QByteArray id = findId(client);
    QByteArray segment;
    QList<QByteArray> rooms;
    for (int i = 0; i < 100; ++i) {
        rooms.append("one of many " + QByteArray::number(i));
        segment += frameOf(joinRoom(rooms.last())) + frameOf(sayInRoom(rooms.last(), Said));
    }
    client.write(segment);
    QHash<QByteArray, QList<QByteArray>> told;
    for (qsizetype i = 0; i < 3 * rooms.size(); ++i) {
        const auto frame = client.readFrame();
        QVERIFY(frame);
        const auto read = parseRoomFrame(frame->payload);
        QVERIFY2(read, frame->payload);
        told[read->room].append(withoutPostedAt(frame->payload));
    }
    for (const QByteArray &room : rooms) {
        QCOMPARE(told.value(room),
                 QList<QByteArray>(
                     {memberListFrame(room, {id}), joinedFrame(room, id), newMessageFrame(room, id, Said)}));
    }
}

void RoomBurstsTest::tooMuchAtOnceIsRefused()
{
    // Redis takes a moment to join; what waits for it meanwhile is bounded.
    constexpr int Messages = 1000;
    const QByteArray room = "too much";
    RawSocket client;
    QVERIFY(client.openWebSocket(m_cluster->daemon(0).port()));
    m_cluster->redis().pause();
    client.write(frameOf(joinRoom(room)) + frameOf(sayInRoom(room, Said)).repeated(Messages));
    const auto first = client.readFrame();
    m_cluster->redis().resume();
    QVERIFY(first);
    const auto rejection = parseRejection(first->payload);
    QVERIFY2(rejection, first->payload);
    QCOMPARE(rejection->code, "relay-unavailable"_ba);
    QCOMPARE(rejection->type, "SendMessage"_ba);
    // Each is either refused or said.
    int refused = 1;
    int heard = 0;
    while (refused + heard < Messages) {
        const auto frame = client.readFrame();
        QVERIFY(frame);
        const auto read = parseRoomFrame(frame->payload);
        heard += read && read->type == "NewMessage" ? 1 : 0;
        refused += parseRejection(frame->payload) ? 1 : 0;
    }
    QVERIFY2(heard == 100, QByteArray::number(heard));
}

void RoomBurstsTest::leaverHearsNothingInFlight()
{
    // Somebody talks without a pause while another one joins and leaves.
    const QByteArray room = "in flight";
    RoomClients clients;
    QVERIFY(connectRoomClients(*m_cluster, clients));
    QVERIFY(joinAll(clients, room));
    RawSocket leaver;
    QVERIFY(leaver.openWebSocket(m_cluster->daemon(1).port()));
    int said = 0;
    for (int round = 0; round < 20; ++round) {
        for (int i = 0; i < 20; ++i) {
            clients[0].say(room, QByteArray::number(said++));
        }
        leaver.write(frameOf(joinRoom(room)) + frameOf(leaveRoom(room)) + frameOf(leaveRoom(room)));
        // The rejection of the second leave says that the first was done.
        std::optional<Rejection> rejection;
        while (!rejection) {
            const auto frame = leaver.readFrame();
            QVERIFY(frame);
            rejection = parseRejection(frame->payload);
        }
        QCOMPARE(rejection->code, "not-a-member"_ba);
        QCOMPARE(takeUntilSettled(leaver), QList<QByteArray>());
    }
    QVERIFY(settle(clients));
    for (RoomClient &client : clients) {
        QCOMPARE(client.heard(room).size(), said);
    }
}

void RoomBurstsTest::roomStaysSubscribed()
{
    // The only member on a node leaves while another one joins, again and again: whoever is in hears.
    const QByteArray room = "door";
    RoomClients clients;
    for (int i = 0; i < 3; ++i) {
        QVERIFY(clients.emplace_back().connectTo(m_cluster->daemon(i == 2 ? 1 : 0).webSocketUrl()));
    }
    QVERIFY(clients[0].joinAndWait(room));
    QVERIFY(clients[2].joinAndWait(room));
    for (int round = 0; round < 50; ++round) {
        RoomClient &leaver = clients[static_cast<std::size_t>(round % 2)];
        RoomClient &joiner = clients[static_cast<std::size_t>((round + 1) % 2)];
        leaver.leave(room);
        QVERIFY(joiner.joinAndWait(room));
        const QByteArray message = "round " + QByteArray::number(round);
        clients[2].say(room, message);
        QVERIFY(joiner.waitFor(room, newMessageFrame(room, clients[2].id(), message)));
        QCOMPARE(joiner.members(room), sorted({joiner.id(), clients[2].id()}));
    }
    QCOMPARE(subscribers(*m_cluster, room), 2);
}

void RoomBurstsTest::clientThatIsGoneBeforeItsJoin()
{
    const QByteArray room = "gone";
    RoomClients clients;
    QVERIFY(connectRoomClients(*m_cluster, clients));
    QVERIFY(joinAll(clients, room));
    for (int round = 0; round < 60; ++round) {
        RawSocket client;
        QVERIFY(client.openWebSocket(m_cluster->daemon(round % Daemons).port()));
        // Twice, so that something waits for the first to go through.
        client.write(frameOf(joinRoom(room)) + frameOf(joinRoom(room)) + frameOf(sayInRoom(room, Said)));
        if (round % 2 == 0) {
            client.reset();
        } else {
            client.close();
        }
    }
    for (RoomClient &client : clients) {
        QVERIFY(client.waitForMembers(room, idsOf(clients)));
    }
    QTRY_COMPARE(membersInRedis(*m_cluster, room), idsOf(clients));
    QVERIFY(settle(clients));
    for (RoomClient &client : clients) {
        QCOMPARE(client.members(room), idsOf(clients));
        // Whoever came, went.
        qsizetype came = 0;
        for (const QByteArray &frame : client.told(room)) {
            const auto read = parseRoomFrame(frame);
            came += read->type == "JoinedRoom" ? 1 : read->type == "LeftRoom" ? -1 : 0;
        }
        QVERIFY2(came > 0 && came <= Daemons, QByteArray::number(came));
    }
}

QTEST_GUILESS_MAIN(RoomBurstsTest)
#include "tst_roombursts.moc"
