// SPDX-License-Identifier: BSD-3-Clause
#include "fakesession.h"
#include "manualwheel.h"
#include "net/auth/sessionexpiry.h"
#include "net/sessionregistry.h"

#include <QCoreApplication>
#include <QTest>

using namespace std::chrono_literals;
using namespace switchboard;
using namespace switchboard::test;
using std::chrono::milliseconds;

namespace {

// Later than this a client is not to be closed: two ticks of the wheel.
constexpr milliseconds mostLate = 2 * TimingWheel::tick;

// Clients of a node over clocks that run by hand.
class Clients
{
public:
    Clients() { services.limits.keepalive = 0ms; }

    // A client whose token expires that much from now.
    FakeSession &add(milliseconds expiresIn)
    {
        return add(std::make_shared<const Claims>(Claims{.user = "alice", .expiresAt = time + expiresIn}));
    }

    FakeSession &add(ClaimsPtr claims)
    {
        auto session = std::make_unique<FakeSession>(services, std::move(claims));
        FakeSession &added = *session;
        registry.add(std::move(session));
        return added;
    }

    // Both clocks run.
    void run(milliseconds passed)
    {
        for (milliseconds done{}; done < passed; done += TimingWheel::tick) {
            time += TimingWheel::tick;
            wheel.run(TimingWheel::tick);
        }
    }

    FlushQueue queue;
    ManualWheel wheel;
    SessionServices services{queue, wheel, {}};
    SessionRegistry registry;
    TokenTime time{1'700'000'000s};
    SessionExpiry expiry{registry, wheel, [this] { return time; }};
};

const QList<quint16> tokenExpired{4401};

} // namespace

class SessionExpiryTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void closesInTime_data();
    void closesInTime();
    void closesOneByOne();
    void leavesOthersAlone();
    void clockSetBack();
    void forgetsWhoHasGone();
    void sessionMayEndAtOnce();
};

void SessionExpiryTest::closesInTime_data()
{
    QTest::addColumn<milliseconds>("expiresIn");
    QTest::newRow("a millisecond") << milliseconds(1);
    QTest::newRow("a second") << milliseconds(1s);
    QTest::newRow("a turn of the wheel") << milliseconds(51200ms);
    QTest::newRow("an hour") << milliseconds(1h);
    QTest::newRow("a day") << milliseconds(24h);
}

void SessionExpiryTest::closesInTime()
{
    QFETCH(const milliseconds, expiresIn);
    Clients clients;
    FakeSession &session = clients.add(expiresIn);
    const auto wholeTicks = expiresIn - expiresIn % TimingWheel::tick;
    if (wholeTicks > 0ms) {
        clients.run(wholeTicks - TimingWheel::tick);
    }
    QCOMPARE(session.closeCodes, QList<quint16>());
    clients.run(TimingWheel::tick + mostLate);
    QCOMPARE(session.closeCodes, tokenExpired);
    QCOMPARE(session.closeReasons, QByteArrayList{"the token has expired"});
    QVERIFY(!session.isOpen());
}

void SessionExpiryTest::closesOneByOne()
{
    Clients clients;
    FakeSession &late = clients.add(20s);
    FakeSession &early = clients.add(10s);
    FakeSession &alsoEarly = clients.add(10s);
    clients.run(10s + mostLate);
    QCOMPARE(early.closeCodes, tokenExpired);
    QCOMPARE(alsoEarly.closeCodes, tokenExpired);
    QCOMPARE(late.closeCodes.size(), 0);
    clients.run(10s);
    QCOMPARE(late.closeCodes, tokenExpired);
}

void SessionExpiryTest::leavesOthersAlone()
{
    Clients clients;
    const FakeSession &anybody = clients.add(nullptr);
    const FakeSession &forEver = clients.add(std::make_shared<const Claims>(Claims{.user = "alice"}));
    // The year 10000, where tokens end that never should.
    const FakeSession &almost = clients.add(253'402'300'800s - clients.time.time_since_epoch());
    clients.run(1h);
    QVERIFY(anybody.isOpen());
    QVERIFY(forEver.isOpen());
    QVERIFY(almost.isOpen());
}

void SessionExpiryTest::clockSetBack()
{
    Clients clients;
    FakeSession &session = clients.add(10s);
    clients.run(9s);
    clients.time -= 60s;
    clients.run(60s);
    QVERIFY(session.isOpen());
    clients.run(1s + mostLate);
    QCOMPARE(session.closeCodes, tokenExpired);
}

void SessionExpiryTest::forgetsWhoHasGone()
{
    Clients clients;
    FakeSession &session = clients.add(10s);
    session.noteClosed({});
    // It is destroyed.
    QCoreApplication::processEvents();
    FakeSession &next = clients.add(20s);
    clients.run(15s);
    QVERIFY(next.isOpen());
}

void SessionExpiryTest::sessionMayEndAtOnce()
{
    Clients clients;
    FakeSession &session = clients.add(1s);
    session.endsAtOnce = true;
    clients.run(1s + mostLate);
    QVERIFY(clients.registry.isEmpty());
    QCOMPARE(session.closeCodes, tokenExpired);
    QCoreApplication::processEvents();
}

QTEST_GUILESS_MAIN(SessionExpiryTest)
#include "tst_sessionexpiry.moc"
