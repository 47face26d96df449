// SPDX-License-Identifier: BSD-3-Clause
#include <QTest>

#include "redis/redisurl.h"

using switchboard::redis::RedisUrl;
using Transport = RedisUrl::Transport;

Q_DECLARE_METATYPE(RedisUrl)

class TestRedisUrl : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void parsesAndDisplays_data();
    void parsesAndDisplays();
    void displayedUrlIsTheSameUrl_data();
    void displayedUrlIsTheSameUrl();
    void refusesWithReason_data();
    void refusesWithReason();
    void neverRepeatsPassword_data();
    void neverRepeatsPassword();
};

namespace {

RedisUrl tcp(const QString &host, quint16 port, const QString &user = {}, const QString &password = {},
             int database = 0)
{
    return {Transport::Tcp, host, port, {}, user, password, database};
}

RedisUrl unixSocket(const QString &path, const QString &user = {}, const QString &password = {},
                    int database = 0)
{
    RedisUrl url;
    url.transport = Transport::Unix;
    url.path = path;
    url.user = user;
    url.password = password;
    url.database = database;
    return url;
}

RedisUrl withTls(RedisUrl url)
{
    url.transport = Transport::Tls;
    return url;
}

} // namespace

void TestRedisUrl::parsesAndDisplays_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<RedisUrl>("expected");
    QTest::addColumn<QString>("displayed");

    const auto row = [](const char *text, const RedisUrl &expected, const char *displayed) {
        QTest::newRow(text) << QString::fromUtf8(text) << expected << QString::fromUtf8(displayed);
    };
    const QString local = QStringLiteral("127.0.0.1");
    const QString host = QStringLiteral("h");
    const QString user = QStringLiteral("u");
    const QString password = QStringLiteral("p");
    const QString path = QStringLiteral("/run/redis.sock");

    row("redis://", tcp(local, 6379), "redis://127.0.0.1:6379");
    row("redis:///", tcp(local, 6379), "redis://127.0.0.1:6379");
    row("redis://h", tcp(host, 6379), "redis://h:6379");
    row("REDIS://h/", tcp(host, 6379), "redis://h:6379");
    row("redis://:1", tcp(local, 1), "redis://127.0.0.1:1");
    row("redis://h:65535/0", tcp(host, 65535), "redis://h:65535");
    row("redis:///2", tcp(local, 6379, {}, {}, 2), "redis://127.0.0.1:6379/2");
    row("redis://h:7/15", tcp(host, 7, {}, {}, 15), "redis://h:7/15");
    row("redis://h/2147483647", tcp(host, 6379, {}, {}, 2147483647), "redis://h:6379/2147483647");
    row("redis://:p@h", tcp(host, 6379, {}, password), "redis://:***@h:6379");
    row("redis://:p@", tcp(local, 6379, {}, password), "redis://:***@127.0.0.1:6379");
    row("redis://u:p@h:7/1", tcp(host, 7, user, password, 1), "redis://u:***@h:7/1");
    row("redis://u:@h", tcp(host, 6379, user), "redis://u:@h:6379");
    row("redis://:@h", tcp(host, 6379), "redis://h:6379");
    row("redis://%75:%70%40%3A%2F%3F%23%25@h", tcp(host, 6379, user, QStringLiteral("p@:/?#%")),
        "redis://u:***@h:6379");
    row("redis://u:p:q@h", tcp(host, 6379, user, QStringLiteral("p:q")), "redis://u:***@h:6379");
    row("redis://u:p@q@h", tcp(host, 6379, user, QStringLiteral("p@q")), "redis://u:***@h:6379");
    row("redis://a%20b:p@h", tcp(host, 6379, QStringLiteral("a b"), password), "redis://a%20b:***@h:6379");
    row("redis://:%C3%A9@h", tcp(host, 6379, {}, QStringLiteral("é")), "redis://:***@h:6379");
    row("redis://[::1]", tcp(QStringLiteral("::1"), 6379), "redis://[::1]:6379");
    row("redis://u:p@[fe80::1]:7/3", tcp(QStringLiteral("fe80::1"), 7, user, password, 3),
        "redis://u:***@[fe80::1]:7/3");
    row("rediss://h", withTls(tcp(host, 6379)), "rediss://h:6379");
    row("rediss://:p@h:7/1", withTls(tcp(host, 7, {}, password, 1)), "rediss://:***@h:7/1");
    row("unix:///run/redis.sock", unixSocket(path), "unix:///run/redis.sock");
    row("unix:///run/redis.sock?db=3", unixSocket(path, {}, {}, 3), "unix:///run/redis.sock?db=3");
    row("unix://u:p@/run/redis.sock", unixSocket(path, user, password), "unix://u:***@/run/redis.sock");
    row("unix://:p@/run/redis.sock?db=0", unixSocket(path, {}, password), "unix://:***@/run/redis.sock");
    row("unix:///a%20b%3F%23", unixSocket(QStringLiteral("/a b?#")), "unix:///a%20b%3F%23");
    row("unix:///x@/y", unixSocket(QStringLiteral("/x@/y")), "unix:///x%40/y");
}

void TestRedisUrl::parsesAndDisplays()
{
    QFETCH(QString, text);
    QFETCH(RedisUrl, expected);
    QFETCH(QString, displayed);

    const auto url = RedisUrl::parse(text);
    QVERIFY2(url, qPrintable(url ? QString() : url.error()));
    QCOMPARE(url->transport, expected.transport);
    QCOMPARE(url->host, expected.host);
    QCOMPARE(url->port, expected.port);
    QCOMPARE(url->path, expected.path);
    QCOMPARE(url->user, expected.user);
    QCOMPARE(url->password, expected.password);
    QCOMPARE(url->database, expected.database);
    QVERIFY(*url == expected);
    QCOMPARE(url->toDisplayString(), displayed);
}

void TestRedisUrl::displayedUrlIsTheSameUrl_data()
{
    parsesAndDisplays_data();
}

// But for the password, what is shown can be used again.
void TestRedisUrl::displayedUrlIsTheSameUrl()
{
    QFETCH(RedisUrl, expected);
    const auto url = RedisUrl::parse(expected.toDisplayString());
    QVERIFY2(url, qPrintable(url ? QString() : url.error()));
    if (!expected.password.isEmpty()) {
        expected.password = QStringLiteral("***");
    }
    QVERIFY(*url == expected);
}

void TestRedisUrl::refusesWithReason_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("reason");

    const auto row = [](const char *text, const char *reason) {
        QTest::newRow(*text ? text : "empty") << QString::fromUtf8(text) << QString::fromUtf8(reason);
    };
    const char *noScheme = "no scheme: it must begin with redis://, rediss:// or unix://";
    row("", noScheme);
    row("localhost:6379", noScheme);
    row("redis:localhost", noScheme);
    row("/run/redis.sock", noScheme);
    row("://h", noScheme);
    row("re dis://h", noScheme);
    row("http://h", "unknown scheme \"http\": use redis://, rediss:// or unix://");
    row("redis+tls://h", "unknown scheme \"redis+tls\": use redis://, rediss:// or unix://");

    const char *badPort = "bad port: it must be a number from 1 to 65535";
    row("redis://h:", badPort);
    row("redis://h:0", badPort);
    row("redis://h:65536", badPort);
    row("redis://h:4294967297", badPort);
    row("redis://h:x", badPort);
    row("redis://h:-1", badPort);
    row("redis://h:+1", badPort);
    row("redis://[::1]:x", badPort);

    const char *badDatabase = "bad database: it must be a number from 0 to 2147483647";
    row("redis://h/x", badDatabase);
    row("redis://h/-1", badDatabase);
    row("redis://h/+1", badDatabase);
    row("redis://h/1/", badDatabase);
    row("redis://h/2147483648", badDatabase);
    row("redis://h//", badDatabase);
    row("unix:///s?db=", badDatabase);
    row("unix:///s?db=-1", badDatabase);
    row("unix:///s?db=x", badDatabase);

    row("redis://a b", "bad host");
    row("redis://a%20b", "bad host");
    row("redis://a]b", "bad host");
    row("redis://::1", "an IPv6 address needs brackets");
    row("redis://[::1", "bad IPv6 address");
    row("redis://[]", "bad IPv6 address");
    row("redis://[1.2.3.4]", "bad IPv6 address");
    row("redis://[h]", "bad IPv6 address");
    row("redis://[::1]6379", "only \":\" and a port may follow the brackets");

    row("redis://u@h", "a password is missing: it must be user:password@");
    row("redis://:a/b@h", "must be written %2F, %3F and %23");
    row("redis://:a?b@h", "must be written %2F, %3F and %23");
    row("redis://:a#b@h", "must be written %2F, %3F and %23");
    row("redis://:a%b@h", "bad percent-encoding in the password");
    row("redis://:a%2@h", "bad percent-encoding in the password");
    row("redis://%zz:p@h", "bad percent-encoding in the user name");
    row("unix:///a%", "bad percent-encoding in the path");

    row("redis://h?db=1", "the database is the path, as in redis://localhost:6379/2");
    row("redis://h/1?x=1", "a query (\"?\" and what follows) has no meaning here");
    row("redis://h#f", "a fragment (\"#\" and what follows) has no meaning here");
    row("unix:///s#f", "a fragment (\"#\" and what follows) has no meaning here");
    row("unix:///s?x=1", "unknown query key: only db=N may stand behind the \"?\"");
    row("unix:///s?", "unknown query key");
    row("unix:///s?db=1&db=2", "unknown query key");

    const char *noPath = "no path: it must be the absolute path of a socket";
    row("unix://", noPath);
    row("unix:///", noPath);
    row("unix://s", noPath);
    row("unix://?db=1", noPath);
    row("unix://u@/s", "a password is missing");
    row("unix:///a%00b", "bad path: a socket's path has at most 107 bytes");
    QTest::newRow("long path") << QString(QStringLiteral("unix:///") + QString(107, u'x'))
                               << QStringLiteral("bad path: a socket's path has at most 107 bytes");
}

void TestRedisUrl::refusesWithReason()
{
    QFETCH(QString, text);
    QFETCH(QString, reason);
    const auto url = RedisUrl::parse(text);
    QVERIFY(!url);
    QVERIFY2(url.error().contains(reason), qPrintable(url.error()));
}

void TestRedisUrl::neverRepeatsPassword_data()
{
    QTest::addColumn<QString>("text");
    // What people get wrong when they write a password.
    for (const char *text : {"redis:s3cret@h",      "redis://:s3cret",           "redis://u:s3cret",
                             "redis://u:s3cret/1",  "redis://s3cret@h",          "redis://:s3cret@h:x",
                             "redis://:s3cret@h/x", "redis://:s3cret@h?x",       "redis://:s3cret@h#x",
                             "redis://:s3cret/@h",  "redis://:x/s3cret",         "redis://:x?s3cret=1",
                             "redis://:x#s3cret",   "redis://h?password=s3cret", "redis://:s3cret%@h",
                             "redis://:s3cret@a b", "redis://:s3cret@[h]",       "http:s3cret@h",
                             "u:s3cret@h://",       "redis://[s3cret]@h",        "unix://:s3cret",
                             "unix://:s3cret@s",    "unix://:s3cret@/s?x",       "unix:///s?password=s3cret",
                             "unix://:s3cret%@/s",  "unix://s3cret@/s"}) {
        QTest::newRow(text) << QString::fromUtf8(text);
    }
}

void TestRedisUrl::neverRepeatsPassword()
{
    QFETCH(QString, text);
    const auto url = RedisUrl::parse(text);
    QVERIFY(!url);
    QVERIFY2(!url.error().contains(QLatin1String("s3cret")), qPrintable(url.error()));
}

QTEST_APPLESS_MAIN(TestRedisUrl)
#include "tst_redisurl.moc"
