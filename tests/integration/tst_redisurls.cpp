// SPDX-License-Identifier: BSD-3-Clause
#include <QTest>

#include "integration/clientmessages.h"
#include "integration/cluster.h"
#include "support/httprequest.h"

using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

QProcessEnvironment redisUrl(const QString &url)
{
    QProcessEnvironment environment;
    environment.insert(u"REDIS_URL"_s, url);
    return environment;
}

/// Two daemons with that URL in their environment, and a client of each that hear each other.
void checkRelays(const QString &url)
{
    DaemonProcess first({}, redisUrl(url));
    DaemonProcess second({}, redisUrl(url));
    QVERIFY(first.start() && first.waitUntilReady());
    QVERIFY(second.start() && second.waitUntilReady());
    Clients clients;
    QVERIFY(clients.emplace_back().connectTo(first.webSocketUrl()));
    QVERIFY(clients.emplace_back().connectTo(second.webSocketUrl()));
    QVERIFY(chatReaches(clients.front(), clients, "one"));
    QVERIFY(chatReaches(clients.back(), clients, "two"));
    for (const DaemonProcess *daemon : {&first, &second}) {
        QVERIFY(!daemon->standardOutput().contains("s3cret"));
    }
}

} // namespace

/// The ways in which a daemon is told where Redis is and how to log in.
class RedisUrlsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tcp();
    void otherDatabase();
    void unixSocket();
    void password();
    void unixSocketWithPassword();
    void refusedLogin_data();
    void refusedLogin();
    void flagWins();
};

void RedisUrlsTest::tcp()
{
    RedisServer redis;
    QVERIFY(redis.start());
    checkRelays(redis.url());
}

void RedisUrlsTest::otherDatabase()
{
    RedisServer redis;
    QVERIFY(redis.start());
    checkRelays(redis.url() + u"/7"_s);
}

void RedisUrlsTest::unixSocket()
{
    RedisServer redis({u"--port"_s, u"0"_s}); // nothing but that
    QVERIFY(redis.start());
    checkRelays(u"unix://"_s + redis.socketPath());
}

void RedisUrlsTest::password()
{
    RedisServer redis({u"--requirepass"_s, u"s3cret/%@:"_s});
    QVERIFY(redis.start());
    checkRelays(
        u"redis://:s3cret%2F%25%40%3A@127.0.0.1:%1"_s.replace(u"%1"_s, QString::number(redis.port())));
}

void RedisUrlsTest::unixSocketWithPassword()
{
    RedisServer redis({u"--requirepass"_s, u"s3cret"_s});
    QVERIFY(redis.start());
    checkRelays(u"unix://:s3cret@"_s + redis.socketPath());
}

void RedisUrlsTest::refusedLogin_data()
{
    QTest::addColumn<QString>("login");
    QTest::newRow("wrong password") << u":s3cret2@"_s;
    QTest::newRow("wrong user") << u"nobody:s3cret@"_s;
    QTest::newRow("none") << QString();
}

void RedisUrlsTest::refusedLogin()
{
    QFETCH(const QString, login);
    RedisServer redis({u"--requirepass"_s, u"s3cret"_s});
    QVERIFY(redis.start());
    DaemonProcess daemon(
        {}, redisUrl(u"redis://%1127.0.0.1:"_s.replace(u"%1"_s, login) + QString::number(redis.port())));
    QVERIFY(daemon.start());
    QVERIFY(daemon.waitForOutput(login.isEmpty() ? "NOAUTH" : "WRONGPASS"));
    const HttpReply ready = httpRequest(daemon.port(), "GET", "/readyz");
    QCOMPARE(ready.status, 503);
    QVERIFY2(ready.body.endsWith(".\n"), ready.body);
    QCOMPARE(httpRequest(daemon.port(), "GET", "/ping2").status, 503);

    WsClient client;
    QVERIFY(client.connectTo(daemon.webSocketUrl()));
    client.sendText(submitMessage("x"));
    QCOMPARE(parseRejection(client.takeMessage()).value_or(Rejection()).code,
             QByteArray("relay-unavailable"));
    QVERIFY(daemon.isRunning());
    QVERIFY(!daemon.standardOutput().contains("s3cret"));
    QCOMPARE(daemon.standardError(), QByteArray());
}

void RedisUrlsTest::flagWins()
{
    RedisServer redis;
    QVERIFY(redis.start());
    DaemonProcess daemon({u"--redis-url"_s, redis.url()}, redisUrl(u"redis://127.0.0.1:1"_s));
    QVERIFY(daemon.start());
    QVERIFY(daemon.waitUntilReady());
}

QTEST_GUILESS_MAIN(RedisUrlsTest)
#include "tst_redisurls.moc"
