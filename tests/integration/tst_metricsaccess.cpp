// SPDX-License-Identifier: BSD-3-Clause
#include "integration/httpconversation.h"
#include "integration/metricspage.h"
#include "support/httprequest.h"
#include "support/webtoken.h"

#include <QTest>

#include <optional>

using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

const QByteArray Bearer = "Bearer ";

QProcessEnvironment variables(bool hasMonitorToken, bool hasSecret)
{
    QProcessEnvironment environment;
    if (hasMonitorToken) {
        environment.insert(u"MONITOR_TOKEN"_s, u"watcher"_s);
    }
    if (hasSecret) {
        environment.insert(u"AUTH_SECRET"_s, QString::fromLatin1(TokenSecret));
    }
    return environment;
}

} // namespace

/// Who may see metrics, and how they are asked for.
class MetricsAccessTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void access_data();
    void access();
    void tokensOfClients_data();
    void tokensOfClients();
    void severalTokens();
    void methods();
    void head();
    void connectionIsKept();

private:
    std::optional<DaemonProcess> m_open; // no token is configured
    std::optional<DaemonProcess> m_guarded; // a monitor token is
};

void MetricsAccessTest::initTestCase()
{
    QVERIFY(m_open.emplace(QStringList()).start());
    QVERIFY(m_guarded.emplace(QStringList(), variables(true, false)).start());
}

void MetricsAccessTest::access_data()
{
    QTest::addColumn<bool>("isGuarded");
    QTest::addColumn<HttpHeaders>("headers");
    QTest::addColumn<int>("status");
    QTest::newRow("open: this machine") << false << HttpHeaders{} << 200;
    QTest::newRow("open: by a proxy") << false << HttpHeaders{{"X-Forwarded-For", "192.0.2.1"}} << 403;
    QTest::newRow("open: by another name") << false << HttpHeaders{{"Host", "example.org"}} << 403;
    QTest::newRow("open: from a page") << false << HttpHeaders{{"Origin", "https://example.org"}} << 403;
    QTest::newRow("open: a token helps nobody")
        << false << HttpHeaders{{"X-Forwarded-For", "192.0.2.1"}, {"Authorization", "Bearer watcher"}} << 403;
    QTest::newRow("guarded: without") << true << HttpHeaders{} << 401;
    QTest::newRow("guarded: right") << true << HttpHeaders{{"Authorization", "Bearer watcher"}} << 200;
    QTest::newRow("guarded: right, by a proxy")
        << true << HttpHeaders{{"Authorization", "Bearer watcher"}, {"X-Forwarded-For", "192.0.2.1"}} << 200;
    QTest::newRow("guarded: wrong") << true << HttpHeaders{{"Authorization", "Bearer watchee"}} << 401;
    QTest::newRow("guarded: too short") << true << HttpHeaders{{"Authorization", "Bearer watch"}} << 401;
    QTest::newRow("guarded: empty") << true << HttpHeaders{{"Authorization", "Bearer "}} << 401;
    QTest::newRow("guarded: other scheme") << true << HttpHeaders{{"Authorization", "Basic watcher"}} << 401;
}

void MetricsAccessTest::access()
{
    QFETCH(const bool, isGuarded);
    QFETCH(const HttpHeaders, headers);
    QFETCH(const int, status);
    const quint16 port = (isGuarded ? m_guarded : m_open)->port();
    const HttpReply reply = httpRequest(port, "GET", "/metrics", {}, headers);
    QCOMPARE(reply.status, status);
    QCOMPARE(reply.body.contains("switchboard_clients"), status == 200);
    QVERIFY(reply.body.endsWith('\n'));
    QCOMPARE(reply.header("WWW-Authenticate").startsWith("Bearer realm="), status == 401);
    // A token in the address would stand in the logs of others.
    QCOMPARE(httpRequest(port, "GET", "/metrics?token=watcher", {}, headers).status, status);
}

void MetricsAccessTest::tokensOfClients_data()
{
    QTest::addColumn<bool>("hasMonitorToken");
    QTest::addColumn<QByteArray>("token");
    QTest::addColumn<int>("status");
    for (const bool hasMonitorToken : {false, true}) {
        const char *name = hasMonitorToken ? "with a monitor token" : "without";
        QTest::addRow("%s: none", name) << hasMonitorToken << QByteArray() << 401;
        QTest::addRow("%s: of a watcher", name)
            << hasMonitorToken << webToken(R"({"sub":"a","monitor":true})") << 200;
        QTest::addRow("%s: expired", name)
            << hasMonitorToken << webToken(R"({"sub":"a","monitor":true,"exp":1})") << 401;
        QTest::addRow("%s: no token", name) << hasMonitorToken << QByteArray("nonsense") << 401;
        QTest::addRow("%s: the monitor's", name)
            << hasMonitorToken << QByteArray("watcher") << (hasMonitorToken ? 200 : 401);
    }
    QTest::newRow("of anybody else") << true << webToken(R"({"sub":"a"})") << 403;
}

void MetricsAccessTest::tokensOfClients()
{
    QFETCH(const bool, hasMonitorToken);
    QFETCH(const QByteArray, token);
    QFETCH(const int, status);
    DaemonProcess daemon({}, variables(hasMonitorToken, true));
    QVERIFY(daemon.start());
    HttpHeaders headers;
    if (!token.isEmpty()) {
        headers.append({"Authorization", Bearer + token});
    }
    QCOMPARE(httpRequest(daemon.port(), "GET", "/metrics", {}, headers).status, status);
}

void MetricsAccessTest::severalTokens()
{
    const HttpHeaders headers{{"Authorization", "Bearer watcher"}, {"Authorization", "Bearer other"}};
    QCOMPARE(httpRequest(m_guarded->port(), "GET", "/metrics", {}, headers).status, 401);
}

void MetricsAccessTest::methods()
{
    for (const char *method : {"POST", "PUT", "DELETE", "OPTIONS", "get"}) {
        const HttpReply reply = httpRequest(m_open->port(), method, "/metrics");
        QCOMPARE(reply.status, 405);
        QCOMPARE(reply.header("Allow"), QByteArray("GET, HEAD"));
    }
    QCOMPARE(httpRequest(m_open->port(), "GET", "/metrics/").status, 404);
    QCOMPARE(httpRequest(m_open->port(), "GET", "/metrics?name=x").status, 200);
}

void MetricsAccessTest::head()
{
    RawSocket socket;
    QVERIFY(socket.connectTo(m_open->port()));
    socket.write(request("HEAD", "/metrics", "Connection: close\r\n"));
    const auto answer = readAnswer(socket, false);
    QVERIFY(answer);
    QCOMPARE(answer->status, 200);
    QVERIFY(answer->field("Content-Length").toInt() > 1000);
    QVERIFY(socket.waitForClosed());
    QCOMPARE(socket.buffer(), QByteArray());
}

void MetricsAccessTest::connectionIsKept()
{
    RawSocket socket;
    QVERIFY(socket.connectTo(m_open->port()));
    for (int i = 0; i < 3; ++i) {
        socket.write(request("GET", "/metrics"));
        const auto answer = readAnswer(socket);
        QVERIFY(answer);
        QVERIFY(!answer->isLast());
        QVERIFY(MetricsPage::parse(answer->body));
    }
}

QTEST_GUILESS_MAIN(MetricsAccessTest)

#include "tst_metricsaccess.moc"
