// SPDX-License-Identifier: BSD-3-Clause
#include <QSignalSpy>
#include <QTest>

#include "redis/redislink.h"
#include "support/redisprobe.h"
#include "support/redisserver.h"
#include "support/redistesting.h"

using namespace switchboard::redis;
using namespace switchboard::test;
using namespace std::chrono_literals;

/// A RedisLink on a server that asks for a password, or does not allow everything.
class TestRedisLinkRights : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void logsInAgainAfterRestart();
    void keepsTryingUntilPasswordIsRight();
    void fewRightsAreEnough();
    void refusedChannelHoldsUpNoOther();
    void refusedProbeIsNoDeafness();
};

namespace {

RedisUrl urlWithLogin(const RedisServer &server, const QString &user, const QString &password)
{
    RedisUrl url = parsedUrl(server.url());
    url.user = user;
    url.password = password;
    return url;
}

// A user who may do what \a rules say, and by which a link logs in.
RedisUrl addUser(RedisServer &server, const QByteArrayList &rules)
{
    redisCommand(server.port(), QByteArrayList{"ACL", "SETUSER", "relay", "reset", "on", ">secret"} + rules);
    return urlWithLogin(server, QStringLiteral("relay"), QStringLiteral("secret"));
}

const QByteArrayList fewRights = {"-@all", "+ping", "+publish", "+subscribe", "+unsubscribe"};

} // namespace

void TestRedisLinkRights::logsInAgainAfterRestart()
{
    RedisServer server({QStringLiteral("--requirepass"), QStringLiteral("secret")});
    QVERIFY(server.start());
    RedisLink link(urlWithLogin(server, {}, QStringLiteral("secret")), quickOptions());
    QSignalSpy messages(&link, &RedisLink::messageReceived);
    link.subscribe("a");
    link.open();
    QTRY_VERIFY(link.isReady());
    QVERIFY(server.restart());
    QTRY_COMPARE(link.counters().established, 4U);
    QTRY_VERIFY(link.isReady());
    link.publish("a", "m");
    QTRY_COMPARE(messages.count(), 1);
    QCOMPARE(link.counters().auth, 0U);
}

void TestRedisLinkRights::keepsTryingUntilPasswordIsRight()
{
    RedisServer server({QStringLiteral("--requirepass"), QStringLiteral("secret")});
    QVERIFY(server.start());
    RedisLink link(urlWithLogin(server, {}, QStringLiteral("other")), quickOptions());
    QSignalSpy errors(&link, &RedisLink::errorOccurred);
    link.open();
    QTRY_VERIFY(errors.count() > 6);
    QCOMPARE(lastError(errors).kind, RedisError::Kind::Auth);
    QVERIFY(lastError(errors).text.startsWith(QLatin1String("WRONGPASS")));
    QCOMPARE(link.counters().auth, static_cast<quint64>(errors.count()));
    QVERIFY(!link.isReady());
    QVERIFY(!link.isCommandReady());
    RedisProbe admin(server.port(), "secret");
    QCOMPARE(admin.command({"CONFIG", "SET", "requirepass", "other"}).toByteArray(), "OK");
    QTRY_VERIFY(link.isReady());
}

void TestRedisLinkRights::fewRightsAreEnough()
{
    RedisServer server;
    QVERIFY(server.start());
    const RedisUrl url = addUser(server, fewRights + QByteArrayList{"&room-*", "&probe:*"});
    RedisLinkOptions options = quickOptions();
    options.probeInterval = 100ms;
    RedisLink link(url, options);
    QSignalSpy errors(&link, &RedisLink::errorOccurred);
    QSignalSpy messages(&link, &RedisLink::messageReceived);
    link.subscribe("room-1");
    link.subscribe("room-2");
    link.open();
    QTRY_VERIFY(link.isReady());
    link.unsubscribe("room-2");
    link.publish("room-1", "m");
    QTRY_COMPARE(messages.count(), 1);
    QTRY_VERIFY(link.lastRoundTrip() > 0us);
    QTest::qWait(500); // several probes and PINGs
    QCOMPARE(errors.count(), 0);
    QVERIFY(link.isReady());
}

void TestRedisLinkRights::refusedChannelHoldsUpNoOther()
{
    RedisServer server;
    QVERIFY(server.start());
    RedisLink link(addUser(server, fewRights + QByteArrayList{"&room-*", "&probe:*"}), quickOptions());
    QSignalSpy errors(&link, &RedisLink::errorOccurred);
    QSignalSpy confirmed(&link, &RedisLink::subscriptionConfirmed);
    constexpr int count = 600; // more than go into one SUBSCRIBE
    for (int i = 0; i < count; ++i) {
        link.subscribe("room-" + QByteArray::number(i));
    }
    link.subscribe("other");
    link.open();
    QTRY_COMPARE(confirmed.count(), count);
    QTRY_VERIFY(errors.count() > 0);
    QCOMPARE(lastError(errors).kind, RedisError::Kind::Reply);
    QVERIFY(lastError(errors).text.startsWith(QLatin1String("NOPERM")));
    QVERIFY(link.isSubscribed("room-599"));
    QVERIFY(!link.isSubscribed("other"));
    QVERIFY(link.isCommandReady());
    QVERIFY(!link.isReady());
    // Rights may be given later. The connections are the same.
    QCOMPARE(redisCommand(server.port(), {"ACL", "SETUSER", "relay", "&other"}).toByteArray(), "OK");
    QTRY_VERIFY(link.isSubscribed("other"));
    QTRY_VERIFY(link.isReady());
    QCOMPARE(confirmed.count(), count + 1);
    QCOMPARE(link.counters().established, 2U);
}

void TestRedisLinkRights::refusedProbeIsNoDeafness()
{
    RedisServer server;
    QVERIFY(server.start());
    const QByteArrayList rights = {"-@all", "+ping", "+subscribe", "+unsubscribe", "allchannels"};
    RedisLinkOptions options = quickOptions();
    options.probeInterval = 100ms;
    RedisLink link(addUser(server, rights), options);
    QSignalSpy errors(&link, &RedisLink::errorOccurred);
    link.open();
    QTRY_COMPARE(errors.count(), 2); // one for each try
    QVERIFY(lastError(errors).text.startsWith(QLatin1String("NOPERM")));
    QCOMPARE(link.counters().deaf, 0U);
    QCOMPARE(link.counters().established, 2U);
    QVERIFY(!link.isReady());
    QCOMPARE(redisCommand(server.port(), {"ACL", "SETUSER", "relay", "+publish"}).toByteArray(), "OK");
    QTRY_VERIFY(link.isReady());
    QCOMPARE(link.counters().established, 2U);
}

QTEST_GUILESS_MAIN(TestRedisLinkRights)
#include "tst_redislinkrights.moc"
