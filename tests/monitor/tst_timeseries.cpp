// SPDX-License-Identifier: BSD-3-Clause
#include "model/format.h"
#include "model/statshistory.h"
#include "model/timeseries.h"

#include <QSignalSpy>
#include <QTest>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using namespace switchboard;
using namespace switchboard::monitor;
using Metric = StatsHistory::Metric;

namespace {

TimeSeries::Seconds second(qint64 number)
{
    return TimeSeries::Seconds(std::chrono::seconds(1'000'000 + number));
}

// Points as "second=value", seconds as second() counts them.
QString describe(const std::vector<QPointF> &points)
{
    QStringList all;
    for (const QPointF &point : points) {
        all.append(u"%1=%2"_s.arg(point.x() / 1000 - 1'000'000).arg(point.y()));
    }
    return all.join(u' ');
}

protocol::NodeStats told(const QByteArray &node, qint64 clients, qint64 redisMicros = 0)
{
    protocol::NodeStats stats;
    stats.node = node;
    stats.clients = clients;
    stats.messagesIn = clients * 2;
    stats.messagesOut = clients * 3;
    stats.deliveries = clients * 4;
    stats.redisRoundTripMicros = redisMicros;
    return stats;
}

} // namespace

class TimeSeriesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsSeconds();
    void leavesGaps();
    void forgetsWhatIsOld();
    void aClockThatIsSet();
    void history();
    void secondsOfNodesAreNotOurs();
    void forgetsNodes();
    void boundsNodes();
    void formats();
};

void TimeSeriesTest::keepsSeconds()
{
    TimeSeries series;
    QVERIFY(!series.at(second(0)));
    QVERIFY(series.points(second(0), 1min).empty());
    for (int i = 0; i < 5; ++i) {
        series.set(second(i), i * 1.5);
    }
    QCOMPARE(describe(series.points(second(4), 3s)), u"2=3 3=4.5 4=6"_s);
    QCOMPARE(describe(series.points(second(6), 3s)), u"4=6"_s);
    series.set(second(3), 7);
    QCOMPARE(describe(series.points(second(4), 2s)), u"3=7 4=6"_s);
}

void TimeSeriesTest::leavesGaps()
{
    TimeSeries series;
    series.set(second(0), 1);
    series.set(second(899), 2);
    QVERIFY(series.at(second(0)));
    series.set(second(902), 3);
    QVERIFY(!series.at(second(0)));
    QVERIFY(!series.at(second(2)));
    QVERIFY(!series.at(second(900)));
    QCOMPARE(describe(series.points(second(902), 15min)), u"899=2 902=3"_s);
}

void TimeSeriesTest::forgetsWhatIsOld()
{
    TimeSeries series;
    for (int i = 0; i < 5000; ++i) {
        series.set(second(i), i);
    }
    QCOMPARE(series.points(second(4999), 15min).size(), std::size_t(900));
    QVERIFY(!series.at(second(4099)));
    QVERIFY(series.at(second(4100)));
    series.set(second(9000), 1);
    QCOMPARE(describe(series.points(second(9000), 15min)), u"9000=1"_s);
}

void TimeSeriesTest::aClockThatIsSet()
{
    TimeSeries series;
    series.set(second(5000), 1);
    series.set(second(0), 2);
    QCOMPARE(describe(series.points(second(0), 15min)), u"0=2"_s);
    series.set(TimeSeries::Seconds(-5s), 3);
    QVERIFY(series.at(TimeSeries::Seconds(-5s)));
}

void TimeSeriesTest::history()
{
    StatsHistory history;
    const QSignalSpy advanced(&history, &StatsHistory::advanced);
    for (int i = 0; i < 5; ++i) {
        history.add(told("b", 10 + i, 500), second(i));
        history.add(told("a", 100, 2000), second(i));
        history.advance(second(i));
        history.advance(second(i));
    }
    QCOMPARE(advanced.count(), 5);
    QCOMPARE(history.nodes(), QByteArrayList({"a", "b"}));
    QCOMPARE(history.series("c", Metric::Clients), nullptr);
    QVERIFY(history.points("c", Metric::Clients, 1min).empty());
    QCOMPARE(describe(history.points("b", Metric::Clients, 2s)), u"3=13 4=14"_s);
    QCOMPARE(describe(history.points("b", Metric::MessagesIn, 1s)), u"4=28"_s);
    QCOMPARE(describe(history.points("b", Metric::MessagesOut, 1s)), u"4=42"_s);
    QCOMPARE(describe(history.points("b", Metric::Deliveries, 1s)), u"4=56"_s);
    QCOMPARE(describe(history.points("b", Metric::RedisRoundTrip, 1s)), u"4=0.5"_s);
    QCOMPARE(describe(history.totals(Metric::Clients, 3s)), u"2=112 3=113"_s);
    QCOMPARE(describe(history.totals(Metric::RedisRoundTrip, 2s)), u"3=2"_s);
}

void TimeSeriesTest::secondsOfNodesAreNotOurs()
{
    StatsHistory history;
    // Told every second, but twice in one of ours and not at all in the one behind it.
    for (const int at : {0, 1, 2, 2, 4, 5}) {
        history.add(told("a", 10), second(at));
    }
    history.advance(second(6));
    QCOMPARE(describe(history.points("a", Metric::Clients, 1min)), u"0=10 1=10 2=10 3=10 4=10 5=10"_s);

    // A node that is silent for longer leaves the sum.
    history.add(told("b", 1), second(0));
    QCOMPARE(describe(history.totals(Metric::Clients, 7s)), u"0=11 1=11 2=11 3=10 4=10 5=10"_s);
}

void TimeSeriesTest::forgetsNodes()
{
    StatsHistory history;
    history.add(told("a", 1), second(0));
    history.add(told("b", 1), second(100));
    history.advance(second(899));
    QCOMPARE(history.nodes(), QByteArrayList({"a", "b"}));
    history.advance(second(900));
    QCOMPARE(history.nodes(), QByteArrayList({"b"}));
}

void TimeSeriesTest::boundsNodes()
{
    StatsHistory history;
    for (int i = 0; i < 500; ++i) {
        history.add(told("n" + QByteArray::number(i), 1), second(i / 10));
    }
    QCOMPARE(history.nodes().size(), qsizetype(StatsHistory::maximumNodes));
    QVERIFY(history.nodes().contains("n499"));
    QVERIFY(!history.nodes().contains("n0"));
}

void TimeSeriesTest::formats()
{
    QLocale::setDefault(QLocale(QLocale::English));
    QCOMPARE(Format::duration(-5s), u"0 s"_s);
    QCOMPARE(Format::duration(999ms), u"0 s"_s);
    QCOMPARE(Format::duration(59'999ms), u"59 s"_s);
    QCOMPARE(Format::duration(3min), u"3 min"_s);
    QCOMPARE(Format::duration(5h + 20min), u"5 h 20 min"_s);
    QCOMPARE(Format::duration(52h), u"2 d 4 h"_s);
    QCOMPARE(Format::age(std::chrono::system_clock::now() + 1h), u"0 s"_s);
    QCOMPARE(Format::age(std::chrono::system_clock::now() - 200s), u"3 min"_s);

    QCOMPARE(Format::micros(640), u"640 µs"_s);
    QCOMPARE(Format::micros(1234), u"1.2 ms"_s);
    QCOMPARE(Format::micros(9960), u"10 ms"_s);
    QCOMPARE(Format::micros(999'499), u"999 ms"_s);
    QCOMPARE(Format::micros(999'500), u"1.0 s"_s);

    QCOMPARE(Format::bytes(512), u"512 bytes"_s);
    QCOMPARE(Format::bytes(1536), u"1.5 KiB"_s);
    QCOMPARE(Format::rate(0), u"0/s"_s);
    QCOMPARE(Format::rate(0.44), u"0.4/s"_s);
    QCOMPARE(Format::rate(3), u"3/s"_s);
    QCOMPARE(Format::rate(1234.4), u"1,234/s"_s);
    QCOMPARE(Format::count(812'233), u"812,233"_s);
    QCOMPARE(Format::bounded(100'000, 812'233), u"showing the last 100,000 of 812,233"_s);
    QCOMPARE(Format::bounded(5, 5), QString());
}

QTEST_GUILESS_MAIN(TimeSeriesTest)
#include "tst_timeseries.moc"
