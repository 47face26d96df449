// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/timestamp.h"

#include <QDate>
#include <QRegularExpression>
#include <QStringBuilder>
#include <QTest>

#include <chrono>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using std::chrono::nanoseconds;
using std::chrono::sys_time;
using switchboard::protocol::Timestamp;

Q_DECLARE_METATYPE(sys_time<nanoseconds>)

namespace {

void addColumn()
{
    QTest::addColumn<QByteArray>("expected");
}

void add(const char *text, const char *expected)
{
    QTest::newRow(text) << QByteArray(expected);
}

void checkReading()
{
    QFETCH(QByteArray, expected);

    const auto time = Timestamp::parse(QTest::currentDataTag());
    QVERIFY(time);
    QCOMPARE(time->text(), expected);
    // What comes out goes in again, and stays as it is.
    const auto again = Timestamp::parse(expected);
    QVERIFY(again);
    QCOMPARE(again->text(), expected);
    QVERIFY(*again == *time);
}

} // namespace

class TimestampTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void accepts_data();
    void accepts() { checkReading(); }
    void converts_data();
    void converts() { checkReading(); }
    void refuses_data();
    void refuses();
    void refusesEveryPart();
    void refusesWhatStandsBeforeOrBehind();
    void knowsTheDaysOfEveryMonth();
    void formatsTimes_data();
    void formatsTimes();
    void now();
    void compares();
};

void TimestampTest::accepts_data()
{
    addColumn();
    // As nodes write it.
    add("2026-11-24T15:40:12.701534084Z", "2026-11-24T15:40:12.701534084Z");
    add("2026-11-24T15:40:08.08692207Z", "2026-11-24T15:40:08.08692207Z");
    add("2026-11-24T15:40:21.2579834Z", "2026-11-24T15:40:21.2579834Z");
    add("2026-11-24T15:40:12Z", "2026-11-24T15:40:12Z");
    // One blank for the T, one before the zone, no seconds.
    add("2026-11-24 15:40:12Z", "2026-11-24T15:40:12Z");
    add("2026-11-24T15:40:12 Z", "2026-11-24T15:40:12Z");
    add("2026-11-24 15:40:12.5 +02:00", "2026-11-24T13:40:12.5Z");
    add("2026-11-24T15:40Z", "2026-11-24T15:40:00Z");
    add("2026-11-24 15:40 -01", "2026-11-24T16:40:00Z");
    // Fractions: no zeros at their end, twelve digits at most.
    add("2026-11-24T15:40:12.0Z", "2026-11-24T15:40:12Z");
    add("2026-11-24T15:40:12.000000000000Z", "2026-11-24T15:40:12Z");
    add("2026-11-24T15:40:12.500Z", "2026-11-24T15:40:12.5Z");
    add("2026-11-24T15:40:12.050Z", "2026-11-24T15:40:12.05Z");
    add("2026-11-24T15:40:12.123456789012Z", "2026-11-24T15:40:12.123456789012Z");
    add("2026-11-24T15:40:12.1234567890129Z", "2026-11-24T15:40:12.123456789012Z");
    add("2026-11-24T15:40:12.9999999999999Z", "2026-11-24T15:40:12.999999999999Z");
    add("2026-11-24T15:40:12.1000000000009Z", "2026-11-24T15:40:12.1Z");
    add("2026-11-24T15:40:12.0000000000001Z", "2026-11-24T15:40:12Z");
}

void TimestampTest::converts_data()
{
    addColumn();
    // Offsets in their three forms, and across the ends of days, months and years.
    add("2026-11-24T15:40:12+02:00", "2026-11-24T13:40:12Z");
    add("2026-11-24T15:40:12+02", "2026-11-24T13:40:12Z");
    add("2026-11-24T15:40:12-0330", "2026-11-24T19:10:12Z");
    add("2026-11-24T15:40:12.25+0545", "2026-11-24T09:55:12.25Z");
    add("2026-11-24T15:40:12+00:00", "2026-11-24T15:40:12Z");
    add("2026-11-24T15:40:12-00:00", "2026-11-24T15:40:12Z");
    add("2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00Z");
    add("2026-12-31T23:30:00-01:00", "2027-01-01T00:30:00Z");
    add("2024-03-01T00:00:00+00:01", "2024-02-29T23:59:00Z");
    add("2023-02-28T23:59:00-00:01", "2023-03-01T00:00:00Z");
    add("2026-11-24T15:40:12+14:00", "2026-11-24T01:40:12Z");
    add("2026-11-24T15:40:12-12:00", "2026-11-25T03:40:12Z");
    // The leap second stays.
    add("2016-12-31T23:59:60Z", "2016-12-31T23:59:60Z");
    add("2016-12-31T23:59:60.75Z", "2016-12-31T23:59:60.75Z");
    add("2017-01-01T01:59:60+02:00", "2016-12-31T23:59:60Z");
    // The ends of days and of the years there are.
    add("2026-11-24T00:00:00Z", "2026-11-24T00:00:00Z");
    add("2026-11-24T23:59:59.999999999Z", "2026-11-24T23:59:59.999999999Z");
    add("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z");
    add("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.5Z");
    add("12345-06-07T08:09:10Z", "12345-06-07T08:09:10Z");
    add("02026-11-24T15:40:12Z", "2026-11-24T15:40:12Z");
    add("32767-12-31T23:59:59Z", "32767-12-31T23:59:59Z");
    add("0044-03-15T12:00:00Z", "0044-03-15T12:00:00Z");
    add("-0044-03-15T12:00:00Z", "-0044-03-15T12:00:00Z");
    add("-12345-06-07T08:09:10Z", "-12345-06-07T08:09:10Z");
    add("0000-02-29T00:00:00Z", "0000-02-29T00:00:00Z");
    add("-0000-02-29T00:00:00Z", "0000-02-29T00:00:00Z");
    add("0000-01-01T00:00:00+00:01", "-0001-12-31T23:59:00Z");
}

void TimestampTest::refuses_data()
{
    QTest::addColumn<QByteArray>("text");

    QTest::newRow("nothing") << ""_ba;
    QTest::newRow("NUL behind") << "2026-11-24T15:40:12Z\0"_ba;
    QTest::newRow("NUL between") << "2026-11-24T15:40:12\0Z"_ba;
    QTest::newRow("zone of 5,000 digits") << QByteArray("2026-11-24T15:40:12+" + QByteArray(5'000, '1'));
    QTest::newRow("year of 5,000 digits") << QByteArray(QByteArray(5'000, '1') + "-11-24T15:40:12Z");
    const QByteArrayList texts = {
        "now", "0", "1795534812", "15:40:12Z", "2026-11-24", "2026-11-24Z", "2026-11-24T", "2026-11-24TZ",
        // No zone, or none such.
        "2026-11-24T15:40:12", "2026-11-24T15:40:12.5", "2026-11-24T15:40", "2026-11-24T15:40:12z",
        "2026-11-24T15:40:12UTC", "2026-11-24T15:40:12ZZ", "2026-11-24T15:40:12  Z", "2026-11-24T15:40:12\tZ",
        "2026-11-24T15:40:12+", "2026-11-24T15:40:12+2", "2026-11-24T15:40:12+020",
        "2026-11-24T15:40:12+02:", "2026-11-24T15:40:12+02:0", "2026-11-24T15:40:12+02:000",
        "2026-11-24T15:40:12+02:00Z", "2026-11-24T15:40:12+02:00:00", "2026-11-24T15:40:12+24:00",
        "2026-11-24T15:40:12+02:60", "2026-11-24T15:40:12+-2:00", "2026-11-24T15:40:12Z+02:00",
        "2026-11-24T15:40:12+ 02:00",
        // Fractions.
        "2026-11-24T15:40:12.Z", "2026-11-24T15:40:12,5Z", "2026-11-24T15:40:12.5.5Z", "2026-11-24T15:40.5Z",
        "2026-11-24T15:40:12.-5Z", "2026-11-24T15:40:12.5e1Z", "2026-11-24T15:40:.5Z",
        // Times.
        "2026-11-24t15:40:12Z", "2026-11-24  15:40:12Z", "2026-11-24_15:40:12Z", "2026-11-2415:40:12Z",
        "2026-11-24T24:00:00Z", "2026-11-24T15:60:00Z", "2026-11-24T15:40:61Z", "2026-11-24T5:40:12Z",
        "2026-11-24T15:4:12Z", "2026-11-24T15:40:1Z", "2026-11-24T154012Z", "2026-11-24T15Z",
        "2026-11-24T15:40:Z", "2026-11-24T15:40:12:30Z", "2026-11-24T-5:40:12Z", "2026-11-24T15:40:+1Z",
        // Dates.
        "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-11-00T00:00:00Z",
        "2026-00-24T00:00:00Z", "2026-13-24T00:00:00Z", "2026-11-32T00:00:00Z", "26-11-24T00:00:00Z",
        "226-11-24T00:00:00Z", "-226-11-24T00:00:00Z", "2026-1-24T00:00:00Z", "2026-11-4T00:00:00Z",
        "20261124T00:00:00Z", "2026/11/24T00:00:00Z", "2026-328T00:00:00Z", "2026-W48-2T00:00:00Z",
        "+2026-11-24T00:00:00Z", "--2026-11-24T00:00:00Z", "2026-011-24T00:00:00Z",
        // Beyond the years there are, at once or by the offset.
        "32768-01-01T00:00:00Z", "-32768-12-31T23:59:59Z", "99999-01-01T00:00:00Z", "123456-01-01T00:00:00Z",
        "12345678901-01-01T00:00:00Z", "65536-01-01T00:00:00Z", "32767-12-31T23:59:59-00:01",
        "-32767-01-01T00:00:00+00:01"};
    for (const QByteArray &text : texts) {
        QTest::newRow(text.constData()) << text;
    }
}

void TimestampTest::refuses()
{
    QFETCH(QByteArray, text);

    const auto time = Timestamp::parse(text);
    QVERIFY2(!time, time ? time->text().constData() : "");
}

void TimestampTest::refusesEveryPart()
{
    // A view of a longer text: what follows must not be read.
    const QByteArrayView text = "-12345-11-24 15:40:12.701534084 Z";
    for (qsizetype size = 0; size < text.size(); ++size) {
        QVERIFY2(!Timestamp::parse(text.first(size)), text.first(size).toByteArray().constData());
    }
    QVERIFY(Timestamp::parse(text));
}

void TimestampTest::refusesWhatStandsBeforeOrBehind()
{
    const QByteArray text = "2026-11-24T15:40:12Z";
    QVERIFY(Timestamp::parse(text));
    for (int c = 0; c < 256; ++c) {
        const QByteArray character(1, static_cast<char>(c));
        QVERIFY2(!Timestamp::parse(QByteArray(text + character)), QByteArray::number(c).constData());
        // A sign or one more digit make another year.
        if (c != '-' && (c < '0' || c > '3')) {
            const auto time = Timestamp::parse(QByteArray(character + text));
            QVERIFY2(!time, QByteArray::number(c).constData());
        }
    }
}

void TimestampTest::knowsTheDaysOfEveryMonth()
{
    for (const int year : {1900, 2000, 2023, 2024}) {
        for (int month = 1; month <= 12; ++month) {
            for (int day = 1; day <= 31; ++day) {
                const QByteArray text = u"%1-%2-%3T00:00:00Z"_s.arg(year, 4, 10, QChar(u'0'))
                                            .arg(month, 2, 10, QChar(u'0'))
                                            .arg(day, 2, 10, QChar(u'0'))
                                            .toLatin1();
                QVERIFY2(Timestamp::parse(text).has_value() == QDate::isValid(year, month, day),
                         text.constData());
            }
        }
    }
}

void TimestampTest::formatsTimes_data()
{
    QTest::addColumn<sys_time<nanoseconds>>("time");
    QTest::addColumn<QByteArray>("expected");

    const auto add = [](nanoseconds sinceEpoch, const char *expected) {
        QTest::newRow(expected) << sys_time<nanoseconds>(sinceEpoch) << QByteArray(expected);
    };
    add(0s, "1970-01-01T00:00:00Z");
    add(1ns, "1970-01-01T00:00:00.000000001Z");
    add(-1ns, "1969-12-31T23:59:59.999999999Z");
    add(-24h, "1969-12-31T00:00:00Z");
    add(59s + 999ms, "1970-01-01T00:00:59.999Z");
    add(951782400s, "2000-02-29T00:00:00Z");
    add(1795534812s, "2026-11-24T15:40:12Z");
    add(1795534812s + 701534084ns, "2026-11-24T15:40:12.701534084Z");
    add(1795534808s + 86922070ns, "2026-11-24T15:40:08.08692207Z");
    add(1795534821s + 257983400ns, "2026-11-24T15:40:21.2579834Z");
    add(1795534812s + 100ms, "2026-11-24T15:40:12.1Z");
    add(nanoseconds::max(), "2262-04-11T23:47:16.854775807Z");
    add(nanoseconds::min() + 1min, "1677-09-21T00:13:43.145224192Z");
}

void TimestampTest::formatsTimes()
{
    QFETCH(sys_time<nanoseconds>, time);
    QFETCH(QByteArray, expected);

    QCOMPARE(Timestamp::fromTime(time).text(), expected);
    const auto parsed = Timestamp::parse(expected);
    QVERIFY(parsed);
    QVERIFY(*parsed == Timestamp::fromTime(time));
}

void TimestampTest::now()
{
    // To nanoseconds, so that the order of the texts is that of the times.
    const auto padded = [](const Timestamp &time) {
        const QByteArray text = time.text().chopped(1);
        return QByteArray(text.contains('.') ? text : text + '.').leftJustified(29, '0');
    };
    const auto clock = [] { return Timestamp::fromTime(std::chrono::system_clock::now()); };
    static const QRegularExpression form(uR"(\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,8}[1-9])?Z\z)"_s);
    bool finerThanMicroseconds = false;
    for (int i = 0; i < 1000; ++i) {
        const QByteArray before = padded(clock());
        const Timestamp time = Timestamp::now();
        const QByteArray after = padded(clock());
        QVERIFY2(form.match(QString::fromLatin1(time.text())).hasMatch(), time.text().constData());
        QVERIFY2(before <= padded(time) && padded(time) <= after, time.text().constData());
        finerThanMicroseconds = finerThanMicroseconds || time.text().size() > 27;
    }
    QVERIFY(finerThanMicroseconds);
}

void TimestampTest::compares()
{
    const auto utc = Timestamp::parse("2026-11-24T13:40:12.5Z");
    QVERIFY(utc == Timestamp::parse("2026-11-24 15:40:12.500 +02:00"));
    QVERIFY(utc != Timestamp::parse("2026-11-24T13:40:12.6Z"));
    QVERIFY(utc != Timestamp::parse("2026-11-24T15:40:12.5Z"));
}

QTEST_APPLESS_MAIN(TimestampTest)
#include "tst_timestamp.moc"
