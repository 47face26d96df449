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
    [[nodiscard]] bool areActive(QList<int> expected)
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
    void tellsStatesApart();
    void takesAnyOfTheActive_data();
    void takesAnyOfTheActive();
    void takesWhoIsOnlyJoining();
    void takesStrangers();
    void knowsWhatWasTold();
};

void RoomTest::knowsItsNames()
{
    const Room room("gr\u00FC\u00DFe");
    QCOMPARE(room.name(), "gr\u00FC\u00DFe");
    QCOMPARE(room.relayChannel(), "chat-room-gr\u00FC\u00DFe");
    QVERIFY(room.isEmpty());
    QVERIFY(!room.hasBeenTold());
}

void RoomTest::tellsStatesApart()
{
    Fixture fixture(3);
    for (int i = 0; i < 3; ++i) {
        const Membership &membership = fixture.room.add(fixture.session(i));
        QVERIFY(membership.state == State::Subscribing);
        QVERIFY(membership.session == &fixture.session(i));
    }
    QVERIFY(!fixture.room.isEmpty());
    fixture.room.find(fixture.session(1).id())->state = State::Joining;
    fixture.room.activate(*fixture.room.find(fixture.session(2).id()));
    QCOMPARE(fixture.room.clientsIn(State::Subscribing), QList<QUuid>{fixture.session(0).id()});
    QCOMPARE(fixture.room.clientsIn(State::Joining), QList<QUuid>{fixture.session(1).id()});
    QCOMPARE(fixture.room.clientsIn(State::Active), QList<QUuid>{fixture.session(2).id()});
    QVERIFY(fixture.areActive({2}));
    QVERIFY(!fixture.room.find(QUuid::createUuid()));
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
        fixture.room.activate(fixture.room.add(fixture.session(i)));
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

void RoomTest::takesWhoIsOnlyJoining()
{
    Fixture fixture(2);
    fixture.room.activate(fixture.room.add(fixture.session(0)));
    fixture.room.add(fixture.session(1)).pending = {PendingLeave{}, PendingJoin{}};
    const Membership membership = fixture.room.take(fixture.session(1).id());
    QCOMPARE(membership.pending.size(), 2);
    QVERIFY(std::holds_alternative<PendingLeave>(membership.pending.first()));
    QVERIFY(fixture.areActive({0}));
}

void RoomTest::takesStrangers()
{
    Fixture fixture(1);
    fixture.room.activate(fixture.room.add(fixture.session(0)));
    QVERIFY(!fixture.room.take(QUuid::createUuid()).session);
    QVERIFY(fixture.areActive({0}));
}

void RoomTest::knowsWhatWasTold()
{
    const QUuid a = QUuid::createUuid();
    const QUuid b = QUuid::createUuid();
    const QUuid c = QUuid::createUuid();
    Room room("room");
    room.noteTold({a, b});
    QVERIFY(room.hasBeenTold());
    QVERIFY(room.isTold({b, a}));
    for (const QList<QUuid> &other : {QList<QUuid>{}, {a}, {b}, {a, c}, {a, b, c}}) {
        QVERIFY(!room.isTold(other));
    }
    room.noteToggled(c);
    QVERIFY(room.isTold({a, b, c}));
    room.noteToggled(a);
    QVERIFY(room.isTold({b, c}));
    room.noteToggled(b);
    room.noteToggled(c);
    QVERIFY(room.isTold({}));
    room.noteTold({c});
    QVERIFY(room.isTold({c}));

    // Every part of an id counts.
    for (const char *text :
         {"{10000000-0000-0000-0000-000000000000}", "{00000000-1000-0000-0000-000000000000}",
          "{00000000-0000-1000-0000-000000000000}", "{00000000-0000-0000-1000-000000000000}",
          "{00000000-0000-0000-0000-000000000001}"}) {
        room.noteTold({a});
        room.noteToggled(QUuid(QByteArray(text)));
        QVERIFY2(!room.isTold({a}), text);
    }
}

QTEST_GUILESS_MAIN(RoomTest)
#include "tst_room.moc"
