// SPDX-License-Identifier: BSD-3-Clause
#include <QSet>
#include <QTest>
#include <algorithm>

#include "redis/backoff.h"

using switchboard::redis::Backoff;
using namespace std::chrono_literals;

class TestBackoff : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void ceilingDoublesUpToMaximum();
    void delaysSpreadBetweenMinimumAndCeiling();
    void resetStartsOver();
    void maximumBelowMinimumCountsAsMinimum();
};

void TestBackoff::ceilingDoublesUpToMaximum()
{
    Backoff backoff(50ms, 500ms);
    for (const auto expected : {100ms, 200ms, 400ms, 500ms, 500ms}) {
        QCOMPARE(backoff.ceiling(), expected);
        const auto delay = backoff.next();
        QVERIFY(delay >= 50ms);
        QVERIFY(delay <= expected);
    }
}

void TestBackoff::delaysSpreadBetweenMinimumAndCeiling()
{
    Backoff backoff(50ms, 2000ms);
    for (int i = 0; i < 10; ++i) {
        static_cast<void>(backoff.next()); // up to the maximum
    }
    QList<qint64> delays;
    for (int i = 0; i < 1000; ++i) {
        delays.append(backoff.next().count());
    }
    std::sort(delays.begin(), delays.end());
    QVERIFY(delays.first() >= 50);
    QVERIFY(delays.last() <= 2000);
    // Full jitter: as many below the middle (1025 ms) as above. Chance misses these once in a billion runs.
    QVERIFY2(delays.at(250) > 350 && delays.at(250) < 750, qPrintable(QString::number(delays.at(250))));
    QVERIFY2(delays.at(500) > 800 && delays.at(500) < 1250, qPrintable(QString::number(delays.at(500))));
    QVERIFY(QSet<qint64>(delays.cbegin(), delays.cend()).size() > 500);
}

void TestBackoff::resetStartsOver()
{
    Backoff backoff(50ms, 2000ms);
    for (int i = 0; i < 10; ++i) {
        static_cast<void>(backoff.next());
    }
    QCOMPARE(backoff.ceiling(), 2000ms);
    backoff.reset();
    QCOMPARE(backoff.ceiling(), 100ms);
}

void TestBackoff::maximumBelowMinimumCountsAsMinimum()
{
    Backoff backoff(50ms, 10ms);
    QCOMPARE(backoff.next(), 50ms);
    QCOMPARE(backoff.next(), 50ms);
}

QTEST_APPLESS_MAIN(TestBackoff)
#include "tst_backoff.moc"
