// SPDX-License-Identifier: BSD-3-Clause
#include <csignal>

#include <QElapsedTimer>
#include <QTest>

#include "integration/clientmessages.h"
#include "integration/cluster.h"
#include "integration/httpconversation.h"
#include "integration/roomclient.h"
#include "support/httprequest.h"
#include "support/redislistener.h"
#include "support/redisprobe.h"

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

const QByteArray ChatChannel = QByteArrayLiteral("websockets-chat-relay");

bool sendSignal(const DaemonProcess &daemon, int signal)
{
    return daemon.pid() > 0 && ::kill(static_cast<pid_t>(daemon.pid()), signal) == 0;
}

/// Connects \a socket as a client that reads nothing, and makes the daemon owe it more than the kernel
/// takes. \a other, on the same daemon, reads it all.
bool becomeACreditor(RawSocket &socket, DaemonProcess &daemon, WsClient &other)
{
    constexpr int Count = 200;
    if (!socket.openWebSocket(daemon.port())) {
        return false;
    }
    socket.setReceiveBufferSize(4096);
    socket.setReading(false);
    const QByteArray message = submitMessage(QByteArray(60000, 'x'));
    for (int i = 1; i <= Count; ++i) {
        other.sendText(message);
        if (!other.waitForMessages(i, 30s)) {
            return false;
        }
    }
    return parseChatMessage(other.messages().last()).has_value();
}

} // namespace

/// How a daemon stops.
class StopTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void clientsAreToldToComeBack_data();
    void clientsAreToldToComeBack();
    void httpConnectionsEnd();
    void pendingPingIsAnswered();
    void clientThatDoesNotReadIsNotWaitedForLong();
    void roomsOfOneThatDoesNotEndAreLeft();
    void secondSignalEndsAtOnce_data();
    void secondSignalEndsAtOnce();
    void confirmedMessagesReachTheOthers();
    void stopsWithoutRedis();
};

void StopTest::clientsAreToldToComeBack_data()
{
    QTest::addColumn<int>("signal");
    QTest::newRow("SIGTERM") << SIGTERM;
    QTest::newRow("SIGINT") << SIGINT;
}

void StopTest::clientsAreToldToComeBack()
{
    QFETCH(const int, signal);
    Cluster cluster(2);
    QVERIFY(cluster.start());
    Clients clients;
    QVERIFY(cluster.connectClients(clients, 3));
    RawSocket raw;
    QVERIFY(raw.openWebSocket(cluster.daemon(0).port()));

    DaemonProcess &daemon = cluster.daemon(0);
    QVERIFY(sendSignal(daemon, signal));
    const auto frame = raw.readFrame();
    QVERIFY(frame);
    QCOMPARE(frame->opcode, quint8(RawFrame::Close));
    QCOMPARE(frame->closeCode(), 1001);
    raw.write(RawSocket::closeFrame(1001));
    for (std::size_t i = 0; i < 3; ++i) {
        WsClient &client = clients.at(i);
        QVERIFY(client.waitForClose());
        QCOMPARE(client.closeCode(), 1001);
        QCOMPARE(client.closeReason(), u"the server is stopping"_s);
    }
    QVERIFY(daemon.waitForExit(30s));
    QCOMPARE(daemon.exitStatus(), QProcess::NormalExit);
    QCOMPARE(daemon.exitCode(), 0);
    QCOMPARE(httpRequest(daemon.port(), "GET", "/readyz").status, 0);
    QVERIFY(daemon.standardOutput().contains("Stopping: 4 clients"));
    QCOMPARE(daemon.standardError(), QByteArray());

    for (int i = 0; i < 3; ++i) {
        clients.pop_front();
    }
    QVERIFY(chatReaches(clients.front(), clients, "the other daemon goes on"));
}

void StopTest::httpConnectionsEnd()
{
    Cluster cluster(1, {u"--max-queued-bytes"_s, u"1073741824"_s});
    QVERIFY(cluster.start());
    DaemonProcess &daemon = cluster.daemon(0);
    Clients clients;
    QVERIFY(cluster.connectClients(clients));
    RawSocket creditor; // holds up the end
    QVERIFY(becomeACreditor(creditor, daemon, clients.front()));

    RawSocket idle;
    QVERIFY(idle.connectTo(daemon.port()));
    idle.write(request("GET", "/healthz"));
    QVERIFY(readAnswer(idle));
    RawSocket unfinished;
    QVERIFY(unfinished.connectTo(daemon.port()));
    unfinished.write(request("POST", "/healthz", "Content-Length: 10\r\n") + "x");
    QCOMPARE(httpRequest(daemon.port(), "GET", "/healthz").status, 200);

    daemon.terminate();
    QVERIFY(idle.waitForClosed());
    QCOMPARE(idle.buffer(), QByteArray());
    const HttpExchange got = readExchange(unfinished);
    QVERIFY(got.isClosed);
    QCOMPARE(got.answers.size(), 1);
    QCOMPARE(got.answers.first().status, 503);
    QCOMPARE(got.answers.first().body, QByteArray("The server is stopping.\n"));
    RawSocket late;
    QVERIFY(!late.connectTo(daemon.port()));
    QVERIFY(daemon.waitForExit(30s));
    QCOMPARE(daemon.exitCode(), 0);
}

void StopTest::pendingPingIsAnswered()
{
    Cluster cluster(1);
    QVERIFY(cluster.start());
    DaemonProcess &daemon = cluster.daemon(0);
    RedisListener listener(cluster.redis().port());
    QVERIFY(listener.subscribe({"ping1"}));
    RawSocket socket;
    QVERIFY(socket.connectTo(daemon.port()));
    cluster.redis().pause();
    socket.write(request("GET", "/ping1"));
    QCOMPARE(httpRequest(daemon.port(), "GET", "/healthz").status, 200);
    daemon.terminate();
    QVERIFY(daemon.waitForOutput("Stopping: "));
    cluster.redis().resume();

    const HttpExchange got = readExchange(socket, 30s);
    QVERIFY(got.isClosed);
    QCOMPARE(got.answers.size(), 1);
    QVERIFY(got.answers.first().isLast());
    // Where it is said to be sent, it is.
    QVERIFY(got.answers.first().status != 200 || listener.waitForMessages(1));
    QVERIFY(daemon.waitForExit(30s));
    QCOMPARE(daemon.exitCode(), 0);
}

void StopTest::clientThatDoesNotReadIsNotWaitedForLong()
{
    Cluster cluster(1, {u"--max-queued-bytes"_s, u"1073741824"_s});
    QVERIFY(cluster.start());
    DaemonProcess &daemon = cluster.daemon(0);
    Clients clients;
    QVERIFY(cluster.connectClients(clients));
    RawSocket creditor;
    QVERIFY(becomeACreditor(creditor, daemon, clients.front()));

    QElapsedTimer timer;
    timer.start();
    daemon.terminate();
    QVERIFY(clients.front().waitForClose());
    QCOMPARE(clients.front().closeCode(), 1001);
    QVERIFY(daemon.waitForExit(60s));
    QCOMPARE(daemon.exitStatus(), QProcess::NormalExit);
    QCOMPARE(daemon.exitCode(), 0);
    // Five seconds; that it is not less shows that the client did hold it up.
    QVERIFY2(timer.elapsed() > 4500 && timer.elapsed() < 30000, QByteArray::number(timer.elapsed()));
}

void StopTest::roomsOfOneThatDoesNotEndAreLeft()
{
    Cluster cluster(1);
    QVERIFY(cluster.start());
    DaemonProcess &daemon = cluster.daemon(0);
    RawSocket member;
    QVERIFY(member.openWebSocket(daemon.port()));
    member.write(RawSocket::frame(RawFrame::Text, joinRoom("r")));
    QVERIFY(waitUntil([&] { return membersInRedis(cluster, "r").size() == 1; }));
    daemon.terminate(); // the close frame is never answered
    QVERIFY(daemon.waitForExit(30s));
    QCOMPARE(daemon.exitCode(), 0);
    QCOMPARE(redisKeys(cluster, "*"), QList<QByteArray>());
}

void StopTest::secondSignalEndsAtOnce_data()
{
    QTest::addColumn<int>("first");
    QTest::addColumn<int>("second");
    QTest::newRow("SIGTERM twice") << SIGTERM << SIGTERM;
    QTest::newRow("SIGINT twice") << SIGINT << SIGINT;
    QTest::newRow("SIGINT, SIGTERM") << SIGINT << SIGTERM;
}

void StopTest::secondSignalEndsAtOnce()
{
    QFETCH(const int, first);
    QFETCH(const int, second);
    Cluster cluster(1, {u"--max-queued-bytes"_s, u"1073741824"_s});
    QVERIFY(cluster.start());
    DaemonProcess &daemon = cluster.daemon(0);
    Clients clients;
    QVERIFY(cluster.connectClients(clients));
    RawSocket creditor;
    QVERIFY(becomeACreditor(creditor, daemon, clients.front()));

    QVERIFY(sendSignal(daemon, first));
    QVERIFY(daemon.waitForOutput("Stopping: "));
    QVERIFY(sendSignal(daemon, second));
    QVERIFY(daemon.waitForExit(60s));
    // Not by itself after its five seconds.
    QCOMPARE(daemon.exitStatus(), QProcess::CrashExit);
}

void StopTest::confirmedMessagesReachTheOthers()
{
    constexpr int Count = 5000;
    Cluster cluster(2, {u"--max-queued-bytes"_s, u"268435456"_s});
    QVERIFY(cluster.start());
    RedisListener listener(cluster.redis().port());
    QVERIFY(listener.subscribe({ChatChannel, "mark"}));
    Clients clients;
    QVERIFY(cluster.connectClients(clients));

    for (int i = 0; i < Count; ++i) {
        clients.front().sendText(submitMessage(QByteArray::number(i)));
    }
    QVERIFY(clients.front().waitForMessages(1, 60s));
    DaemonProcess &stopped = cluster.daemon(0);
    stopped.terminate();
    QVERIFY(clients.front().waitForClose(60s));
    QVERIFY(stopped.waitForExit(30s));
    QCOMPARE(stopped.exitCode(), 0);

    // All that Redis was given was accepted by the daemon, and the other way round.
    redisCommand(cluster.redis().port(), {"PUBLISH", "mark", "here"});
    QVERIFY(listener.waitForMessage([](const RedisMessage &message) { return message.channel == "mark"; }));
    const QList<QByteArray> confirmed = listener.payloads(ChatChannel);
    QVERIFY(!confirmed.isEmpty());
    QCOMPARE(stopped.standardOutput().count("chat SubmitMessage"), confirmed.size());

    WsClient &other = clients.back();
    other.sendText(submitMessage("end"));
    QVERIFY(other.waitForMessages(confirmed.size() + 1, 60s));
    const QList<QByteArray> heard = chatContents(other.messages());
    QCOMPARE(heard.size(), confirmed.size() + 1);
    QCOMPARE(heard.last(), QByteArray("end"));
    for (qsizetype i = 0; i < confirmed.size(); ++i) {
        QCOMPARE(heard.at(i), QByteArray::number(i));
        QVERIFY(confirmed.at(i).contains("\"content\":\"" + heard.at(i) + '"'));
    }
}

void StopTest::stopsWithoutRedis()
{
    Cluster cluster(1);
    QVERIFY(cluster.start());
    Clients clients;
    QVERIFY(cluster.connectClients(clients, 2));
    cluster.redis().kill();
    QVERIFY(cluster.waitUntilNotReady());
    cluster.daemon(0).terminate();
    for (WsClient &client : clients) {
        QVERIFY(client.waitForClose());
        QCOMPARE(client.closeCode(), 1001);
    }
    QVERIFY(cluster.daemon(0).waitForExit(30s));
    QCOMPARE(cluster.daemon(0).exitCode(), 0);
}

QTEST_GUILESS_MAIN(StopTest)
#include "tst_stop.moc"
