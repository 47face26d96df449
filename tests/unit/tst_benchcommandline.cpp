// SPDX-License-Identifier: BSD-3-Clause
#include <QCoreApplication>
#include <QTest>

#include "bench/options.h"

using namespace switchboard::bench;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

/// The command line of the load tool.
class TestBenchCommandLine : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void presets();
    void values();
    void presetsFitWhatIsGiven_data();
    void presetsFitWhatIsGiven();
    void messages_data();
    void messages();
    void errors_data();
    void errors();
};

namespace {

auto parsed(const QString &arguments)
{
    return parseCommandLine(QStringList{u"switchboard-bench"_s} + arguments.split(u' ', Qt::SkipEmptyParts));
}

} // namespace

void TestBenchCommandLine::presets()
{
    const auto commandLine = parsed(u"fanout"_s);
    QVERIFY(commandLine);
    const Options &options = commandLine->options;
    QVERIFY(!commandLine->message);
    QCOMPARE(options.scenario, Scenario::Fanout);
    QCOMPARE(options.clients, 200U);
    QCOMPARE(options.messageBytes, std::size_t{100});
    QVERIFY(options.duration == 5s);
    QCOMPARE(options.endpoints.size(), std::size_t{1});
    QCOMPARE(options.endpoints[0].url, std::string("ws://127.0.0.1:9001/websockets"));
    QVERIFY(options.processes.empty());
    QVERIFY(!options.json);
}

void TestBenchCommandLine::values()
{
    const QString own = QString::number(QCoreApplication::applicationPid());
    const auto commandLine =
        parsed(u"rate --url ws://127.0.0.1:1/a?b=c --url ws://[::1]:2 --pid %1 --pid=redis=%1 --rate 0.5 "
               "--seconds 2.5 --clients 7 --senders 3 --size 26 --dialect nchan --json"_s.arg(own));
    QVERIFY2(commandLine, commandLine ? "" : qPrintable(commandLine.error()));
    const Options &options = commandLine->options;
    QCOMPARE(options.endpoints.size(), std::size_t{2});
    QCOMPARE(options.endpoints[0].path, std::string("/a?b=c"));
    QCOMPARE(options.endpoints[0].host, std::string("127.0.0.1:1"));
    QCOMPARE(options.endpoints[1].path, std::string("/"));
    QCOMPARE(options.endpoints[1].host, std::string("[::1]:2"));
    QCOMPARE(options.processes.size(), std::size_t{2});
    QCOMPARE(options.processes[0].name, u"server"_s);
    QCOMPARE(options.processes[1].name, u"redis"_s);
    QCOMPARE(qint64{options.processes[1].pid}, QCoreApplication::applicationPid());
    QCOMPARE(options.rate, 0.5);
    QVERIFY(options.duration == 2500ms);
    QCOMPARE(options.clients, 7U);
    QCOMPARE(options.senders, 3U);
    QCOMPARE(options.messageBytes, std::size_t{26});
    QCOMPARE(options.dialect, Dialect::Kind::Nchan);
    QVERIFY(options.json);
}

void TestBenchCommandLine::presetsFitWhatIsGiven_data()
{
    QTest::addColumn<QString>("arguments");
    QTest::addColumn<quint32>("rooms");
    QTest::addColumn<quint32>("senders");
    QTest::newRow("all presets") << u"rooms"_s << quint32{100} << quint32{100};
    QTest::newRow("few clients") << u"rooms --clients 5"_s << quint32{5} << quint32{5};
    QTest::newRow("many rooms") << u"rooms --rooms 300"_s << quint32{300} << quint32{300};
    QTest::newRow("one room") << u"rooms --clients 30 --rooms 1"_s << quint32{1} << quint32{30};
    QTest::newRow("a fan-out") << u"fanout --clients 5"_s << quint32{0} << quint32{5};
}

void TestBenchCommandLine::presetsFitWhatIsGiven()
{
    QFETCH(const QString, arguments);
    const auto commandLine = parsed(arguments);
    QVERIFY(commandLine);
    QTEST(commandLine->options.rooms, "rooms");
    QTEST(commandLine->options.senders, "senders");
}

void TestBenchCommandLine::messages_data()
{
    QTest::addColumn<QString>("arguments");
    QTest::addColumn<QString>("part");
    QTest::newRow("help") << u"--help"_s << u"  handshakes  "_s;
    QTest::newRow("-h") << u"-h"_s << u"Usage: switchboard-bench SCENARIO [options]"_s;
    QTest::newRow("version") << u"--version"_s << u"switchboard-bench "_s;
    QTest::newRow("help of a scenario") << u"rooms --help"_s << u"--rooms <count>"_s;
}

void TestBenchCommandLine::messages()
{
    QFETCH(const QString, arguments);
    QFETCH(const QString, part);
    const auto commandLine = parsed(arguments);
    QVERIFY(commandLine);
    QVERIFY(commandLine->message);
    QVERIFY2(commandLine->message->contains(part), qPrintable(*commandLine->message));
}

void TestBenchCommandLine::errors_data()
{
    QTest::addColumn<QString>("arguments");
    QTest::addColumn<QString>("error");
    const QString scenarios = u"fanout, rate, rooms, inbound, idle, handshakes, joins, floor"_s;
    const auto row = [](const char *name, const QString &arguments, const QString &error) {
        QTest::newRow(name) << arguments << error;
    };
    row("nothing", {},
        u"the first argument has to be one of %1; see switchboard-bench --help"_s.arg(scenarios));
    row("no scenario", u"fan"_s,
        u"the first argument has to be one of %1, not \"fan\"; see switchboard-bench --help"_s.arg(
            scenarios));
    row("no option of this scenario", u"fanout --rooms 3"_s,
        u"Unknown option 'rooms'; see switchboard-bench fanout --help"_s);
    row("no option", u"fanout 7"_s, u"\"7\" is not an option; see switchboard-bench fanout --help"_s);
    row("no number", u"fanout --clients many"_s,
        u"--clients wants a whole number from 1 to 1000000, not \"many\""_s);
    row("too small", u"fanout --size 25"_s, u"--size wants a whole number from 26 to 10000000, not \"25\""_s);
    row("too long", u"fanout --seconds 601"_s, u"--seconds wants a number from 0.1 to 600, not \"601\""_s);
    row("not a number", u"fanout --seconds nan"_s,
        u"--seconds wants a number from 0.1 to 600, not \"nan\""_s);
    row("twice", u"fanout --clients 1 --clients 2"_s, u"--clients may be given only once"_s);
    row("TLS", u"fanout --url wss://localhost/"_s,
        u"--url wants a URL like ws://127.0.0.1:9000/websockets (TLS is not supported), not \"wss://localhost/\""_s);
    row("no process id", u"fanout --pid a=b"_s,
        u"--pid wants a process id like 1234, or with a name in small letters like redis=1234, not \"a=b\""_s);
    row("no process", u"fanout --pid 4194304"_s,
        u"--pid wants the id of a running process (there is no process 4194304), not \"4194304\""_s);
    row("dialect", u"fanout --dialect latin"_s,
        u"--dialect wants switchboard, socketio or nchan, not \"latin\""_s);
    row("too many senders", u"fanout --clients 4 --senders 5"_s,
        u"--senders wants at most as many as --clients, 4, not \"5\""_s);
    row("too many rooms", u"rooms --clients 4 --rooms 5"_s,
        u"--rooms wants at most as many as --clients, 4, not \"5\""_s);
    row("silent rooms", u"rooms --rooms 4 --senders 3"_s,
        u"--senders wants at least one for each of 4 rooms, not \"3\""_s);
}

void TestBenchCommandLine::errors()
{
    QFETCH(const QString, arguments);
    const auto commandLine = parsed(arguments);
    QVERIFY(!commandLine);
    QTEST(commandLine.error(), "error");
}

QTEST_GUILESS_MAIN(TestBenchCommandLine)
#include "tst_benchcommandline.moc"
