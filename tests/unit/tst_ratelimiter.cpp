// SPDX-License-Identifier: BSD-3-Clause
#include "net/ratelimiter.h"

#include <QTest>

using namespace std::chrono_literals;
using namespace switchboard;
using Verdict = RateLimiter::Verdict;
using std::chrono::milliseconds;

namespace {

// Sends \a count messages at \a now and counts those that are accepted.
int acceptedOf(RateLimiter &limiter, const RateLimit &limit, milliseconds now, int count)
{
    int accepted = 0;
    for (int i = 0; i < count; ++i) {
        accepted += limiter.take(limit, now) == Verdict::Accepted ? 1 : 0;
    }
    return accepted;
}

} // namespace

class RateLimiterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void burst_data();
    void burst();
    void refillsWithTime();
    void holdsAClientToItsRate_data();
    void holdsAClientToItsRate();
    void noLimit();
    void whoGoesOnIsAbusive();
    void whoKeepsQuietIsForgiven();
};

void RateLimiterTest::burst_data()
{
    QTest::addColumn<int>("perSecond");
    QTest::newRow("1") << 1;
    QTest::newRow("100") << 100;
    QTest::newRow("1000000") << 1000000;
}

void RateLimiterTest::burst()
{
    QFETCH(const int, perSecond);
    const RateLimit limit{perSecond};
    RateLimiter limiter;
    QCOMPARE(acceptedOf(limiter, limit, 5s, 2 * perSecond + 10), 2 * perSecond);
    // However long the silence was.
    QCOMPARE(acceptedOf(limiter, limit, 365 * 24h, 2 * perSecond + 10), 2 * perSecond);
}

void RateLimiterTest::refillsWithTime()
{
    const RateLimit limit{100};
    RateLimiter limiter;
    QCOMPARE(acceptedOf(limiter, limit, 0ms, 200), 200);
    QCOMPARE(limiter.take(limit, 9ms), Verdict::Refused);
    QCOMPARE(acceptedOf(limiter, limit, 10ms, 2), 1);
    QCOMPARE(acceptedOf(limiter, limit, 1010ms, 200), 100);
}

void RateLimiterTest::holdsAClientToItsRate_data()
{
    QTest::addColumn<int>("perSecond");
    QTest::addColumn<int>("sent");
    QTest::newRow("slower") << 100 << 50;
    QTest::newRow("just so") << 100 << 100;
    QTest::newRow("faster") << 100 << 300;
    QTest::newRow("one a second") << 1 << 3;
}

void RateLimiterTest::holdsAClientToItsRate()
{
    QFETCH(const int, perSecond);
    QFETCH(const int, sent); // a second, evenly
    constexpr int seconds = 20;
    const RateLimit limit{perSecond};
    RateLimiter limiter;
    int accepted = 0;
    for (int i = 0; i < seconds * sent; ++i) {
        accepted += acceptedOf(limiter, limit, milliseconds(i * 1000 / sent), 1);
    }
    const int most = seconds * perSecond + limit.burst();
    QVERIFY2(accepted <= most && accepted >= qMin(seconds * sent, most - perSecond),
             qPrintable(QString::number(accepted)));
}

void RateLimiterTest::noLimit()
{
    RateLimiter limiter;
    QCOMPARE(acceptedOf(limiter, RateLimit{0}, 0ms, 100000), 100000);
}

void RateLimiterTest::whoGoesOnIsAbusive()
{
    const RateLimit limit{10};
    RateLimiter limiter;
    QCOMPARE(acceptedOf(limiter, limit, 0ms, 21), 20);
    // A message in time for each token, and one too many.
    for (milliseconds now = 100ms; now < 10s; now += 100ms) {
        QCOMPARE(limiter.take(limit, now), Verdict::Accepted);
        QCOMPARE(limiter.take(limit, now), Verdict::Refused);
    }
    QCOMPARE(limiter.take(limit, 10s), Verdict::Accepted);
    QCOMPARE(limiter.take(limit, 10s), Verdict::Abusive);
}

void RateLimiterTest::whoKeepsQuietIsForgiven()
{
    const RateLimit limit{10};
    RateLimiter limiter;
    milliseconds now = 0ms;
    for (int round = 0; round < 10; ++round) {
        QCOMPARE(acceptedOf(limiter, limit, now, 21), 20);
        now += 2s; // as long as it takes to fill the bucket
    }
    QCOMPARE(now, 20s);
    QCOMPARE(acceptedOf(limiter, limit, now, 20), 20);
    QCOMPARE(limiter.take(limit, now), Verdict::Refused);
}

QTEST_APPLESS_MAIN(RateLimiterTest)

#include "tst_ratelimiter.moc"
