// SPDX-License-Identifier: BSD-3-Clause
#include <memory>

#include <QRegularExpression>
#include <QTest>

#include "integration/clientmessages.h"
#include "integration/cluster.h"
#include "support/httprequest.h"
#include "support/redislistener.h"
#include "support/redisprobe.h"

using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

const QByteArray ChatChannel = QByteArrayLiteral("websockets-chat-relay");

/// A chat payload as a daemon writes it.
QByteArray chatPayload(const QByteArray &contentJson, const QByteArray &postedAt = "2026-11-24T15:40:12Z")
{
    return R"({"contents":{"contents":{"content":)" + contentJson + R"(,"postedAt":")" + postedAt
        + R"("},"type":"NewMessageReceived"},"type":"BroadcastChatMessage"})";
}

} // namespace

/// What daemons write to Redis and what they make of what stands there, byte by byte: daemons of other
/// programs are on the same channels.
class RelayPayloadsTest : public QObject
{
    Q_OBJECT

    bool publish(const QByteArray &channel, const QByteArray &payload);

    std::unique_ptr<Cluster> m_cluster;

private Q_SLOTS:
    void init();
    void cleanup();
    void cleanupTestCase();
    void publishedPayloads();
    void foreignPayloads_data();
    void foreignPayloads();
    void badPayloads_data();
    void badPayloads();
    void pingOnTheOtherChannelIsIgnored();
    void payloadsOverTheBoundAreSkipped();
};

void RelayPayloadsTest::init()
{
    if (!m_cluster) {
        m_cluster = std::make_unique<Cluster>(2, QStringList{u"--max-message-bytes"_s, u"1000"_s});
        QVERIFY(m_cluster->start());
    }
}

void RelayPayloadsTest::cleanup()
{
    if (QTest::currentTestFailed()) {
        m_cluster.reset(); // shows what the daemons wrote
    }
}

void RelayPayloadsTest::cleanupTestCase()
{
    m_cluster.reset();
}

/// Whether both daemons, and nobody else, were sent it.
bool RelayPayloadsTest::publish(const QByteArray &channel, const QByteArray &payload)
{
    return redisCommand(m_cluster->redis().port(), {"PUBLISH", channel, payload}).toInt() == 2;
}

void RelayPayloadsTest::publishedPayloads()
{
    RedisListener listener(m_cluster->redis().port());
    QVERIFY(listener.subscribe({"ping1", "ping2", ChatChannel}));
    QVERIFY(listener.subscribePatterns({"chat-room-*"}));
    Clients clients;
    QVERIFY(m_cluster->connectClients(clients));

    QCOMPARE(httpRequest(m_cluster->daemon(0).port(), "GET", "/ping1").status, 200);
    QCOMPARE(httpRequest(m_cluster->daemon(1).port(), "POST", "/ping2", "body").status, 200);
    clients.front().sendText(submitJson(R"("Hello \"World\"\u0007")"));
    QVERIFY(listener.waitForMessages(3));
    clients.back().sendText(submitJson(R"("")"));
    QVERIFY(listener.waitForMessages(4));

    QCOMPARE(listener.messages().at(0), (RedisMessage{"ping1", R"({"type":"SendPing1"})"}));
    QCOMPARE(listener.messages().at(1), (RedisMessage{"ping2", R"({"type":"SendPing2"})"}));
    const QString form = QRegularExpression::escape(QString::fromUtf8(chatPayload("CONTENT", "TIME")));
    const QString time = u"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{0,8}[1-9])?Z"_s;
    const auto matches = [&](qsizetype index, const QString &contentJson) {
        const QString pattern = QString(form)
                                    .replace(u"TIME"_s, time)
                                    .replace(u"CONTENT"_s, QRegularExpression::escape(contentJson));
        const RedisMessage &message = listener.messages().at(index);
        return message.channel == ChatChannel
            && QRegularExpression(QRegularExpression::anchoredPattern(pattern))
                   .match(QString::fromUtf8(message.payload))
                   .hasMatch();
    };
    QVERIFY2(matches(2, uR"("Hello \"World\"\u0007")"_s), listener.messages().at(2).payload);
    QVERIFY2(matches(3, uR"("")"_s), listener.messages().at(3).payload);
}

void RelayPayloadsTest::foreignPayloads_data()
{
    QTest::addColumn<QByteArray>("channel");
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QByteArray>("frame");

    const auto ping = [](const char *name, int number, const QByteArray &payload) {
        QTest::newRow(name) << QByteArray("ping" + QByteArray::number(number)) << payload
                            << pingFrame(number);
    };
    ping("ping1", 1, R"({"type":"SendPing1"})");
    ping("ping2", 2, R"({"type":"SendPing2"})");
    ping("ping with more", 1, R"( { "contents" : [1, {}], "type":"SendPing1", "more": null } )");

    const auto chat = [](const char *name, const QByteArray &payload, const QByteArray &frame) {
        QTest::newRow(name) << ChatChannel << payload << frame;
    };
    const QByteArray time = "2026-11-24T15:40:12.701534084Z";
    const QByteArray hello = R"("Hello World")";
    chat("chat", chatPayload(hello, time), chatFrame(hello, time));
    chat("chat, other order",
         R"({"type":"BroadcastChatMessage","contents":{"type":"NewMessageReceived","contents":)"
         R"({"postedAt":"2026-11-24T15:40:12.701534084Z","content":"Hello World"}}})",
         chatFrame(hello, time));
    chat("chat with more",
         R"({"a":1,"contents":{"b":[],"contents":{"c":"d","content":"Hello World","client":"x",)"
         R"("postedAt":"2026-11-24T15:40:12.701534084Z","postedAt":"x"},"type":"NewMessageReceived"},)"
         R"("type":"BroadcastChatMessage","node":{"id":"x"}})",
         chatFrame(hello, time));
    chat("chat in other letters", chatPayload(R"("\u0048ello\/\ud83d\ude00\b")", time),
         chatFrame("\"Hello/\xF0\x9F\x98\x80\\u0008\"", time));

    const auto at = [&](const QByteArray &postedAt, const QByteArray &shown) {
        chat(postedAt, chatPayload(hello, postedAt), chatFrame(hello, shown));
    };
    at("2026-11-24T17:40:12.7015+02:00", "2026-11-24T15:40:12.7015Z");
    at("2026-11-25T01:10:12+0930", "2026-11-24T15:40:12Z");
    at("2026-11-24T12:10:12-0330", "2026-11-24T15:40:12Z");
    at("2026-12-31T23:59:59-01", "2027-01-01T00:59:59Z");
    at("2026-11-24 15:40 Z", "2026-11-24T15:40:00Z");
    at("2026-11-24T15:40:12.500000000000999Z", "2026-11-24T15:40:12.5Z");
    at("2026-11-24T15:40:12.000Z", "2026-11-24T15:40:12Z");
    at("2016-12-31T23:59:60Z", "2016-12-31T23:59:60Z");
    at("12345-01-01T00:00:00Z", "12345-01-01T00:00:00Z");
}

void RelayPayloadsTest::foreignPayloads()
{
    QFETCH(const QByteArray, channel);
    QFETCH(const QByteArray, payload);
    QFETCH(const QByteArray, frame);

    Clients clients;
    QVERIFY(m_cluster->connectClients(clients));
    // Behind this, nothing of an earlier test can come.
    QVERIFY(chatReaches(clients[0], clients, "settled"));
    for (WsClient &client : clients) {
        client.clear();
    }
    QVERIFY(publish(channel, payload));
    for (WsClient &client : clients) {
        QCOMPARE(client.takeMessage(), frame);
    }
}

void RelayPayloadsTest::badPayloads_data()
{
    QTest::addColumn<QByteArray>("channel");
    QTest::addColumn<QByteArray>("payload");

    int count = 0;
    const auto row = [&count](const QByteArray &channel, const QByteArray &payload) {
        QTest::addRow("%s %d", channel.constData(), ++count) << channel << payload;
    };
    for (const char *payload :
         {"", " ", "garbage", "{", "null", "1", "[]", "{}", R"("SendPing1")", R"({"tag":"SendPing1"})",
          R"({"type":"SendPing3"})", R"({"type":"sendping1"})", R"({"type":1})", R"({"type":"SendPing1"} x)",
          R"({"type":"SendPing1",})", "{\"type\":\"SendPing1\",\"x\":\"\xFF\"}",
          "\xEF\xBB\xBF{\"type\":\"SendPing1\"}"}) {
        row("ping1", payload);
    }
    row("ping2", R"({"type":"ping2"})");
    for (
        const char *payload :
        {"", "garbage", "[]", R"({"type":"BroadcastChatMessage"})",
         R"({"contents":"x","type":"BroadcastChatMessage"})",
         R"({"contents":{"contents":{"content":"x","postedAt":"2026-11-24T15:40:12Z"},"type":"NewMessage"},"type":"BroadcastChatMessage"})",
         R"({"contents":{"contents":{"content":"x","postedAt":"2026-11-24T15:40:12Z"},"type":"NewMessageReceived"},"type":"Broadcast"})",
         R"({"contents":{"contents":"x","type":"NewMessageReceived"},"type":"BroadcastChatMessage"})",
         R"({"contents":{"contents":{"content":"x"},"type":"NewMessageReceived"},"type":"BroadcastChatMessage"})",
         R"({"contents":{"contents":{"postedAt":"2026-11-24T15:40:12Z"},"type":"NewMessageReceived"},"type":"BroadcastChatMessage"})",
         R"({"contents":{"content":"x","postedAt":"2026-11-24T15:40:12Z"},"type":"NewMessageReceived"})"}) {
        row(ChatChannel, payload);
    }
    for (const char *contentJson :
         {"1", "null", R"("\ud800")", R"("\udc00")", "\"\n\"", "\"\xC3\"", "\"\xED\xA0\x80\""}) {
        row(ChatChannel, chatPayload(contentJson));
    }
    for (const char *time :
         {"", "now", "2026-11-24T15:40:12", "2026-11-24", "2026-11-24t15:40:12Z", "2026-11-24T15:40:12z",
          "2026-11-24T15:40:45.Z", "2026-11-24T15:40:12,5Z", "2026-11-24T24:00:00Z", "2026-02-30T15:40:12Z",
          "2026-11-24T15:40:61Z", "2026-11-24T15:40:12Z ", "2026-11-24T15:40:12+24:00"}) {
        row(ChatChannel, chatPayload(R"("x")", time));
    }
}

void RelayPayloadsTest::badPayloads()
{
    QFETCH(const QByteArray, channel);
    QFETCH(const QByteArray, payload);

    Clients clients;
    QVERIFY(m_cluster->connectClients(clients));
    QList<qsizetype> written;
    for (const DaemonProcess &daemon : m_cluster->daemons()) {
        written.append(daemon.standardOutput().size());
    }
    QVERIFY(publish(channel, payload));
    QVERIFY(publish(ChatChannel, chatPayload(R"("good")")));
    for (WsClient &client : clients) {
        QCOMPARE(client.takeMessage(), chatFrame(R"("good")", "2026-11-24T15:40:12Z"));
    }
    const QByteArray line = "] warning: [" + channel + "] Skipped a payload: ";
    for (qsizetype i = 0; i < written.size(); ++i) {
        QVERIFY(waitUntil(
            [&] { return m_cluster->daemon(i).standardOutput().sliced(written.at(i)).contains(line); }));
    }
}

void RelayPayloadsTest::pingOnTheOtherChannelIsIgnored()
{
    Clients clients;
    QVERIFY(m_cluster->connectClients(clients));
    const qsizetype written = m_cluster->daemon(0).standardOutput().size();
    QVERIFY(publish("ping1", R"({"type":"SendPing2"})"));
    QVERIFY(publish("ping2", R"({"type":"SendPing1"})"));
    QVERIFY(publish("ping1", R"({"type":"SendPing1"})"));
    for (WsClient &client : clients) {
        QCOMPARE(client.takeMessage(), pingFrame(1));
    }
    QVERIFY(waitUntil([&] {
        const QByteArray log = m_cluster->daemon(0).standardOutput().sliced(written);
        return log.contains("Pong") && log.endsWith('\n');
    }));
    const QByteArray log = m_cluster->daemon(0).standardOutput().sliced(written);
    QCOMPARE(log.count("[ping"), 1);
    QVERIFY2(log.endsWith("[ping1] Pong 1\n"), log);
}

void RelayPayloadsTest::payloadsOverTheBoundAreSkipped()
{
    // Three times the longest message of a client, and 4096 bytes.
    constexpr qsizetype Bound = 3 * 1000 + 4096;
    const qsizetype envelope = chatPayload(R"("")").size();
    const QByteArray fits = '"' + QByteArray(Bound - envelope, 'x') + '"';
    QCOMPARE(chatPayload(fits).size(), Bound);

    Clients clients;
    QVERIFY(m_cluster->connectClients(clients));
    QVERIFY(publish(ChatChannel, chatPayload('"' + QByteArray(Bound - envelope + 1, 'x') + '"')));
    QVERIFY(publish(ChatChannel, chatPayload('"' + QByteArray(4000000, 'x') + '"')));
    QVERIFY(publish(ChatChannel, chatPayload(fits)));
    for (WsClient &client : clients) {
        QCOMPARE(client.takeMessage(), chatFrame(fits, "2026-11-24T15:40:12Z"));
    }
    for (DaemonProcess &daemon : m_cluster->daemons()) {
        const QByteArray line = "[websockets-chat-relay] Skipped a payload of ";
        QVERIFY(daemon.waitForOutput(line + QByteArray::number(Bound + 1) + " bytes"));
        QVERIFY(daemon.waitForOutput(line + QByteArray::number(4000000 + envelope) + " bytes"));
    }
}

QTEST_GUILESS_MAIN(RelayPayloadsTest)
#include "tst_relaypayloads.moc"
