// SPDX-License-Identifier: BSD-3-Clause
#include "node/commandline.h"
#include "node/version.h"

#include <QRegularExpression>
#include <QTemporaryFile>
#include <QTest>

using namespace Qt::StringLiterals;
using switchboard::parseCommandLine;

namespace {

using Variables = QList<std::pair<QString, QString>>;

auto parse(const QStringList &arguments, const Variables &variables = {})
{
    QProcessEnvironment environment;
    for (const auto &[name, value] : variables) {
        environment.insert(name, value);
    }
    return parseCommandLine(QStringList(u"switchboard-server"_s) + arguments, environment);
}

// What is wrong; empty if nothing is.
QString errorOf(const QStringList &arguments, const Variables &variables = {})
{
    const auto commandLine = parse(arguments, variables);
    return commandLine ? QString() : commandLine.error();
}

QString helpText()
{
    const auto commandLine = parse({u"--help"_s});
    return commandLine && commandLine->message ? *commandLine->message : QString();
}

// The path of a file with just that in it, which lives as long as \a file.
QString writeFile(QTemporaryFile &file, const QByteArray &contents)
{
    if (!file.open() || file.write(contents) != contents.size() || !file.flush()) {
        qFatal("cannot write a temporary file");
    }
    return file.fileName();
}

} // namespace

class CommandLineTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void refusesArguments_data();
    void refusesArguments();
    void keepsSecrets_data();
    void keepsSecrets();
    void readsMonitorToken_data();
    void readsMonitorToken();
    void refusesMonitorToken_data();
    void refusesMonitorToken();
    void monitorTokenFileWins();
    void readsAuthSecret_data();
    void readsAuthSecret();
    void refusesAuthSecret_data();
    void refusesAuthSecret();
    void helpNamesEverySetting();
    void printsInsteadOfRunning_data();
    void printsInsteadOfRunning();
};

void CommandLineTest::refusesArguments_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("error");
    const auto row = [](const char *name, const QStringList &arguments, const QString &error) {
        QTest::newRow(name) << arguments << error;
    };
    row("unknown option", {u"--prot=1"_s}, u"Unknown option 'prot'. See --help."_s);
    row("part of an option", {u"--por=1"_s}, u"Unknown option 'por'. See --help."_s);
    row("another case", {u"--PORT=1"_s}, u"Unknown option 'PORT'. See --help."_s);
    row("unknown letter", {u"-x"_s}, u"Unknown option 'x'. See --help."_s);
    row("no value", {u"--keepalive=1"_s, u"--port"_s}, u"Missing value after '--port'. See --help."_s);
    row("value for none", {u"--help=all"_s}, u"Unexpected value after '--help'. See --help."_s);
    row("value for a switch", {u"--no-web=true"_s}, u"Unexpected value after '--no-web'. See --help."_s);
    row("argument", {u"--port=1"_s, u"go"_s}, u"unexpected argument \"go\". See --help."_s);
    row("behind --", {u"--"_s, u"--port=1"_s}, u"unexpected argument \"--port=1\". See --help."_s);
}

void CommandLineTest::refusesArguments()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const QString, error);
    QCOMPARE(errorOf(arguments), error);
}

void CommandLineTest::keepsSecrets_data()
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

void CommandLineTest::keepsSecrets()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const QString, variable);
    Variables variables;
    if (!variable.isNull()) {
        variables.append({u"REDIS_URL"_s, variable});
    }
    const QString error = errorOf(arguments, variables);
    QVERIFY(!error.isEmpty());
    // Letter by letter it would be no secret either.
    QVERIFY2(!QString(error).remove(QRegularExpression(u"\\W"_s)).contains(u"hunter2"_s), qPrintable(error));
}

void CommandLineTest::readsMonitorToken_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("token");
    QTest::newRow("alone") << "s3cret"_ba
                           << "s3cret"_ba;
    QTest::newRow("with the end of a line") << "s3cret\n"_ba
                                            << "s3cret"_ba;
    QTest::newRow("with blanks around it") << " \ts3cret \r\n"_ba
                                           << "s3cret"_ba;
    QTest::newRow("with blanks inside") << "s3 cret"_ba
                                        << "s3 cret"_ba;
    QTest::newRow("beyond ASCII") << "s\xC3\xA9"_ba
                                  << "s\xC3\xA9"_ba;
}

void CommandLineTest::readsMonitorToken()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QByteArray, token);
    QTemporaryFile file;
    const QString path = writeFile(file, text);
    for (const auto &commandLine : {parse({u"--monitor-token-file"_s, path}),
                                    parse({}, {{u"MONITOR_TOKEN"_s, QString::fromUtf8(text)}})}) {
        QVERIFY2(commandLine, commandLine ? "" : qPrintable(commandLine.error()));
        QCOMPARE(commandLine->config.monitorToken, token);
    }
}

void CommandLineTest::refusesMonitorToken_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("nothing") << ""_ba;
    QTest::newRow("blanks") << " \n"_ba;
}

void CommandLineTest::refusesMonitorToken()
{
    QFETCH(const QByteArray, text);
    QTemporaryFile file;
    const QString path = writeFile(file, text);
    QCOMPARE(errorOf({u"--monitor-token-file"_s, path}), u"--monitor-token-file: the token is empty"_s);
    QCOMPARE(errorOf({}, {{u"MONITOR_TOKEN"_s, QString::fromUtf8(text)}}),
             u"MONITOR_TOKEN: the token is empty"_s);
    const QString error = errorOf({u"--monitor-token-file=/nonexistent/token"_s});
    QVERIFY2(error.startsWith(u"--monitor-token-file: cannot read /nonexistent/token: "_s),
             qPrintable(error));
}

void CommandLineTest::monitorTokenFileWins()
{
    QTemporaryFile file;
    const QString path = writeFile(file, "from the file");
    const auto commandLine =
        parse({u"--monitor-token-file"_s, path}, {{u"MONITOR_TOKEN"_s, u"from the environment"_s}});
    QVERIFY(commandLine);
    QCOMPARE(commandLine->config.monitorToken, "from the file");
}

void CommandLineTest::readsAuthSecret_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("secret");
    const QByteArray secret = "0123456789abcdef0123456789ABCDEF";
    QTest::newRow("shortest") << secret << secret;
    QTest::newRow("with the end of a line") << secret + '\n' << secret;
    QTest::newRow("with blanks around it") << " \t" + secret + " \r\n" << secret;
    QTest::newRow("beyond ASCII") << "\xC3\xA9" + secret << "\xC3\xA9" + secret;
    QTest::newRow("longest") << QByteArray(4096, 's') << QByteArray(4096, 's');
}

void CommandLineTest::readsAuthSecret()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QByteArray, secret);
    QTemporaryFile file;
    const QString path = writeFile(file, text);
    for (const auto &commandLine :
         {parse({u"--auth-secret-file"_s, path}), parse({}, {{u"AUTH_SECRET"_s, QString::fromUtf8(text)}})}) {
        QVERIFY2(commandLine, commandLine ? "" : qPrintable(commandLine.error()));
        QCOMPARE(commandLine->config.authSecret, secret);
    }
    QVERIFY(parse({})->config.authSecret.isEmpty());
}

void CommandLineTest::refusesAuthSecret_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("error");
    QTest::newRow("nothing") << ""_ba << u"the secret has 0 bytes, it needs at least 32"_s;
    QTest::newRow("blanks") << " \n"_ba << u"the secret has 0 bytes, it needs at least 32"_s;
    QTest::newRow("too short") << "hunter2-hunter2-hunter2-hunter2\n"_ba
                               << u"the secret has 31 bytes, it needs at least 32"_s;
    QTest::newRow("no text") << QByteArray(40, '\xFF') << u"the secret is not text in UTF-8"_s;
}

void CommandLineTest::refusesAuthSecret()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QString, error);
    QTemporaryFile file;
    const QString path = writeFile(file, text);
    QCOMPARE(errorOf({u"--auth-secret-file"_s, path}), u"--auth-secret-file: "_s + error);
    QCOMPARE(errorOf({}, {{u"AUTH_SECRET"_s, QString::fromUtf8(text)}}), u"AUTH_SECRET: "_s + error);
    QTemporaryFile longFile;
    const QString longPath = writeFile(longFile, QByteArray(4097, 's'));
    QCOMPARE(errorOf({u"--auth-secret-file"_s, longPath}),
             u"--auth-secret-file: %1 has more than 4096 bytes"_s.arg(longPath));
}

void CommandLineTest::helpNamesEverySetting()
{
    const QList<QStringList> settings = {
        {u"config"_s, u"<file>"_s, u"TOML"_s, u"[CONFIG]"_s},
        {u"check-config"_s, QString(), u"0 if so, 2 if not"_s, u"not."_s},
        {u"print-config"_s, QString(), u"as a configuration file"_s, u"exit."_s},
        {u"port"_s, u"<port>"_s, u"(9001)"_s, u"[PORT]"_s},
        {u"address"_s, u"<address>"_s, u"(any)"_s, u"[ADDRESS]"_s},
        {u"tls-cert"_s, u"<file>"_s, u"(none)"_s, u"[TLS_CERT]"_s},
        {u"tls-key"_s, u"<file>"_s, u"(none)"_s, u"[TLS_KEY]"_s},
        {u"redis-url"_s, u"<url>"_s, u"(redis://127.0.0.1:6379)"_s, u"[REDIS_URL]"_s},
        {u"probe-interval"_s, u"<seconds>"_s, u"(10)"_s, u"[PROBE_INTERVAL]"_s},
        {u"workers"_s, u"<count>"_s, u"(1)"_s, u"[WORKERS]"_s},
        {u"max-clients"_s, u"<count>"_s, u"(0)"_s, u"[MAX_CLIENTS]"_s},
        {u"max-clients-per-address"_s, u"<count>"_s, u"(0)"_s, u"[MAX_CLIENTS_PER_ADDRESS]"_s},
        {u"allow-origin"_s, u"<origin>"_s, u"(any)"_s, u"[ALLOW_ORIGIN]"_s},
        {u"no-web"_s, QString(), u"(false)"_s, u"[NO_WEB]"_s},
        {u"engine"_s, u"<engine>"_s, u"(lean)"_s, u"[ENGINE]"_s},
        {u"deflate"_s, u"<mode>"_s, u"(shared)"_s, u"[DEFLATE]"_s},
        {u"max-message-bytes"_s, u"<bytes>"_s, u"(65536)"_s, u"[MAX_MESSAGE_BYTES]"_s},
        {u"max-queued-bytes"_s, u"<bytes>"_s, u"(1048576)"_s, u"[MAX_QUEUED_BYTES]"_s},
        {u"rate-limit"_s, u"<messages>"_s, u"(100)"_s, u"[RATE_LIMIT]"_s},
        {u"keepalive"_s, u"<seconds>"_s, u"(30)"_s, u"[KEEPALIVE]"_s},
        {u"drain-seconds"_s, u"<seconds>"_s, u"(5)"_s, u"[DRAIN_SECONDS]"_s},
        {u"max-rooms"_s, u"<rooms>"_s, u"(100)"_s, u"[MAX_ROOMS]"_s},
        {u"auth-secret-file"_s, u"<file>"_s, u"Without one"_s, u"[AUTH_SECRET]"_s},
        {u"monitor-token-file"_s, u"<file>"_s, u"Without one"_s, u"[MONITOR_TOKEN]"_s},
        {u"log-level"_s, u"<level>"_s, u"(info)"_s, u"[LOG_LEVEL]"_s},
        {u"log-format"_s, u"<format>"_s, u"(human)"_s, u"[LOG_FORMAT]"_s},
    };
    // What stands from one flag to the next; the text is broken into lines anywhere.
    const QStringList entries = helpText().split(u"\n  --"_s).mid(1);
    QCOMPARE(entries.size(), settings.size());
    for (qsizetype i = 0; i < entries.size(); ++i) {
        const QStringList &setting = settings[i];
        const QString entry = entries[i].simplified();
        const QString start = QStringList{setting[0], setting[1]}.join(u' ').trimmed();
        QVERIFY2(entry.startsWith(start + u' '), qPrintable(entry));
        QVERIFY2(entry.contains(setting[2]), qPrintable(entry));
        QVERIFY2(entry.endsWith(u' ' + setting[3]), qPrintable(entry));
    }
}

void CommandLineTest::printsInsteadOfRunning_data()
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

void CommandLineTest::printsInsteadOfRunning()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const QString, message);
    const auto commandLine = parse(arguments, {{u"KEEPALIVE"_s, u"nonsense"_s}});
    QVERIFY2(commandLine, commandLine ? "" : qPrintable(commandLine.error()));
    QCOMPARE(commandLine->message, std::optional(message));
}

QTEST_GUILESS_MAIN(CommandLineTest)
#include "tst_commandline.moc"
