// SPDX-License-Identifier: BSD-3-Clause
#include "integration/clientmessages.h"
#include "integration/cluster.h"
#include "integration/httpconversation.h"
#include "integration/monitorevents.h"
#include "integration/roomclient.h"
#include "support/httprequest.h"
#include "support/webtoken.h"

#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QTemporaryFile>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

QByteArray bearer(const QByteArray &token)
{
    return "Authorization: Bearer " + token + "\r\n";
}

WsClient::Headers withToken(const QByteArray &token)
{
    return {{"Authorization", "Bearer " + token}};
}

// The code of a daemon's next answer, where that is a rejection.
QByteArray rejectionOf(WsClient &client, const QByteArray &message)
{
    client.clear();
    client.sendText(message);
    const auto rejection = parseRejection(client.takeMessage());
    return rejection ? rejection->code : QByteArray();
}

} // namespace

/// Daemons that ask for a token, with either engine.
class AuthenticationTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data();
    void init();
    void cleanup();
    void letsIn_data();
    void letsIn();
    void refuses_data();
    void refuses();
    void requests_data();
    void requests();
    void rooms();
    void expiry();
    void monitorByClaim();
    void monitorByToken();
    void usersAreShown();
    void secretsAreNotTold();

private:
    // Clients of the first daemon.
    bool connectWith(WsClient &client, const QByteArray &payload);
    quint16 port() { return m_cluster->daemon(0).port(); }

    QTemporaryFile m_secret;
    QTemporaryFile m_monitorToken;
    std::unique_ptr<Cluster> m_cluster;
};

void AuthenticationTest::initTestCase_data()
{
    QTest::addColumn<QString>("engine");
    QTest::newRow("lean") << u"lean"_s;
    QTest::newRow("qt") << u"qt"_s;
}

void AuthenticationTest::init()
{
    QFETCH_GLOBAL(const QString, engine);
    const auto write = [](QTemporaryFile &file, const QByteArray &line) {
        return file.open() && file.resize(0) && file.write(line + '\n') > 0 && file.flush();
    };
    QVERIFY(write(m_secret, TokenSecret));
    QVERIFY(write(m_monitorToken, "s3cret-of-the-operator"));
    QStringList arguments{u"--engine"_s,       engine,           u"--auth-secret-file"_s,
                          m_secret.fileName(), u"--log-level"_s, u"debug"_s};
    if (qstrcmp(QTest::currentTestFunction(), "monitorByToken") == 0) {
        arguments << u"--monitor-token-file"_s << m_monitorToken.fileName();
    }
    m_cluster = std::make_unique<Cluster>(1, arguments);
    // It waits for /readyz, which needs no token.
    QVERIFY(m_cluster->start());
}

void AuthenticationTest::cleanup()
{
    m_cluster.reset();
}

bool AuthenticationTest::connectWith(WsClient &client, const QByteArray &payload)
{
    return client.connectTo(m_cluster->daemon(0).webSocketUrl(), {}, withToken(webToken(payload)));
}

void AuthenticationTest::letsIn_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("headers");
    const QByteArray token = webToken("{\"sub\":\"alice\",\"exp\":" + secondsFromNow(3600)
                                      + ",\"nbf\":" + secondsFromNow(-1) + '}');
    const auto row = [](const char *name, const QByteArray &query, const QByteArray &headers) {
        QTest::newRow(name) << "/websockets" + query << headers;
    };
    row("header", "", bearer(token));
    row("header in another case", "", "authorization: bEARER   " + token + " \r\n");
    row("query", "?token=" + token, "");
    row("query with more", "?a=b&token=" + token + "&tokens=x&Token=y", "");
    row("query beside another scheme", "?token=" + token, "Authorization: Basic YTpi\r\n");
    row("header beside another query", "?a=token=x", bearer(token));
}

void AuthenticationTest::letsIn()
{
    QFETCH(const QByteArray, path);
    QFETCH(const QByteArray, headers);
    RawSocket client;
    QVERIFY(client.openWebSocket(port(), path, headers));
    client.write(RawSocket::frame(RawFrame::Text, submitMessage("hello")));
    const auto frame = client.readFrame();
    QVERIFY(frame);
    QVERIFY(parseChatMessage(frame->payload));
}

void AuthenticationTest::refuses_data()
{
    QTest::addColumn<QByteArray>("query");
    QTest::addColumn<QByteArray>("headers");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("challenge");
    const QByteArray good = webToken(R"({"sub":"alice"})");
    const QByteArray expired = webToken("{\"sub\":\"alice\",\"exp\":" + secondsFromNow(-1) + '}');
    const QByteArray none = "Bearer realm=\"switchboard\"";
    const QByteArray invalid = none + ", error=\"invalid_token\"";
    const QByteArray needed = "A token is needed, in Authorization: Bearer or in the query's token=.\n";
    const QByteArray noParts = "The token is not three parts with dots between them.\n";
    const auto row = [](const char *name, const QByteArray &query, const QByteArray &headers,
                        const QByteArray &body, const QByteArray &challenge) {
        QTest::newRow(name) << query << headers << body << challenge;
    };
    row("nothing", "", "", needed, none);
    row("another scheme", "", "Authorization: Basic YTpi\r\n", needed, none);
    row("another field", "", "X-Authorization: Bearer " + good + "\r\n", needed, none);
    row("no scheme", "", "Authorization: " + good + "\r\n", needed, none);
    row("another parameter", "?Token=" + good, "", needed, none);
    row("empty parameter", "?token=", "", noParts, invalid);
    row("not a token", "", bearer("s3cret"), noParts, invalid);
    row("expired", "", bearer(expired), "The token has expired.\n", invalid);
    row("expired, in the query", "?token=" + expired, "", "The token has expired.\n", invalid);
    row("not yet", "", bearer(webToken("{\"sub\":\"alice\",\"nbf\":" + secondsFromNow(3600) + '}')),
        "The token is not valid yet.\n", invalid);
    row("of another secret", "", bearer(webToken(R"({"sub":"alice"})", "another secret of 32 bytes or so")),
        "The signature of the token is not right.\n", invalid);
    const QByteArray several = "There is more than one token.\n";
    const QByteArray badRequest = none + ", error=\"invalid_request\"";
    row("twice in the header", "", bearer(good) + bearer(good), several, badRequest);
    row("twice in the query", "?token=" + good + "&token=" + good, "", several, badRequest);
    row("in both", "?token=" + good, bearer(good), several, badRequest);
}

void AuthenticationTest::refuses()
{
    QFETCH(const QByteArray, query);
    QFETCH(const QByteArray, headers);
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, challenge);
    const HttpExchange told = exchange(port(), RawSocket::handshake("/websockets" + query, headers));
    QVERIFY(told.isClosed);
    QCOMPARE(told.answers.size(), 1);
    const HttpAnswer &answer = told.answers.first();
    QCOMPARE(answer.status, 401);
    QCOMPARE(answer.field("WWW-Authenticate"), challenge);
    QCOMPARE(answer.body, body);
}

void AuthenticationTest::requests_data()
{
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<QByteArray>("headers");
    QTest::addColumn<int>("status");
    const QByteArray token = webToken(R"({"sub":"alice"})");
    for (const char *path : {"/ping1", "/ping2"}) {
        QTest::addRow("%s", path) << QByteArray(path) << QByteArray() << 401;
        QTest::addRow("%s, header", path) << QByteArray(path) << bearer(token) << 200;
        QTest::addRow("%s, bad token", path) << QByteArray(path) << bearer(token.chopped(1)) << 401;
        // Only pages that open WebSockets have no other way.
        QTest::addRow("%s, query", path) << path + ("?token=" + token) << QByteArray() << 401;
    }
    for (const char *path : {"/healthz", "/readyz"}) {
        QTest::addRow("%s", path) << QByteArray(path) << QByteArray() << 200;
        QTest::addRow("%s, bad token", path) << QByteArray(path) << bearer("x") << 200;
    }
    QTest::newRow("no such path") << QByteArray("/nope") << QByteArray() << 404;
}

void AuthenticationTest::requests()
{
    QFETCH(const QByteArray, target);
    QFETCH(const QByteArray, headers);
    QFETCH(const int, status);
    const HttpExchange told = exchange(port(), request("GET", target, headers + "Connection: close\r\n"));
    QCOMPARE(told.answers.size(), 1);
    QCOMPARE(told.answers.first().status, status);
    QCOMPARE(told.answers.first().field("WWW-Authenticate").isNull(), status != 401);
}

void AuthenticationTest::rooms()
{
    WsClient limited;
    QVERIFY(connectWith(limited, R"({"sub":"alice","rooms":["lobby","team-*"]})"));
    WsClient anybody;
    QVERIFY(connectWith(anybody, R"({"sub":"bob"})"));
    anybody.sendText(joinRoom("secret"));
    QVERIFY(anybody.waitForMessages(2));
    for (const char *room : {"secret", "lobb", "lobby2", "team", "x team-a", "*"}) {
        QCOMPARE(rejectionOf(limited, joinRoom(room)), "unauthorized");
        // It has changed nothing.
        QCOMPARE(rejectionOf(limited, sayInRoom(room, "hello")), "not-a-member");
        QCOMPARE(rejectionOf(limited, leaveRoom(room)), "not-a-member");
    }
    QCOMPARE(membersInRedis(*m_cluster, "secret").size(), 1);
    QCOMPARE(redisKeys(*m_cluster, "switchboard:room:*"), QList<QByteArray>{"switchboard:room:secret"});
    for (const char *room : {"lobby", "team-a", "team-"}) {
        limited.clear();
        limited.sendText(joinRoom(room));
        QVERIFY(limited.waitForMessages(2));
        QCOMPARE(parseRoomFrame(limited.messages().constLast())->type, "JoinedRoom");
    }
    QCOMPARE(anybody.messages().size(), 2);
}

void AuthenticationTest::expiry()
{
    WsClient later;
    QVERIFY(connectWith(later, "{\"sub\":\"alice\",\"exp\":" + secondsFromNow(3600) + '}'));
    WsClient soon;
    QElapsedTimer sinceSigned;
    sinceSigned.start();
    QVERIFY(connectWith(soon, "{\"sub\":\"alice\",\"exp\":" + secondsFromNow(2) + '}'));
    QVERIFY(soon.waitForClose());
    QCOMPARE(soon.closeCode(), 4401);
    QCOMPARE(soon.closeReason(), u"the token has expired"_s);
    const qint64 lasted = sinceSigned.elapsed();
    QVERIFY2(lasted >= 1990 && lasted < 4000, qPrintable(QString::number(lasted)));
    later.sendText(submitMessage("still here"));
    QVERIFY(later.waitForMessages(1));
}

void AuthenticationTest::monitorByClaim()
{
    // What comes past a proxy is from nobody on this machine.
    const QPair<QByteArray, QByteArray> proxy{"X-Forwarded-For", "203.0.113.7"};
    const auto connectPastProxy = [&](WsClient &client, const QByteArray &payload) {
        WsClient::Headers headers = withToken(webToken(payload));
        headers.append(proxy);
        return client.connectTo(m_cluster->daemon(0).webSocketUrl(), {}, headers);
    };
    WsClient monitor;
    QVERIFY(connectPastProxy(monitor, R"({"sub":"alice","monitor":true})"));
    monitor.sendText(monitorMessage("Subscribe"));
    QVERIFY(!waitForEvent(monitor, u"NodeSnapshot"_s).isEmpty());
    for (const char *payload : {R"({"sub":"bob"})", R"({"sub":"bob","monitor":false})"}) {
        WsClient client;
        QVERIFY(connectPastProxy(client, payload));
        QCOMPARE(rejectionOf(client, monitorMessage("Subscribe")), "unauthorized");
    }
    // On this machine no more is asked than without authentication.
    WsClient local;
    QVERIFY(connectWith(local, R"({"sub":"bob"})"));
    local.sendText(monitorMessage("Subscribe"));
    QVERIFY(!waitForEvent(local, u"NodeSnapshot"_s).isEmpty());
}

void AuthenticationTest::monitorByToken()
{
    WsClient client;
    QVERIFY(connectWith(client, R"({"sub":"bob"})"));
    QCOMPARE(rejectionOf(client, monitorMessage("Subscribe")), "unauthorized");
    client.sendText(monitorMessage("Subscribe", R"({"token":"s3cret-of-the-operator"})"));
    QVERIFY(!waitForEvent(client, u"NodeSnapshot"_s).isEmpty());
    WsClient monitor;
    QVERIFY(connectWith(monitor, R"({"sub":"alice","monitor":true})"));
    monitor.sendText(monitorMessage("Subscribe"));
    QVERIFY(!waitForEvent(monitor, u"NodeSnapshot"_s).isEmpty());
    // It is as good as a token of one's own, except in an address.
    WsClient operatorOnly;
    QVERIFY(
        operatorOnly.connectTo(m_cluster->daemon(0).webSocketUrl(), {}, withToken("s3cret-of-the-operator")));
    operatorOnly.sendText(monitorMessage("Subscribe"));
    const QJsonObject snapshot = waitForEvent(operatorOnly, u"NodeSnapshot"_s);
    QVERIFY(!snapshot.isEmpty());
    for (const auto &[query, headers] :
         {std::pair<QByteArray, QByteArray>{"", bearer("s3cret-of-the-operato")},
          {"", bearer("s3cret-of-the-operators")},
          {"", bearer("s3cret-of-the-operator") + bearer("s3cret-of-the-operator")},
          {"?token=s3cret-of-the-operator", ""}}) {
        const HttpExchange told = exchange(port(), RawSocket::handshake("/websockets" + query, headers));
        QCOMPARE(told.answers.value(0).status, 401);
    }
    QCOMPARE(httpRequest(port(), "GET", "/ping1", {}, withToken("s3cret-of-the-operator")).status, 200);
}

void AuthenticationTest::usersAreShown()
{
    WsClient alice;
    QVERIFY(connectWith(alice, "{\"sub\":\"alice \\\"\\u00e9\\\"\\n\"}"));
    WsClient monitor;
    QVERIFY(connectWith(monitor, R"({"sub":"operator","monitor":true})"));
    monitor.sendText(monitorMessage("Subscribe"));
    const QJsonObject snapshot = waitForEvent(monitor, u"NodeSnapshot"_s);
    QStringList users;
    const QJsonArray clients = snapshot["clients"_L1].toArray();
    for (const QJsonValue &client : clients) {
        users.append(client["user"_L1].toString());
    }
    users.sort();
    QCOMPARE(users, (QStringList{u"alice \"é\"\n"_s, u"operator"_s}));
    WsClient bob;
    QVERIFY(connectWith(bob, R"({"sub":"bob"})"));
    QVERIFY(!waitForEvent(monitor, u"ClientConnected"_s, isOf(u"user"_s, u"bob"_s)).isEmpty());
    QVERIFY(m_cluster->daemon(0).waitForOutput(", user \"bob\"\n"));
    QVERIFY(m_cluster->daemon(0).waitForOutput(", user \"alice \"\xC3\xA9\""));
}

void AuthenticationTest::secretsAreNotTold()
{
    const QByteArray good = webToken(R"({"sub":"alice"})");
    const QByteArray bad = webToken(R"({"sub":"mallory"})", "another secret of 32 bytes or so");
    for (const QByteArray &token : {good, bad, good + '.', good.chopped(1)}) {
        for (const QByteArray &path :
             {"/websockets?token=" + token, "/ping1?token=" + token, "/?token=" + token}) {
            RawSocket socket;
            QVERIFY(socket.connectTo(port()));
            socket.write(RawSocket::handshake(path));
            const QByteArray head = socket.readUntil("\r\n\r\n");
            QVERIFY(!head.isEmpty());
        }
        const HttpExchange ping =
            exchange(port(), request("GET", "/ping1", bearer(token) + "Connection: close\r\n"));
        QCOMPARE(ping.answers.size(), 1);
        // A head that is refused for its form.
        const HttpExchange malformed =
            exchange(port(), "GET /websockets?token=" + token + " HTTP/1.1\r\n\r\n");
        QCOMPARE(malformed.answers.value(0).status, 400);
    }
    DaemonProcess &daemon = m_cluster->daemon(0);
    QVERIFY(daemon.waitForOutput(", user \"alice\""));
    QFile commandLine(u"/proc/%1/cmdline"_s.arg(daemon.pid()));
    QVERIFY(commandLine.open(QIODevice::ReadOnly));
    const QByteArray told = daemon.standardOutput() + daemon.standardError() + commandLine.readAll();
    QVERIFY(told.contains("--auth-secret-file"));
    for (const QByteArray &token : {good, bad}) {
        for (const QByteArray &part : token.split('.')) {
            QVERIFY2(!told.contains(part.first(20)), part.constData());
        }
    }
    QVERIFY(!told.contains(TokenSecret));
}

QTEST_GUILESS_MAIN(AuthenticationTest)

#include "tst_authentication.moc"
