// SPDX-License-Identifier: BSD-3-Clause
#include <QSignalSpy>
#include <QTcpServer>
#include <QTest>

#include "client/retryplan.h"
#include "gui/fakenode.h"
#include "gui/linktesting.h"
#include "support/cannedserver.h"
#include "support/tcpproxy.h"

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace switchboard::monitor;
using namespace switchboard::test;
using namespace switchboard;

using State = MonitorLink::State;

class TestMonitorLink : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void passesEventsOn();
    void ignoresWhatIsNoEvent();
    void measuresLatency();
    void givesUpOnSilentServer();
    void givesUpOnRefusedHandshake();
    void noticesDeadPath();
    void comesBackAfterBreak();
    void comesBackAfterClose_data();
    void comesBackAfterClose();
    void triesAnotherNodeAfterThreeFailures();
    void waitsLongerWhereNodeAcceptsAndSendsAway();
    void showsCountdown();
    void reconnectsAtOnceWhenAsked();
    void closesForGood();
};

void TestMonitorLink::passesEventsOn()
{
    FakeNode node;
    QVERIFY(node.start());
    MonitorLink link(quickOptions());
    QList<protocol::MonitorEvent> events;
    connect(&link, &MonitorLink::eventReceived, this,
            [&](const protocol::MonitorEvent &event) { events.append(event); });
    link.open(node.url());
    QVERIFY(waitUntil([&] { return !node.received().isEmpty(); }));
    const protocol::ChatMessage said{"node", "client", "Grüße 👋", protocol::Timestamp::now()};
    node.tell(said);
    node.tell(someEvent());
    QVERIFY(waitUntil([&] { return events.size() == 2; }));
    QCOMPARE(std::get<protocol::ChatMessage>(events.at(0)), said);
    QVERIFY(std::holds_alternative<protocol::NodeUp>(events.at(1)));
}

void TestMonitorLink::ignoresWhatIsNoEvent()
{
    FakeNode node;
    QVERIFY(node.start());
    MonitorLink link(quickOptions());
    QSignalSpy events(&link, &MonitorLink::eventReceived);
    link.open(node.url());
    QVERIFY(waitUntil([&] { return !node.received().isEmpty(); }));
    node.send("nonsense");
    node.send(R"({"channel":"monitor","message":{"contents":{},"type":"FromTheFuture"}})");
    node.send(R"({"channel":"monitor","message":{"contents":{},"type":"NodeUp"}})");
    node.send(R"({"channel":"ping","message":{"contents":1,"type":"Ping"}})");
    node.tell(someEvent());
    QVERIFY(waitUntil([&] { return events.count() > 0; }));
    QCOMPARE(events.count(), 1);
    QCOMPARE(link.state(), State::Connected);
}

void TestMonitorLink::measuresLatency()
{
    FakeNode node;
    QVERIFY(node.start());
    MonitorLink link(quickOptions());
    QVERIFY(!link.latency());
    link.open(node.url());
    QVERIFY(waitUntil([&] { return link.latency().has_value(); }));
    QVERIFY(*link.latency() > 0us);
    link.close();
    QVERIFY(!link.latency());
}

void TestMonitorLink::givesUpOnSilentServer()
{
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    MonitorLink link(impatientOptions());
    link.open(urlOf(server.serverPort()));
    QCOMPARE(link.state(), State::Connecting);
    QVERIFY(waitForState(link, State::Waiting));
    QVERIFY2(link.problem().contains(u"no answer"), qPrintable(link.problem()));
}

void TestMonitorLink::givesUpOnRefusedHandshake()
{
    CannedServer server("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    MonitorLink link(quickOptions());
    link.open(urlOf(server.port()));
    QVERIFY(waitForState(link, State::Waiting));
    QVERIFY2(link.problem().contains(u"404"), qPrintable(link.problem()));
}

void TestMonitorLink::noticesDeadPath()
{
    FakeNode node;
    QVERIFY(node.start());
    TcpProxy proxy(node.port());
    QVERIFY(proxy.start());
    MonitorLink link(impatientOptions());
    link.open(urlOf(proxy.port()));
    QVERIFY(waitUntil([&] { return link.latency().has_value(); }));
    proxy.setForwarding(false);
    QVERIFY(waitForState(link, State::Waiting));
    QVERIFY(!link.problem().isEmpty());
    proxy.setForwarding(true);
    QVERIFY(waitForState(link, State::Connected));
}

void TestMonitorLink::comesBackAfterBreak()
{
    FakeNode node;
    QVERIFY(node.start());
    MonitorLink link(quickOptions());
    link.open(node.url(), "secret");
    QVERIFY(waitUntil([&] { return node.received().size() == 1; }));
    node.stop();
    QVERIFY(waitForState(link, State::Waiting));
    QVERIFY(!link.problem().isEmpty());
    QVERIFY(node.start());
    QVERIFY(waitForState(link, State::Connected));
    QVERIFY(link.problem().isEmpty());
    QVERIFY(waitUntil([&] { return node.received().size() == 2; }));
    QCOMPARE(node.received().at(1), node.received().at(0));
}

void TestMonitorLink::comesBackAfterClose_data()
{
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("said");
    const QString reason = u"try later"_s;
    QTest::newRow("going away") << 1001 << reason;
    QTest::newRow("slow consumer") << 4008 << reason;
    QTest::newRow("no pong") << 4408 << reason;
    // QWebSocket does not know these.
    QTest::newRow("service restart") << 1012 << u"restarting or full"_s;
    QTest::newRow("try again later") << 1013 << u"restarting or full"_s;
}

void TestMonitorLink::comesBackAfterClose()
{
    QFETCH(int, code);
    QFETCH(QString, said);
    FakeNode node;
    QVERIFY(node.start());
    MonitorLink link(quickOptions());
    link.open(node.url());
    QVERIFY(waitUntil([&] { return node.connections() == 1; }));
    node.close(code, u"try later"_s);
    QVERIFY(waitForState(link, State::Waiting));
    QVERIFY2(link.problem().contains(said), qPrintable(link.problem()));
    QVERIFY(waitUntil([&] { return node.connectionsSoFar() == 2 && link.state() == State::Connected; }));
}

void TestMonitorLink::triesAnotherNodeAfterThreeFailures()
{
    FakeNode first;
    FakeNode second;
    QVERIFY(first.start());
    QVERIFY(second.start());
    MonitorLink link(quickOptions());
    link.open(first.url());
    QVERIFY(waitForState(link, State::Connected));
    link.setKnownNodes({first.url(), second.url()});
    first.tell(someEvent());
    int failures = 0;
    connect(&link, &MonitorLink::stateChanged, this,
            [&](State state) { failures += state == State::Waiting; });
    first.stop();
    QVERIFY(waitUntil([&] { return second.connections() == 1; }));
    QCOMPARE(failures, client::RetryPlan::failuresPerNode);
    QVERIFY(waitForState(link, State::Connected));
    QCOMPARE(link.url(), second.url());
}

void TestMonitorLink::waitsLongerWhereNodeAcceptsAndSendsAway()
{
    FakeNode node;
    FakeNode other;
    QVERIFY(node.start());
    QVERIFY(other.start());
    connect(&node, &FakeNode::messageReceived, &node, [&] { node.close(1013, u"full"_s); });
    MonitorLink link(quickOptions());
    link.open(node.url());
    link.setKnownNodes({node.url(), other.url()});
    QVERIFY(waitUntil([&] { return other.connections() == 1; }));
    QCOMPARE(node.connectionsSoFar(), client::RetryPlan::failuresPerNode);
}

void TestMonitorLink::showsCountdown()
{
    LinkOptions options = quickOptions();
    options.minRetryDelay = 1h;
    options.maxRetryDelay = 2h;
    FakeNode node;
    QVERIFY(node.start());
    MonitorLink link(options);
    QVERIFY(!link.nextAttemptIn());
    link.open(node.url());
    QVERIFY(waitForState(link, State::Connected));
    QVERIFY(!link.nextAttemptIn());
    node.stop();
    QVERIFY(waitForState(link, State::Waiting));
    QVERIFY(link.nextAttemptIn());
    QVERIFY(*link.nextAttemptIn() > 50min);
    QVERIFY(*link.nextAttemptIn() <= 2h);
}

void TestMonitorLink::reconnectsAtOnceWhenAsked()
{
    LinkOptions options = quickOptions();
    options.minRetryDelay = 1h;
    options.maxRetryDelay = 1h;
    FakeNode node;
    QVERIFY(node.start());
    MonitorLink link(options);
    link.reconnect();
    QCOMPARE(link.state(), State::Disconnected);
    link.open(node.url());
    QVERIFY(waitForState(link, State::Connected));
    node.stop();
    QVERIFY(waitForState(link, State::Waiting));
    QVERIFY(node.start());
    link.reconnect();
    QVERIFY(waitForState(link, State::Connected));
    // Also where there is a connection: the old one goes.
    link.reconnect();
    QVERIFY(waitUntil([&] { return node.connectionsSoFar() == 3 && node.connections() == 1; }));
}

void TestMonitorLink::closesForGood()
{
    FakeNode node;
    QVERIFY(node.start());
    MonitorLink link(quickOptions());
    link.open(node.url());
    QVERIFY(waitForState(link, State::Connected));
    link.close();
    QCOMPARE(link.state(), State::Disconnected);
    QVERIFY(waitUntil([&] { return node.connections() == 0; }));
    QTest::qWait(200);
    QCOMPARE(node.connectionsSoFar(), 1);
}

QTEST_GUILESS_MAIN(TestMonitorLink)

#include "tst_monitorlink.moc"
