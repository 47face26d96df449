// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <vector>

#include <QDateTime>
#include <QRegularExpression>
#include <QTest>

#include "integration/clientmessages.h"
#include "integration/cluster.h"
#include "support/httprequest.h"
#include "support/rawsocket.h"
#include "support/redisprobe.h"

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

QList<QByteArray> sorted(QList<QByteArray> list)
{
    std::sort(list.begin(), list.end());
    return list;
}

/// One of many messages: who sent it, and which of his it is.
QByteArray numbered(qsizetype sender, int number)
{
    return QByteArray::number(sender) + ' ' + QByteArray::number(number);
}

} // namespace

/// What is said on one daemon is heard on all.
class RelayTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void chatReachesEveryClientOnce();
    void binaryFrameIsAnsweredWithText();
    void contents_data();
    void contents();
    void largestMessageArrives();
    void manyMessagesStayInOrder();
    void pingReachesEveryClient_data();
    void pingReachesEveryClient();
    void everyDaemonSubscribes();
    void othersGoOnWhenClientsLeave();
};

void RelayTest::chatReachesEveryClientOnce()
{
    Cluster cluster(3);
    QVERIFY(cluster.start());
    Clients clients;
    QVERIFY(cluster.connectClients(clients, 2));

    QList<QByteArray> said;
    const qint64 before = QDateTime::currentMSecsSinceEpoch();
    for (WsClient &client : clients) {
        said.append("I am client " + QByteArray::number(said.size()));
        client.sendText(submitMessage(said.last()));
    }
    for (WsClient &client : clients) {
        QVERIFY(client.waitForMessages(said.size()));
    }
    const qint64 after = QDateTime::currentMSecsSinceEpoch();

    // What comes twice comes before what its daemon is given later.
    for (WsClient &client : clients) {
        said.append("that was client " + QByteArray::number(said.size()));
        QVERIFY(chatReaches(client, clients, said.last()));
    }
    for (const WsClient &client : clients) {
        QCOMPARE(sorted(chatContents(client.messages())), sorted(said));
        QCOMPARE(client.messages().size(), said.size());
        for (const QByteArray &frame : client.messages().first(said.size() / 2)) {
            const auto postedAt = parseChatMessage(frame)->postedAtMilliseconds();
            QVERIFY2(postedAt, frame);
            QVERIFY2(*postedAt >= before && *postedAt <= after, frame);
        }
        // All see the same frames.
        QCOMPARE(sorted(client.messages()), sorted(clients.front().messages()));
    }
}

void RelayTest::binaryFrameIsAnsweredWithText()
{
    Cluster cluster(2);
    QVERIFY(cluster.start());
    Clients clients;
    QVERIFY(cluster.connectClients(clients));

    clients.front().sendBinary(submitMessage("in binary"));
    for (WsClient &client : clients) {
        QVERIFY(client.waitForMessages(1));
    }
    QVERIFY(chatReaches(clients.front(), clients, "in text"));
    for (const WsClient &client : clients) {
        QCOMPARE(chatContents(client.messages()), QList<QByteArray>({"in binary", "in text"}));
        QVERIFY(client.binaryMessages().isEmpty());
    }
}

void RelayTest::contents_data()
{
    QTest::addColumn<QByteArray>("sent");
    QTest::addColumn<QByteArray>("shown");

    const auto same = [](const char *name, const QByteArray &json) { QTest::newRow(name) << json << json; };
    same("empty", R"("")");
    same("blanks", R"("  ")");
    same("short escapes", R"("\"\\\n\r\t")");
    same("long escapes", R"("\u0000\u0001\u0008\u000c\u001f")");
    same("not escaped", "\"/<>&'\x7F\xC2\x80\xC3\xA9\xE2\x82\xAC\xE2\x80\xA8\xE2\x80\xA9\"");
    same("emoji", "\"\xF0\x9F\x98\x80 \xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x9A\x80\"");
    same("last character", "\"\xF4\x8F\xBF\xBF\"");
    same("JSON", R"("{\"channel\":\"chat\"}")");
    same("60 kB", '"' + QByteArray(60000, 'x') + '"');
    same("60 kB of 4-byte characters", '"' + QByteArray("\xF0\x9F\x98\x80").repeated(15000) + '"');
    QTest::newRow("needless escapes") << QByteArray(R"("\u0041\/\b\f\u00e9\uD83D\uDE00")")
                                      << QByteArray("\"A/\\u0008\\u000c\xC3\xA9\xF0\x9F\x98\x80\"");
}

void RelayTest::contents()
{
    QFETCH(const QByteArray, sent);
    QFETCH(const QByteArray, shown);

    Cluster cluster(2);
    QVERIFY(cluster.start());
    Clients clients;
    QVERIFY(cluster.connectClients(clients));
    clients.front().sendText(submitJson(sent));
    for (WsClient &client : clients) {
        const QByteArray frame = client.takeMessage();
        const auto message = parseChatMessage(frame);
        QVERIFY2(message, frame.left(200));
        QCOMPARE(frame, chatFrame(shown, message->postedAt));
    }
}

void RelayTest::largestMessageArrives()
{
    Cluster cluster(2);
    QVERIFY(cluster.start());
    Clients clients;
    QVERIFY(cluster.connectClients(clients));

    // Two bytes from the client, six to the client: nothing grows more on its way.
    constexpr qsizetype Largest = 65536;
    const qsizetype room = Largest - submitJson(R"("")").size();
    const QByteArray padding(room % 2, 'x');
    const QByteArray sent = submitJson('"' + padding + QByteArray(R"(\b)").repeated(room / 2) + '"');
    QCOMPARE(sent.size(), Largest);
    clients.back().sendText(sent);
    for (WsClient &client : clients) {
        const auto message = parseChatMessage(client.takeMessage());
        QVERIFY(message);
        QCOMPARE(message->content, padding + QByteArray(room / 2, '\b'));
    }
}

void RelayTest::manyMessagesStayInOrder()
{
    constexpr int PerSender = 2500;
    constexpr qsizetype Senders = 4;
    // The test is one process and reads slowly: nobody is to be cut off for that.
    Cluster cluster(2, {u"--max-queued-bytes"_s, u"268435456"_s});
    QVERIFY(cluster.start());
    Clients clients;
    QVERIFY(cluster.connectClients(clients, 3)); // of each daemon, the last one only listens
    const std::vector<WsClient *> senders = {&clients[0], &clients[1], &clients[3], &clients[4]};

    for (int number = 0; number < PerSender; ++number) {
        for (qsizetype sender = 0; sender < Senders; ++sender) {
            senders[static_cast<std::size_t>(sender)]->sendText(submitMessage(numbered(sender, number)));
        }
    }
    for (WsClient &client : clients) {
        QVERIFY(client.waitForMessages(PerSender * Senders, 240s));
    }
    // One more from each daemon: had anything come twice, it would be there before.
    for (const qsizetype sender : {0, 2}) {
        senders[static_cast<std::size_t>(sender)]->sendText(submitMessage(numbered(sender, PerSender)));
    }
    for (WsClient &client : clients) {
        QVERIFY(client.waitForMessages(PerSender * Senders + 2));
        QList<int> next(Senders, 0);
        for (const QByteArray &frame : client.messages()) {
            const auto message = parseChatMessage(frame);
            QVERIFY2(message, frame);
            const qsizetype sender = message->content.left(1).toInt();
            QCOMPARE(message->content, numbered(sender, next[sender]++));
        }
        QCOMPARE(next, QList<int>({PerSender + 1, PerSender, PerSender + 1, PerSender}));
    }
}

void RelayTest::pingReachesEveryClient_data()
{
    QTest::addColumn<int>("number");
    QTest::newRow("ping1") << 1;
    QTest::newRow("ping2") << 2;
}

void RelayTest::pingReachesEveryClient()
{
    QFETCH(const int, number);
    const QByteArray name = "ping" + QByteArray::number(number);

    Cluster cluster(3);
    QVERIFY(cluster.start());
    Clients clients;
    QVERIFY(cluster.connectClients(clients));
    RawSocket raw;
    QVERIFY(raw.openWebSocket(cluster.daemon(0).port()));

    const HttpReply reply = httpRequest(cluster.daemon(1).port(), "GET", '/' + name);
    QCOMPARE(reply.status, 200);
    QVERIFY(reply.complete);
    QCOMPARE(reply.body, QByteArray());

    const QByteArray frame = pingFrame(number);
    QCOMPARE(frame.size(), 57);
    QCOMPARE(raw.readExactly(59), "\x81\x39" + frame);
    QVERIFY(chatReaches(clients.front(), clients, "after the ping"));
    for (const WsClient &client : clients) {
        QCOMPARE(client.messages().size(), 2);
        QCOMPARE(client.messages().first(), frame);
    }
    const QRegularExpression line(u"^\\[Redis\\] \\[\\d\\d:\\d\\d:\\d\\d\\] \\[%1\\] Pong %2$"_s.arg(
                                      QString::fromLatin1(name), QString::number(number)),
                                  QRegularExpression::MultilineOption);
    for (DaemonProcess &daemon : cluster.daemons()) {
        QVERIFY(daemon.waitForOutput("Pong " + QByteArray::number(number) + '\n'));
        QCOMPARE(QString::fromUtf8(daemon.standardOutput()).count(line), 1);
    }
}

void RelayTest::everyDaemonSubscribes()
{
    Cluster cluster(3);
    QVERIFY(cluster.start());
    const auto subscribers = [&cluster] {
        return toByteArrays(redisCommand(cluster.redis().port(),
                                         {"PUBSUB", "NUMSUB", "ping1", "ping2", "websockets-chat-relay"}));
    };
    QCOMPARE(subscribers(), QList<QByteArray>({"ping1", "3", "ping2", "3", "websockets-chat-relay", "3"}));

    cluster.daemon(2).terminate();
    QVERIFY(cluster.daemon(2).waitForExit());
    QVERIFY(waitUntil([&] {
        return subscribers() == QList<QByteArray>({"ping1", "2", "ping2", "2", "websockets-chat-relay", "2"});
    }));
}

void RelayTest::othersGoOnWhenClientsLeave()
{
    Cluster cluster(2);
    QVERIFY(cluster.start());
    Clients clients;
    QVERIFY(cluster.connectClients(clients, 2));

    QVERIFY(chatReaches(clients.front(), clients, "all are here"));
    clients.back().close();
    QVERIFY(clients.back().waitForClose());
    QCOMPARE(clients.back().closeCode(), 1000);
    QVERIFY(cluster.daemon(1).waitForOutput("Disconnected with 1000"));
    clients.pop_back();
    clients.back().abort(); // without a word
    QVERIFY(cluster.daemon(1).waitForOutput("Disconnected with 1006"));
    clients.pop_back();
    QVERIFY(chatReaches(clients.back(), clients, "two are left"));
    for (const WsClient &client : clients) {
        QCOMPARE(chatContents(client.messages()), QList<QByteArray>({"all are here", "two are left"}));
    }
}

QTEST_GUILESS_MAIN(RelayTest)
#include "tst_relay.moc"
