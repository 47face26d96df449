// SPDX-License-Identifier: BSD-3-Clause
#include "integration/cluster.h"
#include "support/httprequest.h"
#include "support/redislistener.h"
#include "support/redisprobe.h"
#include "support/webtoken.h"

#include <QTemporaryFile>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

const QByteArray MonitorToken = QByteArrayLiteral("open sesame, if you please");
const QByteArray Path = QByteArrayLiteral("/api/v1/nodes");

QByteArray bearer(const QByteArray &token)
{
    return "Bearer " + token;
}

} // namespace

/// Who may use the HTTP API: whoever may watch the cluster.
class HttpApiAccessTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void onlyThisMachine_data();
    void onlyThisMachine();
    void formsOfForeignPagesSayNothing();
    void monitorToken_data();
    void monitorToken();
    void clientTokens_data();
    void clientTokens();

private:
    static HttpHeaders authorizations(const QList<QByteArray> &values);
};

HttpHeaders HttpApiAccessTest::authorizations(const QList<QByteArray> &values)
{
    HttpHeaders headers;
    for (const QByteArray &value : values) {
        headers.append({"Authorization", value});
    }
    return headers;
}

void HttpApiAccessTest::onlyThisMachine_data()
{
    QTest::addColumn<HttpHeaders>("headers");
    QTest::addColumn<int>("status");
    QTest::newRow("a program") << HttpHeaders{} << 200;
    QTest::newRow("a token that nobody asked for") << HttpHeaders{{"Authorization", bearer("x")}} << 200;
    QTest::newRow("a page of this port")
        << HttpHeaders{{"Host", "localhost:1"}, {"Origin", "http://localhost:1"}} << 200;
    QTest::newRow("a page of another port")
        << HttpHeaders{{"Host", "localhost:1"}, {"Origin", "http://localhost:2"}} << 403;
    QTest::newRow("a page of another site") << HttpHeaders{{"Origin", "https://evil.example"}} << 403;
    QTest::newRow("a page of no site") << HttpHeaders{{"Origin", "null"}} << 403;
    QTest::newRow("a name from a stranger's DNS") << HttpHeaders{{"Host", "evil.example"}} << 403;
    QTest::newRow("past a proxy") << HttpHeaders{{"X-Forwarded-For", "127.0.0.1"}} << 403;
}

void HttpApiAccessTest::onlyThisMachine()
{
    QFETCH(const HttpHeaders, headers);
    QFETCH(const int, status);
    Cluster cluster(1);
    QVERIFY(cluster.start());
    const HttpReply reply = httpRequest(cluster.daemon(0).port(), "GET", Path, {}, headers);
    QCOMPARE(reply.status, status);
    QVERIFY(reply.header("WWW-Authenticate").isNull());
    QVERIFY(reply.header("Access-Control-Allow-Origin").isNull());
}

void HttpApiAccessTest::formsOfForeignPagesSayNothing()
{
    Cluster cluster(1);
    QVERIFY(cluster.start());
    RedisListener listener(cluster.redis().port());
    QVERIFY(listener.subscribe({"websockets-chat-relay", "mark"}));
    const QByteArray body = R"({"content":"from a form"})";
    const auto submit = [&](const QByteArray &type, const HttpHeaders &more) {
        return httpRequest(cluster.daemon(0).port(), "POST", "/api/v1/chat", body,
                           HttpHeaders{{"Content-Type", type}} + more)
            .status;
    };
    // What a page may send without asking first, from browsers that tell of its origin and from others.
    for (const QByteArray type : {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data",
                                  "text/plain; application/json", "application/json-seq"}) {
        QCOMPARE(submit(type, {}), 415);
        QCOMPARE(submit(type, {{"Origin", "https://evil.example"}}), 403);
    }
    QCOMPARE(submit("application/json", {{"Origin", "https://evil.example"}}), 403);
    QCOMPARE(httpRequest(cluster.daemon(0).port(), "POST", "/api/v1/chat", body).status, 415);
    QCOMPARE(httpRequest(cluster.daemon(0).port(), "OPTIONS", "/api/v1/chat", {},
                         {{"Origin", "https://evil.example"}, {"Access-Control-Request-Method", "POST"}})
                 .status,
             403);
    redisCommand(cluster.redis().port(), {"PUBLISH", "mark", "here"});
    QVERIFY(listener.waitForMessage([](const RedisMessage &message) { return message.channel == "mark"; }));
    QCOMPARE(listener.messages().size(), 1);
}

void HttpApiAccessTest::monitorToken_data()
{
    QTest::addColumn<QList<QByteArray>>("tokens");
    QTest::addColumn<int>("status");
    const auto row = [](const char *name, const QList<QByteArray> &tokens, int status) {
        QTest::newRow(name) << tokens << status;
    };
    row("right", {bearer(MonitorToken)}, 200);
    row("another case of the scheme", {"bEARER  " + MonitorToken}, 200);
    row("none", {}, 401);
    row("empty", {"Bearer "}, 401);
    row("wrong", {bearer("open sesame")}, 401);
    row("one letter is wrong", {bearer("open sesame, if you pleasE")}, 401);
    row("another scheme", {"Basic " + MonitorToken}, 401);
    row("twice", {bearer(MonitorToken), bearer(MonitorToken)}, 401);
    row("one of two", {bearer("x"), bearer(MonitorToken)}, 401);
}

void HttpApiAccessTest::monitorToken()
{
    QFETCH(const QList<QByteArray>, tokens);
    QFETCH(const int, status);
    QProcessEnvironment environment;
    environment.insert(u"MONITOR_TOKEN"_s, QString::fromUtf8(MonitorToken));
    Cluster cluster(1, {}, environment);
    QVERIFY(cluster.start());
    const HttpReply reply = httpRequest(cluster.daemon(0).port(), "GET", Path, {}, authorizations(tokens));
    QCOMPARE(reply.status, status);
    QCOMPARE(reply.header("WWW-Authenticate").startsWith("Bearer realm="), status == 401);
    QVERIFY(!reply.body.contains(MonitorToken));
    // Neither does a path tell more to those who may not.
    QCOMPARE(httpRequest(cluster.daemon(0).port(), "GET", "/api/v1/x", {}, authorizations(tokens)).status,
             status == 200 ? 404 : 401);
    QVERIFY(!cluster.daemon(0).standardOutput().contains(MonitorToken));
    // With a token, where somebody comes from does not matter.
    QCOMPARE(httpRequest(cluster.daemon(0).port(), "GET", Path, {},
                         authorizations(tokens) + HttpHeaders{{"X-Forwarded-For", "192.0.2.1"}})
                 .status,
             status);
}

void HttpApiAccessTest::clientTokens_data()
{
    QTest::addColumn<bool>("hasMonitorToken");
    QTest::addColumn<QByteArray>("token");
    QTest::addColumn<int>("status");
    const QByteArray watcher = webToken(R"({"sub":"alice","monitor":true})");
    const QByteArray other = webToken(R"({"sub":"bob"})");
    const QByteArray expired = webToken(R"({"sub":"alice","monitor":true,"exp":)" + secondsFromNow(-1) + "}");
    for (const bool hasMonitorToken : {false, true}) {
        const auto row = [&](const char *name, const QByteArray &token, int status) {
            QTest::addRow("%s, %s", name, hasMonitorToken ? "with a monitor token" : "without")
                << hasMonitorToken << token << status;
        };
        row("may watch", watcher, 200);
        row("expired", expired, 401);
        row("of another secret", webToken(R"({"sub":"alice","monitor":true})", QByteArray(32, 'x')), 401);
        row("no token", {}, 401);
        row("the monitor token", MonitorToken, hasMonitorToken ? 200 : 401);
        // As on the channel: without a monitor token, clients on this machine may.
        row("may not watch", other, hasMonitorToken ? 403 : 200);
    }
}

void HttpApiAccessTest::clientTokens()
{
    QFETCH(const bool, hasMonitorToken);
    QFETCH(const QByteArray, token);
    QFETCH(const int, status);
    QProcessEnvironment environment;
    environment.insert(u"AUTH_SECRET"_s, QString::fromUtf8(TokenSecret));
    if (hasMonitorToken) {
        environment.insert(u"MONITOR_TOKEN"_s, QString::fromUtf8(MonitorToken));
    }
    Cluster cluster(1, {}, environment);
    QVERIFY(cluster.start());
    const HttpHeaders headers =
        token.isEmpty() ? HttpHeaders() : HttpHeaders{{"Authorization", bearer(token)}};
    const HttpReply reply = httpRequest(cluster.daemon(0).port(), "GET", Path, {}, headers);
    QCOMPARE(reply.status, status);
    QCOMPARE(reply.header("Content-Type"),
             status == 200 ? QByteArray("application/json") : QByteArray("application/problem+json"));
}

QTEST_GUILESS_MAIN(HttpApiAccessTest)

#include "tst_httpapiaccess.moc"
