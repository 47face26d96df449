// SPDX-License-Identifier: BSD-3-Clause
#include <QSignalSpy>
#include <QTcpServer>
#include <QTest>

#include "redis/redisconnection.h"
#include "support/cannedserver.h"
#include "support/freeport.h"
#include "support/redisserver.h"
#include "support/redistesting.h"

using namespace switchboard::redis;
using namespace switchboard::test;
using namespace std::chrono_literals;

namespace {

using Kind = RedisError::Kind;

std::optional<RedisError> failedAttemptAt(const QString &url)
{
    RedisConnection connection(parsedUrl(url));
    return failedAttempt(connection);
}

QString localUrl(quint16 port)
{
    return QStringLiteral("redis://127.0.0.1:%1").arg(port);
}

} // namespace

/// How a RedisConnection gets in, or does not.
class TestRedisLogin : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void password_data();
    void password();
    void aclUserWithFewRights();
    void loginWhereNoneIsAskedFor();
    void database();
    void databaseOutOfRange();
    void unixSocket();
    void unixSocketMissing();
    void nobodyListens();
    void nameWithoutAddress();
    void loopbackNames_data();
    void loopbackNames();
    void serverStates_data();
    void serverStates();
    void silentServer();
    void fullServer();
};

void TestRedisLogin::password_data()
{
    QTest::addColumn<QString>("login");
    QTest::addColumn<QString>("refusal");
    QTest::newRow("right") << QStringLiteral(":s%40cret@") << QString();
    QTest::newRow("default user") << QStringLiteral("default:s%40cret@") << QString();
    QTest::newRow("wrong") << QStringLiteral(":wrong@") << QStringLiteral("WRONGPASS");
    QTest::newRow("wrong user") << QStringLiteral("nobody:s%40cret@") << QStringLiteral("WRONGPASS");
    QTest::newRow("none") << QString() << QStringLiteral("NOAUTH");
}

void TestRedisLogin::password()
{
    QFETCH(QString, login);
    QFETCH(QString, refusal);
    RedisServer server({QStringLiteral("--requirepass"), QStringLiteral("s@cret")});
    QVERIFY(server.start());
    const QString url = QString(server.url()).replace(QLatin1String("://"), QLatin1String("://") + login);
    if (refusal.isEmpty()) {
        RedisConnection connection(parsedUrl(url));
        QVERIFY(openAndWait(connection));
        QCOMPARE(ask(connection, {"SET", "key", "value"}), "+OK");
    } else {
        const auto error = failedAttemptAt(url);
        QVERIFY(error);
        QCOMPARE(error->kind, Kind::Auth);
        QVERIFY2(error->text.startsWith(refusal), qPrintable(error->text));
    }
}

void TestRedisLogin::aclUserWithFewRights()
{
    RedisServer server;
    QVERIFY(server.start());
    RedisConnection admin(parsedUrl(server.url()));
    QVERIFY(openAndWait(admin));
    QCOMPARE(ask(admin,
                 {"ACL", "SETUSER", "relay", "on", ">p", "resetchannels", "&room-*", "-@all", "+ping",
                  "+publish", "+subscribe", "+unsubscribe"}),
             "+OK");
    QCOMPARE(ask(admin, {"ACL", "SETUSER", "mute", "on", ">p", "-@all"}), "+OK");
    QCOMPARE(ask(admin, {"ACL", "SETUSER", "open", "on", "nopass", "+@all"}), "+OK");

    const auto withUser = [&server](const QString &user) {
        return QString(server.url()).replace(QLatin1String("://"), QLatin1String("://") + user);
    };
    RedisConnection relay(parsedUrl(withUser(QStringLiteral("relay:p@"))));
    QVERIFY(openAndWait(relay));
    QVERIFY(ask(relay, {"GET", "key"}).startsWith("Reply: NOPERM"));
    QCOMPARE(ask(relay, {"PUBLISH", "room-1", "m"}), "0");
    QVERIFY(ask(relay, {"PUBLISH", "other", "m"}).startsWith("Reply: NOPERM"));

    RedisConnection open(parsedUrl(withUser(QStringLiteral("open:@"))));
    QVERIFY(openAndWait(open));
    QCOMPARE(ask(open, {"ACL", "WHOAMI"}), "\"open\"");

    const auto error = failedAttemptAt(withUser(QStringLiteral("mute:p@")));
    QVERIFY(error);
    QCOMPARE(error->kind, Kind::Auth);
    QVERIFY2(error->text.startsWith(QLatin1String("NOPERM")), qPrintable(error->text));
}

void TestRedisLogin::loginWhereNoneIsAskedFor()
{
    RedisServer server;
    QVERIFY(server.start());
    const auto error = failedAttemptAt(QStringLiteral("redis://:p@127.0.0.1:%1").arg(server.port()));
    QVERIFY(error);
    QCOMPARE(error->kind, Kind::Auth);
    QVERIFY2(error->text.startsWith(QLatin1String("ERR AUTH")), qPrintable(error->text));
}

void TestRedisLogin::database()
{
    RedisServer server;
    QVERIFY(server.start());
    RedisConnection third(parsedUrl(server.url() + QStringLiteral("/3")));
    RedisConnection first(parsedUrl(server.url()));
    QVERIFY(openAndWait(third));
    QVERIFY(openAndWait(first));
    QCOMPARE(ask(third, {"SET", "key", "value"}), "+OK");
    QCOMPARE(ask(first, {"GET", "key"}), "nil");
    QCOMPARE(ask(first, {"SELECT", "3"}), "+OK");
    QCOMPARE(ask(first, {"GET", "key"}), "\"value\"");
}

void TestRedisLogin::databaseOutOfRange()
{
    RedisServer server;
    QVERIFY(server.start());
    const auto error = failedAttemptAt(server.url() + QStringLiteral("/99"));
    QVERIFY(error);
    QCOMPARE(error->kind, Kind::Connect);
    QVERIFY2(error->text.contains(QLatin1String("DB index is out of range")), qPrintable(error->text));
}

void TestRedisLogin::unixSocket()
{
    RedisServer server({QStringLiteral("--requirepass"), QStringLiteral("secret")});
    QVERIFY(server.start());
    RedisConnection connection(
        parsedUrl(QStringLiteral("unix://:secret@") + server.socketPath() + QStringLiteral("?db=2")));
    for (int i = 0; i < 2; ++i) {
        QVERIFY(openAndWait(connection));
        const QByteArray large(1'000'000, 'x');
        QCOMPARE(ask(connection, {"SET", "key", large}), "+OK");
        QCOMPARE(ask(connection, {"GET", "key"}), '"' + large + '"');
        QVERIFY(ask(connection, {"CLIENT", "INFO"}).contains("db=2"));
        connection.close();
    }
    QSignalSpy disconnected(&connection, &RedisConnection::disconnected);
    QVERIFY(openAndWait(connection));
    server.kill();
    QTRY_COMPARE(disconnected.count(), 1);
    QCOMPARE(lastError(disconnected).kind, Kind::Closed);
}

void TestRedisLogin::unixSocketMissing()
{
    const auto error = failedAttemptAt(QStringLiteral("unix:///nowhere/redis.sock"));
    QVERIFY(error);
    QCOMPARE(error->kind, Kind::Connect);
    QVERIFY(!error->text.isEmpty());
}

void TestRedisLogin::nobodyListens()
{
    const auto error = failedAttemptAt(localUrl(freePort()));
    QVERIFY(error);
    QCOMPARE(error->kind, Kind::Connect);
    QCOMPARE(error->text, QStringLiteral("Connection refused"));
}

void TestRedisLogin::nameWithoutAddress()
{
    // A label has at most 63 characters (RFC 1035), so no resolver has to be asked.
    RedisConnection connection(parsedUrl(QStringLiteral("redis://%1.test").arg(QString(64, u'x'))));
    const auto error = failedAttempt(connection);
    QVERIFY(error);
    QCOMPARE(error->kind, Kind::Resolve);
}

void TestRedisLogin::loopbackNames_data()
{
    QTest::addColumn<QString>("host");
    QTest::newRow("name") << QStringLiteral("localhost");
    QTest::newRow("IPv4") << QStringLiteral("127.0.0.1");
    QTest::newRow("IPv6") << QStringLiteral("[::1]");
}

void TestRedisLogin::loopbackNames()
{
    QFETCH(QString, host);
    RedisServer server({QStringLiteral("--bind"), QStringLiteral("127.0.0.1"), QStringLiteral("-::1")});
    QVERIFY(server.start());
    RedisConnection connection(parsedUrl(server.url().replace(QLatin1String("127.0.0.1"), host)));
    QVERIFY(openAndWait(connection));
    QCOMPARE(ask(connection, {"PING"}), "+PONG");
}

void TestRedisLogin::serverStates_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<QString>("login");
    QTest::addColumn<int>("kind");
    const auto row = [](const char *answer, const char *login, Kind kind) {
        QTest::newRow(answer) << QByteArray(answer) + "\r\n"
                              << QString::fromUtf8(login) << static_cast<int>(kind);
    };
    // What servers say that a test cannot easily make a real one say.
    row("-LOADING Redis is loading the dataset in memory", "", Kind::Connect);
    row("-LOADING Redis is loading the dataset", ":p@", Kind::Connect);
    row("-MASTERDOWN Link with MASTER is down", "", Kind::Connect);
    row("-ERR max number of clients reached", "", Kind::Connect);
    row("-ERR max number of clients + cluster", ":p@", Kind::Connect);
    row("-DENIED Redis is running in protected mode", ":p@", Kind::Connect);
    row("-ERR invalid password", ":p@", Kind::Auth);
    row("-NOAUTH Authentication required.", "", Kind::Auth);
    row("-NOPERM this user has no permissions", "", Kind::Auth);
    row("HTTP/1.1 400 Bad Request", "", Kind::Protocol);
}

void TestRedisLogin::serverStates()
{
    QFETCH(QByteArray, answer);
    QFETCH(QString, login);
    QFETCH(int, kind);
    CannedServer server(answer);
    const auto error =
        failedAttemptAt(localUrl(server.port()).replace(QLatin1String("://"), QLatin1String("://") + login));
    QVERIFY(error);
    QCOMPARE(static_cast<int>(error->kind), kind);
    if (answer.startsWith('-')) {
        QCOMPARE(error->text.toUtf8(), answer.mid(1).trimmed());
    }
}

void TestRedisLogin::silentServer()
{
    // The kernel accepts for it; it never says a word.
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    RedisConnection connection(parsedUrl(localUrl(server.serverPort())));
    connection.setConnectDeadline(300ms);
    QElapsedTimer timer;
    timer.start();
    const auto error = failedAttempt(connection);
    QVERIFY(error);
    QCOMPARE(error->kind, Kind::Timeout);
    QVERIFY(timer.elapsed() >= 250);
}

void TestRedisLogin::fullServer()
{
    RedisServer server({QStringLiteral("--maxclients"), QStringLiteral("1")});
    QVERIFY(server.start());
    RedisConnection first(parsedUrl(server.url()));
    QTRY_VERIFY(first.isConnected() || openAndWait(first)); // once the server's own check is gone
    const auto error = failedAttemptAt(server.url());
    QVERIFY(error);
    QVERIFY(error->kind == Kind::Connect || error->kind == Kind::Closed); // by RST the text may be lost
    QCOMPARE(ask(first, {"PING"}), "+PONG");
}

QTEST_GUILESS_MAIN(TestRedisLogin)
#include "tst_redislogin.moc"
