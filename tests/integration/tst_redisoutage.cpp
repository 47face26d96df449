// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <memory>

#include <QDeadlineTimer>
#include <QTest>

#include "integration/clientmessages.h"
#include "integration/cluster.h"
#include "support/httprequest.h"
#include "support/redisprobe.h"

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

enum class Outcome { Delivered, Refused, Unknown };

bool isRefusal(const QByteArray &answer)
{
    const auto rejection = parseRejection(answer);
    return rejection && rejection->code == "relay-unavailable" && rejection->channel == "chat"
        && rejection->type == "SubmitMessage"
        && rejection->reason.startsWith("the message was not relayed: ");
}

/// Says something and waits for what becomes of it.
Outcome say(WsClient &client, const QByteArray &content)
{
    client.sendText(submitMessage(content));
    const QByteArray answer = client.takeMessage(30s);
    if (isRefusal(answer)) {
        return Outcome::Refused;
    }
    return parseChatMessage(answer).value_or(ChatMessage()).content == content ? Outcome::Delivered
                                                                               : Outcome::Unknown;
}

/// Goes on saying something until it is delivered, and not refused any more.
bool isHeardAgain(WsClient &client)
{
    const QDeadlineTimer deadline(60s);
    Outcome outcome = Outcome::Refused;
    for (int number = 0; outcome == Outcome::Refused && !deadline.hasExpired(); ++number) {
        outcome = say(client, "try " + QByteArray::number(number));
    }
    return outcome == Outcome::Delivered;
}

qsizetype countOf(const QList<QByteArray> &list, const QByteArray &wanted)
{
    return std::count(list.cbegin(), list.cend(), wanted);
}

} // namespace

/// Redis goes away in all the ways it can: the daemons stay, say so, and are back when it is.
class RedisOutageTest : public QObject
{
    Q_OBJECT

    void checkAway();
    void checkBack();

    std::unique_ptr<Cluster> m_cluster;
    Clients m_clients; // two of each daemon

private Q_SLOTS:
    void init();
    void cleanup();
    void awayAtTheStart();
    void killedAndStartedAgain();
    void everyMessageHasOneOutcome();
    void connectionsKilled_data();
    void connectionsKilled();
    void frozenAndResumed();
};

void RedisOutageTest::init()
{
    m_cluster = std::make_unique<Cluster>(2);
}

void RedisOutageTest::cleanup()
{
    m_clients.clear();
    m_cluster.reset();
}

/// Everyone is told that there is no Redis, and nobody is sent away.
void RedisOutageTest::checkAway()
{
    QVERIFY(m_cluster->waitUntilNotReady());
    for (const DaemonProcess &daemon : m_cluster->daemons()) {
        const HttpReply ready = httpRequest(daemon.port(), "GET", "/readyz");
        QCOMPARE(ready.status, 503);
        QCOMPARE(ready.body, QByteArray("Redis is not connected.\n"));
        const HttpReply ping = httpRequest(daemon.port(), "GET", "/ping1");
        QCOMPARE(ping.status, 503);
        QVERIFY2(ping.body.startsWith("The ping was not relayed: ") && ping.body.endsWith(".\n"), ping.body);
        QCOMPARE(httpRequest(daemon.port(), "GET", "/healthz").status, 200);
        WsClient visitor;
        QVERIFY(visitor.connectTo(daemon.webSocketUrl()));
        QCOMPARE(say(visitor, "is anybody there?"), Outcome::Refused);
    }
    for (const WsClient &client : m_clients) {
        QVERIFY(client.isConnected());
    }
}

/// Everything works again, both ways.
void RedisOutageTest::checkBack()
{
    QVERIFY(m_cluster->waitUntilReady());
    for (WsClient &client : m_clients) {
        QVERIFY(client.isConnected());
        client.clear();
    }
    QVERIFY(chatReaches(m_clients.front(), m_clients, "from the first daemon"));
    QVERIFY(chatReaches(m_clients.back(), m_clients, "from the last daemon"));
    for (const DaemonProcess &daemon : m_cluster->daemons()) {
        QCOMPARE(httpRequest(daemon.port(), "GET", "/ping1").status, 200);
    }
    for (WsClient &client : m_clients) {
        QVERIFY(client.waitForMessages(4));
        QCOMPARE(client.messages().last(), pingFrame(1));
        QCOMPARE(client.messages().size(), 4);
    }
    QCOMPARE(toByteArrays(redisCommand(m_cluster->redis().port(),
                                       {"PUBSUB", "NUMSUB", "ping1", "ping2", "websockets-chat-relay"})),
             QList<QByteArray>({"ping1", "2", "ping2", "2", "websockets-chat-relay", "2"}));
}

void RedisOutageTest::awayAtTheStart()
{
    QVERIFY(m_cluster->redis().start());
    m_cluster->redis().kill();
    QVERIFY(m_cluster->startDaemons());
    QVERIFY(m_cluster->connectClients(m_clients, 2));
    checkAway();
    QVERIFY(m_cluster->redis().start());
    checkBack();
    // One line an outage, not one an attempt.
    for (const DaemonProcess &daemon : m_cluster->daemons()) {
        QCOMPARE(daemon.standardOutput().count("trying again until it works"), 1);
    }
}

void RedisOutageTest::killedAndStartedAgain()
{
    constexpr int Count = 200;
    QVERIFY(m_cluster->start());
    QVERIFY(m_cluster->connectClients(m_clients, 2));
    for (int round = 0; round < 3; ++round) {
        for (WsClient &client : m_clients) {
            client.clear();
        }
        m_cluster->redis().kill();
        // The daemons may not know yet.
        for (int i = 0; i < Count; ++i) {
            m_clients.front().sendText(submitMessage(QByteArray::number(i)));
        }
        QVERIFY(m_clients.front().waitForMessages(Count));
        QVERIFY(std::all_of(m_clients.front().messages().cbegin(), m_clients.front().messages().cend(),
                            isRefusal));
        checkAway();
        QCOMPARE(m_clients.front().messages().size(), Count);
        for (auto client = m_clients.cbegin() + 1; client != m_clients.cend(); ++client) {
            QCOMPARE(client->messages(), QList<QByteArray>());
        }
        QVERIFY(m_cluster->redis().start());
        checkBack();
    }
}

void RedisOutageTest::everyMessageHasOneOutcome()
{
    constexpr int BeforeOutage = 50;
    constexpr int AfterOutage = 50;
    QVERIFY(m_cluster->start());
    QVERIFY(m_cluster->connectClients(m_clients, 2));
    WsClient &sender = m_clients.front();
    QList<QByteArray> delivered;
    QList<QByteArray> refused;
    const auto sayNext = [&] {
        const QByteArray content = QByteArray::number(delivered.size() + refused.size());
        const Outcome outcome = say(sender, content);
        (outcome == Outcome::Delivered ? delivered : refused).append(content);
        return outcome;
    };

    for (int i = 0; i < BeforeOutage; ++i) {
        QCOMPARE(sayNext(), Outcome::Delivered);
    }
    m_cluster->redis().kill(); // nothing is on its way
    for (int i = 0; i < 100; ++i) {
        QCOMPARE(sayNext(), Outcome::Refused);
    }
    QVERIFY(m_cluster->redis().start());
    const QDeadlineTimer deadline(60s);
    while (delivered.size() < BeforeOutage + AfterOutage && !deadline.hasExpired()) {
        QVERIFY(sayNext() != Outcome::Unknown);
    }
    QCOMPARE(delivered.size(), BeforeOutage + AfterOutage);
    QVERIFY(m_cluster->waitUntilReady());
    QVERIFY(chatReaches(sender, m_clients, "end"));

    // Nothing comes late or twice, and nothing that was refused is heard all the same. The other daemon may
    // have been away for longer.
    QCOMPARE(chatContents(m_clients.at(1).messages()), delivered + QList<QByteArray>{"end"});
    const QList<QByteArray> elsewhere = chatContents(m_clients.back().messages());
    QCOMPARE(elsewhere.first(BeforeOutage), delivered.first(BeforeOutage));
    qsizetype position = 0;
    for (const QByteArray &content : elsewhere.first(elsewhere.size() - 1)) {
        position = delivered.indexOf(content, position) + 1;
        QVERIFY2(position > 0, content);
    }
}

void RedisOutageTest::connectionsKilled_data()
{
    QTest::addColumn<QByteArray>("type");
    QTest::newRow("the ones that hear") << QByteArray("pubsub");
    QTest::newRow("the ones that speak") << QByteArray("normal");
}

void RedisOutageTest::connectionsKilled()
{
    QFETCH(const QByteArray, type);
    const QByteArray notReady = "warning: Not ready: ";
    QVERIFY(m_cluster->start());
    QVERIFY(m_cluster->connectClients(m_clients, 2));
    for (int round = 1; round <= 3; ++round) {
        const QVariant killed = redisCommand(m_cluster->redis().port(), {"CLIENT", "KILL", "TYPE", type});
        QCOMPARE(killed.toInt(), 2);
        for (const DaemonProcess &daemon : m_cluster->daemons()) {
            QVERIFY(waitUntil([&] { return daemon.standardOutput().count(notReady) == round; }));
        }
        // From here on the daemons know, so that what they do not refuse is heard.
        m_clients.front().clear();
        QVERIFY(isHeardAgain(m_clients.front()));
        checkBack();
    }
}

void RedisOutageTest::frozenAndResumed()
{
    constexpr int Count = 100;
    QVERIFY(m_cluster->start());
    QVERIFY(m_cluster->connectClients(m_clients, 2));
    WsClient &sender = m_clients.front();
    WsClient &witness = m_clients.back();

    m_cluster->redis().pause(); // connections stay, nothing answers
    for (int i = 0; i < Count; ++i) {
        sender.sendText(submitMessage(QByteArray::number(i)));
    }
    QVERIFY(sender.waitForMessages(Count, 30s));
    QVERIFY(std::all_of(sender.messages().cbegin(), sender.messages().cend(), isRefusal));
    checkAway();
    QCOMPARE(sender.messages().size(), Count);
    QCOMPARE(witness.messages(), QList<QByteArray>());
    m_cluster->redis().resume();

    QVERIFY(m_cluster->waitUntilReady());
    QVERIFY(chatReaches(sender, m_clients, "back"));
    // Redis may find them in what it had been sent: that they were refused means that nobody knew.
    const QList<QByteArray> heard = chatContents(witness.messages());
    for (int i = 0; i < Count; ++i) {
        QVERIFY(countOf(heard, QByteArray::number(i)) <= 1);
    }
    checkBack();
}

QTEST_GUILESS_MAIN(RedisOutageTest)
#include "tst_redisoutage.moc"
