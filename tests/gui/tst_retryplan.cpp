// SPDX-License-Identifier: BSD-3-Clause
#include <QTest>

#include "client/nodeaddress.h"
#include "client/retryplan.h"

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace switchboard::client;

namespace {

const QUrl first(u"ws://first:9000/websockets"_s);
const QUrl second(u"ws://second:9000/websockets"_s);
const QUrl third(u"ws://third:9000/websockets"_s);

// The nodes that are tried when every attempt fails.
QList<QUrl> attempts(RetryPlan &plan, int count)
{
    QList<QUrl> urls;
    for (int attempt = 0; attempt < count; ++attempt) {
        urls.append(plan.url());
        static_cast<void>(plan.noteFailure());
    }
    return urls;
}

} // namespace

class TestRetryPlan : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void delaysGrowUpToMaximum();
    void successShortensDelays();
    void staysWithOnlyNode();
    void thirdFailureLeadsToNextNode();
    void chosenNodeIsAmongThoseTried();
    void startForgetsOtherNodes();
    void readsAddresses_data();
    void readsAddresses();
    void refusesAddresses_data();
    void refusesAddresses();
    void derivesAddresses();
};

void TestRetryPlan::delaysGrowUpToMaximum()
{
    RetryPlan plan(100ms, 1000ms);
    plan.start({first});
    for (const auto ceiling : {200ms, 400ms, 800ms, 1000ms, 1000ms}) {
        const auto delay = plan.noteFailure();
        QVERIFY(delay >= 100ms);
        QVERIFY(delay <= ceiling);
    }
    QCOMPARE(plan.failures(), 5);
}

void TestRetryPlan::successShortensDelays()
{
    RetryPlan plan(100ms, 10s);
    plan.start({first});
    attempts(plan, 10);
    plan.noteSuccess();
    QCOMPARE(plan.failures(), 0);
    QVERIFY(plan.noteFailure() <= 200ms);
}

void TestRetryPlan::staysWithOnlyNode()
{
    RetryPlan plan;
    plan.start({first});
    QCOMPARE(attempts(plan, 7), QList<QUrl>(7, first));
}

void TestRetryPlan::thirdFailureLeadsToNextNode()
{
    RetryPlan plan;
    plan.start({first});
    plan.setKnownNodes({first, second, third});
    QCOMPARE(attempts(plan, 10),
             QList<QUrl>({first, first, first, second, second, second, third, third, third, first}));
}

// Where the nodes call themselves by names that lead nowhere from here, the way that led there once is left.
void TestRetryPlan::chosenNodeIsAmongThoseTried()
{
    RetryPlan plan;
    plan.start({first});
    plan.setKnownNodes({second, third});
    const QList<QUrl> tried = attempts(plan, 10);
    QCOMPARE(tried.mid(0, 3), QList<QUrl>(3, first));
    QVERIFY(tried.contains(second));
    QVERIFY(tried.contains(third));
    QCOMPARE(tried.constLast(), first);
}

void TestRetryPlan::startForgetsOtherNodes()
{
    RetryPlan plan;
    plan.start({first});
    plan.setKnownNodes({second});
    plan.start({third});
    QCOMPARE(attempts(plan, 7), QList<QUrl>(7, third));
}

void TestRetryPlan::readsAddresses_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("url");
    QTest::newRow("host") << u"example.org"_s << u"ws://example.org:9001/websockets"_s;
    QTest::newRow("host and port") << u" localhost:9000 "_s << u"ws://localhost:9000/websockets"_s;
    QTest::newRow("IPv6") << u"ws://[::1]:9000"_s << u"ws://[::1]:9000/websockets"_s;
    QTest::newRow("TLS, path") << u"wss://example.org/cluster/ws"_s << u"wss://example.org:9001/cluster/ws"_s;
}

void TestRetryPlan::readsAddresses()
{
    QFETCH(QString, text);
    const auto url = parseNodeUrl(text);
    QVERIFY(url);
    QTEST(url->toString(), "url");
}

void TestRetryPlan::refusesAddresses_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("empty") << u" "_s;
    QTest::newRow("HTTP") << u"http://localhost:9001"_s;
    QTest::newRow("no host") << u"ws://"_s;
    QTest::newRow("port too large") << u"localhost:90000"_s;
    QTest::newRow("port 0") << u"localhost:0"_s;
    QTest::newRow("password") << u"ws://user:secret@localhost"_s;
    QTest::newRow("token in the query") << u"ws://localhost/websockets?token=x"_s;
}

void TestRetryPlan::refusesAddresses()
{
    QFETCH(QString, text);
    const auto url = parseNodeUrl(text);
    QVERIFY(!url);
    QVERIFY(!url.error().isEmpty());
}

void TestRetryPlan::derivesAddresses()
{
    using switchboard::protocol::PingNumber;
    QCOMPARE(pingUrl(first, PingNumber::One), QUrl(u"http://first:9000/ping1"_s));
    QCOMPARE(pingUrl(QUrl(u"wss://first:9000/websockets"_s), PingNumber::Two),
             QUrl(u"https://first:9000/ping2"_s));
    QCOMPARE(siblingUrl(first, u"second"_s, 9000), second);
    QCOMPARE(displayAddress(first), u"first:9000"_s);
    QCOMPARE(displayAddress(QUrl(u"ws://[::1]:9000/websockets"_s)), u"[::1]:9000"_s);
}

QTEST_GUILESS_MAIN(TestRetryPlan)

#include "tst_retryplan.moc"
