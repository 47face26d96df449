// SPDX-License-Identifier: BSD-3-Clause
#include "node/logline.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QTest>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace switchboard;

Q_DECLARE_METATYPE(QtMsgType)

namespace {

const QDateTime noon(QDate(2026, 3, 4), QTime(12, 34, 56, 789), Qt::UTC);
const LogStyle json{LogFormat::Json, false};

// What a reader of the line gets; empty where it is no line with one object.
QJsonObject parsed(const QByteArray &line)
{
    if (line.count('\n') != 1 || !line.endsWith('\n')) {
        return {};
    }
    return QJsonDocument::fromJson(line).object();
}

} // namespace

/// One event of the log as a line.
class LogLineTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void levels_data();
    void levels();
    void objectHasTheseKeys();
    void timeIsUtc();
    void everyCharacterComesBack();
    void anyTextIsValidJson();
};

void LogLineTest::levels_data()
{
    QTest::addColumn<QtMsgType>("type");
    QTest::addColumn<QByteArray>("human");
    QTest::addColumn<QByteArray>("journal");
    QTest::addColumn<QByteArray>("level");
    QTest::newRow("debug") << QtDebugMsg << "[Node] [12:34:56] x\n"_ba
                           << "<7>[Node] x\n"_ba
                           << "debug"_ba;
    QTest::newRow("info") << QtInfoMsg << "[Node] [12:34:56] x\n"_ba
                          << "<6>[Node] x\n"_ba
                          << "info"_ba;
    QTest::newRow("warning") << QtWarningMsg << "[Node] [12:34:56] warning: x\n"_ba
                             << "<4>[Node] warning: x\n"_ba
                             << "warning"_ba;
    QTest::newRow("critical") << QtCriticalMsg << "[Node] [12:34:56] error: x\n"_ba
                              << "<3>[Node] error: x\n"_ba
                              << "error"_ba;
    QTest::newRow("fatal") << QtFatalMsg << "[Node] [12:34:56] error: x\n"_ba
                           << "<2>[Node] error: x\n"_ba
                           << "error"_ba;
}

void LogLineTest::levels()
{
    QFETCH(const QtMsgType, type);
    QFETCH(const QByteArray, human);
    QFETCH(const QByteArray, journal);
    QFETCH(const QByteArray, level);
    const QByteArray category = "switchboard.node";
    QCOMPARE(logLine({}, type, category, u"x"_s, noon), human);
    QCOMPARE(logLine({LogFormat::Human, true}, type, category, u"x"_s, noon), journal);
    const QByteArray object = R"({"time":"2026-03-04T12:34:56.789Z","level":")" + level
        + R"(","category":"switchboard.node","message":"x"})" + '\n';
    QCOMPARE(logLine(json, type, category, u"x"_s, noon), object);
    QCOMPARE(logLine({LogFormat::Json, true}, type, category, u"x"_s, noon), journal.first(3) + object);
}

void LogLineTest::objectHasTheseKeys()
{
    const QJsonObject object = parsed(logLine(json, QtInfoMsg, "other \"category\"", u"text"_s, noon));
    QCOMPARE(object.keys(), (QStringList{u"category"_s, u"level"_s, u"message"_s, u"time"_s}));
    QCOMPARE(object.value(u"category"_s).toString(), u"other \"category\""_s);
}

void LogLineTest::timeIsUtc()
{
    const QDateTime elsewhere = noon.toOffsetFromUtc(-3 * 3600);
    QCOMPARE(logLine(json, QtInfoMsg, "c", u"x"_s, elsewhere), logLine(json, QtInfoMsg, "c", u"x"_s, noon));
    QCOMPARE(logLine({}, QtInfoMsg, "c", u"x"_s, elsewhere), logLine({}, QtInfoMsg, "c", u"x"_s, noon));
}

void LogLineTest::everyCharacterComesBack()
{
    for (char32_t c = 0; c < 0x3000; ++c) {
        const QString text = u"a"_s + QString::fromUcs4(&c, 1) + u"b"_s;
        const QByteArray line = logLine(json, QtInfoMsg, "c", text, noon);
        QCOMPARE(parsed(line).value(u"message"_s).toString(), text);
        // A terminal takes none of it for a command.
        const QString shown = QString::fromUtf8(line.chopped(1));
        QVERIFY(std::none_of(shown.begin(), shown.end(),
                             [](QChar one) { return one.category() == QChar::Other_Control; }));
    }
}

void LogLineTest::anyTextIsValidJson()
{
    QRandomGenerator random(7);
    for (int i = 0; i < 20000; ++i) {
        // Any bytes, also such as are no text, and any code units, also such as belong to no character.
        QByteArray bytes(random.bounded(64), Qt::Uninitialized);
        for (char &byte : bytes) {
            byte = static_cast<char>(random.bounded(256));
        }
        QString text = QString::fromUtf8(bytes);
        text.append(QChar(static_cast<char16_t>(random.bounded(0x10000))));
        const QByteArray line = logLine(json, QtWarningMsg, "c", text, noon);
        const QJsonObject object = parsed(line);
        QVERIFY2(object.size() == 4, line.toHex().constData());
        // What is no text does not come back, but what stands beside it does.
        if (text.isValidUtf16()) {
            QCOMPARE(object.value(u"message"_s).toString(), text);
        }
    }
}

QTEST_GUILESS_MAIN(LogLineTest)
#include "tst_logline.moc"
