// SPDX-License-Identifier: BSD-3-Clause
#include "node/commandline.h"

#include <QMap>
#include <QTest>

using namespace Qt::StringLiterals;
using switchboard::NodeConfig;
using switchboard::parseCommandLine;

namespace {

// All that settings can change, by the names of their flags.
using Fields = QMap<QString, QString>;

QString joined(const std::vector<QByteArray> &texts)
{
    return QString::fromLatin1(QByteArrayList(texts.begin(), texts.end()).join(' '));
}

Fields fieldsOf(const NodeConfig &config)
{
    return {
        {u"port"_s, QString::number(config.port)},
        {u"address"_s, config.address.toString()},
        {u"tls-cert"_s, config.tlsCertificateFile},
        {u"tls-key"_s, config.tlsKeyFile},
        {u"redis-url"_s, config.redisUrl.toDisplayString() + u' ' + config.redisUrl.password},
        {u"probe-interval"_s, QString::number(config.probeInterval.count())},
        {u"workers"_s, QString::number(config.workers)},
        {u"max-clients"_s, QString::number(config.admission.maxClients)},
        {u"max-clients-per-address"_s, QString::number(config.admission.maxClientsPerAddress)},
        {u"allow-origin"_s, joined(config.admission.allowedOrigins)},
        {u"engine"_s, config.engine == switchboard::Engine::Qt ? u"qt"_s : u"lean"_s},
        {u"deflate"_s, QString::number(static_cast<int>(config.deflate))},
        {u"max-message-bytes"_s, QString::number(config.sessions.maxMessageBytes)},
        {u"max-queued-bytes"_s, QString::number(config.sessions.maxQueuedBytes)},
        {u"rate-limit"_s, QString::number(config.sessions.rate.perSecond)},
        {u"keepalive"_s, QString::number(config.sessions.keepalive.count())},
        {u"drain-seconds"_s, QString::number(config.drainTime.count())},
        {u"max-rooms"_s, QString::number(config.maxRooms)},
        {u"monitor-token-file"_s, QString::fromUtf8(config.monitorToken)},
        {u"log-level"_s, QString::number(static_cast<int>(config.logLevel))},
        {u"log-format"_s, config.logFormat == switchboard::LogFormat::Json ? u"json"_s : u"human"_s},
    };
}

Fields defaults()
{
    return {
        {u"port"_s, u"9001"_s},
        {u"address"_s, QHostAddress(QHostAddress::Any).toString()},
        {u"tls-cert"_s, QString()},
        {u"tls-key"_s, QString()},
        {u"redis-url"_s, u"redis://127.0.0.1:6379 "_s},
        {u"probe-interval"_s, u"10000"_s},
        {u"workers"_s, u"1"_s},
        {u"max-clients"_s, u"0"_s},
        {u"max-clients-per-address"_s, u"0"_s},
        {u"allow-origin"_s, QString()},
        {u"engine"_s, u"lean"_s},
        {u"deflate"_s, u"1"_s},
        {u"max-message-bytes"_s, u"65536"_s},
        {u"max-queued-bytes"_s, u"1048576"_s},
        {u"rate-limit"_s, u"100"_s},
        {u"keepalive"_s, u"30000"_s},
        {u"drain-seconds"_s, u"5000"_s},
        {u"max-rooms"_s, u"100"_s},
        {u"monitor-token-file"_s, QString()},
        {u"log-level"_s, u"1"_s},
        {u"log-format"_s, u"human"_s},
    };
}

QString variableOf(const QString &flag)
{
    return flag.toUpper().replace(u'-', u'_');
}

auto parse(const QStringList &arguments, const QMap<QString, QString> &variables = {})
{
    QProcessEnvironment environment;
    for (auto it = variables.begin(); it != variables.end(); ++it) {
        environment.insert(it.key(), it.value());
    }
    return parseCommandLine(QStringList(u"switchboard-server"_s) + arguments, environment);
}

// What is wrong; empty if nothing is.
QString errorOf(const QStringList &arguments, const QMap<QString, QString> &variables = {})
{
    const auto commandLine = parse(arguments, variables);
    return commandLine ? QString() : commandLine.error();
}

} // namespace

class NodeConfigTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void defaultsHold();
    void setsOneByOne_data();
    void setsOneByOne();
    void setsAllTogether();
    void anyAddressIsBothFamilies();
    void flagWins_data();
    void flagWins();
    void lastFlagWins();
    void switchesStandAlone();
    void refusesValues_data();
    void refusesValues();
};

void NodeConfigTest::defaultsHold()
{
    const auto commandLine = parse({}, {{u"PATH"_s, u"/bin"_s}, {u"port"_s, u"1"_s}});
    QVERIFY2(commandLine, commandLine ? "" : qPrintable(commandLine.error()));
    QCOMPARE(fieldsOf(commandLine->config), defaults());
    QVERIFY(!commandLine->message);
}

void NodeConfigTest::setsOneByOne_data()
{
    QTest::addColumn<QString>("flag");
    QTest::addColumn<QString>("value");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *flag, const char *value, const char *expected) {
        QTest::addRow("%s=%s", flag, value)
            << QString::fromLatin1(flag) << QString::fromLatin1(value) << QString::fromLatin1(expected);
    };
    row("port", "0", "0");
    row("port", "80", "80");
    row("port", "65535", "65535");
    row("port", " 8080 ", "8080");
    row("port", "0080", "80");
    row("address", "127.0.0.1", "127.0.0.1");
    row("address", "0.0.0.0", "0.0.0.0");
    row("address", "::1", "::1");
    row("address", "::", "::");
    row("redis-url", "redis://user:secret@h:7/2", "redis://user:***@h:7/2 secret");
    row("redis-url", "rediss://h", "rediss://h:6379 ");
    row("redis-url", "unix:///run/redis.sock?db=3", "unix:///run/redis.sock?db=3 ");
    row("probe-interval", "0", "0");
    row("probe-interval", "1", "1000");
    row("probe-interval", "3600", "3600000");
    row("workers", "1", "1");
    row("workers", "256", "256");
    row("max-clients", "0", "0");
    row("max-clients", "10000000", "10000000");
    row("max-clients-per-address", "0", "0");
    row("max-clients-per-address", "10000000", "10000000");
    row("allow-origin", "https://example.org", "https://example.org");
    row("allow-origin", "HTTPS://Example.org:443", "https://example.org");
    row("allow-origin", "http://a:8080,https://b", "http://a:8080 https://b");
    row("engine", "lean", "lean");
    row("engine", "qt", "qt");
    row("deflate", "off", "0");
    row("deflate", "shared", "1");
    row("deflate", "dedicated", "2");
    row("max-message-bytes", "1", "1");
    row("max-message-bytes", "67108864", "67108864");
    row("max-queued-bytes", "1024", "1024");
    row("max-queued-bytes", "1073741824", "1073741824");
    row("rate-limit", "0", "0");
    row("rate-limit", "1000000", "1000000");
    row("keepalive", "0", "0");
    row("keepalive", "3600", "3600000");
    row("drain-seconds", "0", "0");
    row("drain-seconds", "3600", "3600000");
    row("max-rooms", "0", "0");
    row("max-rooms", "100000", "100000");
    row("log-level", "debug", "0");
    row("log-level", "info", "1");
    row("log-level", "warning", "2");
    row("log-level", "error", "3");
    row("log-format", "human", "human");
    row("log-format", "json", "json");
}

void NodeConfigTest::setsOneByOne()
{
    QFETCH(const QString, flag);
    QFETCH(const QString, value);
    QFETCH(const QString, expected);
    Fields fields = defaults();
    fields[flag] = expected;
    for (const auto &commandLine : {parse({u"--"_s + flag + u'=' + value}), parse({u"--"_s + flag, value}),
                                    parse({}, {{variableOf(flag), value}})}) {
        QVERIFY2(commandLine, commandLine ? "" : qPrintable(commandLine.error()));
        QCOMPARE(fieldsOf(commandLine->config), fields);
    }
}

void NodeConfigTest::setsAllTogether()
{
    const auto commandLine =
        parse({u"--port=1"_s, u"--keepalive"_s, u"2"_s, u"--log-level=debug"_s, u"--address=::1"_s},
              {{u"REDIS_URL"_s, u"redis://h"_s},
               {u"PROBE_INTERVAL"_s, u"3"_s},
               {u"WORKERS"_s, u"7"_s},
               {u"MAX_CLIENTS"_s, u"9"_s},
               {u"MAX_CLIENTS_PER_ADDRESS"_s, u"10"_s},
               {u"ALLOW_ORIGIN"_s, u"http://a, http://b:81"_s},
               {u"ENGINE"_s, u"qt"_s},
               {u"DEFLATE"_s, u"dedicated"_s},
               {u"MAX_MESSAGE_BYTES"_s, u"4"_s},
               {u"MAX_QUEUED_BYTES"_s, u"5000"_s},
               {u"RATE_LIMIT"_s, u"8"_s},
               {u"DRAIN_SECONDS"_s, u"11"_s},
               {u"MAX_ROOMS"_s, u"6"_s},
               {u"MONITOR_TOKEN"_s, u"token"_s},
               {u"LOG_FORMAT"_s, u"json"_s}});
    QVERIFY2(commandLine, commandLine ? "" : qPrintable(commandLine.error()));
    const Fields expected = {
        {u"port"_s, u"1"_s},
        {u"address"_s, u"::1"_s},
        {u"tls-cert"_s, QString()},
        {u"tls-key"_s, QString()},
        {u"redis-url"_s, u"redis://h:6379 "_s},
        {u"probe-interval"_s, u"3000"_s},
        {u"workers"_s, u"7"_s},
        {u"max-clients"_s, u"9"_s},
        {u"max-clients-per-address"_s, u"10"_s},
        {u"allow-origin"_s, u"http://a http://b:81"_s},
        {u"engine"_s, u"qt"_s},
        {u"deflate"_s, u"2"_s},
        {u"max-message-bytes"_s, u"4"_s},
        {u"max-queued-bytes"_s, u"5000"_s},
        {u"keepalive"_s, u"2000"_s},
        {u"rate-limit"_s, u"8"_s},
        {u"drain-seconds"_s, u"11000"_s},
        {u"max-rooms"_s, u"6"_s},
        {u"monitor-token-file"_s, u"token"_s},
        {u"log-level"_s, u"0"_s},
        {u"log-format"_s, u"json"_s},
    };
    QCOMPARE(fieldsOf(commandLine->config), expected);
}

void NodeConfigTest::anyAddressIsBothFamilies()
{
    // Over another address, so that it is not the default which is seen.
    const auto commandLine = parse({u"--address=any"_s}, {{u"ADDRESS"_s, u"::1"_s}});
    QVERIFY(commandLine);
    QCOMPARE(commandLine->config.address.protocol(), QAbstractSocket::AnyIPProtocol);
    QVERIFY(commandLine->config.address == QHostAddress(QHostAddress::Any));
}

void NodeConfigTest::flagWins_data()
{
    QTest::addColumn<QString>("flag");
    QTest::addColumn<QString>("value");
    QTest::addColumn<QString>("other");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *flag, const char *value, const char *other, const char *expected) {
        QTest::addRow("%s, not %s", flag, other)
            << QString::fromLatin1(flag) << QString::fromLatin1(value) << QString::fromLatin1(other)
            << QString::fromLatin1(expected);
    };
    row("port", "1", "2", "1");
    row("port", "1", "nonsense", "1");
    row("port", "9001", "2", "9001");
    row("address", "::1", "127.0.0.1", "::1");
    row("redis-url", "redis://a", "redis://b", "redis://a:6379 ");
    row("probe-interval", "1", "2", "1000");
    row("max-message-bytes", "1", "2", "1");
    row("max-queued-bytes", "2000", "3000", "2000");
    row("keepalive", "1", "2", "1000");
    row("max-rooms", "1", "2", "1");
    row("log-level", "error", "debug", "3");
}

void NodeConfigTest::flagWins()
{
    QFETCH(const QString, flag);
    QFETCH(const QString, value);
    QFETCH(const QString, other);
    QFETCH(const QString, expected);
    const auto commandLine = parse({u"--"_s + flag, value}, {{variableOf(flag), other}});
    QVERIFY2(commandLine, commandLine ? "" : qPrintable(commandLine.error()));
    QCOMPARE(fieldsOf(commandLine->config).value(flag), expected);
}

void NodeConfigTest::lastFlagWins()
{
    const auto commandLine = parse({u"--port=1"_s, u"--port=2"_s});
    QVERIFY(commandLine);
    QCOMPARE(commandLine->config.port, quint16(2));
}

void NodeConfigTest::switchesStandAlone()
{
    const auto hasWebPage = [](const QStringList &arguments, const QMap<QString, QString> &variables) {
        const auto commandLine = parse(arguments, variables);
        return commandLine && commandLine->config.hasWebPage;
    };
    QVERIFY(hasWebPage({}, {}));
    QVERIFY(!hasWebPage({u"--no-web"_s}, {}));
    for (const QString &yes : {u"true"_s, u"1"_s}) {
        QVERIFY(!hasWebPage({}, {{u"NO_WEB"_s, yes}}));
    }
    for (const QString &no : {u"false"_s, u"0"_s}) {
        QVERIFY(hasWebPage({}, {{u"NO_WEB"_s, no}}));
        QVERIFY(!hasWebPage({u"--no-web"_s}, {{u"NO_WEB"_s, no}}));
    }
    for (const QString &bad : {u""_s, u"yes"_s, u"True"_s, u"2"_s}) {
        QCOMPARE(errorOf({}, {{u"NO_WEB"_s, bad}}), u"NO_WEB: \"%1\" is not true or false"_s.arg(bad));
    }
}

void NodeConfigTest::refusesValues_data()
{
    QTest::addColumn<QString>("flag");
    QTest::addColumn<QString>("value");
    QTest::addColumn<QString>("right");
    const auto row = [](const char *flag, const char *value, const char *right) {
        QTest::addRow("%s=%s", flag, value)
            << QString::fromLatin1(flag) << QString::fromUtf8(value) << QString::fromLatin1(right);
    };
    for (const char *value : {"", " ", "-1", "+1", "65536", "1.5", "1e3", "0x10", "80a", "8 0", "1,000",
                              "9001\n1", "\xD9\xA1", "\xEF\xBC\x91", "99999999999999999999", "http"}) {
        row("port", value, "a port from 0 to 65535");
    }
    for (const char *value : {"", "localhost", "256.0.0.1", "1.2.3.4:80", "[::1]", "::g", "Any", "*"}) {
        row("address", value, "an IP address of this machine, or any");
    }
    for (const char *flag : {"probe-interval", "keepalive", "drain-seconds"}) {
        for (const char *value : {"", "-1", "3601", "0.5", "10s"}) {
            row(flag, value, "a number of seconds from 0 to 3600");
        }
    }
    for (const char *value : {"", "0", "257", "two"}) {
        row("workers", value, "a number of workers from 1 to 256");
    }
    for (const char *flag : {"max-clients", "max-clients-per-address"}) {
        for (const char *value : {"", "-1", "10000001", "many"}) {
            row(flag, value, "a number of clients from 0 to 10000000");
        }
    }
    for (const char *value : {"", "*", "example.org", "file"}) {
        row("allow-origin", value, "an origin such as https://example.org, without a path");
    }
    for (const char *value : {"", "Lean", "lean ", "QtWebSockets"}) {
        row("engine", value, "lean or qt");
    }
    for (const char *value : {"", "on", "none", "shared,off"}) {
        row("deflate", value, "shared, dedicated or off");
    }
    for (const char *value : {"", "0", "67108865", "64k"}) {
        row("max-message-bytes", value, "a number of bytes from 1 to 67108864");
    }
    for (const char *value : {"", "0", "1023", "1073741825", "1M"}) {
        row("max-queued-bytes", value, "a number of bytes from 1024 to 1073741824");
    }
    for (const char *value : {"", "-1", "1000001", "100/s"}) {
        row("rate-limit", value, "a number of messages from 0 to 1000000");
    }
    for (const char *value : {"", "-1", "100001"}) {
        row("max-rooms", value, "a number of rooms from 0 to 100000");
    }
    for (const char *value : {"", "Info", "critical", "warn", "2", " info"}) {
        row("log-level", value, "debug, info, warning or error");
    }
    for (const char *value : {"", "JSON", "text"}) {
        row("log-format", value, "human or json");
    }
    // What a value holds is not read as a place for another text.
    row("log-level", "%1 %2 %3", "debug, info, warning or error");
}

void NodeConfigTest::refusesValues()
{
    QFETCH(const QString, flag);
    QFETCH(const QString, value);
    QFETCH(const QString, right);
    const QString text = u": \"%1\" is not %2"_s.arg(value, right);
    QCOMPARE(errorOf({u"--"_s + flag + u'=' + value}), u"--"_s + flag + text);
    QCOMPARE(errorOf({}, {{variableOf(flag), value}}), variableOf(flag) + text);
}

QTEST_GUILESS_MAIN(NodeConfigTest)
#include "tst_nodeconfig.moc"
