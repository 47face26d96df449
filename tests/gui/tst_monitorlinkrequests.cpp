// SPDX-License-Identifier: BSD-3-Clause
#include <QSignalSpy>
#include <QTcpServer>
#include <QTest>

#include "gui/fakenode.h"
#include "gui/linktesting.h"
#include "link/pingsender.h"
#include "protocol/chatroom.h"
#include "protocol/monitorrequests.h"
#include "support/cannedserver.h"

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace switchboard::monitor;
using namespace switchboard::test;
using namespace switchboard;

using State = MonitorLink::State;

class TestMonitorLinkRequests : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void subscribesWithToken();
    void subscribesWithoutToken();
    void stopsWhenUnauthorized();
    void stopsWhereNodeKnowsNoMonitors();
    void subscribesAgainWhenNodeIsNotReady();
    void stopsAfterClose_data();
    void stopsAfterClose();
    void joinsRoomBeforeSpeaking();
    void joinsAgainOnNewConnection();
    void tellsOfRefusals();
    void disconnectsClients();
    void pingsOverHttp();
    void tellsWhyPingFailed();
};

void TestMonitorLinkRequests::subscribesWithToken()
{
    FakeNode node;
    QVERIFY(node.start());
    MonitorLink link(quickOptions());
    link.open(node.url(), "secret");
    QVERIFY(waitUntil([&] { return !node.received().isEmpty(); }));
    QCOMPARE(node.received().constFirst(), protocol::Subscribe{"secret"}.toClientMessage());
    QCOMPARE(link.state(), State::Connected);
}

void TestMonitorLinkRequests::subscribesWithoutToken()
{
    FakeNode node;
    QVERIFY(node.start());
    MonitorLink link(quickOptions());
    link.open(node.url());
    QVERIFY(waitUntil([&] { return !node.received().isEmpty(); }));
    QCOMPARE(node.received().constFirst(), protocol::Subscribe{}.toClientMessage());
}

void TestMonitorLinkRequests::stopsWhenUnauthorized()
{
    FakeNode node;
    QVERIFY(node.start());
    connect(&node, &FakeNode::messageReceived, &node, [&] {
        node.send(protocol::Rejected{protocol::RejectCode::Unauthorized, "the token is wrong", "monitor",
                                     "Subscribe"}
                      .toClientMessage());
    });
    MonitorLink link(quickOptions());
    QSignalSpy refused(&link, &MonitorLink::refused);
    link.open(node.url(), "wrong");
    QVERIFY(waitUntil([&] { return refused.count() == 1; }));
    QCOMPARE(link.state(), State::Disconnected);
    QVERIFY(link.problem().contains(u"the token is wrong"));
    QVERIFY(waitUntil([&] { return node.connections() == 0; }));
    QTest::qWait(200);
    QCOMPARE(node.connectionsSoFar(), 1);
}

void TestMonitorLinkRequests::stopsWhereNodeKnowsNoMonitors()
{
    FakeNode node;
    QVERIFY(node.start());
    connect(&node, &FakeNode::messageReceived, &node, [&] {
        node.send(protocol::Rejected{protocol::RejectCode::UnknownChannel, "no such channel", "monitor",
                                     "Subscribe"}
                      .toClientMessage());
    });
    MonitorLink link(quickOptions());
    QSignalSpy refused(&link, &MonitorLink::refused);
    link.open(node.url());
    QVERIFY(waitUntil([&] { return refused.count() == 1; }));
    QCOMPARE(link.state(), State::Disconnected);
}

void TestMonitorLinkRequests::subscribesAgainWhenNodeIsNotReady()
{
    FakeNode node;
    QVERIFY(node.start());
    connect(&node, &FakeNode::messageReceived, &node, [&] {
        if (node.received().size() == 1) {
            node.send(protocol::Rejected{protocol::RejectCode::RelayUnavailable, "Redis is away", "monitor",
                                         "Subscribe"}
                          .toClientMessage());
        }
    });
    MonitorLink link(quickOptions());
    link.open(node.url());
    QVERIFY(waitUntil([&] { return node.received().size() == 2; }));
    QCOMPARE(node.received().at(1), node.received().at(0));
    QCOMPARE(node.connectionsSoFar(), 1);
}

void TestMonitorLinkRequests::stopsAfterClose_data()
{
    QTest::addColumn<int>("code");
    for (const int code : {1008, 4003, 4401}) {
        QTest::addRow("%d", code) << code;
    }
}

void TestMonitorLinkRequests::stopsAfterClose()
{
    QFETCH(int, code);
    FakeNode node;
    QVERIFY(node.start());
    MonitorLink link(quickOptions());
    QSignalSpy refused(&link, &MonitorLink::refused);
    link.open(node.url());
    QVERIFY(waitUntil([&] { return node.connections() == 1; }));
    node.close(code, u"because"_s);
    QVERIFY(waitUntil([&] { return refused.count() == 1; }));
    QCOMPARE(link.state(), State::Disconnected);
    QVERIFY2(link.problem().contains(u"because"), qPrintable(link.problem()));
    QVERIFY(link.problem().contains(QString::number(code)));
    QTest::qWait(200);
    QCOMPARE(node.connectionsSoFar(), 1);
}

void TestMonitorLinkRequests::joinsRoomBeforeSpeaking()
{
    FakeNode node;
    QVERIFY(node.start());
    MonitorLink link(quickOptions());
    link.open(node.url());
    QVERIFY(waitUntil([&] { return node.received().size() == 1; }));
    link.sendRoomMessage(u"lobby"_s, u"one"_s);
    link.sendRoomMessage(u"lobby"_s, u"two"_s);
    QVERIFY(waitUntil([&] { return node.received().size() == 2; }));
    QCOMPARE(node.received().at(1), protocol::RoomRequest{"lobby"}.toJoinMessage());
    node.send(protocol::MemberList{"lobby", {}}.toClientMessage());
    QVERIFY(waitUntil([&] { return node.received().size() == 4; }));
    QCOMPARE(node.received().at(2), (protocol::SendMessage{"lobby", "one"}.toClientMessage()));
    QCOMPARE(node.received().at(3), (protocol::SendMessage{"lobby", "two"}.toClientMessage()));
    link.sendRoomMessage(u"lobby"_s, u"three"_s);
    QVERIFY(waitUntil([&] { return node.received().size() == 5; }));
    QCOMPARE(node.received().at(4), (protocol::SendMessage{"lobby", "three"}.toClientMessage()));
}

void TestMonitorLinkRequests::joinsAgainOnNewConnection()
{
    FakeNode node;
    QVERIFY(node.start());
    MonitorLink link(quickOptions());
    link.open(node.url());
    QVERIFY(waitUntil([&] { return node.received().size() == 1; }));
    link.sendRoomMessage(u"lobby"_s, u"one"_s);
    QVERIFY(waitUntil([&] { return node.received().size() == 2; }));
    node.send(protocol::MemberList{"lobby", {}}.toClientMessage());
    QVERIFY(waitUntil([&] { return node.received().size() == 3; }));
    link.reconnect();
    QVERIFY(waitUntil([&] { return node.received().size() == 4; }));
    link.sendRoomMessage(u"lobby"_s, u"two"_s);
    QVERIFY(waitUntil([&] { return node.received().size() == 5; }));
    QCOMPARE(node.received().at(4), protocol::RoomRequest{"lobby"}.toJoinMessage());
}

void TestMonitorLinkRequests::tellsOfRefusals()
{
    FakeNode node;
    QVERIFY(node.start());
    MonitorLink link(quickOptions());
    QSignalSpy refused(&link, &MonitorLink::requestRefused);
    link.open(node.url());
    QVERIFY(waitUntil([&] { return node.received().size() == 1; }));
    link.sendChat(u"hello"_s);
    QVERIFY(waitUntil([&] { return node.received().size() == 2; }));
    node.send(
        protocol::Rejected{protocol::RejectCode::RelayUnavailable, "Redis is away", "chat", "SubmitMessage"}
            .toClientMessage());
    QVERIFY(waitUntil([&] { return refused.count() == 1; }));
    QVERIFY(refused.constFirst().constFirst().toString().contains(u"Redis is away"));
    QCOMPARE(link.state(), State::Connected);
}

void TestMonitorLinkRequests::disconnectsClients()
{
    FakeNode node;
    QVERIFY(node.start());
    MonitorLink link(quickOptions());
    link.open(node.url());
    QVERIFY(waitUntil([&] { return node.received().size() == 1; }));
    link.disconnectClient("0b6c6d0e-5a4f-4e0e-9d5a-0d8f3f1c2b3a");
    QVERIFY(waitUntil([&] { return node.received().size() == 2; }));
    QCOMPARE(node.received().at(1),
             protocol::DisconnectClient{"0b6c6d0e-5a4f-4e0e-9d5a-0d8f3f1c2b3a"}.toClientMessage());
}

void TestMonitorLinkRequests::pingsOverHttp()
{
    CannedServer server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    PingSender pings(1s);
    QSignalSpy answered(&pings, &PingSender::answered);
    pings.send(urlOf(server.port()), {}, protocol::PingNumber::Two);
    QVERIFY(waitUntil([&] { return answered.count() == 1; }));
    QVERIFY2(server.received().contains(" /ping2 HTTP/1.1\r\n"), server.received().constData());
}

void TestMonitorLinkRequests::tellsWhyPingFailed()
{
    CannedServer server("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 14\r\n\r\nRedis is away\n");
    PingSender pings(1s);
    QSignalSpy failed(&pings, &PingSender::failed);
    pings.send(urlOf(server.port()), {}, protocol::PingNumber::One);
    QVERIFY(waitUntil([&] { return failed.count() == 1; }));
    QCOMPARE(failed.constFirst().at(1).toString(), u"Redis is away"_s);
    // Nobody answers at all.
    QTcpServer silent;
    QVERIFY(silent.listen(QHostAddress::LocalHost));
    PingSender impatient(100ms);
    QSignalSpy timedOut(&impatient, &PingSender::failed);
    impatient.send(urlOf(silent.serverPort()), {}, protocol::PingNumber::One);
    QVERIFY(waitUntil([&] { return timedOut.count() == 1; }));
}

QTEST_GUILESS_MAIN(TestMonitorLinkRequests)

#include "tst_monitorlinkrequests.moc"
