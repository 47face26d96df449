// SPDX-License-Identifier: BSD-3-Clause
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

struct Outcome
{
    int exitCode = -1;
    QByteArray output;
    QByteArray errors;
};

// Runs the monitor to its end; none of these runs needs a screen.
Outcome run(const QStringList &arguments)
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.remove(u"DISPLAY"_s);
    environment.remove(u"WAYLAND_DISPLAY"_s);
    environment.insert(u"QT_QPA_PLATFORM"_s, u"offscreen"_s);
    // Without it Qt has a word of its own to say.
    const QTemporaryDir runtime;
    environment.insert(u"XDG_RUNTIME_DIR"_s, runtime.path());
    process.setProcessEnvironment(environment);
    process.start(QStringLiteral(SWITCHBOARD_MONITOR_PATH), arguments);
    if (!process.waitForFinished(20'000)) {
        process.kill();
        process.waitForFinished();
        return {};
    }
    return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

} // namespace

class TestMonitorProgram : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void printsHelp();
    void printsVersion();
    void refusesBadArguments_data();
    void refusesBadArguments();
};

void TestMonitorProgram::printsHelp()
{
    const Outcome outcome = run({u"--help"_s});
    QCOMPARE(outcome.exitCode, 0);
    QVERIFY(outcome.output.contains("--url"));
    QVERIFY(outcome.output.contains("--token-file"));
    QCOMPARE(outcome.errors, QByteArray());
}

void TestMonitorProgram::printsVersion()
{
    const Outcome outcome = run({u"--version"_s});
    QCOMPARE(outcome.exitCode, 0);
    QVERIFY2(outcome.output.startsWith("switchboard-monitor 0."), outcome.output.constData());
}

void TestMonitorProgram::refusesBadArguments_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("named");
    QTest::newRow("HTTP") << QStringList{u"--url"_s, u"http://localhost"_s} << QByteArray("http://localhost");
    QTest::newRow("no URL") << QStringList{u"--url"_s, u""_s} << QByteArray("--url");
    QTest::newRow("no such file") << QStringList{u"--token-file"_s, u"/nonexistent/token"_s}
                                  << QByteArray("/nonexistent/token");
    QTest::newRow("empty file") << QStringList{u"--token-file"_s, u"/dev/null"_s} << QByteArray("/dev/null");
    QTest::newRow("no such option") << QStringList{u"--tokn-file"_s} << QByteArray("tokn-file");
    QTest::newRow("positional") << QStringList{u"ws://localhost"_s} << QByteArray("ws://localhost");
}

void TestMonitorProgram::refusesBadArguments()
{
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, named);
    const Outcome outcome = run(arguments);
    QCOMPARE(outcome.exitCode, 2);
    QCOMPARE(outcome.output, QByteArray());
    QVERIFY2(outcome.errors.startsWith("switchboard-monitor: "), outcome.errors.constData());
    QVERIFY2(outcome.errors.contains(named), outcome.errors.constData());
    QVERIFY2(outcome.errors.count('\n') == 1, outcome.errors.constData());
}

QTEST_GUILESS_MAIN(TestMonitorProgram)

#include "tst_monitorprogram.moc"
