// SPDX-License-Identifier: BSD-3-Clause
#include <QSignalSpy>
#include <QTest>

#include "redis/redisconnection.h"
#include "support/redisserver.h"
#include "support/redistesting.h"

using namespace switchboard::redis;
using namespace switchboard::test;

/// Publishing and subscribing on a RedisConnection.
class TestRedisSubscriptions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void publishedMessageArrives();
    void channelsAndPayloadsAreBytes();
    void severalChannelsInOneCommand();
    void messagesKeepTheirOrder();
    void handlersFollowConfirmations();
    void unsubscribedChannelIsSilent();
    void unsubscribingAsOftenAsOneLikes_data();
    void unsubscribingAsOftenAsOneLikes();
    void commandsWorkAgainAfterLastUnsubscribe();
    void pingWhileSubscribed();
    void otherCommandsWhileSubscribedAreErrors();
    void refusedSubscription();
    void channelNamedLikeAnAnswer();
    void subscriptionsEndWithTheConnection();

private:
    QByteArrayList received() const;

    RedisServer m_server;
    std::unique_ptr<RedisConnection> m_publisher;
    std::unique_ptr<RedisConnection> m_subscriber;
    std::unique_ptr<QSignalSpy> m_messages;
};

void TestRedisSubscriptions::initTestCase()
{
    QVERIFY(m_server.start());
}

void TestRedisSubscriptions::init()
{
    m_publisher = std::make_unique<RedisConnection>(parsedUrl(m_server.url()));
    m_subscriber = std::make_unique<RedisConnection>(parsedUrl(m_server.url()));
    m_messages = std::make_unique<QSignalSpy>(m_subscriber.get(), &RedisConnection::messageReceived);
    QVERIFY(openAndWait(*m_publisher));
    QVERIFY(openAndWait(*m_subscriber));
}

void TestRedisSubscriptions::cleanup()
{
    m_messages.reset();
    m_subscriber.reset();
    m_publisher.reset();
}

// What the subscriber heard, as "channel=payload".
QByteArrayList TestRedisSubscriptions::received() const
{
    QByteArrayList messages;
    for (const QVariantList &message : std::as_const(*m_messages)) {
        messages.append(message.at(0).toByteArray() + '=' + message.at(1).toByteArray());
    }
    return messages;
}

void TestRedisSubscriptions::publishedMessageArrives()
{
    ReplyLog log;
    m_subscriber->subscribe({"news"}, log.handler());
    QTRY_COMPARE(log.entries(), QByteArrayList{"1"});
    QCOMPARE(ask(*m_publisher, {"PUBLISH", "news", "first"}), "1");
    m_publisher->publish("news", "second", log.handler());
    m_publisher->publish("other", "not for us", log.handler());
    QTRY_COMPARE(received(), (QByteArrayList{"news=first", "news=second"}));
    QTRY_COMPARE(log.entries(), (QByteArrayList{"1", "1", "0"}));
}

void TestRedisSubscriptions::channelsAndPayloadsAreBytes()
{
    QByteArray everyByte;
    for (int i = 0; i < 256; ++i) {
        everyByte.append(static_cast<char>(i));
    }
    const QByteArrayList payloads = {QByteArray(), "\r\n", "%s", everyByte, everyByte.repeated(10'000)};
    ReplyLog log;
    m_subscriber->subscribe({everyByte, ""}, log.handler());
    QTRY_COMPARE(log.count(), 1);
    QByteArrayList expected;
    for (const QByteArray &payload : payloads) {
        m_publisher->publish(everyByte, payload);
        m_publisher->publish({}, payload);
        expected.append(everyByte + '=' + payload);
        expected.append('=' + payload);
    }
    QTRY_COMPARE(m_messages->count(), expected.size());
    QVERIFY(received() == expected);
}

void TestRedisSubscriptions::severalChannelsInOneCommand()
{
    QSignalSpy subscribed(m_subscriber.get(), &RedisConnection::subscribed);
    QByteArrayList channels;
    for (int i = 0; i < 2000; ++i) {
        channels.append("room-" + QByteArray::number(i));
    }
    ReplyLog log;
    m_subscriber->subscribe(channels, log.handler());
    m_subscriber->subscribe({"room-5", "room-5", "one-more"}, log.handler());
    QTRY_COMPARE(log.entries(), (QByteArrayList{"2000", "2001"}));
    QCOMPARE(subscribed.count(), 2003);
    QCOMPARE(subscribed.at(1999).first().toByteArray(), "room-1999");
    for (const char *channel : {"room-0", "room-5", "room-1999", "one-more"}) {
        QCOMPARE(ask(*m_publisher, {"PUBLISH", channel, "m"}), "1");
    }
    QTRY_COMPARE(received(), (QByteArrayList{"room-0=m", "room-5=m", "room-1999=m", "one-more=m"}));
}

void TestRedisSubscriptions::messagesKeepTheirOrder()
{
    ReplyLog log;
    m_subscriber->subscribe({"a", "b"}, log.handler());
    QTRY_COMPARE(log.count(), 1);
    QByteArrayList expected;
    for (int i = 0; i < 20'000; ++i) {
        const QByteArray channel = i % 3 == 0 ? "a" : "b";
        const QByteArray payload = QByteArray(i % 200, 'x') + QByteArray::number(i);
        m_publisher->publish(channel, payload);
        expected.append(channel + '=' + payload);
    }
    QTRY_COMPARE(m_messages->count(), expected.size());
    QVERIFY(received() == expected);
}

void TestRedisSubscriptions::handlersFollowConfirmations()
{
    QByteArrayList events;
    connect(m_subscriber.get(), &RedisConnection::subscribed, this,
            [&](const QByteArray &channel) { events.append('+' + channel); });
    connect(m_subscriber.get(), &RedisConnection::unsubscribed, this,
            [&](const QByteArray &channel) { events.append('-' + channel); });
    const auto note = [&](const RedisResult &result) { events.append(describe(result)); };
    m_subscriber->command({"PING"}, note);
    m_subscriber->subscribe({"a", "b"}, note);
    m_subscriber->unsubscribe({"a"}, note);
    m_subscriber->command({"PING"}, note);
    m_subscriber->subscribe({"a", "c"}, note);
    m_subscriber->unsubscribe({"c", "b", "a"}, note);
    m_subscriber->command({"PING"}, note);
    QTRY_COMPARE(events,
                 (QByteArrayList{"+PONG", "+a", "+b", "2", "-a", "1", "+PONG", "+a", "+c", "3", "-c", "-b",
                                 "-a", "0", "+PONG"}));
}

void TestRedisSubscriptions::unsubscribedChannelIsSilent()
{
    ReplyLog log;
    m_subscriber->subscribe({"a", "b"}, log.handler());
    m_subscriber->unsubscribe({"a"}, log.handler());
    QTRY_COMPARE(log.count(), 2);
    QCOMPARE(ask(*m_publisher, {"PUBLISH", "a", "m"}), "0");
    QCOMPARE(ask(*m_publisher, {"PUBLISH", "b", "m"}), "1");
    QTRY_COMPARE(received(), QByteArrayList{"b=m"});
}

void TestRedisSubscriptions::unsubscribingAsOftenAsOneLikes_data()
{
    QTest::addColumn<QByteArrayList>("subscribed");
    QTest::addColumn<QList<QByteArrayList>>("unsubscribed");
    QTest::newRow("last") << QByteArrayList{"a"} << QList<QByteArrayList>{{"a"}};
    QTest::newRow("last twice") << QByteArrayList{"a"} << QList<QByteArrayList>{{"a"}, {"a"}};
    QTest::newRow("last twice in one") << QByteArrayList{"a"} << QList<QByteArrayList>{{"a", "a"}};
    QTest::newRow("unknown") << QByteArrayList{"a"} << QList<QByteArrayList>{{"z"}, {"a"}};
    QTest::newRow("unknown when none is left") << QByteArrayList{"a"} << QList<QByteArrayList>{{"a"}, {"z"}};
    QTest::newRow("unknown without any") << QByteArrayList() << QList<QByteArrayList>{{"z"}, {"z", "y"}};
}

void TestRedisSubscriptions::unsubscribingAsOftenAsOneLikes()
{
    QFETCH(QByteArrayList, subscribed);
    QFETCH(QList<QByteArrayList>, unsubscribed);
    QSignalSpy disconnected(m_subscriber.get(), &RedisConnection::disconnected);
    QSignalSpy confirmed(m_subscriber.get(), &RedisConnection::unsubscribed);
    if (!subscribed.isEmpty()) {
        m_subscriber->subscribe(subscribed);
    }
    ReplyLog log;
    qsizetype confirmations = 0;
    for (const QByteArrayList &channels : unsubscribed) {
        m_subscriber->unsubscribe(channels, log.handler());
        confirmations += channels.size();
    }
    QCOMPARE(ask(*m_subscriber, {"ECHO", "still here"}), "\"still here\"");
    QCOMPARE(log.count(), unsubscribed.size());
    QCOMPARE(log.entries().last(), "0");
    QCOMPARE(confirmed.count(), confirmations);
    QCOMPARE(disconnected.count(), 0);
    // And the channel can be had again.
    m_subscriber->subscribe({"a"}, log.handler());
    QTRY_COMPARE(log.entries().last(), "1");
    QCOMPARE(ask(*m_publisher, {"PUBLISH", "a", "m"}), "1");
    QTRY_COMPARE(received(), QByteArrayList{"a=m"});
}

void TestRedisSubscriptions::commandsWorkAgainAfterLastUnsubscribe()
{
    ReplyLog log;
    m_subscriber->subscribe({"a"}, log.handler());
    m_subscriber->unsubscribe({"a"}, log.handler());
    m_subscriber->command({"EVAL", "return {'message', 'a', 'b'}", "0"}, log.handler());
    m_subscriber->command({"EVAL", "return {'unsubscribe', 'a', 7}", "0"}, log.handler());
    QTRY_COMPARE(log.entries(),
                 (QByteArrayList{"1", "0", "[\"message\" \"a\" \"b\"]", "[\"unsubscribe\" \"a\" 7]"}));
    QCOMPARE(m_messages->count(), 0);
}

void TestRedisSubscriptions::pingWhileSubscribed()
{
    ReplyLog log;
    m_subscriber->subscribe({"a"}, log.handler());
    m_subscriber->command({"PING"}, log.handler());
    m_subscriber->command({"PING", "with text"}, log.handler());
    m_subscriber->command({"PING"}, log.handler());
    QTRY_COMPARE(log.entries(), (QByteArrayList{"1", "+PONG", "\"with text\"", "+PONG"}));
    // Between messages, too.
    m_publisher->publish("a", "m");
    m_subscriber->command({"PING"}, log.handler());
    m_publisher->publish("a", "m");
    QTRY_COMPARE(m_messages->count(), 2);
    QTRY_COMPARE(log.count(), 5);
    QCOMPARE(log.entries().last(), "+PONG");
}

void TestRedisSubscriptions::otherCommandsWhileSubscribedAreErrors()
{
    ReplyLog log;
    m_subscriber->subscribe({"a"}, log.handler());
    m_subscriber->command({"GET", "key"}, log.handler());
    m_subscriber->publish("a", "m", log.handler());
    m_subscriber->command({"PING"}, log.handler());
    QTRY_COMPARE(log.count(), 4);
    QVERIFY(log.entries().at(1).startsWith("Reply: ERR Can't execute 'get'"));
    QVERIFY(log.entries().at(2).startsWith("Reply: ERR Can't execute 'publish'"));
    QCOMPARE(log.entries().at(3), "+PONG");
    QCOMPARE(m_messages->count(), 0);
}

void TestRedisSubscriptions::refusedSubscription()
{
    QCOMPARE(ask(*m_publisher, {"ACL", "SETUSER", "narrow", "on", ">p", "resetchannels", "&mine-*", "+@all"}),
             "+OK");
    RedisUrl url = parsedUrl(m_server.url());
    url.user = QStringLiteral("narrow");
    url.password = QStringLiteral("p");
    RedisConnection narrow(url);
    QVERIFY(openAndWait(narrow));
    QSignalSpy subscribed(&narrow, &RedisConnection::subscribed);
    ReplyLog log;
    narrow.subscribe({"mine-1", "other"}, log.handler()); // all or nothing
    narrow.subscribe({"mine-2"}, log.handler());
    narrow.subscribe({"other"}, log.handler());
    narrow.command({"PING"}, log.handler());
    QTRY_COMPARE(log.count(), 4);
    QVERIFY(log.entries().at(0).startsWith("Reply: NOPERM"));
    QCOMPARE(log.entries().at(1), "1");
    QVERIFY(log.entries().at(2).startsWith("Reply: NOPERM"));
    QCOMPARE(log.entries().at(3), "+PONG");
    QCOMPARE(subscribed.count(), 1);
}

void TestRedisSubscriptions::channelNamedLikeAnAnswer()
{
    const QByteArrayList channels = {"message", "subscribe", "pong", "unsubscribe"};
    ReplyLog log;
    m_subscriber->subscribe(channels, log.handler());
    QTRY_COMPARE(log.entries(), QByteArrayList{"4"});
    for (const QByteArray &channel : channels) {
        m_publisher->publish(channel, "message");
        m_publisher->publish(channel, "pong");
    }
    m_subscriber->command({"PING", "message"}, log.handler());
    QTRY_COMPARE(received(),
                 (QByteArrayList{"message=message", "message=pong", "subscribe=message", "subscribe=pong",
                                 "pong=message", "pong=pong", "unsubscribe=message", "unsubscribe=pong"}));
    QTRY_COMPARE(log.entries(), (QByteArrayList{"4", "\"message\""}));
}

void TestRedisSubscriptions::subscriptionsEndWithTheConnection()
{
    ReplyLog log;
    m_subscriber->subscribe({"a"}, log.handler());
    QTRY_COMPARE(log.count(), 1);
    m_subscriber->close();
    QVERIFY(openAndWait(*m_subscriber));
    // No trace of the subscription is left, on either side.
    QCOMPARE(ask(*m_subscriber, {"EVAL", "return {'message', 'a', 'b'}", "0"}), "[\"message\" \"a\" \"b\"]");
    QTRY_COMPARE(ask(*m_publisher, {"PUBLISH", "a", "m"}), "0");
    QCOMPARE(m_messages->count(), 0);
}

QTEST_GUILESS_MAIN(TestRedisSubscriptions)
#include "tst_redissubscriptions.moc"
