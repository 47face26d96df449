// SPDX-License-Identifier: BSD-3-Clause
#include "configtesting.h"
#include "node/settings.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace switchboard;
using switchboard::test::ConfigFolder;

class ConfigFileTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsEveryKind();
    void anEmptyFileChangesNothing_data();
    void anEmptyFileChangesNothing();
    void variablesAndFlagsWin();
    void overriddenValuesDoNotCount();
    void theVariableNamesTheFile();
    void readsSecretsFromTheirFiles();
    void refuses_data();
    void refuses();
    void tellsAllThatIsWrong();
    void repeatsNoSecrets_data();
    void repeatsNoSecrets();
    void refusesFiles();
    void everySettingCanStandInIt();
};

void ConfigFileTest::readsEveryKind()
{
    ConfigFolder folder;
    folder.write("# A comment\n"
                 "port = 9_100\n"
                 "address = '::1'\n"
                 "\"keepalive\" = 0x10 # seconds\n"
                 "allow-origin = [\n  \"https://a.example\", # one\n  \"https://b.example:444\",\n]\n"
                 "log-level = \"\"\"warning\"\"\"\n"
                 "redis-url = \"redis://u:p%40ss@h\"\n");
    const auto commandLine = folder.parse();
    QVERIFY2(commandLine, commandLine ? "" : qPrintable(commandLine.error()));
    const NodeConfig &config = commandLine->config;
    QCOMPARE(config.port, quint16(9100));
    QCOMPARE(config.address, QHostAddress(QHostAddress::LocalHostIPv6));
    QCOMPARE(config.sessions.keepalive, std::chrono::milliseconds(16000));
    QCOMPARE(config.admission.allowedOrigins,
             (std::vector<QByteArray>{"https://a.example", "https://b.example:444"}));
    QCOMPARE(config.logLevel, LogLevel::Warning);
    QCOMPARE(config.redisUrl.password, u"p@ss"_s);
    QCOMPARE(commandLine->configFile, folder.path());
    QCOMPARE(commandLine->given.value(u"port"_s).place, folder.path() + u":2:8"_s);
}

void ConfigFileTest::anEmptyFileChangesNothing_data()
{
    QTest::addColumn<QByteArray>("contents");
    QTest::newRow("nothing") << ""_ba;
    QTest::newRow("comments") << "# port = 1\n\n"_ba;
    QTest::newRow("byte order mark") << "\xEF\xBB\xBF# port = 1\r\n"_ba;
    QTest::newRow("an empty list") << "allow-origin = []\n"_ba;
}

void ConfigFileTest::anEmptyFileChangesNothing()
{
    QFETCH(const QByteArray, contents);
    ConfigFolder folder;
    folder.write(contents);
    const auto commandLine = folder.parse();
    QVERIFY2(commandLine, commandLine ? "" : qPrintable(commandLine.error()));
    for (const Setting &setting : settings()) {
        QVERIFY2(setting.value.isSame(commandLine->config, NodeConfig()), qPrintable(setting.flag));
    }
    QVERIFY(commandLine->given.isEmpty());
}

void ConfigFileTest::variablesAndFlagsWin()
{
    ConfigFolder folder;
    folder.write("port = 1\nmax-rooms = 1\nkeepalive = 1\nallow-origin = [\"http://a\", \"http://b\"]\n");
    const auto commandLine = folder.parse({u"--port=3"_s, u"--allow-origin=http://c"_s},
                                          {{u"PORT"_s, u"2"_s}, {u"MAX_ROOMS"_s, u"2"_s}});
    QVERIFY2(commandLine, commandLine ? "" : qPrintable(commandLine.error()));
    QCOMPARE(commandLine->config.port, quint16(3));
    QCOMPARE(commandLine->config.maxRooms, 2);
    QCOMPARE(commandLine->config.sessions.keepalive, std::chrono::milliseconds(1000));
    QCOMPARE(commandLine->config.admission.allowedOrigins, std::vector<QByteArray>{"http://c"});
}

void ConfigFileTest::overriddenValuesDoNotCount()
{
    ConfigFolder folder;
    folder.write("port = 99999\nauth-secret-file = \"/nonexistent\"\n");
    QVERIFY(!folder.parse());
    QVERIFY(folder.parse({u"--port=3"_s}, {{u"AUTH_SECRET"_s, QString(32, u's')}}));
}

void ConfigFileTest::theVariableNamesTheFile()
{
    ConfigFolder folder;
    folder.write("port = 7\n");
    QProcessEnvironment environment;
    environment.insert(u"CONFIG"_s, folder.path());
    const auto named = parseCommandLine({u"switchboard-server"_s}, environment);
    QVERIFY2(named, named ? "" : qPrintable(named.error()));
    QCOMPARE(named->config.port, quint16(7));
    folder.writeFile(u"other.toml"_s, "port = 8\n");
    const auto flag = parseCommandLine(
        {u"switchboard-server"_s, u"--config"_s, folder.filePath(u"other.toml"_s)}, environment);
    QVERIFY2(flag, flag ? "" : qPrintable(flag.error()));
    QCOMPARE(flag->config.port, quint16(8));
}

void ConfigFileTest::readsSecretsFromTheirFiles()
{
    ConfigFolder folder;
    folder.writeFile(u"secret"_s, QByteArray(32, 's') + '\n');
    folder.write("auth-secret-file = \"" + folder.filePath(u"secret"_s).toUtf8() + "\"\n");
    const auto commandLine = folder.parse();
    QVERIFY2(commandLine, commandLine ? "" : qPrintable(commandLine.error()));
    QCOMPARE(commandLine->config.authSecret, QByteArray(32, 's'));
    folder.writeFile(u"secret"_s, "short");
    QCOMPARE(folder.errors(), u"1:20: auth-secret-file: the secret has 5 bytes, it needs at least 32"_s);
}

void ConfigFileTest::refuses_data()
{
    QTest::addColumn<QByteArray>("contents");
    QTest::addColumn<QString>("error");
    const auto row = [](const char *name, const QByteArray &contents, const QString &error) {
        QTest::newRow(name) << contents << error;
    };
    row("unknown", "\n  colour = 1\n", u"2:3: unknown key \"colour\""_s);
    row("a letter too few", "port = 1\nmax-client = 1\n",
        u"2:1: unknown key \"max-client\"; did you mean \"max-clients\"?"_s);
    row("letters swapped", "prot = 1\n", u"1:1: unknown key \"prot\"; did you mean \"port\"?"_s);
    row("the variable's name", "MAX_ROOMS = 1\n",
        u"1:1: unknown key \"MAX_ROOMS\"; did you mean \"max-rooms\"?"_s);
    row("a secret itself", "auth-secret = \"x\"\n",
        u"1:1: unknown key \"auth-secret\"; did you mean \"auth-secret-file\"?"_s);
    row("what only a flag can say", "config = \"x\"\n", u"1:1: unknown key \"config\""_s);
    row("a table", "[daemon]\nport = 1\n", u"1:2: unknown key \"daemon\""_s);
    row("a dotted key", "port.x = 1\n", u"1:1: port takes an integer such as 9001, not a table"_s);
    row("a string for a number", "port = \"9001\"\n",
        u"1:8: port takes an integer such as 9001, not a string"_s);
    row("a fraction", "keepalive = 0.5\n", u"1:13: keepalive takes an integer such as 30, not a float"_s);
    row("a boolean for a number", "workers = true\n",
        u"1:11: workers takes an integer such as 1, not a boolean"_s);
    row("a number for a word", "log-level = 3\n",
        u"1:13: log-level takes a string such as \"info\", not an integer"_s);
    row("a list for a word", "engine = [\"qt\"]\n",
        u"1:10: engine takes a string such as \"lean\", not an array"_s);
    row("a number for a path", "tls-cert = 1\n",
        u"1:12: tls-cert takes a string in quotes, not an integer"_s);
    row("a date", "tls-key = 2026-01-01\n", u"1:11: tls-key takes a string in quotes, not a time"_s);
    row("a number for a list", "allow-origin = 1\n",
        u"1:16: allow-origin takes a string or an array of strings, not an integer"_s);
    row("a list of numbers", "allow-origin = [\"http://a\", 1]\n",
        u"1:16: allow-origin takes a string or an array of strings, not an array"_s);
    row("too large", "# x\nport = 65536\n", u"2:8: port: \"65536\" is not a port from 0 to 65535"_s);
    row("negative", "max-rooms = -1\n",
        u"1:13: max-rooms: \"-1\" is not a number of rooms from 0 to 100000"_s);
    row("no origin", "allow-origin = [\"http://a\", \"b\"]\n",
        u"1:16: allow-origin: \"http://***\" is not an origin such as https://example.org, without a path"_s);
    row("empty", "address = \"\"\n", u"1:11: address: \"\" is not an IP address of this machine, or any"_s);
}

void ConfigFileTest::refuses()
{
    QFETCH(const QByteArray, contents);
    QFETCH(const QString, error);
    ConfigFolder folder;
    folder.write(contents);
    QCOMPARE(folder.errors(), error);
    // What is never looked at by a running daemon either.
    QCOMPARE(folder.errors({u"--check-config"_s}), error);
}

void ConfigFileTest::tellsAllThatIsWrong()
{
    ConfigFolder folder;
    folder.write("zoo = 1\nport = 70000\nant = 1\nworkers = \"2\"\n");
    QCOMPARE(folder.errors({u"--keepalive=x"_s}),
             u"1:1: unknown key \"zoo\"\n"
             "3:1: unknown key \"ant\"\n"
             "4:11: workers takes an integer such as 1, not a string\n"
             "2:8: port: \"70000\" is not a port from 0 to 65535\n"
             "--keepalive: \"x\" is not a number of seconds from 0 to 3600"_s);
}

void ConfigFileTest::repeatsNoSecrets_data()
{
    QTest::addColumn<QByteArray>("contents");
    for (const char *contents : {
             "redis-url = redis://:hunter2@h\n",
             "redis-url = \"redis://:hunter2@h\n",
             "redis-url = \"redis://:hunter2@h:x\"\n",
             "redis-url = [\"redis://:hunter2@h\"]\n",
             "redis-url = hunter2\n",
             "redis-url = \"\\hunter2\"\n",
             "redis-url = 'hunter2' hunter2\n",
             "redis-url 'hunter2'\n",
             "redis-url = \"redis://:hunter2@h\"\nredis-url = \"hunter2\"\n",
             "port = \"redis://:hunter2@h\"\n",
             "port = 2026hunter2\n",
             "auth-secret = \"hunter2\"\n",
             "engine = \"redis://:hunter2@h\"\n",
             "[redis]\nurl = \"redis://:hunter2@h\"\n",
         }) {
        QTest::newRow(QByteArray(contents).simplified().constData()) << QByteArray(contents);
    }
}

void ConfigFileTest::repeatsNoSecrets()
{
    QFETCH(const QByteArray, contents);
    ConfigFolder folder;
    folder.write(contents);
    const QString error = folder.errors();
    QVERIFY2(error.size() > 2 && error[0].isDigit() && error[1] == u':', qPrintable(error));
    QVERIFY2(!error.contains(u"hunter2"_s), qPrintable(error));
}

void ConfigFileTest::refusesFiles()
{
    ConfigFolder folder;
    const auto errorOf = [&](const QString &path) {
        const auto commandLine = folder.parse({u"--config"_s, path});
        return commandLine ? QString() : commandLine.error();
    };
    QCOMPARE(errorOf(u"/nonexistent/s.toml"_s),
             u"cannot read /nonexistent/s.toml: No such file or directory"_s);
    QVERIFY(errorOf(folder.filePath(u"."_s)).startsWith(u"cannot read "_s));
    QCOMPARE(errorOf(QString()), u"the name of the configuration file is empty"_s);
    folder.writeFile(u"long"_s, QByteArray(1024 * 1024 + 1, '\n'));
    QCOMPARE(errorOf(folder.filePath(u"long"_s)),
             folder.filePath(u"long"_s) + u" has more than 1048576 bytes"_s);
    folder.writeFile(u"binary"_s, "port = 1\n\xFF\xFE\n");
    const QString binary = errorOf(folder.filePath(u"binary"_s));
    QVERIFY2(binary.startsWith(folder.filePath(u"binary"_s) + u':'), qPrintable(binary));
    QVERIFY2(binary.contains(u"utf-8"_s), qPrintable(binary));
}

void ConfigFileTest::everySettingCanStandInIt()
{
    ConfigFolder folder;
    for (const Setting &setting : settings()) {
        // With a value of the wrong kind it is at least known.
        folder.write(setting.flag.toUtf8() + " = 1979-05-27\n");
        const QString error = folder.errors();
        QVERIFY2(error.contains(u": "_s + setting.flag + u" takes "_s), qPrintable(error));
    }
}

QTEST_GUILESS_MAIN(ConfigFileTest)
#include "tst_configfile.moc"
