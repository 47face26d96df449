// SPDX-License-Identifier: BSD-3-Clause
#include <QRandomGenerator>
#include <QSet>
#include <QSignalSpy>
#include <QTest>

#include "redis/redislink.h"
#include "support/redisprobe.h"
#include "support/redisserver.h"
#include "support/redistesting.h"

using namespace switchboard::redis;
using namespace switchboard::test;
using namespace std::chrono_literals;

/// A RedisLink on a server that is well, or comes and goes.
class TestRedisLink : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void becomesReadyAndDelivers();
    void probesAreNotShown();
    void subscribesWhileConnected();
    void keepsWantedChannelsWhileClosed();
    void burstsConverge();
    void randomChangesConverge();
    void comesBackAfterRestart();
    void waitsForServerAtStart();
    void subscriberKilledAlone();
    void commandsKilledAlone();
    void refusesCommandsWhileAway();

private:
    QVariant command(const QByteArrayList &arguments) { return redisCommand(m_server->port(), arguments); }
    qlonglong subscribers(const QByteArray &channel)
    {
        return command({"PUBSUB", "NUMSUB", channel}).toList().value(1).toLongLong();
    }

    std::unique_ptr<RedisServer> m_server;
};

void TestRedisLink::init()
{
    m_server = std::make_unique<RedisServer>();
    QVERIFY(m_server->start());
}

void TestRedisLink::becomesReadyAndDelivers()
{
    RedisLink link(parsedUrl(m_server->url()), quickOptions());
    QSignalSpy ready(&link, &RedisLink::readyChanged);
    QSignalSpy commandReady(&link, &RedisLink::commandReadyChanged);
    QSignalSpy confirmed(&link, &RedisLink::subscriptionConfirmed);
    QSignalSpy messages(&link, &RedisLink::messageReceived);
    link.subscribe("a");
    link.subscribe("b");
    link.subscribe("a");
    QVERIFY(!link.isReady());
    link.open();
    link.open();
    QTRY_VERIFY(link.isReady());
    QCOMPARE(ready.count(), 1);
    QCOMPARE(ready.first().first().toBool(), true);
    QCOMPARE(commandReady.count(), 1);
    QCOMPARE(confirmed.count(), 2);
    QVERIFY(link.isCommandReady());
    QVERIFY(link.isSubscribed("a"));
    QVERIFY(link.isSubscribed("b"));
    QVERIFY(!link.isSubscribed("c"));
    QCOMPARE(link.counters().established, 2U);

    ReplyLog log;
    link.publish("a", "1", log.handler());
    link.publish("b", "2", log.handler());
    link.command({"ECHO", "text"}, log.handler());
    QCOMPARE(link.pendingCommands(), 3);
    QTRY_COMPARE(messages.count(), 2);
    QCOMPARE(messages.at(0), (QVariantList{QByteArray("a"), QByteArray("1")}));
    QCOMPARE(messages.at(1), (QVariantList{QByteArray("b"), QByteArray("2")}));
    QTRY_COMPARE(log.entries(), (QByteArrayList{"1", "1", "\"text\""}));
    QTRY_VERIFY(link.lastRoundTrip() > 0us);
    QVERIFY(link.lastRoundTrip() < 1s);
}

void TestRedisLink::probesAreNotShown()
{
    RedisLinkOptions options = quickOptions();
    options.probeInterval = 50ms;
    RedisLink link(parsedUrl(m_server->url()), options);
    QSignalSpy confirmed(&link, &RedisLink::subscriptionConfirmed);
    QSignalSpy messages(&link, &RedisLink::messageReceived);
    link.open();
    QTRY_VERIFY(link.isReady());
    const auto published = [this] {
        const QByteArray info = command({"INFO", "commandstats"}).toByteArray();
        const qsizetype at = info.indexOf("cmdstat_publish:calls=");
        return at < 0 ? 0 : info.mid(at + 22, info.indexOf(',', at) - at - 22).toInt();
    };
    QTRY_VERIFY(published() > 1);
    QCOMPARE(subscribers("probe:1"), 1);
    QCOMPARE(confirmed.count(), 0);
    QCOMPARE(messages.count(), 0);
    QVERIFY(link.isReady());
    QCOMPARE(link.counters().deaf, 0U);
}

void TestRedisLink::subscribesWhileConnected()
{
    RedisLink link(parsedUrl(m_server->url()), quickOptions());
    QSignalSpy confirmed(&link, &RedisLink::subscriptionConfirmed);
    QSignalSpy messages(&link, &RedisLink::messageReceived);
    link.open();
    QTRY_VERIFY(link.isReady());
    QSignalSpy ready(&link, &RedisLink::readyChanged);
    link.subscribe("room");
    QVERIFY(!link.isSubscribed("room"));
    QTRY_COMPARE(confirmed.count(), 1);
    QVERIFY(link.isSubscribed("room"));
    QCOMPARE(subscribers("room"), 1);

    link.unsubscribe("room");
    QVERIFY(!link.isSubscribed("room"));
    link.unsubscribe("room");
    link.unsubscribe("never wanted");
    QTRY_COMPARE(subscribers("room"), 0);
    QCOMPARE(command({"PUBLISH", "room", "m"}).toLongLong(), 0);
    QCOMPARE(confirmed.count(), 1);
    QCOMPARE(messages.count(), 0);
    QCOMPARE(ready.count(), 0); // a link that is ready stays it while channels come and go
    QVERIFY(link.isReady());
}

void TestRedisLink::keepsWantedChannelsWhileClosed()
{
    RedisLink link(parsedUrl(m_server->url()), quickOptions());
    QSignalSpy lost(&link, &RedisLink::subscriptionsLost);
    QSignalSpy ready(&link, &RedisLink::readyChanged);
    QSignalSpy errors(&link, &RedisLink::errorOccurred);
    link.subscribe("a");
    link.subscribe("b");
    link.open();
    QTRY_VERIFY(link.isReady());
    link.close();
    QVERIFY(!link.isReady());
    QVERIFY(!link.isCommandReady());
    QVERIFY(!link.isSubscribed("a"));
    QCOMPARE(lost.count(), 1);
    QCOMPARE(ready.count(), 2);
    link.unsubscribe("a");
    link.subscribe("c");
    QTRY_COMPARE(subscribers("a"), 0);
    QVERIFY(!ready.wait(300)); // it does not come back by itself
    link.open();
    QTRY_VERIFY(link.isReady());
    QVERIFY(!link.isSubscribed("a"));
    QCOMPARE(subscribers("a"), 0);
    QCOMPARE(subscribers("b"), 1);
    QCOMPARE(subscribers("c"), 1);
    QCOMPARE(errors.count(), 0);
    QCOMPARE(link.counters().closed, 0U);
}

void TestRedisLink::burstsConverge()
{
    RedisLink link(parsedUrl(m_server->url()), quickOptions());
    QSignalSpy confirmed(&link, &RedisLink::subscriptionConfirmed);
    link.open();
    QTRY_VERIFY(link.isReady());

    const auto change = [&link](const QByteArray &changes) { // "+-" is subscribe, then unsubscribe
        for (const char c : changes) {
            if (c == '+') {
                link.subscribe("room");
            } else if (c == '-') {
                link.unsubscribe("room");
            } else {
                QCoreApplication::processEvents();
            }
        }
    };
    // A blank is a turn of the event loop: what was said before it may have been sent.
    for (const char *changes :
         {"+-+", "-+", "-+-", "+", "-", "+ - +", "- + -", "+ -+", " -+ -", "+- +- +", "-+-+- - "}) {
        confirmed.clear();
        change(changes);
        const bool isWanted = QByteArray(changes).trimmed().endsWith('+');
        QTRY_COMPARE(subscribers("room"), isWanted ? 1 : 0);
        QTRY_COMPARE(link.isSubscribed("room"), isWanted);
        QTRY_VERIFY(!isWanted || confirmed.count() > 0);
        QVERIFY(link.isReady());
    }
}

void TestRedisLink::randomChangesConverge()
{
    RedisLink link(parsedUrl(m_server->url()), quickOptions());
    link.open();
    QRandomGenerator random(1); // the same each time
    QSet<QByteArray> wanted;
    for (int i = 0; i < 5000; ++i) {
        const QByteArray channel = "room-" + QByteArray::number(random.bounded(20));
        if (random.bounded(2) == 0) {
            link.subscribe(channel);
            wanted.insert(channel);
        } else {
            link.unsubscribe(channel);
            wanted.remove(channel);
        }
        if (random.bounded(5) == 0) {
            QCoreApplication::processEvents();
        }
        if (i % 1500 == 1000) {
            QTRY_VERIFY(link.isReady());
            QSignalSpy lost(&link, &RedisLink::subscriptionsLost);
            QCOMPARE(command({"CLIENT", "KILL", "TYPE", "pubsub"}).toLongLong(), 1);
            QTRY_COMPARE(lost.count(), 1);
        }
    }
    QTRY_VERIFY(link.isReady());
    const auto isAsWanted = [&](int i) {
        const QByteArray channel = "room-" + QByteArray::number(i);
        const bool isWanted = wanted.contains(channel);
        return link.isSubscribed(channel) == isWanted && subscribers(channel) == (isWanted ? 1 : 0);
    };
    for (int i = 0; i < 20; ++i) {
        QTRY_VERIFY2(isAsWanted(i), qPrintable(QString::number(i)));
    }
}

void TestRedisLink::comesBackAfterRestart()
{
    RedisLink link(parsedUrl(m_server->url()), quickOptions());
    constexpr int count = 2000;
    const auto channel = [](int i) { return "room-" + QByteArray::number(i); };
    for (int i = 0; i < count; ++i) {
        link.subscribe(channel(i));
    }
    link.open();
    QTRY_VERIFY(link.isReady());
    for (int round = 1; round <= 2; ++round) {
        QSignalSpy lost(&link, &RedisLink::subscriptionsLost);
        QSignalSpy confirmed(&link, &RedisLink::subscriptionConfirmed);
        QSignalSpy ready(&link, &RedisLink::readyChanged);
        QSignalSpy messages(&link, &RedisLink::messageReceived);
        m_server->kill();
        QTRY_COMPARE(lost.count(), 1);
        QTRY_VERIFY(!link.isCommandReady());
        QVERIFY(!link.isReady());
        QVERIFY(!link.isSubscribed(channel(0)));
        QVERIFY(m_server->restart());
        QTRY_VERIFY(link.isReady());
        QCOMPARE(ready.count(), 2);
        QCOMPARE(confirmed.count(), count);
        QCOMPARE(lost.count(), 1);
        QVERIFY(link.counters().closed >= 2U);
        QCOMPARE(link.counters().established, 2U + 2U * static_cast<uint>(round));

        // Connected is not delivered: each channel has to carry a message.
        RedisProbe publisher(m_server->port());
        for (int i = 0; i < count; ++i) {
            QCOMPARE(publisher.command({"PUBLISH", channel(i), "m"}).toLongLong(), 1);
        }
        QTRY_COMPARE(messages.count(), count);
        link.publish(channel(7), "own");
        QTRY_COMPARE(messages.count(), count + 1);
    }
}

void TestRedisLink::waitsForServerAtStart()
{
    m_server->kill();
    RedisLink link(parsedUrl(m_server->url()), quickOptions());
    QSignalSpy errors(&link, &RedisLink::errorOccurred);
    QSignalSpy lost(&link, &RedisLink::subscriptionsLost);
    QSignalSpy messages(&link, &RedisLink::messageReceived);
    link.subscribe("a");
    link.open();
    QTRY_VERIFY(errors.count() > 10);
    QCOMPARE(lastError(errors).kind, RedisError::Kind::Connect);
    QCOMPARE(link.counters().connect, static_cast<quint64>(errors.count()));
    QCOMPARE(link.counters().established, 0U);
    QVERIFY(m_server->start());
    QTRY_VERIFY(link.isReady());
    QCOMPARE(lost.count(), 0);
    QCOMPARE(command({"PUBLISH", "a", "m"}).toLongLong(), 1);
    QTRY_COMPARE(messages.count(), 1);
}

void TestRedisLink::subscriberKilledAlone()
{
    RedisLink link(parsedUrl(m_server->url()), quickOptions());
    QSignalSpy lost(&link, &RedisLink::subscriptionsLost);
    QSignalSpy commandReady(&link, &RedisLink::commandReadyChanged);
    QSignalSpy messages(&link, &RedisLink::messageReceived);
    link.subscribe("a");
    link.open();
    QTRY_VERIFY(link.isReady());
    QCOMPARE(command({"CLIENT", "KILL", "TYPE", "pubsub"}).toLongLong(), 1);
    QTRY_COMPARE(lost.count(), 1);
    QVERIFY(!link.isReady());
    QVERIFY(link.isCommandReady());
    QTRY_VERIFY(link.isReady());
    link.publish("a", "m");
    QTRY_COMPARE(messages.count(), 1);
    QCOMPARE(commandReady.count(), 1);
    QCOMPARE(link.counters().closed, 1U);
    QCOMPARE(link.counters().established, 3U);
}

void TestRedisLink::commandsKilledAlone()
{
    RedisLink link(parsedUrl(m_server->url()), quickOptions());
    QSignalSpy lost(&link, &RedisLink::subscriptionsLost);
    QSignalSpy commandReady(&link, &RedisLink::commandReadyChanged);
    QSignalSpy messages(&link, &RedisLink::messageReceived);
    link.subscribe("a");
    link.open();
    QTRY_VERIFY(link.isReady());
    QByteArray id;
    link.command({"CLIENT", "ID"},
                 [&](const RedisResult &result) { id = QByteArray::number(result->integer); });
    QTRY_VERIFY(!id.isEmpty());
    QCOMPARE(command({"CLIENT", "KILL", "ID", id}).toLongLong(), 1);
    QTRY_COMPARE(commandReady.count(), 2);
    QVERIFY(!link.isReady());
    // The other one goes on hearing.
    QVERIFY(link.isSubscribed("a"));
    QCOMPARE(command({"PUBLISH", "a", "1"}).toLongLong(), 1);
    QTRY_COMPARE(messages.count(), 1);
    QTRY_VERIFY(link.isReady());
    link.publish("a", "2");
    QTRY_COMPARE(messages.count(), 2);
    QCOMPARE(lost.count(), 0);
    QCOMPARE(link.counters().closed, 1U);
}

void TestRedisLink::refusesCommandsWhileAway()
{
    RedisLink link(parsedUrl(m_server->url()), quickOptions());
    ReplyLog log;
    link.publish("a", "before it was opened", log.handler());
    link.open();
    link.publish("a", "while it connects", log.handler());
    QCOMPARE(log.count(), 0);
    QTRY_VERIFY(link.isReady());
    QCOMPARE(log.entries(), (QByteArrayList{"NotConnected", "NotConnected"}));
    m_server->kill();
    QTRY_VERIFY(!link.isCommandReady());
    link.publish("a", "m", log.handler());
    link.command({"PING"}, log.handler());
    QCOMPARE(log.count(), 2);
    QTRY_COMPARE(log.count(), 4);
    QCOMPARE(log.entries().mid(2), (QByteArrayList{"NotConnected", "NotConnected"}));
}

QTEST_GUILESS_MAIN(TestRedisLink)
#include "tst_redislink.moc"
