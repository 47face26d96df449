// SPDX-License-Identifier: BSD-3-Clause
#include <QSignalSpy>
#include <QTest>

#include "gui/linktesting.h"
#include "integration/cluster.h"
#include "support/webtoken.h"

using namespace Qt::StringLiterals;
using namespace switchboard::monitor;
using namespace switchboard::test;
using namespace switchboard;

using State = MonitorLink::State;

/// The link to a real node that asks for a token.
class TestMonitorLinkAuthentication : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void presentsItsToken();
    void tellsThatTokenIsMissing_data();
    void tellsThatTokenIsMissing();

private:
    std::unique_ptr<Cluster> m_cluster;
};

void TestMonitorLinkAuthentication::initTestCase()
{
    QProcessEnvironment environment;
    environment.insert(u"AUTH_SECRET"_s, QString::fromLatin1(TokenSecret));
    m_cluster = std::make_unique<Cluster>(1, QStringList(), environment);
    QVERIFY(m_cluster->start());
}

void TestMonitorLinkAuthentication::presentsItsToken()
{
    MonitorLink link(quickOptions());
    QSignalSpy events(&link, &MonitorLink::eventReceived);
    QSignalSpy answers(&link, &MonitorLink::pingAnswered);
    link.open(m_cluster->daemon(0).webSocketUrl(), webToken(R"({"sub":"operator","monitor":true})"));
    QVERIFY(waitUntil([&] { return !events.isEmpty(); }));
    QCOMPARE(link.state(), State::Connected);
    link.sendPing(protocol::PingNumber::One);
    QVERIFY(waitUntil([&] { return answers.count() == 1; }));
}

void TestMonitorLinkAuthentication::tellsThatTokenIsMissing_data()
{
    QTest::addColumn<QByteArray>("token");
    QTest::newRow("none") << QByteArray();
    QTest::newRow("of another kind") << QByteArray("s3cret");
    QTest::newRow("with a line end in it") << webToken(R"({"sub":"operator"})") + "\r\nX: y";
}

void TestMonitorLinkAuthentication::tellsThatTokenIsMissing()
{
    QFETCH(const QByteArray, token);
    MonitorLink link(quickOptions());
    QSignalSpy refused(&link, &MonitorLink::refused);
    link.open(m_cluster->daemon(0).webSocketUrl(), token);
    QVERIFY(waitUntil([&] { return link.problem().contains(u"401"_s); }));
    QVERIFY2(link.problem().contains(u"token"_s), qPrintable(link.problem()));
    QCOMPARE(refused.count(), 1);
    QCOMPARE(link.state(), State::Disconnected);
    QVERIFY(!link.nextAttemptIn());
    // Until the user has another one.
    link.open(m_cluster->daemon(0).webSocketUrl(), webToken(R"({"sub":"operator","monitor":true})"));
    QVERIFY(waitForState(link, State::Connected));
}

QTEST_GUILESS_MAIN(TestMonitorLinkAuthentication)

#include "tst_monitorlinkauthentication.moc"
