// SPDX-License-Identifier: BSD-3-Clause
#include <memory>

#include <QDateTime>
#include <QTest>

#include "integration/clientmessages.h"
#include "integration/cluster.h"
#include "integration/httpconversation.h"
#include "support/redislistener.h"
#include "support/redisprobe.h"

using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

const QByteArray Close = QByteArrayLiteral("Connection: close\r\n");

} // namespace

/// What the daemon's port answers to HTTP.
class HttpPortTest : public QObject
{
    Q_OBJECT

    quint16 port() { return m_cluster->daemon(0).port(); }
    QList<QByteArray> pingsSoFar();

    std::unique_ptr<Cluster> m_cluster;
    std::unique_ptr<RedisListener> m_listener;

private Q_SLOTS:
    void init();
    void cleanup();
    void cleanupTestCase();
    void everyMethodPings_data();
    void everyMethodPings();
    void otherFormsOfThePath_data();
    void otherFormsOfThePath();
    void unknownPaths_data();
    void unknownPaths();
    void webSocketPathWithoutUpgrade_data();
    void webSocketPathWithoutUpgrade();
    void upgradesOfOtherPaths_data();
    void upgradesOfOtherPaths();
    void health();
    void headHasNoBody();
    void answersAreDated();
    void bodyBytesAreNoRequests();
};

void HttpPortTest::init()
{
    if (!m_cluster) {
        // Without the page at "/".
        m_cluster = std::make_unique<Cluster>(1, QStringList{u"--no-web"_s});
        QVERIFY(m_cluster->start());
        m_listener = std::make_unique<RedisListener>(m_cluster->redis().port());
        QVERIFY(m_listener->subscribe({"ping1", "ping2", "mark"}));
    }
    m_listener->clear();
}

void HttpPortTest::cleanup()
{
    if (QTest::currentTestFailed()) {
        cleanupTestCase(); // shows what the daemon wrote
    }
}

void HttpPortTest::cleanupTestCase()
{
    m_listener.reset();
    m_cluster.reset();
}

/// The channels of the pings that Redis took before this call.
QList<QByteArray> HttpPortTest::pingsSoFar()
{
    redisCommand(m_cluster->redis().port(), {"PUBLISH", "mark", "here"});
    const RedisMessage mark{"mark", "here"};
    m_listener->waitForMessage([&](const RedisMessage &message) { return message == mark; });
    QList<QByteArray> channels;
    for (const RedisMessage &message : m_listener->messages()) {
        channels.append(message.channel);
    }
    channels.removeOne("mark");
    return channels;
}

void HttpPortTest::everyMethodPings_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("channel");
    for (const char *method : {"GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "FOO"}) {
        for (const char *channel : {"ping1", "ping2"}) {
            QTest::addRow("%s %s", method, channel) << QByteArray(method) << QByteArray(channel);
        }
    }
}

void HttpPortTest::everyMethodPings()
{
    QFETCH(const QByteArray, method);
    QFETCH(const QByteArray, channel);

    const HttpExchange got = exchange(port(), request(method, '/' + channel, Close));
    QVERIFY(got.isClosed);
    QCOMPARE(got.answers.size(), 1);
    QVERIFY(got.answers.first().head.startsWith("HTTP/1.1 200 OK\r\n"));
    QCOMPARE(got.answers.first().field("Content-Length"), QByteArray("0"));
    QCOMPARE(got.rest, QByteArray());
    QCOMPARE(pingsSoFar(), QList<QByteArray>{channel});
}

void HttpPortTest::otherFormsOfThePath_data()
{
    QTest::addColumn<QByteArray>("target");
    for (const char *target :
         {"/ping1?x=1", "/ping1?", "/ping1?/ping2", "/%70ing1", "/ping%31", "/%70%69%6e%67%31",
          "http://127.0.0.1/ping1", "HTTP://h:80/ping1?x", "ping1"}) {
        QTest::newRow(target) << QByteArray(target);
    }
}

void HttpPortTest::otherFormsOfThePath()
{
    QFETCH(const QByteArray, target);
    const HttpExchange got = exchange(port(), request("GET", target, Close));
    QCOMPARE(got.answers.size(), 1);
    QCOMPARE(got.answers.first().status, 200);
    QCOMPARE(got.answers.first().body, QByteArray());
    QCOMPARE(pingsSoFar(), QList<QByteArray>{"ping1"});
}

void HttpPortTest::unknownPaths_data()
{
    QTest::addColumn<QByteArray>("target");
    for (const char *target : {"/",
                               "/ping1/",
                               "/ping1//",
                               "//ping1",
                               "/PING1",
                               "/Ping1",
                               "/ping1/x",
                               "/ping3",
                               "/ping",
                               "/ping11",
                               "/websockets/",
                               "/websockets/x",
                               "//websockets",
                               "/WEBSOCKETS",
                               "/ping1#f",
                               "*",
                               "/..%2fping1",
                               "/x/../ping1",
                               "/./ping1",
                               "/%ff",
                               "/%",
                               "/%zz",
                               "/%2570ing1",
                               "/ping1%00",
                               "/ping1%20",
                               "/ping1;x",
                               "/healthz/",
                               "/readyz/x",
                               "http://h",
                               "http://h/",
                               "http://h//ping1",
                               "http:///",
                               "/?/ping1"}) {
        QTest::newRow(target) << QByteArray(target);
    }
    QTest::newRow("long") << QByteArray('/' + QByteArray(15000, 'x'));
}

void HttpPortTest::unknownPaths()
{
    QFETCH(const QByteArray, target);
    const HttpExchange got = exchange(port(), request("GET", target, Close));
    QVERIFY(got.isClosed);
    QCOMPARE(got.answers.size(), 1);
    QVERIFY2(got.answers.first().head.startsWith("HTTP/1.1 404 Not Found\r\n"), got.answers.first().head);
    QCOMPARE(got.answers.first().body, QByteArray("invalid path"));
    QCOMPARE(pingsSoFar(), QList<QByteArray>());
}

void HttpPortTest::webSocketPathWithoutUpgrade_data()
{
    QTest::addColumn<QByteArray>("bytes");
    const auto row = [](const char *name, const QByteArray &bytes) { QTest::newRow(name) << bytes; };
    row("GET", request("GET", "/websockets", Close));
    row("query", request("GET", "/websockets?x=1", Close));
    row("POST", request("POST", "/websockets", Close + "Content-Length: 4\r\n") + "body");
    row("other protocol", request("GET", "/websockets", "Connection: close, Upgrade\r\nUpgrade: h2c\r\n"));
    row("list of protocols",
        request("GET", "/websockets", "Connection: close, Upgrade\r\nUpgrade: websocket, foo\r\n"));
    row("only Connection", request("GET", "/websockets", "Connection: close, Upgrade\r\n"));
}

void HttpPortTest::webSocketPathWithoutUpgrade()
{
    QFETCH(const QByteArray, bytes);
    const HttpExchange got = exchange(port(), bytes);
    QVERIFY(got.isClosed);
    QCOMPARE(got.answers.size(), 1);
    QVERIFY(got.answers.first().head.startsWith("HTTP/1.1 400 Bad Request\r\n"));
    QCOMPARE(got.answers.first().field("Content-Length"), QByteArray("30"));
    QCOMPARE(got.answers.first().body, QByteArray("Expected a WebSockets request."));
}

void HttpPortTest::upgradesOfOtherPaths_data()
{
    QTest::addColumn<QByteArray>("path");
    for (const char *path : {"/", "/foo", "/ping1", "/healthz", "/websockets/", "/WebSockets", "*"}) {
        QTest::newRow(path) << QByteArray(path);
    }
}

void HttpPortTest::upgradesOfOtherPaths()
{
    QFETCH(const QByteArray, path);
    const HttpExchange got = exchange(port(), RawSocket::handshake(path));
    QVERIFY(got.isClosed);
    QCOMPARE(got.answers.size(), 1);
    QCOMPARE(got.answers.first().status, 404);
    QCOMPARE(got.answers.first().body, QByteArray("invalid path"));
    QCOMPARE(pingsSoFar(), QList<QByteArray>());

    Clients clients;
    QVERIFY(!clients.emplace_back().connectTo(m_cluster->daemon(0).httpUrl(QString::fromLatin1(path))));
    QVERIFY(m_cluster->connectClients(clients)); // the right path still works
}

void HttpPortTest::health()
{
    for (const auto &[path, text] :
         {std::pair<QByteArray, QByteArray>{"/healthz", "ok\n"}, {"/readyz", "ready\n"}}) {
        const HttpExchange got = exchange(port(), request("GET", path, Close));
        QCOMPARE(got.answers.size(), 1);
        QCOMPARE(got.answers.first().status, 200);
        QCOMPARE(got.answers.first().body, text);
        QCOMPARE(got.answers.first().field("Content-Type"), QByteArray("text/plain; charset=utf-8"));
    }
}

void HttpPortTest::headHasNoBody()
{
    RawSocket socket;
    QVERIFY(socket.connectTo(port()));
    for (const auto &[path, status, length] :
         {std::tuple<QByteArray, int, QByteArray>{"/healthz", 200, "3"}, {"/nowhere", 404, "12"}}) {
        // The next answer begins where the body would.
        socket.write(request("HEAD", path) + request("GET", "/readyz"));
        const auto head = readAnswer(socket, false);
        QVERIFY(head);
        QCOMPARE(head->status, status);
        QCOMPARE(head->field("Content-Length"), length);
        const auto next = readAnswer(socket);
        QVERIFY(next);
        QCOMPARE(next->body, QByteArray("ready\n"));
    }
    socket.write(request("HEAD", "/websockets"));
    const auto head = readAnswer(socket, false);
    QVERIFY(head);
    QCOMPARE(head->status, 400);
    QCOMPARE(head->field("Content-Length"), QByteArray("30"));
    QVERIFY(head->isLast());
    QVERIFY(socket.waitForClosed());
    QCOMPARE(socket.buffer(), QByteArray());
}

void HttpPortTest::answersAreDated()
{
    const qint64 before = QDateTime::currentSecsSinceEpoch();
    const HttpExchange got = exchange(port(), request("GET", "/healthz", Close));
    const qint64 after = QDateTime::currentSecsSinceEpoch();
    QCOMPARE(got.answers.size(), 1);
    const QByteArray text = got.answers.first().field("Date");
    QVERIFY2(text.endsWith(" GMT"), text);
    // Qt knows the zone by its number.
    const QDateTime date =
        QDateTime::fromString(QString::fromLatin1(text.chopped(3)) + u"+0000"_s, Qt::RFC2822Date);
    QVERIFY2(date.isValid(), text);
    QVERIFY(date.toSecsSinceEpoch() >= before && date.toSecsSinceEpoch() <= after);
}

void HttpPortTest::bodyBytesAreNoRequests()
{
    const QByteArray inside = request("GET", "/ping2");
    const QByteArray length = "Content-Length: " + QByteArray::number(inside.size()) + "\r\n";
    const QByteArray chunked = QByteArray::number(inside.size(), 16) + "\r\n" + inside + "\r\n0\r\n\r\n";
    const HttpExchange got = exchange(port(),
                                      request("POST", "/nowhere", length) + inside
                                          + request("POST", "/healthz", "Transfer-Encoding: chunked\r\n")
                                          + chunked + request("GET", "/readyz", Close));
    QVERIFY(got.isClosed);
    QCOMPARE(got.rest, QByteArray());
    QCOMPARE(got.answers.size(), 3);
    QCOMPARE(got.answers.at(0).status, 404);
    QCOMPARE(got.answers.at(1).body, QByteArray("ok\n"));
    QCOMPARE(got.answers.at(2).body, QByteArray("ready\n"));
    QCOMPARE(pingsSoFar(), QList<QByteArray>());
}

QTEST_GUILESS_MAIN(HttpPortTest)
#include "tst_httpport.moc"
