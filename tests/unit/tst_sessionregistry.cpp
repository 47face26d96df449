// SPDX-License-Identifier: BSD-3-Clause
#include "fakesession.h"
#include "net/sessionregistry.h"
#include "relay/broadcaster.h"

#include <QCoreApplication>
#include <QTest>

#include <algorithm>
#include <memory>

using namespace switchboard;
using namespace switchboard::test;

namespace {

// All that a session needs, and a registry with as many sessions as a test wants.
class Fixture
{
public:
    explicit Fixture(int count = 0)
    {
        for (int i = 0; i < count; ++i) {
            add();
        }
    }

    FakeSession &add()
    {
        auto session = std::make_unique<FakeSession>(services);
        FakeSession &added = *session;
        added.onDestroyed = [this] { ++destroyed; };
        sessions.append(&added);
        registry.add(std::move(session));
        return added;
    }

    // Whether the registry has just these sessions, and knows where each of them is.
    [[nodiscard]] bool hasJust(const QList<FakeSession *> &expected) const
    {
        const auto &all = registry.sessions();
        bool isRight = all.size() == static_cast<std::size_t>(expected.size())
            && registry.isEmpty() == expected.isEmpty();
        for (std::size_t i = 0; i < all.size(); ++i) {
            isRight = isRight && all[i]->registryIndex() == i && registry.find(all[i]->id()) == all[i];
        }
        return isRight && std::all_of(expected.begin(), expected.end(), [&](FakeSession *session) {
                   return std::count(all.begin(), all.end(), session) == 1;
               });
    }

    FlushQueue queue;
    TimingWheel wheel;
    SessionServices services{queue, wheel, {}};
    SessionRegistry registry;
    /// In the order in which they came; some may be gone.
    QList<FakeSession *> sessions;
    int destroyed = 0;
};

void turn()
{
    QCoreApplication::processEvents();
}

} // namespace

class SessionRegistryTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void addsAndFinds();
    void removes_data();
    void removes();
    void removedSessionLivesToTheEndOfTheTurn();
    void passesMessagesOn();
    void listenersMaySendAndClose();
    void endsAll_data();
    void endsAll();
    void endsWithItsSessions();
    void broadcastReachesEveryone();
    void broadcastGoesRoundThoseWhoEnd_data();
    void broadcastGoesRoundThoseWhoEnd();
};

void SessionRegistryTest::addsAndFinds()
{
    Fixture fixture;
    QVERIFY(fixture.hasJust({}));
    QList<WebSocketSession *> added;
    connect(&fixture.registry, &SessionRegistry::sessionAdded, this, [&](WebSocketSession *session) {
        // It is there already for whoever hears of it.
        QVERIFY(fixture.registry.find(session->id()) == session);
        added.append(session);
    });
    FakeSession &first = fixture.add();
    QVERIFY(fixture.hasJust({&first}));
    FakeSession &second = fixture.add();
    QVERIFY(fixture.hasJust({&first, &second}));
    QCOMPARE(added, QList<WebSocketSession *>({&first, &second}));
    QVERIFY(!fixture.registry.find(QUuid::createUuid()));
    QVERIFY(!fixture.registry.find(QUuid()));
}

void SessionRegistryTest::removes_data()
{
    QTest::addColumn<QList<int>>("order");
    QList<int> order = {0, 1, 2, 3};
    do {
        QTest::addRow("%d %d %d %d", order[0], order[1], order[2], order[3]) << order;
    } while (std::next_permutation(order.begin(), order.end()));
}

void SessionRegistryTest::removes()
{
    QFETCH(const QList<int>, order);
    Fixture fixture(4);
    QList<WebSocketSession *> removed;
    QList<quint16> codes;
    connect(&fixture.registry, &SessionRegistry::sessionRemoved, this,
            [&](WebSocketSession *session, const CloseStatus &status) {
                QVERIFY(!fixture.registry.find(session->id()));
                removed.append(session);
                codes.append(status.code);
            });
    QList<FakeSession *> rest = fixture.sessions;
    for (const int i : order) {
        FakeSession *session = fixture.sessions[i];
        session->noteClosed({static_cast<quint16>(4000 + i), {}});
        rest.removeOne(session);
        QCOMPARE(removed.size(), 4 - rest.size());
        QVERIFY(removed.last() == session);
        QCOMPARE(codes.last(), quint16(4000 + i));
        QVERIFY(fixture.hasJust(rest));
    }
    turn();
    QCOMPARE(fixture.destroyed, 4);
}

void SessionRegistryTest::removedSessionLivesToTheEndOfTheTurn()
{
    Fixture fixture(3);
    fixture.sessions[0]->send(Frame::text("a"));
    fixture.sessions[0]->noteClosed({});
    fixture.sessions[1]->noteClosed({});
    QCOMPARE(fixture.destroyed, 0);
    QCOMPARE(fixture.sessions[0]->traffic().messagesSent, quint64(1));
    turn();
    QCOMPARE(fixture.destroyed, 2);
    // Once more, as the first time.
    fixture.sessions[2]->noteClosed({});
    QCOMPARE(fixture.destroyed, 2);
    turn();
    QCOMPARE(fixture.destroyed, 3);
}

void SessionRegistryTest::passesMessagesOn()
{
    Fixture fixture(2);
    QList<std::pair<WebSocketSession *, QByteArray>> messages;
    connect(&fixture.registry, &SessionRegistry::messageReceived, this,
            [&](WebSocketSession *session, QByteArrayView message) {
                messages.append({session, message.toByteArray()});
            });
    fixture.sessions[1]->deliver("one");
    fixture.sessions[0]->deliver("two");
    QCOMPARE(messages.size(), 2);
    QVERIFY(messages[0].first == fixture.sessions[1]);
    QCOMPARE(messages[0].second, "one");
    QVERIFY(messages[1].first == fixture.sessions[0]);
    QCOMPARE(messages[1].second, "two");
}

void SessionRegistryTest::listenersMaySendAndClose()
{
    Fixture fixture(1);
    FakeSession &session = *fixture.sessions[0];
    session.endsAtOnce = true;
    connect(&fixture.registry, &SessionRegistry::messageReceived, this, [](WebSocketSession *sender) {
        sender->send(Frame::text("answer"));
        sender->close(CloseCode::PolicyViolation, "enough");
    });
    connect(&fixture.registry, &SessionRegistry::sessionRemoved, this, [](WebSocketSession *removed) {
        removed->send(Frame::text("too late"));
        removed->close(CloseCode::Normal, "");
    });
    session.deliver("question");
    QVERIFY(fixture.hasJust({}));
    QCOMPARE(session.written.size(), 1);
    QCOMPARE(session.closeCodes, QList<quint16>{1008});
    turn();
    QCOMPARE(fixture.destroyed, 1);
}

void SessionRegistryTest::endsAll_data()
{
    QTest::addColumn<bool>("isAbort");
    QTest::addColumn<bool>("endAtOnce");
    QTest::newRow("close") << false << false;
    QTest::newRow("close that ends at once") << false << true;
    QTest::newRow("abort") << true << false;
    QTest::newRow("abort that ends at once") << true << true;
}

void SessionRegistryTest::endsAll()
{
    QFETCH(const bool, isAbort);
    QFETCH(const bool, endAtOnce);
    Fixture fixture(5);
    for (int i = 0; i < 5; ++i) {
        // One stays to the end of its closing handshake in any case.
        fixture.sessions[i]->endsAtOnce = endAtOnce && i != 2;
    }
    if (isAbort) {
        fixture.registry.abortAll();
    } else {
        fixture.registry.closeAll(CloseCode::GoingAway, "the server is stopping");
    }
    for (const FakeSession *session : fixture.sessions) {
        QVERIFY(!session->isOpen());
        QCOMPARE(session->cuts, isAbort ? 1 : 0);
        QCOMPARE(session->closeCodes, isAbort ? QList<quint16>() : QList<quint16>{1001});
        QCOMPARE(session->closeReasons,
                 isAbort ? QByteArrayList() : QByteArrayList{"the server is stopping"});
    }
    QVERIFY(fixture.hasJust(endAtOnce ? QList<FakeSession *>{fixture.sessions[2]} : fixture.sessions));
}

void SessionRegistryTest::endsWithItsSessions()
{
    FlushQueue queue;
    TimingWheel wheel;
    SessionServices services{queue, wheel, {}};
    auto registry = std::make_unique<SessionRegistry>();
    int destroyed = 0;
    int removed = 0;
    connect(registry.get(), &SessionRegistry::sessionRemoved, this, [&] { ++removed; });
    for (int i = 0; i < 3; ++i) {
        auto session = std::make_unique<FakeSession>(services);
        FakeSession *added = session.get();
        // An engine may say so when it is destroyed.
        added->onDestroyed = [&destroyed, added] {
            ++destroyed;
            added->noteClosed({});
        };
        added->send(Frame::text("a"));
        registry->add(std::move(session));
    }
    registry.reset();
    QCOMPARE(destroyed, 3);
    QCOMPARE(removed, 0);
    turn();
}

void SessionRegistryTest::broadcastReachesEveryone()
{
    Fixture fixture;
    Broadcaster broadcaster(fixture.registry);
    broadcaster.sendToAll(Frame::text("to nobody"));
    for (int i = 0; i < 5; ++i) {
        fixture.add();
    }
    fixture.sessions[3]->close(CloseCode::Normal, "");
    const Frame first = Frame::text("a");
    const Frame second = Frame::text("b");
    const QByteArray frames = first.bytes() + second.bytes();
    broadcaster.sendToAll(first);
    broadcaster.sendToAll(second);
    turn();
    for (int i = 0; i < 5; ++i) {
        QCOMPARE(fixture.sessions[i]->written.join(), i == 3 ? QByteArray() : frames);
        QCOMPARE(fixture.sessions[i]->writeOuts, i == 3 ? 0 : 1);
    }
}

void SessionRegistryTest::broadcastGoesRoundThoseWhoEnd_data()
{
    QTest::addColumn<QList<int>>("slow");
    QTest::newRow("the first") << QList<int>{0};
    QTest::newRow("one in the middle") << QList<int>{2};
    QTest::newRow("the last") << QList<int>{4};
    QTest::newRow("neighbours") << QList<int>{2, 3};
    QTest::newRow("the last two") << QList<int>{3, 4};
    QTest::newRow("all but one") << QList<int>{0, 2, 3, 4};
    QTest::newRow("all") << QList<int>{0, 1, 2, 3, 4};
}

// Clients that do not read are cut in the middle of it, and leave the list that is being gone through.
void SessionRegistryTest::broadcastGoesRoundThoseWhoEnd()
{
    QFETCH(const QList<int>, slow);
    Fixture fixture;
    fixture.services.limits.maxQueuedBytes = 10;
    QList<FakeSession *> rest;
    for (int i = 0; i < 5; ++i) {
        FakeSession &session = fixture.add();
        session.endsAtOnce = true;
        if (slow.contains(i)) {
            session.room = 0;
        } else {
            rest.append(&session);
        }
    }
    Broadcaster broadcaster(fixture.registry);
    broadcaster.sendToAll(Frame::text("12345678"));
    broadcaster.sendToAll(Frame::text("12345678"));
    QVERIFY(fixture.hasJust(rest));
    for (int i = 0; i < 5; ++i) {
        QCOMPARE(fixture.sessions[i]->closeCodes, slow.contains(i) ? QList<quint16>{4008} : QList<quint16>());
        QCOMPARE(fixture.sessions[i]->traffic().messagesSent, quint64(slow.contains(i) ? 1 : 2));
    }
    turn();
    for (const FakeSession *session : rest) {
        QCOMPARE(session->written.size(), 2);
    }
}

QTEST_GUILESS_MAIN(SessionRegistryTest)
#include "tst_sessionregistry.moc"
