// SPDX-License-Identifier: BSD-3-Clause
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryFile>
#include <QTest>

#include "integration/cluster.h"
#include "support/childprocess.h"
#include "support/freeport.h"
#include "support/httprequest.h"
#include "support/waituntil.h"

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

const int BadStart = 2;

QProcessEnvironment environmentWith(const QString &variable = {}, const QString &value = {})
{
    static const QRegularExpression needed(u"^(PATH|HOME|TMPDIR|LANG|LC_.*|LD_.*|.*SAN_OPTIONS)$"_s);
    const QProcessEnvironment system = QProcessEnvironment::systemEnvironment();
    QProcessEnvironment environment;
    for (const QString &key : system.keys()) {
        if (needed.match(key).hasMatch()) {
            environment.insert(key, system.value(key));
        }
    }
    environment.insert(u"REDIS_URL"_s, u"redis://127.0.0.1:1"_s);
    if (!variable.isEmpty()) {
        environment.insert(variable, value);
    }
    return environment;
}

/// The daemon with exactly these arguments and variables.
void prepare(QProcess &process, const QStringList &arguments, const QProcessEnvironment &environment)
{
    process.setProgram(QStringLiteral(SWITCHBOARD_SERVER_PATH));
    process.setArguments(arguments);
    process.setProcessEnvironment(environment);
    dieWithParent(process);
}

/// What a daemon leaves that is to end by itself.
struct Run
{
    bool isOver = false; ///< by itself, not by a signal
    int exitCode = -1;
    QByteArray standardOutput;
    QByteArray standardError;
};

Run run(const QStringList &arguments, const QProcessEnvironment &environment = environmentWith())
{
    QProcess process;
    prepare(process, arguments, environment);
    process.start();
    const bool isOver = waitForProcessEnd(process, 30s) && process.exitStatus() == QProcess::NormalExit;
    Run result{isOver, process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
    killProcess(process);
    return result;
}

/// One line on standard error that has \a words in it, and nothing else but the exit status.
void checkBadStart(const Run &result, const QList<QByteArray> &words)
{
    QVERIFY(result.isOver);
    QCOMPARE(result.exitCode, BadStart);
    QCOMPARE(result.standardOutput, QByteArray());
    QVERIFY2(result.standardError.startsWith("switchboard-server: "), result.standardError);
    QCOMPARE(result.standardError.count('\n'), 1);
    QVERIFY(result.standardError.endsWith('\n'));
    for (const QByteArray &word : words) {
        QVERIFY2(result.standardError.contains(word), result.standardError);
    }
}

} // namespace

/// The daemon as a program: what it is told, and what it says when that is wrong.
class ProcessTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void help();
    void version();
    void badSettings_data();
    void badSettings();
    void badArguments_data();
    void badArguments();
    void secretsAreNotRepeated_data();
    void secretsAreNotRepeated();
    void busyPort();
    void foreignAddress();
    void portFromTheEnvironment();
    void flagWinsOverTheEnvironment();
    void limitsFromTheEnvironment();
    void checksTheConfiguration();
    void printsTheConfiguration();
};

void ProcessTest::help()
{
    for (const QString &flag : {u"--help"_s, u"-h"_s}) {
        const Run result = run({flag});
        QVERIFY(result.isOver);
        QCOMPARE(result.exitCode, 0);
        QCOMPARE(result.standardError, QByteArray());
        for (const char *word : {"--port",
                                 "PORT",
                                 "9001",
                                 "--address",
                                 "ADDRESS",
                                 "--redis-url",
                                 "REDIS_URL",
                                 "redis://127.0.0.1:6379",
                                 "--probe-interval",
                                 "PROBE_INTERVAL",
                                 "--max-message-bytes",
                                 "MAX_MESSAGE_BYTES",
                                 "65536",
                                 "--max-queued-bytes",
                                 "MAX_QUEUED_BYTES",
                                 "1048576",
                                 "--keepalive",
                                 "KEEPALIVE",
                                 "--log-level",
                                 "LOG_LEVEL",
                                 "--help",
                                 "--version"}) {
            QVERIFY2(result.standardOutput.contains(word), word);
        }
    }
}

void ProcessTest::version()
{
    for (const QString &flag : {u"--version"_s, u"-v"_s}) {
        const Run result = run({flag, u"--port"_s, u"0"_s});
        QVERIFY(result.isOver);
        QCOMPARE(result.exitCode, 0);
        QCOMPARE(result.standardError, QByteArray());
        const QRegularExpression form(u"^switchboard-server \\d+\\.\\d+\\.\\d+\\n$"_s);
        QVERIFY2(form.match(QString::fromUtf8(result.standardOutput)).hasMatch(), result.standardOutput);
    }
}

void ProcessTest::badSettings_data()
{
    QTest::addColumn<QString>("flag");
    QTest::addColumn<QString>("variable");
    QTest::addColumn<QString>("value");
    const auto rows = [](const QString &flag, const QString &variable, const QStringList &values) {
        for (const QString &value : values) {
            QTest::addRow("%s: %s", qPrintable(flag), qPrintable(value)) << flag << variable << value;
        }
    };
    rows(u"port"_s, u"PORT"_s,
         {u""_s, u" "_s, u"x"_s, u"-1"_s, u"+1"_s, u"1.5"_s, u"0x10"_s, u"1e3"_s, u"12 34"_s, u"１"_s,
          u"65536"_s, u"70000"_s, u"9001x"_s, u"99999999999999999999"_s});
    const QStringList noNumbers = {u""_s, u"x"_s, u"-1"_s, u"1.5"_s};
    rows(u"address"_s, u"ADDRESS"_s, {u""_s, u"nowhere"_s, u"256.1.1.1"_s, u"localhost"_s, u"ANY"_s});
    rows(u"redis-url"_s, u"REDIS_URL"_s,
         {u""_s, u"127.0.0.1:6379"_s, u"http://127.0.0.1"_s, u"redis://127.0.0.1:port"_s, u"redis://h/-1"_s,
          u"redis://h/x"_s, u"unix://"_s});
    rows(u"probe-interval"_s, u"PROBE_INTERVAL"_s, noNumbers + QStringList{u"3601"_s});
    rows(u"max-message-bytes"_s, u"MAX_MESSAGE_BYTES"_s, noNumbers + QStringList{u"0"_s, u"67108865"_s});
    rows(u"max-queued-bytes"_s, u"MAX_QUEUED_BYTES"_s, noNumbers + QStringList{u"1023"_s, u"1073741825"_s});
    rows(u"keepalive"_s, u"KEEPALIVE"_s, noNumbers + QStringList{u"3601"_s, u"30s"_s});
    rows(u"log-level"_s, u"LOG_LEVEL"_s, {u""_s, u"loud"_s, u"INFO"_s, u"3"_s});
}

void ProcessTest::badSettings()
{
    QFETCH(const QString, flag);
    QFETCH(const QString, variable);
    QFETCH(const QString, value);
    // What was wrong is repeated, save for what may hold a password.
    const QByteArray shown = flag == "redis-url"_L1 ? QByteArray() : '"' + value.toUtf8() + '"';
    checkBadStart(run({u"--%1=%2"_s.arg(flag, value)}), {"--" + flag.toLatin1() + ": ", shown});
    checkBadStart(run({}, environmentWith(variable, value)), {variable.toLatin1() + ": ", shown});
}

void ProcessTest::badArguments_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("word");
    QTest::newRow("unknown flag") << QStringList{u"--prot"_s, u"1"_s} << QByteArray("prot");
    QTest::newRow("no value") << QStringList{u"--port"_s} << QByteArray("port");
    QTest::newRow("no flag") << QStringList{u"9001"_s} << QByteArray("\"9001\"");
    QTest::newRow("behind a good one") << QStringList{u"--port"_s, u"0"_s, u"x"_s} << QByteArray("\"x\"");
}

void ProcessTest::badArguments()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const QByteArray, word);
    checkBadStart(run(arguments), {word, "--help"});
}

void ProcessTest::secretsAreNotRepeated_data()
{
    QTest::addColumn<QString>("url");
    QTest::newRow("port") << u"redis://:s3cret@127.0.0.1:port"_s;
    QTest::newRow("database") << u"redis://user:s3cret@127.0.0.1/x"_s;
    QTest::newRow("scheme") << u"http://user:s3cret@127.0.0.1"_s;
    QTest::newRow("no scheme") << u"s3cret"_s;
}

void ProcessTest::secretsAreNotRepeated()
{
    QFETCH(const QString, url);
    for (const Run &result : {run({u"--redis-url"_s, url}), run({}, environmentWith(u"REDIS_URL"_s, url))}) {
        checkBadStart(result, {});
        QVERIFY2(!result.standardError.contains("s3cret"), result.standardError);
    }
}

void ProcessTest::busyPort()
{
    DaemonProcess daemon({});
    QVERIFY(daemon.start());
    checkBadStart(run({u"--port"_s, QString::number(daemon.port())}), {QByteArray::number(daemon.port())});
    QCOMPARE(httpRequest(daemon.port(), "GET", "/healthz").status, 200);
}

void ProcessTest::foreignAddress()
{
    // An address that is kept for documentation (RFC 5737), so nobody has it.
    checkBadStart(run({u"--port"_s, u"0"_s, u"--address"_s, u"192.0.2.1"_s}), {"192.0.2.1"});
}

void ProcessTest::portFromTheEnvironment()
{
    // Somebody may take the port before the daemon does.
    constexpr int Attempts = 5;
    bool isAnswered = false;
    for (int attempt = 0; attempt < Attempts && !isAnswered; ++attempt) {
        const quint16 port = freePort();
        QProcess process;
        prepare(process, {}, environmentWith(u"PORT"_s, QString::number(port)));
        process.start();
        waitUntil(
            [&] {
                isAnswered = httpRequest(port, "GET", "/healthz", {}, {}, 5s).body == "ok\n";
                return isAnswered || process.state() == QProcess::NotRunning;
            },
            30s);
        QVERIFY(killProcess(process));
        QVERIFY(!isAnswered
                || process.readAllStandardOutput().contains("Listening on port " + QByteArray::number(port)));
    }
    QVERIFY(isAnswered);
}

void ProcessTest::flagWinsOverTheEnvironment()
{
    // The variable alone would be a bad start.
    for (const QString &variable : {u"PORT"_s, u"KEEPALIVE"_s}) {
        DaemonProcess daemon({u"--port"_s, u"0"_s, u"--keepalive"_s, u"30"_s},
                             environmentWith(variable, u"x"_s));
        QVERIFY(daemon.start());
        QCOMPARE(httpRequest(daemon.port(), "GET", "/healthz").status, 200);
    }
}

void ProcessTest::limitsFromTheEnvironment()
{
    QProcessEnvironment environment;
    environment.insert(u"MAX_MESSAGE_BYTES"_s, u"100"_s);
    environment.insert(u"ADDRESS"_s, u"127.0.0.1"_s);
    DaemonProcess daemon({}, environment);
    QVERIFY(daemon.start());
    WsClient client;
    QVERIFY(client.connectTo(daemon.webSocketUrl()));
    client.sendText(QByteArray(100, 'x'));
    QVERIFY(client.waitForMessages(1));
    client.sendText(QByteArray(101, 'x'));
    QVERIFY(client.waitForClose());
    QCOMPARE(client.closeCode(), 1009);
}

void ProcessTest::checksTheConfiguration()
{
    QTemporaryFile file;
    QVERIFY(file.open());
    const auto write = [&](const QByteArray &contents) {
        return file.resize(0) && file.seek(0) && file.write(contents) == contents.size() && file.flush();
    };
    const QStringList arguments{u"--check-config"_s, u"--config"_s, file.fileName()};
    // It does not start: the port is taken.
    DaemonProcess daemon({});
    QVERIFY(daemon.start());
    QVERIFY(write("port = " + QByteArray::number(daemon.port()) + '\n'));
    const Run good = run(arguments);
    QVERIFY(good.isOver);
    QCOMPARE(good.exitCode, 0);
    QCOMPARE(good.standardOutput, "ok\n");
    QCOMPARE(good.standardError, QByteArray());

    QVERIFY(write("\n port = 1.5\n"));
    checkBadStart(run(arguments), {file.fileName().toUtf8() + ":2:9: port takes an integer such as 9001"});
    QVERIFY(write("prt = 1\nport = 70000\n"));
    const Run bad = run(arguments);
    QCOMPARE(bad.exitCode, BadStart);
    const QByteArray start = "switchboard-server: " + file.fileName().toUtf8();
    QCOMPARE(bad.standardError,
             start + ":1:1: unknown key \"prt\"; did you mean \"port\"?\n" + start
                 + ":2:8: port: \"70000\" is not a port from 0 to 65535\n");
}

void ProcessTest::printsTheConfiguration()
{
    const Run result = run({u"--print-config"_s, u"--max-rooms=3"_s}, environmentWith(u"PORT"_s, u"1"_s));
    QVERIFY(result.isOver);
    QCOMPARE(result.exitCode, 0);
    QCOMPARE(result.standardError, QByteArray());
    for (const QByteArray line : {"\nport = 1 # environment PORT\n", "\nmax-rooms = 3 # flag --max-rooms\n",
                                  "\nkeepalive = 30 # default\n"}) {
        QVERIFY2(result.standardOutput.contains(line), result.standardOutput.constData());
    }
}

QTEST_GUILESS_MAIN(ProcessTest)
#include "tst_process.moc"
