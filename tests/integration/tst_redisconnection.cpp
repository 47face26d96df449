// SPDX-License-Identifier: BSD-3-Clause
#include <QSignalSpy>
#include <QTest>

#include "redis/redisconnection.h"
#include "support/redisserver.h"
#include "support/redistesting.h"

using namespace switchboard::redis;
using namespace switchboard::test;
using namespace std::chrono_literals;

/// Commands and their replies.
class TestRedisConnection : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();

    void connectsOnce();
    void comesAgainAfterClose();
    void argumentsAreBytesOfAnyContent_data();
    void argumentsAreBytesOfAnyContent();
    void readsRepliesOfEachType();
    void errorReplyIsValueAndConnectionStays();
    void errorReplyWithoutHandlerIsSignalled();
    void tenThousandCommandsAreAnsweredInOrder();
    void handlersMaySendCommands();
    void refusesCommandsThatChangeReplies_data();
    void refusesCommandsThatChangeReplies();
    void refusalsComeFromTheEventLoop();
    void overflowIsRefusedUntilRepliesCome();
    void oversizedReplyEndsConnection();

private:
    RedisServer m_server;
};

void TestRedisConnection::initTestCase()
{
    QVERIFY(m_server.start());
}

void TestRedisConnection::init()
{
    RedisConnection connection(parsedUrl(m_server.url()));
    QVERIFY(openAndWait(connection));
    QCOMPARE(ask(connection, {"FLUSHALL"}), "+OK");
}

void TestRedisConnection::connectsOnce()
{
    RedisConnection connection(parsedUrl(m_server.url()));
    QSignalSpy connected(&connection, &RedisConnection::connected);
    QSignalSpy disconnected(&connection, &RedisConnection::disconnected);
    QVERIFY(connection.isClosed());
    connection.open();
    connection.open();
    QVERIFY(!connection.isClosed());
    QVERIFY(!connection.isConnected());
    QVERIFY(connected.wait());
    QVERIFY(connection.isConnected());
    QCOMPARE(ask(connection, {"PING"}), "+PONG");
    QCOMPARE(connected.count(), 1);
    QCOMPARE(disconnected.count(), 0);
}

void TestRedisConnection::comesAgainAfterClose()
{
    RedisConnection connection(parsedUrl(m_server.url()));
    QSignalSpy disconnected(&connection, &RedisConnection::disconnected);
    QSignalSpy errors(&connection, &RedisConnection::errorOccurred);
    for (int i = 1; i <= 3; ++i) {
        QVERIFY(openAndWait(connection));
        QCOMPARE(ask(connection, {"PING"}), "+PONG");
        connection.close();
        connection.close();
        QVERIFY(connection.isClosed());
        QCOMPARE(disconnected.count(), i);
        QCOMPARE(lastError(disconnected).kind, RedisError::Kind::Closed);
    }
    QCOMPARE(errors.count(), 0);
}

void TestRedisConnection::argumentsAreBytesOfAnyContent_data()
{
    QTest::addColumn<QByteArray>("value");
    QByteArray everyByte;
    for (int i = 0; i < 256; ++i) {
        everyByte.append(static_cast<char>(i));
    }
    QTest::newRow("empty") << QByteArray("");
    QTest::newRow("null") << QByteArray();
    QTest::newRow("NUL") << QByteArray("a\0b", 3);
    QTest::newRow("lines") << QByteArray("\r\n+OK\r\n$-1\r\n");
    QTest::newRow("format") << QByteArray("%s%n%d%b %");
    QTest::newRow("quotes") << QByteArray("\"' \\x41");
    QTest::newRow("every byte") << everyByte;
    QTest::newRow("large") << everyByte.repeated(20'000);
}

void TestRedisConnection::argumentsAreBytesOfAnyContent()
{
    QFETCH(QByteArray, value);
    RedisConnection connection(parsedUrl(m_server.url()));
    QVERIFY(openAndWait(connection));
    const QByteArray key = "key:" + value.left(300);
    QCOMPARE(ask(connection, {"SET", key, value}), "+OK");
    QCOMPARE(ask(connection, {"GET", key}), '"' + value + '"');
    QCOMPARE(ask(connection, {"KEYS", "*"}), "[\"" + key + "\"]");
}

void TestRedisConnection::readsRepliesOfEachType()
{
    RedisConnection connection(parsedUrl(m_server.url()));
    QVERIFY(openAndWait(connection));
    QCOMPARE(ask(connection, {"GET", "missing"}), "nil");
    QCOMPARE(ask(connection, {"INCRBY", "number", "-5"}), "-5");
    QCOMPARE(ask(connection, {"ECHO", "text"}), "\"text\"");
    QCOMPARE(ask(connection, {"LRANGE", "missing", "0", "-1"}), "[]");
    const QByteArray script = "return {1, 'a', {2, {}, false}, redis.status_reply('FINE')}";
    QCOMPARE(ask(connection, {"EVAL", script, "0"}), "[1 \"a\" [2 [] nil] +FINE]");
    // Without subscriptions nothing is a message, whatever it looks like.
    QSignalSpy messages(&connection, &RedisConnection::messageReceived);
    QCOMPARE(ask(connection, {"EVAL", "return {'message', 'a', 'b'}", "0"}), "[\"message\" \"a\" \"b\"]");
    QCOMPARE(ask(connection, {"EVAL", "return {'subscribe', 'a', 1}", "0"}), "[\"subscribe\" \"a\" 1]");
    QCOMPARE(messages.count(), 0);
}

void TestRedisConnection::errorReplyIsValueAndConnectionStays()
{
    RedisConnection connection(parsedUrl(m_server.url()));
    QVERIFY(openAndWait(connection));
    QSignalSpy errors(&connection, &RedisConnection::errorOccurred);
    QVERIFY(ask(connection, {"NOSUCHCOMMAND"}).startsWith("Reply: ERR unknown command"));
    QVERIFY(ask(connection, {"GET"}).startsWith("Reply: ERR wrong number of arguments"));
    QCOMPARE(ask(connection, {"SET", "text", "x"}), "+OK");
    QVERIFY(ask(connection, {"LPUSH", "text", "y"}).startsWith("Reply: WRONGTYPE"));
    QCOMPARE(ask(connection, {"MULTI"}), "+OK");
    QCOMPARE(ask(connection, {"INCR", "text"}), "+QUEUED");
    QCOMPARE(ask(connection, {"INCR", "number"}), "+QUEUED");
    QCOMPARE(ask(connection, {"EXEC"}), "[-ERR value is not an integer or out of range 1]");
    QCOMPARE(errors.count(), 0);
}

void TestRedisConnection::errorReplyWithoutHandlerIsSignalled()
{
    RedisConnection connection(parsedUrl(m_server.url()));
    QVERIFY(openAndWait(connection));
    QSignalSpy errors(&connection, &RedisConnection::errorOccurred);
    connection.command({"PING"});
    connection.command({"NOSUCHCOMMAND"});
    QVERIFY(errors.wait());
    QCOMPARE(errors.count(), 1);
    const auto error = lastError(errors);
    QCOMPARE(error.kind, RedisError::Kind::Reply);
    QVERIFY(error.text.startsWith(QLatin1String("ERR unknown command")));
    QVERIFY(connection.isConnected());
}

void TestRedisConnection::tenThousandCommandsAreAnsweredInOrder()
{
    RedisConnection connection(parsedUrl(m_server.url()));
    QVERIFY(openAndWait(connection));
    constexpr int count = 10'000;
    ReplyLog log;
    QByteArrayList expected;
    for (int i = 0; i < count; ++i) {
        if (i % 7 == 0) {
            connection.command({"INCR", "counter"}, log.handler());
            expected.append(QByteArray::number(i / 7 + 1));
        } else {
            const QByteArray text = QByteArray(i % 300, 'x') + QByteArray::number(i);
            connection.command({"ECHO", text}, log.handler());
            expected.append('"' + text + '"');
        }
    }
    QCOMPARE(connection.pendingCommands(), count);
    QTRY_COMPARE(log.count(), count);
    QCOMPARE(log.entries(), expected);
    QCOMPARE(connection.pendingCommands(), 0);
    QCOMPARE(connection.pendingBytes(), 0);
}

void TestRedisConnection::handlersMaySendCommands()
{
    RedisConnection connection(parsedUrl(m_server.url()));
    QVERIFY(openAndWait(connection));
    int replies = 0;
    const std::function<void()> next = [&] {
        connection.command({"INCR", "counter"}, [&](const RedisResult &result) {
            QCOMPARE(result->integer, ++replies);
            if (replies < 100) {
                next();
            }
        });
    };
    next();
    QTRY_COMPARE(replies, 100);
}

void TestRedisConnection::refusesCommandsThatChangeReplies_data()
{
    QTest::addColumn<QByteArrayList>("command");
    for (const char *name : {"SUBSCRIBE", "unsubscribe", "PSubscribe", "PUNSUBSCRIBE", "SSUBSCRIBE",
                             "SUNSUBSCRIBE", "MONITOR", "SYNC", "PSYNC", "HELLO", "reset"}) {
        QTest::newRow(name) << QByteArrayList{name, "1"};
    }
    QTest::newRow("CLIENT REPLY") << QByteArrayList{"client", "reply", "off"};
    QTest::newRow("none") << QByteArrayList();
}

void TestRedisConnection::refusesCommandsThatChangeReplies()
{
    QFETCH(QByteArrayList, command);
    RedisConnection connection(parsedUrl(m_server.url()));
    QVERIFY(openAndWait(connection));
    QCOMPARE(ask(connection, command), "Protocol");
    QCOMPARE(ask(connection, {"PING"}), "+PONG");
}

void TestRedisConnection::refusalsComeFromTheEventLoop()
{
    RedisConnection connection(parsedUrl(m_server.url()));
    ReplyLog log;
    const auto sendAll = [&] {
        connection.command({"PING"}, log.handler());
        connection.publish("c", "m", log.handler());
        connection.publish("c", "nobody asks");
        connection.subscribe({"c"}, log.handler());
        connection.unsubscribe({"c"}, log.handler());
        connection.subscribe({}, log.handler());
        connection.command({}, log.handler());
    };
    const QByteArrayList expected = {"NotConnected", "NotConnected", "NotConnected",
                                     "NotConnected", "Protocol",     "Protocol"};
    sendAll();
    QCOMPARE(log.count(), 0);
    QTRY_COMPARE(log.entries(), expected);
    connection.open();
    sendAll();
    QCOMPARE(log.count(), expected.size());
    QTRY_VERIFY(connection.isConnected());
    QCOMPARE(log.entries(), expected + expected);
}

void TestRedisConnection::overflowIsRefusedUntilRepliesCome()
{
    RedisConnection connection(parsedUrl(m_server.url()));
    connection.setMaximumPendingBytes(10'000);
    QVERIFY(openAndWait(connection));
    const QByteArray large(4000, 'x');
    ReplyLog log;
    connection.command({"ECHO", QByteArray(10'000, 'x')}, log.handler()); // never fits
    connection.command({"ECHO", large}, log.handler());
    connection.publish("c", large, log.handler());
    connection.publish("c", large, log.handler()); // does not fit now
    connection.command({"ECHO", "small"}, log.handler());
    QVERIFY(connection.pendingBytes() > 8000);
    QVERIFY(connection.pendingBytes() <= 10'000);
    QCOMPARE(log.count(), 0);
    QTRY_COMPARE(log.count(), 5);
    QByteArrayList sorted = log.entries();
    std::sort(sorted.begin(), sorted.end());
    const QByteArrayList expected = {'"' + large + '"', "\"small\"", "0", "Overflow", "Overflow"};
    QCOMPARE(sorted.size(), expected.size());
    for (const QByteArray &entry : expected) {
        QVERIFY2(sorted.removeOne(entry), entry.left(20).constData());
    }
    QCOMPARE(connection.pendingBytes(), 0);
    QCOMPARE(ask(connection, {"ECHO", large}), '"' + large + '"');
}

void TestRedisConnection::oversizedReplyEndsConnection()
{
    RedisConnection connection(parsedUrl(m_server.url()));
    connection.setMaximumReplyBytes(100'000);
    QVERIFY(openAndWait(connection));
    QSignalSpy disconnected(&connection, &RedisConnection::disconnected);
    QCOMPARE(ask(connection, {"ECHO", QByteArray(50'000, 'x')}).size(), 50'002);
    QCOMPARE(ask(connection, {"ECHO", QByteArray(500'000, 'x')}), "Closed");
    QCOMPARE(disconnected.count(), 1);
    QCOMPARE(lastError(disconnected).kind, RedisError::Kind::Protocol);
    QVERIFY(openAndWait(connection));
    QCOMPARE(ask(connection, {"PING"}), "+PONG");
}

QTEST_GUILESS_MAIN(TestRedisConnection)
#include "tst_redisconnection.moc"
