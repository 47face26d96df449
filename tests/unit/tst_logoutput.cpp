// SPDX-License-Identifier: BSD-3-Clause
#include "channels/excerpt.h"
#include "net/logging.h"
#include "node/logging.h"
#include "node/logline.h"
#include "node/logoutput.h"
#include "redis/logging.h"
#include "relay/logging.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLoggingCategory>
#include <QMap>
#include <QProcess>
#include <QRegularExpression>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace switchboard;

Q_DECLARE_METATYPE(LogLevel)

namespace {

// Named like Qt's, of which it is told what the daemon tells Qt's.
Q_LOGGING_CATEGORY(lcQtHttpServer, "qt.httpserver")
Q_LOGGING_CATEGORY(lcOther, "other.category")

// What the child process logs: something of every kind and category.
void logEverything()
{
    qCDebug(lcNode, "node debug");
    qCInfo(lcNode, "node info");
    qCWarning(lcNode, "node warning");
    qCCritical(lcNode, "node critical");
    qCDebug(lcWebSocket, "websocket debug");
    qCInfo(lcWebSocket, "websocket info");
    qCInfo(lcHttp, "http info");
    qCInfo(lcRedis, "relay info");
    qCDebug(redis::redisLog, "redis debug");
    qCInfo(redis::redisLog, "redis info");
    qCInfo(lcOther, "other info");
    qCDebug(lcQtHttpServer, "qt debug");
    qCWarning(lcQtHttpServer, "qt warning");
    qCCritical(lcQtHttpServer, "qt critical");
    qInfo("default info");
    qWarning("default warning");
}

void logOddities()
{
    qCInfo(lcNode, "two\nlines\r\n");
    qCInfo(lcNode, "\033[31mred\007");
    qCInfo(lcNode, "gr\u00FC\u00DFe \U0001F600");
    qCInfo(lcNode, "%s", "");
    qCInfo(lcNode, "100 %% of %s", "%d");
}

// Makes \a stream the journal's; "this" is the standard output.
void pretendJournal(const QString &stream)
{
    struct stat status = {};
    fstat(STDOUT_FILENO, &status);
    qputenv("JOURNAL_STREAM",
            (stream == "this"_L1 ? u"%1:%2"_s.arg(status.st_dev).arg(status.st_ino) : stream).toLatin1());
}

// This program again, logging as the daemon does.
class Child
{
public:
    Child(const QStringList &arguments, const QMap<QString, QString> &variables = {})
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        for (const char *name : {"QT_LOGGING_RULES", "QT_LOGGING_CONF", "QT_MESSAGE_PATTERN"}) {
            environment.remove(QString::fromLatin1(name));
        }
        for (auto it = variables.begin(); it != variables.end(); ++it) {
            environment.insert(it.key(), it.value());
        }
        QProcess process;
        process.setProcessEnvironment(environment);
        process.start(QCoreApplication::applicationFilePath(), QStringList(u"--child"_s) + arguments);
        hasFinished = process.waitForFinished() && process.exitStatus() == QProcess::NormalExit
            && process.exitCode() == 0;
        output = process.readAllStandardOutput();
        errors = process.readAllStandardError();
    }

    // The lines without their times.
    [[nodiscard]] QStringList lines() const
    {
        static const QRegularExpression time(u"\\[\\d\\d:\\d\\d:\\d\\d\\] "_s);
        QStringList lines = QString::fromUtf8(output).remove(time).split(u'\n');
        lines.removeLast(); // what stands behind the last line's end
        return lines;
    }

    bool hasFinished = false;
    QByteArray output;
    QByteArray errors;
};

QStringList linesAbove(LogLevel level)
{
    using Line = std::pair<LogLevel, QString>;
    const QList<Line> all = {
        {LogLevel::Debug, u"[Node] node debug"_s},
        {LogLevel::Info, u"[Node] node info"_s},
        {LogLevel::Warning, u"[Node] warning: node warning"_s},
        {LogLevel::Critical, u"[Node] error: node critical"_s},
        {LogLevel::Debug, u"[WebSocket] websocket debug"_s},
        {LogLevel::Info, u"[WebSocket] websocket info"_s},
        {LogLevel::Info, u"[HTTP] http info"_s},
        {LogLevel::Info, u"[Redis] relay info"_s},
        {LogLevel::Debug, u"[Redis] redis debug"_s},
        {LogLevel::Info, u"[Redis] redis info"_s},
        {LogLevel::Info, u"[other.category] other info"_s},
        {LogLevel::Critical, u"[qt.httpserver] error: qt critical"_s},
        {LogLevel::Info, u"[default] default info"_s},
        {LogLevel::Warning, u"[default] warning: default warning"_s},
    };
    QStringList lines;
    for (const Line &line : all) {
        if (line.first >= level) {
            lines.append(line.second);
        }
    }
    return lines;
}

} // namespace

class LogOutputTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void escapesControlCharacters_data();
    void escapesControlCharacters();
    void escapesEveryControlCharacter();
    void writesLinesOfLevel_data();
    void writesLinesOfLevel();
    void environmentSelects_data();
    void environmentSelects();
    void tellsTimeInUtc();
    void oneEventIsOneLine();
    void writesForTheJournal_data();
    void writesForTheJournal();
    void writesJson();
    void excerpts_data();
    void excerpts();
};

void LogOutputTest::escapesControlCharacters_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected");
    QTest::newRow("nothing") << u""_s << u""_s;
    QTest::newRow("plain") << u"plain ~ text"_s << u"plain ~ text"_s;
    QTest::newRow("beyond ASCII") << u"\u00A0\u00E9\u20AC\U0001F600"_s << u"\u00A0\u00E9\u20AC\U0001F600"_s;
    QTest::newRow("line ends") << u"a\nb\r\n"_s << u"a\\x0ab\\x0d\\x0a"_s;
    QTest::newRow("tabulator") << u"\t"_s << u"\\x09"_s;
    QTest::newRow("escape sequence") << u"\u001B[2J"_s << u"\\x1b[2J"_s;
    QTest::newRow("NUL") << QString(QChar(0)) << u"\\x00"_s;
    QTest::newRow("DEL") << u"\u007F"_s << u"\\x7f"_s;
    QTest::newRow("C1") << u"\u0080\u0085\u009B\u009F"_s << u"\\x80\\x85\\x9b\\x9f"_s;
    QTest::newRow("line separator") << u"a\u2028b"_s << u"a\\u{2028}b"_s;
    QTest::newRow("paragraph separator") << u"a\u2029b"_s << u"a\\u{2029}b"_s;
    QTest::newRow("a place for another text") << u"%1\n%2"_s << u"%1\\x0a%2"_s;
}

void LogOutputTest::escapesControlCharacters()
{
    QFETCH(const QString, text);
    QFETCH(const QString, expected);
    QCOMPARE(withoutControlCharacters(text), expected);
}

void LogOutputTest::escapesEveryControlCharacter()
{
    for (char16_t c = 0; c < 0x100; ++c) {
        const bool isControl = c < 0x20 || (c >= 0x7F && c < 0xA0);
        const QString text = u'a' + QString(QChar(c)) + u'b';
        const QString escaped = u"a\\x%1b"_s.arg(c, 2, 16, QLatin1Char('0'));
        QCOMPARE(withoutControlCharacters(text), isControl ? escaped : text);
    }
}

void LogOutputTest::writesLinesOfLevel_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<LogLevel>("level");
    QTest::newRow("debug") << u"0"_s << LogLevel::Debug;
    QTest::newRow("info") << u"1"_s << LogLevel::Info;
    QTest::newRow("warning") << u"2"_s << LogLevel::Warning;
    QTest::newRow("error") << u"3"_s << LogLevel::Critical;
}

void LogOutputTest::writesLinesOfLevel()
{
    QFETCH(const QString, name);
    QFETCH(const LogLevel, level);
    const Child child({u"everything"_s, name});
    QVERIFY(child.hasFinished);
    QCOMPARE(child.lines(), linesAbove(level));
    QCOMPARE(child.errors, QByteArray());
    for (const QByteArray &line : child.output.chopped(1).split('\n')) {
        static const QRegularExpression form(u"^\\[[^]]+\\] \\[\\d\\d:\\d\\d:\\d\\d\\] \\S"_s);
        QVERIFY2(form.match(QString::fromUtf8(line)).hasMatch(), line.constData());
    }
}

void LogOutputTest::environmentSelects_data()
{
    QTest::addColumn<QString>("level");
    QTest::addColumn<QString>("rules");
    QTest::addColumn<QStringList>("expected");
    QTest::newRow("more of one category")
        << u"3"_s << u"switchboard.node.debug=true"_s
        << QStringList{u"[Node] node debug"_s, u"[Node] error: node critical"_s,
                       u"[qt.httpserver] error: qt critical"_s};
    QTest::newRow("only one category")
        << u"1"_s << u"*=false;switchboard.websocket=true"_s
        << QStringList{u"[WebSocket] websocket debug"_s, u"[WebSocket] websocket info"_s};
    QTest::newRow("Qt's warnings too")
        << u"3"_s << u"qt.httpserver.warning=true"_s
        << QStringList{u"[Node] error: node critical"_s, u"[qt.httpserver] warning: qt warning"_s,
                       u"[qt.httpserver] error: qt critical"_s};
}

void LogOutputTest::environmentSelects()
{
    QFETCH(const QString, level);
    QFETCH(const QString, rules);
    QFETCH(const QStringList, expected);
    const Child child({u"everything"_s, level}, {{u"QT_LOGGING_RULES"_s, rules}});
    QVERIFY(child.hasFinished);
    QCOMPARE(child.lines(), expected);
}

void LogOutputTest::tellsTimeInUtc()
{
    const auto secondOfDay = [](const QDateTime &time) { return QTime(0, 0).secsTo(time.time()); };
    const int before = secondOfDay(QDateTime::currentDateTimeUtc());
    // Far from UTC, as POSIX writes it.
    const Child child({u"oddities"_s, u"1"_s}, {{u"TZ"_s, u"XXX-5:30"_s}});
    const int after = secondOfDay(QDateTime::currentDateTimeUtc());
    QVERIFY(child.hasFinished);
    const QTime time = QTime::fromString(QString::fromUtf8(child.output.mid(8, 8)), u"hh:mm:ss"_s);
    QVERIFY2(time.isValid(), child.output.constData());
    const int written = QTime(0, 0).secsTo(time);
    // Unless it became midnight meanwhile.
    if (before <= after) {
        QVERIFY2(written >= before && written <= after, child.output.constData());
    } else {
        QVERIFY2(written >= before || written <= after, child.output.constData());
    }
}

void LogOutputTest::oneEventIsOneLine()
{
    const Child child({u"oddities"_s, u"1"_s});
    QVERIFY(child.hasFinished);
    const QStringList expected = {
        u"[Node] two\\x0alines\\x0d\\x0a"_s,
        u"[Node] \\x1b[31mred\\x07"_s,
        u"[Node] gr\u00FC\u00DFe \U0001F600"_s,
        u"[Node] "_s,
        u"[Node] 100 % of %d"_s,
    };
    QCOMPARE(child.lines(), expected);
}

void LogOutputTest::writesForTheJournal_data()
{
    QTest::addColumn<QString>("stream");
    QTest::addColumn<bool>("isJournal");
    QTest::newRow("this stream") << u"this"_s << true;
    QTest::newRow("another") << u"1:1"_s << false;
    QTest::newRow("none") << QString() << false;
}

void LogOutputTest::writesForTheJournal()
{
    QFETCH(const QString, stream);
    QFETCH(const bool, isJournal);
    const Child child({u"oddities"_s, u"1"_s, u"human"_s, stream});
    QVERIFY(child.hasFinished);
    const QList<QByteArray> lines = child.output.chopped(1).split('\n');
    QCOMPARE(lines.size(), 5);
    for (const QByteArray &line : lines) {
        QVERIFY2(line.startsWith(isJournal ? "<6>[Node] " : "[Node] ["), line.constData());
    }
}

void LogOutputTest::writesJson()
{
    const Child child({u"oddities"_s, u"1"_s, u"json"_s});
    QVERIFY(child.hasFinished);
    QStringList messages;
    for (const QByteArray &line : child.output.chopped(1).split('\n')) {
        messages.append(QJsonDocument::fromJson(line).object().value(u"message"_s).toString());
    }
    const QStringList expected = {u"two\nlines\r\n"_s, u"\u001B[31mred\u0007"_s,
                                  u"gr\u00FC\u00DFe \U0001F600"_s, QString(), u"100 % of %d"_s};
    QCOMPARE(messages, expected);
}

void LogOutputTest::excerpts_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *name, const QByteArray &text, const QByteArray &expected) {
        QTest::newRow(name) << text << expected;
    };
    const auto letters = [](qsizetype count) { return QByteArray(count, 'x'); };
    const QByteArray euro = "\u20AC"; // three bytes
    const QByteArray smile = "\U0001F600"; // four bytes
    row("nothing", "", "");
    row("short", "short", "short");
    row("199 bytes", letters(199), letters(199));
    row("200 bytes", letters(200), letters(200));
    row("201 bytes", letters(201), letters(200) + "\u2026 (201 bytes)");
    row("very long", letters(65536), letters(200) + "\u2026 (65536 bytes)");
    row("200 bytes to a character's end", letters(197) + euro, letters(197) + euro);
    row("cut at a character's end", letters(197) + euro + "x", letters(197) + euro + "\u2026 (201 bytes)");
    row("cut behind two bytes", letters(198) + euro + "x", letters(198) + "\u2026 (202 bytes)");
    row("cut behind one byte", letters(199) + euro + "x", letters(199) + "\u2026 (203 bytes)");
    row("cut behind three of four", letters(197) + smile, letters(197) + "\u2026 (201 bytes)");
    row("cut before a character", letters(200) + smile, letters(200) + "\u2026 (204 bytes)");
    row("no UTF-8", QByteArray(201, '\x80'), "\u2026 (201 bytes)");
}

void LogOutputTest::excerpts()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QByteArray, expected);
    QCOMPARE(excerpt(text), expected);
}

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.value(1) == "--child"_L1) {
        pretendJournal(arguments.value(5));
        installLogOutput(static_cast<LogLevel>(arguments.value(3).toInt()),
                         arguments.value(4) == "json"_L1 ? LogFormat::Json : LogFormat::Human);
        arguments.value(2) == "oddities"_L1 ? logOddities() : logEverything();
        return 0;
    }
    LogOutputTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_logoutput.moc"
