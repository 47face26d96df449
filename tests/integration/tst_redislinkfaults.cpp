// SPDX-License-Identifier: BSD-3-Clause
#include <QElapsedTimer>
#include <QPointer>
#include <QSignalSpy>
#include <QTest>

#include "redis/redislink.h"
#include "support/redislistener.h"
#include "support/redisprobe.h"
#include "support/redisserver.h"
#include "support/redistesting.h"
#include "support/tcpproxy.h"

using namespace switchboard::redis;
using namespace switchboard::test;
using namespace std::chrono_literals;

/// A RedisLink whose connections stay open and no longer work.
class TestRedisLinkFaults : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void frozenServerIsNoticed_data();
    void frozenServerIsNoticed();
    void swallowingPathIsNoticed();
    void deafSubscriberIsRebuilt();
    void deafSubscriberStaysDeafWithoutProbes();
    void deafFromTheStartIsNeverReady();
    void trafficMakesProbesUnnecessary();
    void probeThatIsNotAcceptedProvesNothing();
    void probeWaitsForCommands();
    void endInsideSlot_data();
    void endInsideSlot();

private:
    QVariant command(const QByteArrayList &arguments) { return redisCommand(m_server->port(), arguments); }

    std::unique_ptr<RedisServer> m_server;
    std::unique_ptr<TcpProxy> m_proxy;
    RedisUrl m_proxyUrl;
};

namespace {

// A stream of Redis without the messages it pushes: all else, as confirmations and PONGs, goes through.
QByteArray withoutMessages(QByteArray bytes)
{
    const QByteArray beginning = "*3\r\n$7\r\nmessage\r\n";
    for (qsizetype at = 0; (at = bytes.indexOf(beginning, at)) >= 0;) {
        qsizetype end = at + beginning.size();
        for (int part = 0; part < 2; ++part) { // channel and payload: $SIZE CR LF BYTES CR LF
            const qsizetype lineEnd = bytes.indexOf("\r\n", end);
            end = lineEnd + 2 + bytes.mid(end + 1, lineEnd - end - 1).toInt() + 2;
        }
        bytes.remove(at, end - at);
    }
    return bytes;
}

} // namespace

void TestRedisLinkFaults::init()
{
    m_proxy.reset();
    m_server = std::make_unique<RedisServer>();
    QVERIFY(m_server->start());
    m_proxy = std::make_unique<TcpProxy>(m_server->port());
    QVERIFY(m_proxy->start());
    m_proxyUrl = parsedUrl(QStringLiteral("redis://127.0.0.1:%1").arg(m_proxy->port()));
}

void TestRedisLinkFaults::frozenServerIsNoticed_data()
{
    QTest::addColumn<int>("publishInterval"); // ms; 0: the link is idle
    QTest::newRow("idle") << 0;
    QTest::newRow("busy until then") << 20;
}

// With the options that a program gets without asking.
void TestRedisLinkFaults::frozenServerIsNoticed()
{
    QFETCH(int, publishInterval);
    RedisLinkOptions options;
    options.probeChannel = "probe:1";
    RedisLink link(parsedUrl(m_server->url()), options);
    QSignalSpy lost(&link, &RedisLink::subscriptionsLost);
    QSignalSpy messages(&link, &RedisLink::messageReceived);
    link.subscribe("a");
    link.open();
    QTRY_VERIFY(link.isReady());
    QTimer traffic;
    if (publishInterval > 0) {
        connect(&traffic, &QTimer::timeout, &link, [&link] { link.publish("a", "m"); });
        traffic.start(publishInterval);
        QTRY_VERIFY(messages.count() > 50);
        traffic.stop();
    }
    m_server->pause();
    QElapsedTimer timer;
    timer.start();
    QTRY_VERIFY_WITH_TIMEOUT(!link.isCommandReady() && lost.count() == 1, 6000);
    QVERIFY2(timer.elapsed() < 5000, qPrintable(QString::number(timer.elapsed())));
    QVERIFY(!link.isReady());
    QCOMPARE(link.counters().timeout, 2U);
    m_server->resume();
    QTRY_VERIFY_WITH_TIMEOUT(link.isReady(), 10'000);
    messages.clear();
    QCOMPARE(command({"PUBLISH", "a", "m"}).toLongLong(), 1);
    QTRY_COMPARE(messages.count(), 1);
}

void TestRedisLinkFaults::swallowingPathIsNoticed()
{
    RedisLinkOptions options = quickOptions();
    options.commandDeadline = 1s;
    options.connectDeadline = 1s;
    RedisLink link(m_proxyUrl, options);
    QSignalSpy lost(&link, &RedisLink::subscriptionsLost);
    QSignalSpy messages(&link, &RedisLink::messageReceived);
    link.subscribe("a");
    link.open();
    QTRY_VERIFY(link.isReady());
    m_proxy->setForwarding(false);
    QTRY_VERIFY(!link.isCommandReady());
    QTRY_COMPARE(lost.count(), 1);
    QTRY_VERIFY(link.counters().timeout > 2); // neither do new connections come through
    m_proxy->setForwarding(true);
    QTRY_VERIFY(link.isReady());
    link.publish("a", "m");
    QTRY_COMPARE(messages.count(), 1);
}

void TestRedisLinkFaults::deafSubscriberIsRebuilt()
{
    RedisLinkOptions options = quickOptions();
    options.probeInterval = 300ms;
    RedisLink link(m_proxyUrl, options);
    QSignalSpy ready(&link, &RedisLink::readyChanged);
    QSignalSpy lost(&link, &RedisLink::subscriptionsLost);
    QSignalSpy messages(&link, &RedisLink::messageReceived);
    QSignalSpy commandReady(&link, &RedisLink::commandReadyChanged);
    link.subscribe("a");
    link.open();
    QTRY_VERIFY(link.isReady());
    m_proxy->setServerToClientFilter(withoutMessages);
    QTRY_COMPARE(link.counters().deaf, 1U);
    QCOMPARE(lost.count(), 1);
    QVERIFY(!link.isReady());
    // Connected and confirmed again, and as deaf as before: that is not ready.
    QTRY_VERIFY(link.isSubscribed("a"));
    QVERIFY(!link.isReady());
    QTRY_COMPARE(link.counters().deaf, 2U);
    QVERIFY(!link.isReady());
    QCOMPARE(ready.count(), 2);
    m_proxy->setServerToClientFilter({});
    QTRY_VERIFY(link.isReady());
    messages.clear();
    QCOMPARE(command({"PUBLISH", "a", "m"}).toLongLong(), 1);
    QTRY_COMPARE(messages.count(), 1);
    QCOMPARE(commandReady.count(), 1); // the commanding connection had no part in it
    QCOMPARE(link.counters().closed, 0U);
    QCOMPARE(link.counters().timeout, 0U);
}

// What the probes are for: without them the same fault goes unnoticed, by TCP, PING and Redis alike.
void TestRedisLinkFaults::deafSubscriberStaysDeafWithoutProbes()
{
    RedisLinkOptions options = quickOptions();
    options.probeInterval = 0ms;
    RedisLink link(m_proxyUrl, options);
    QSignalSpy ready(&link, &RedisLink::readyChanged);
    QSignalSpy messages(&link, &RedisLink::messageReceived);
    link.subscribe("a");
    link.open();
    QTRY_VERIFY(link.isReady());
    m_proxy->setServerToClientFilter(withoutMessages);
    QVERIFY(!ready.wait(3000));
    QVERIFY(link.isReady());
    QCOMPARE(command({"PUBLISH", "a", "m"}).toLongLong(), 1);
    QVERIFY(!messages.wait(300));
    QCOMPARE(link.counters().established, 2U);
}

void TestRedisLinkFaults::deafFromTheStartIsNeverReady()
{
    m_proxy->setServerToClientFilter(withoutMessages);
    RedisLink link(m_proxyUrl, quickOptions()); // its probe interval is 10 s: the first probe comes at once
    QSignalSpy ready(&link, &RedisLink::readyChanged);
    link.subscribe("a");
    link.open();
    QTRY_VERIFY(link.isSubscribed("a"));
    QTRY_COMPARE(link.counters().deaf, 1U);
    QCOMPARE(ready.count(), 0);
    m_proxy->setServerToClientFilter({});
    QTRY_VERIFY(link.isReady());
}

void TestRedisLinkFaults::trafficMakesProbesUnnecessary()
{
    RedisListener probes(m_server->port());
    QVERIFY(probes.subscribe({"probe:1"}));
    RedisLinkOptions options = quickOptions();
    options.probeInterval = 300ms;
    RedisLink link(parsedUrl(m_server->url()), options);
    QSignalSpy messages(&link, &RedisLink::messageReceived);
    link.subscribe("a");
    link.open();
    QTRY_VERIFY(link.isReady());
    QTimer traffic;
    connect(&traffic, &QTimer::timeout, &link, [&link] { link.publish("a", "m"); });
    traffic.start(20);
    QTRY_VERIFY(messages.count() > 75); // for five intervals
    QCOMPARE(probes.messages().size(), 1); // the one that made it ready
    traffic.stop();
    QVERIFY(probes.waitForMessages(3));
    QVERIFY(link.isReady());
}

void TestRedisLinkFaults::probeThatIsNotAcceptedProvesNothing()
{
    RedisLinkOptions options = quickOptions();
    options.probeInterval = 200ms;
    options.commandDeadline = 10s;
    RedisLink link(parsedUrl(m_server->url()), options);
    QSignalSpy ready(&link, &RedisLink::readyChanged);
    link.open();
    QTRY_VERIFY(link.isReady());
    // For longer than interval and grace together no PUBLISH is answered; PING and all else is.
    QCOMPARE(command({"CLIENT", "PAUSE", "5000", "WRITE"}).toByteArray(), "OK");
    QTRY_VERIFY(link.pendingCommands() > 0);
    QVERIFY(!ready.wait(2500));
    QVERIFY(link.pendingCommands() > 0);
    QTRY_COMPARE(link.pendingCommands(), 0);
    QVERIFY(link.isReady());
    QCOMPARE(link.counters().deaf, 0U);
}

void TestRedisLinkFaults::probeWaitsForCommands()
{
    RedisLinkOptions options = quickOptions();
    options.probeInterval = 100ms;
    RedisLink link(parsedUrl(m_server->url()), options);
    link.subscribe("a");
    link.open();
    QTRY_VERIFY(link.isReady());
    QByteArray id;
    link.command({"CLIENT", "ID"},
                 [&](const RedisResult &result) { id = QByteArray::number(result->integer); });
    QTRY_VERIFY(!id.isEmpty());
    // The commanding connection goes, and none can come: only the subscriber and this one have a place.
    RedisProbe admin(m_server->port());
    QCOMPARE(admin.command({"CONFIG", "SET", "maxclients", "2"}).toByteArray(), "OK");
    QCOMPARE(admin.command({"CLIENT", "KILL", "ID", id}).toLongLong(), 1);
    QTRY_VERIFY(!link.isCommandReady());
    QTest::qWait(2000); // longer than interval and grace
    QVERIFY(!link.isCommandReady());
    QVERIFY(link.isSubscribed("a"));
    QCOMPARE(link.counters().deaf, 0U);
    QCOMPARE(admin.command({"CONFIG", "SET", "maxclients", "100"}).toByteArray(), "OK");
    QTRY_VERIFY(link.isReady());
    QCOMPARE(link.counters().established, 3U);
    // The probe that could not be sent was not the last one.
    RedisListener probes(m_server->port());
    QVERIFY(probes.subscribe({"probe:1"}));
    QVERIFY(probes.waitForMessages(1));
}

void TestRedisLinkFaults::endInsideSlot_data()
{
    QTest::addColumn<QByteArray>("callback");
    QTest::addColumn<QByteArray>("action");
    for (const char *callback : {"readyChanged", "commandReadyChanged", "subscriptionConfirmed",
                                 "messageReceived", "subscriptionsLost", "errorOccurred", "reply"}) {
        for (const char *action : {"close", "close and open", "deleteLater"}) {
            QTest::addRow("%s in %s", action, callback) << QByteArray(callback) << QByteArray(action);
        }
    }
}

namespace {

// Has \a action run inside the slot or handler of that name.
void runInside(const QByteArray &callback, RedisLink *link, const std::function<void()> &action)
{
    if (callback == "readyChanged") {
        QObject::connect(link, &RedisLink::readyChanged, link, action);
    } else if (callback == "commandReadyChanged") {
        QObject::connect(link, &RedisLink::commandReadyChanged, link, action);
    } else if (callback == "subscriptionConfirmed") {
        QObject::connect(link, &RedisLink::subscriptionConfirmed, link, action);
    } else if (callback == "messageReceived") {
        QObject::connect(link, &RedisLink::messageReceived, link, action);
    } else if (callback == "subscriptionsLost") {
        QObject::connect(link, &RedisLink::subscriptionsLost, link, action);
    } else if (callback == "errorOccurred") {
        QObject::connect(link, &RedisLink::errorOccurred, link, action);
    } else {
        link->publish("a", "m", [action](const RedisResult &) { action(); });
    }
}

} // namespace

void TestRedisLinkFaults::endInsideSlot()
{
    QFETCH(QByteArray, callback);
    QFETCH(QByteArray, action);
    const QPointer<RedisLink> link(new RedisLink(parsedUrl(m_server->url()), quickOptions(), this));
    link->subscribe("a");
    link->subscribe("b");
    int calls = 0;
    runInside(callback, link, [&] {
        if (++calls > 1) {
            return;
        }
        if (action == "deleteLater") {
            link->deleteLater();
            return;
        }
        link->close();
        if (action == "close and open") {
            link->open();
        }
    });
    link->open();
    QTRY_VERIFY(calls > 0 || link->isReady());
    if (calls == 0) {
        link->publish("a", "1");
        link->publish("b", "2");
        QTRY_VERIFY(calls > 0 || link->pendingCommands() == 0);
        QTest::qWait(50);
    }
    if (calls == 0) { // waits for an end
        QVERIFY(m_server->restart());
    }
    QTRY_VERIFY(calls > 0);
    QTRY_COMPARE(link.isNull(), action == "deleteLater");
    if (action == "close and open") {
        QTRY_VERIFY(link->isReady());
    } else if (action == "close") {
        QVERIFY(!link->isReady());
        QVERIFY(!link->isCommandReady());
    }
    delete link.data();
}

QTEST_GUILESS_MAIN(TestRedisLinkFaults)
#include "tst_redislinkfaults.moc"
