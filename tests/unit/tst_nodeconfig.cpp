// SPDX-License-Identifier: BSD-3-Clause
#include "node/nodeconfig.h"
#include "node/version.h"

#include <QMap>
#include <QRegularExpression>
#include <QTest>

using namespace Qt::StringLiterals;
using switchboard::NodeConfig;
using switchboard::parseCommandLine;

namespace {

// All that settings can change, by the names of their flags.
using Fields = QMap<QString, QString>;

Fields fieldsOf(const NodeConfig &config)
{
    return {
        {u"port"_s, QString::number(config.port)},
        {u"address"_s, config.address.toString()},
        {u"redis-url"_s, config.redisUrl.toDisplayString() + u' ' + config.redisUrl.password},
        {u"probe-interval"_s, QString::number(config.probeInterval.count())},
        {u"max-message-bytes"_s, QString::number(config.sessions.maxMessageBytes)},
        {u"max-queued-bytes"_s, QString::number(config.sessions.maxQueuedBytes)},
        {u"keepalive"_s, QString::number(config.sessions.keepalive.count())},
        {u"max-rooms"_s, QString::number(config.maxRooms)},
        {u"log-level"_s, QString::number(static_cast<int>(config.logLevel))},
    };
}

Fields defaults()
{
    return {
        {u"port"_s, u"9001"_s},
        {u"address"_s, QHostAddress(QHostAddress::Any).toString()},
        {u"redis-url"_s, u"redis://127.0.0.1:6379 "_s},
        {u"probe-interval"_s, u"10000"_s},
        {u"max-message-bytes"_s, u"65536"_s},
        {u"max-queued-bytes"_s, u"1048576"_s},
        {u"keepalive"_s, u"30000"_s},
        {u"max-rooms"_s, u"100"_s},
        {u"log-level"_s, u"1"_s},
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

QString helpText()
{
    const auto commandLine = parse({u"--help"_s});
    return commandLine && commandLine->message ? *commandLine->message : QString();
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
    void refusesValues_data();
    void refusesValues();
    void refusesArguments_data();
    void refusesArguments();
    void keepsSecrets_data();
    void keepsSecrets();
    void helpNamesEverySetting_data();
    void helpNamesEverySetting();
    void printsInsteadOfRunning_data();
    void printsInsteadOfRunning();
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
    row("max-message-bytes", "1", "1");
    row("max-message-bytes", "67108864", "67108864");
    row("max-queued-bytes", "1024", "1024");
    row("max-queued-bytes", "1073741824", "1073741824");
    row("keepalive", "0", "0");
    row("keepalive", "3600", "3600000");
    row("max-rooms", "0", "0");
    row("max-rooms", "100000", "100000");
    row("log-level", "debug", "0");
    row("log-level", "info", "1");
    row("log-level", "warning", "2");
    row("log-level", "error", "3");
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
               {u"MAX_MESSAGE_BYTES"_s, u"4"_s},
               {u"MAX_QUEUED_BYTES"_s, u"5000"_s},
               {u"MAX_ROOMS"_s, u"6"_s}});
    QVERIFY2(commandLine, commandLine ? "" : qPrintable(commandLine.error()));
    const Fields expected = {
        {u"port"_s, u"1"_s},
        {u"address"_s, u"::1"_s},
        {u"redis-url"_s, u"redis://h:6379 "_s},
        {u"probe-interval"_s, u"3000"_s},
        {u"max-message-bytes"_s, u"4"_s},
        {u"max-queued-bytes"_s, u"5000"_s},
        {u"keepalive"_s, u"2000"_s},
        {u"max-rooms"_s, u"6"_s},
        {u"log-level"_s, u"0"_s},
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
    for (const char *flag : {"probe-interval", "keepalive"}) {
        for (const char *value : {"", "-1", "3601", "0.5", "10s"}) {
            row(flag, value, "a number of seconds from 0 to 3600");
        }
    }
    for (const char *value : {"", "0", "67108865", "64k"}) {
        row("max-message-bytes", value, "a number of bytes from 1 to 67108864");
    }
    for (const char *value : {"", "0", "1023", "1073741825", "1M"}) {
        row("max-queued-bytes", value, "a number of bytes from 1024 to 1073741824");
    }
    for (const char *value : {"", "-1", "100001"}) {
        row("max-rooms", value, "a number of rooms from 0 to 100000");
    }
    for (const char *value : {"", "Info", "critical", "warn", "2", " info"}) {
        row("log-level", value, "debug, info, warning or error");
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

void NodeConfigTest::refusesArguments_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("error");
    QTest::newRow("unknown option") << QStringList{u"--prot=1"_s} << u"Unknown option 'prot'. See --help."_s;
    QTest::newRow("part of an option") << QStringList{u"--por=1"_s} << u"Unknown option 'por'. See --help."_s;
    QTest::newRow("another case") << QStringList{u"--PORT=1"_s} << u"Unknown option 'PORT'. See --help."_s;
    QTest::newRow("unknown letter") << QStringList{u"-x"_s} << u"Unknown option 'x'. See --help."_s;
    QTest::newRow("no value") << QStringList{u"--keepalive=1"_s, u"--port"_s}
                              << u"Missing value after '--port'. See --help."_s;
    QTest::newRow("value for none") << QStringList{u"--help=all"_s}
                                    << u"Unexpected value after '--help'. See --help."_s;
    QTest::newRow("argument") << QStringList{u"--port=1"_s, u"start"_s}
                              << u"unexpected argument \"start\". See --help."_s;
    QTest::newRow("option behind --")
        << QStringList{u"--"_s, u"--port=1"_s} << u"unexpected argument \"--port=1\". See --help."_s;
}

void NodeConfigTest::refusesArguments()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const QString, error);
    QCOMPARE(errorOf(arguments), error);
}

void NodeConfigTest::keepsSecrets_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("variable");
    const auto row = [](const char *name, const QStringList &arguments, const QString &variable = {}) {
        QTest::newRow(name) << arguments << variable;
    };
    for (const char *url : {"redis://u:hunter2", "redis://:hunter2@h:x", "redis://:hunter2@h/x", "hunter2",
                            "http://u:hunter2@h", "//u:hunter2@h", "redis://:hunter2/@h", "redis://hunter2@h",
                            "redis://:hunter2%@h", "unix://:hunter2@run", "redis://h?password=hunter2"}) {
        const QString text = QString::fromLatin1(url);
        row(url, {u"--redis-url="_s + text});
        row((QByteArray(url) + ", behind the flag").constData(), {u"--redis-url"_s, text});
        row((QByteArray(url) + ", in the environment").constData(), {}, text);
    }
    const QString good = u"redis://:hunter2@h"_s;
    row("no flag", {good});
    row("no flag for the second", {u"--redis-url"_s, u"redis://h"_s, good});
    row("flag without value before it", {u"--port=1"_s, u"--"_s, u"--redis-url="_s + good});
    row("mistaken flag", {u"--redisurl="_s + good});
    row("mistaken flag before it", {u"--redisurl"_s, good});
    row("flag for another", {u"--port="_s + good});
    row("flag with one dash", {u"-redis-url="_s + good});
    row("flag with one dash before it", {u"-redis-url"_s, good});
}

void NodeConfigTest::keepsSecrets()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const QString, variable);
    QMap<QString, QString> variables;
    if (!variable.isNull()) {
        variables.insert(u"REDIS_URL"_s, variable);
    }
    const QString error = errorOf(arguments, variables);
    QVERIFY(!error.isEmpty());
    // Letter by letter it would be no secret either.
    QVERIFY2(!QString(error).remove(QRegularExpression(u"\\W"_s)).contains(u"hunter2"_s), qPrintable(error));
}

void NodeConfigTest::helpNamesEverySetting_data()
{
    QTest::addColumn<QString>("flag");
    QTest::addColumn<QString>("valueName");
    QTest::addColumn<QString>("defaultValue");
    const auto row = [](const char *flag, const char *valueName, const char *defaultValue) {
        QTest::newRow(flag) << QString::fromLatin1(flag) << QString::fromLatin1(valueName)
                            << QString::fromLatin1(defaultValue);
    };
    row("port", "port", "(9001)");
    row("address", "address", "(any)");
    row("redis-url", "url", "(redis://127.0.0.1:6379)");
    row("probe-interval", "seconds", "(10)");
    row("max-message-bytes", "bytes", "(65536)");
    row("max-queued-bytes", "bytes", "(1048576)");
    row("keepalive", "seconds", "(30)");
    row("max-rooms", "rooms", "(100)");
    row("log-level", "level", "(info)");
}

void NodeConfigTest::helpNamesEverySetting()
{
    QFETCH(const QString, flag);
    QFETCH(const QString, valueName);
    QFETCH(const QString, defaultValue);
    // From this flag to the next; the text is broken into lines anywhere.
    const QString help = helpText();
    const qsizetype begin = help.indexOf(u"  --%1 <%2> "_s.arg(flag, valueName));
    QVERIFY2(begin >= 0, qPrintable(help));
    const qsizetype end = help.indexOf(u"\n  --"_s, begin);
    const QString entry = help.mid(begin, end < 0 ? -1 : end - begin).simplified();
    QVERIFY2(entry.contains(defaultValue), qPrintable(entry));
    QVERIFY2(entry.endsWith(u" [%1]"_s.arg(variableOf(flag))), qPrintable(entry));
}

void NodeConfigTest::printsInsteadOfRunning_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("message");
    const QString help = helpText();
    QVERIFY(help.startsWith(u"Usage: "_s));
    QVERIFY(help.endsWith(u'\n'));
    const QString version = u"switchboard-server "_s + switchboard::versionText() + u'\n';
    QTest::newRow("-h") << QStringList{u"-h"_s} << help;
    QTest::newRow("--version") << QStringList{u"--version"_s} << version;
    QTest::newRow("-v") << QStringList{u"-v"_s} << version;
    QTest::newRow("help before version") << QStringList{u"-v"_s, u"-h"_s} << help;
    QTest::newRow("help with a bad setting") << QStringList{u"--port=x"_s, u"--help"_s} << help;
    QTest::newRow("version with a bad setting") << QStringList{u"--version"_s, u"--port=x"_s} << version;
}

void NodeConfigTest::printsInsteadOfRunning()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const QString, message);
    const auto commandLine = parse(arguments, {{u"KEEPALIVE"_s, u"nonsense"_s}});
    QVERIFY2(commandLine, commandLine ? "" : qPrintable(commandLine.error()));
    QCOMPARE(commandLine->message, std::optional(message));
}

QTEST_GUILESS_MAIN(NodeConfigTest)
#include "tst_nodeconfig.moc"
