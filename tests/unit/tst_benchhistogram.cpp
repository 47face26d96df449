// SPDX-License-Identifier: BSD-3-Clause
#include <QTest>
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "bench/histogram.h"

using switchboard::bench::Histogram;

/// The histogram of latencies.
class TestBenchHistogram : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void empty();
    void oneValue_data();
    void oneValue();
    void percentilesOfSmallValuesAreExact();
    void percentilesOfAnyValuesAreNear();
};

void TestBenchHistogram::empty()
{
    const Histogram histogram;
    QCOMPARE(histogram.count(), std::uint64_t{0});
    QCOMPARE(histogram.maximum(), std::uint64_t{0});
    QCOMPARE(histogram.percentile(50), std::uint64_t{0});
}

void TestBenchHistogram::oneValue_data()
{
    QTest::addColumn<quint64>("value");
    QTest::newRow("zero") << quint64{0};
    QTest::newRow("one") << quint64{1};
    QTest::newRow("last bucket of width 1") << quint64{255};
    QTest::newRow("first bucket of width 2") << quint64{256};
    QTest::newRow("a second in nanoseconds") << quint64{1'000'000'000};
    QTest::newRow("largest") << std::numeric_limits<quint64>::max();
}

void TestBenchHistogram::oneValue()
{
    QFETCH(const quint64, value);
    Histogram histogram;
    histogram.record(value);
    QCOMPARE(histogram.count(), std::uint64_t{1});
    for (const double percent : {0.0, 50.0, 99.9, 100.0}) {
        QCOMPARE(quint64{histogram.percentile(percent)}, value);
    }
}

void TestBenchHistogram::percentilesOfSmallValuesAreExact()
{
    Histogram histogram;
    for (std::uint64_t value = 1; value <= 100; ++value) {
        histogram.record(value);
    }
    for (const int percent : {1, 50, 90, 99, 100}) {
        QCOMPARE(histogram.percentile(percent), static_cast<std::uint64_t>(percent));
    }
    QCOMPARE(histogram.percentile(99.5), std::uint64_t{100});
}

void TestBenchHistogram::percentilesOfAnyValuesAreNear()
{
    std::mt19937_64 random(1); // the same values every time
    std::lognormal_distribution<double> distribution(12, 3);
    Histogram histogram;
    std::vector<std::uint64_t> values;
    for (int i = 0; i < 10'000; ++i) {
        values.push_back(static_cast<std::uint64_t>(distribution(random)));
        histogram.record(values.back());
    }
    std::sort(values.begin(), values.end());
    QCOMPARE(histogram.maximum(), values.back());
    for (const double percent : {1.0, 10.0, 50.0, 90.0, 99.0, 99.9}) {
        const auto rank = static_cast<std::size_t>(std::ceil(percent * 100));
        const auto exact = static_cast<double>(values[rank - 1]);
        const auto found = static_cast<double>(histogram.percentile(percent));
        QVERIFY2(found >= exact && found <= exact * (1 + 1.0 / 128) + 1, QByteArray::number(percent));
    }
}

QTEST_APPLESS_MAIN(TestBenchHistogram)
#include "tst_benchhistogram.moc"
