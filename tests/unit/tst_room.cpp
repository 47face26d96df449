// SPDX-License-Identifier: BSD-3-Clause
#include "channels/room.h"
#include "fakesession.h"

#include <QTest>

#include <algorithm>
#include <memory>
#include <vector>

using namespace switchboard;
using namespace switchboard::test;
using State = Membership::State;

namespace {

class Fixture
{
public:
    explicit Fixture(int count)
    {
        for (int i = 0; i < count; ++i) {
            sessions.push_back(std::make_unique<FakeSession>(services));
        }
    }

    FakeSession &session(int i) { return *sessions[static_cast<std::size_t>(i)]; }

    // Whether those who are told in \a room are just these, and each knows its place.
    [[nodiscard]] bool areActive(const QList<int> &expected)
    {
        const auto &active = room.active();
        bool isRight = active.size() == static_cast<std::size_t>(expected.size());
        for (std::size_t i = 0; i < active.size(); ++i) {
            const Membership *membership = room.find(active[i]->id());
            isRight = isRight && membership && membership->session == active[i]
                && membership->activeIndex == i && membership->state == State::Active;
        }
        return isRight && std::all_of(expected.begin(), expected.end(), [&](int i) {
                   return std::count(active.begin(), active.end(), &session(i)) == 1;
               });
    }

    FlushQueue queue;
    TimingWheel wheel;
    SessionServices services{queue, wheel, {}};
    std::vector<std::unique_ptr<FakeSession>> sessions;
    Room room{"room"};
};

} // namespace

class RoomTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void knowsItsNames();
    void clientsWaitThenJoinThenAreActive();
    void takesAnyOfTheActive_data();
    void takesAnyOfTheActive();
    void takesThoseWhoAreNotActive();
    void listServesThoseWhoWait();
    void whoLeavesWaitsNoMore();
    void knowsWhatWasTold();
    void listIsSorted();
};

void RoomTest::knowsItsNames()
{
    const Room room("gr\u00FC\u00DFe");
    QCOMPARE(room.name(), "gr\u00FC\u00DFe");
    QCOMPARE(room.relayChannel(), "chat-room-gr\u00FC\u00DFe");
    QVERIFY(room.isEmpty());
}

void RoomTest::clientsWaitThenJoinThenAreActive()
{
    Fixture fixture(2);
    fixture.room.add(fixture.session(0));
    fixture.room.add(fixture.session(1));
    QVERIFY(!fixture.room.isEmpty());
    QCOMPARE(fixture.room.size(), 2);
    QVERIFY(fixture.areActive({}));
    Membership *membership = fixture.room.find(fixture.session(1).id());
    QVERIFY(membership);
    QVERIFY(membership->session == &fixture.session(1));
    QVERIFY(membership->state == State::Waiting);
    QVERIFY(!fixture.room.find(QUuid::createUuid()));

    fixture.room.beginRequest(7, 100);
    QVERIFY(membership->state == State::Joining);
    fixture.room.activate(*membership);
    QVERIFY(fixture.areActive({1}));
    QCOMPARE(fixture.room.activeClients(), QList<QUuid>{fixture.session(1).id()});
    QCOMPARE(fixture.room.size(), 2);
}

void RoomTest::takesAnyOfTheActive_data()
{
    QTest::addColumn<QList<int>>("order");
    QList<int> order = {0, 1, 2, 3};
    do {
        QTest::addRow("%d %d %d %d", order[0], order[1], order[2], order[3]) << order;
    } while (std::next_permutation(order.begin(), order.end()));
}

void RoomTest::takesAnyOfTheActive()
{
    QFETCH(const QList<int>, order);
    Fixture fixture(4);
    QList<int> rest;
    for (int i = 0; i < 4; ++i) {
        fixture.room.add(fixture.session(i));
        fixture.room.activate(*fixture.room.find(fixture.session(i).id()));
        rest.append(i);
    }
    QVERIFY(fixture.areActive(rest));
    for (const int i : order) {
        const Membership membership = fixture.room.take(fixture.session(i).id());
        QVERIFY(membership.session == &fixture.session(i));
        rest.removeOne(i);
        QVERIFY(fixture.areActive(rest));
        QVERIFY(!fixture.room.find(fixture.session(i).id()));
        QCOMPARE(fixture.room.isEmpty(), rest.isEmpty());
    }
}

void RoomTest::takesThoseWhoAreNotActive()
{
    Fixture fixture(2);
    for (int i = 0; i < 2; ++i) {
        fixture.room.add(fixture.session(i));
    }
    fixture.room.activate(*fixture.room.find(fixture.session(0).id()));
    fixture.room.find(fixture.session(1).id())->pending = {PendingLeave{}, PendingJoin{}};
    const Membership membership = fixture.room.take(fixture.session(1).id());
    QCOMPARE(membership.pending.size(), 2);
    QVERIFY(std::holds_alternative<PendingLeave>(membership.pending.first()));
    QVERIFY(!fixture.room.take(QUuid::createUuid()).session);
    QVERIFY(fixture.areActive({0}));
    QCOMPARE(fixture.room.size(), 1);
}

void RoomTest::listServesThoseWhoWait()
{
    Fixture fixture(4);
    const auto id = [&](int i) { return fixture.session(i).id(); };
    QVERIFY(!fixture.room.needsList());
    for (int i = 0; i < 3; ++i) {
        fixture.room.add(fixture.session(i));
    }
    QVERIFY(fixture.room.needsList());
    QCOMPARE(fixture.room.beginRequest(5, 2), QList<QUuid>({id(0), id(1)}));
    QCOMPARE(fixture.room.request(), quint64(5));
    QVERIFY(fixture.room.find(id(2))->state == State::Waiting);
    // One list at a time; whoever comes meanwhile waits for the next.
    fixture.room.add(fixture.session(3));
    QVERIFY(!fixture.room.needsList());
    QCOMPARE(fixture.room.endRequest(), QList<QUuid>({id(0), id(1)}));
    QCOMPARE(fixture.room.request(), quint64(0));
    QVERIFY(fixture.room.needsList());

    // One who is active may wait for a list again, and stays active.
    fixture.room.activate(*fixture.room.find(id(0)));
    fixture.room.wait(id(0));
    QCOMPARE(fixture.room.beginRequest(6, 100), QList<QUuid>({id(2), id(3), id(0)}));
    QVERIFY(fixture.room.find(id(0))->state == State::Active);
    QVERIFY(fixture.areActive({0}));
    fixture.room.endRequest();
    QVERIFY(!fixture.room.needsList());
    QVERIFY(fixture.room.endRequest().isEmpty());
}

void RoomTest::whoLeavesWaitsNoMore()
{
    Fixture fixture(3);
    for (int i = 0; i < 3; ++i) {
        fixture.room.add(fixture.session(i));
    }
    fixture.room.take(fixture.session(1).id());
    QCOMPARE(fixture.room.takeWaiting(), QList<QUuid>({fixture.session(0).id(), fixture.session(2).id()}));
    QVERIFY(!fixture.room.needsList());
    QVERIFY(fixture.room.takeWaiting().isEmpty());
}

void RoomTest::knowsWhatWasTold()
{
    const QUuid a = QUuid::createUuid();
    const QUuid b = QUuid::createUuid();
    Room room("room");
    QVERIFY(!room.hasBeenTold());
    room.noteTold({a});
    QVERIFY(room.hasBeenTold());
    QVERIFY(!room.noteCame(a));
    QVERIFY(room.noteCame(b));
    QVERIFY(!room.noteCame(b));
    QCOMPARE(room.told(), QSet<QUuid>({a, b}));
    room.noteWent(a);
    QCOMPARE(room.told(), QSet<QUuid>({b}));
    QVERIFY(room.noteCame(a));
}

void RoomTest::listIsSorted()
{
    const QUuid first(QByteArray("{0a000000-0000-4000-8000-000000000000}"));
    const QUuid second(QByteArray("{0a000000-0000-4000-8000-00000000000f}"));
    const QUuid third(QByteArray("{f0000000-0000-4000-8000-000000000000}"));
    const QByteArray list = memberListFrame("room", {third, first, second}).bytes();
    const QByteArray users = R"("users":["0a000000-0000-4000-8000-000000000000",)"
                             R"("0a000000-0000-4000-8000-00000000000f",)"
                             R"("f0000000-0000-4000-8000-000000000000"])";
    QVERIFY2(list.contains(users), list.constData());
    QVERIFY(memberListFrame("room", {}).bytes().contains(R"("users":[])"));
}

QTEST_GUILESS_MAIN(RoomTest)
#include "tst_room.moc"
