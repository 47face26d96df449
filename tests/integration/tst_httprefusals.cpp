// SPDX-License-Identifier: BSD-3-Clause
#include <memory>

#include <QTest>

#include "integration/cluster.h"
#include "integration/httpconversation.h"
#include "support/redislistener.h"
#include "support/redisprobe.h"

using namespace switchboard::test;

namespace {

/// A WebSocket handshake in which \a line stands in place of the line that begins as it does.
QByteArray handshakeWith(const QByteArray &line)
{
    const QByteArray name = line.first(line.indexOf(line.contains(':') ? ':' : ' ') + 1);
    QList<QByteArray> lines = RawSocket::handshake().chopped(4).split('\n');
    for (QByteArray &one : lines) {
        one = one.startsWith(name) ? line : one.trimmed();
    }
    return lines.join("\r\n") + "\r\n\r\n";
}

QByteArray handshakeWithout(const QByteArray &name)
{
    QByteArray bytes = RawSocket::handshake();
    const qsizetype start = bytes.indexOf(name);
    return bytes.remove(start, bytes.indexOf('\n', start) + 1 - start);
}

QByteArray chunked(const QByteArray &body)
{
    return request("POST", "/healthz", "Transfer-Encoding: chunked\r\n") + body;
}

} // namespace

/// Requests that the daemon refuses, and those that would be one request to it and another one to a proxy
/// in front of it: each gets one answer that says what is wrong, and ends the connection.
class HttpRefusalsTest : public QObject
{
    Q_OBJECT

    void checkRefused(const QByteArray &bytes, int status, const QByteArray &word);
    void checkRefusedOn(RawSocket &socket, const QByteArray &bytes, int status, const QByteArray &word);
    void checkNotSmuggled();

    std::unique_ptr<Cluster> m_cluster;
    std::unique_ptr<RedisListener> m_listener;

private Q_SLOTS:
    void init();
    void cleanup();
    void cleanupTestCase();
    void refusals_data();
    void refusals();
    void handshakes_data();
    void handshakes();
    void smuggledHeads_data();
    void smuggledHeads();
    void smuggledChunks_data();
    void smuggledChunks();
    void emptyLinesBeforeARequest();
};

void HttpRefusalsTest::init()
{
    if (!m_cluster) {
        m_cluster = std::make_unique<Cluster>(1);
        QVERIFY(m_cluster->start());
        m_listener = std::make_unique<RedisListener>(m_cluster->redis().port());
        QVERIFY(m_listener->subscribe({"ping1", "mark"}));
    }
    m_listener->clear();
}

void HttpRefusalsTest::cleanup()
{
    if (QTest::currentTestFailed()) {
        cleanupTestCase(); // shows what the daemon wrote
    }
}

void HttpRefusalsTest::cleanupTestCase()
{
    m_listener.reset();
    m_cluster.reset();
}

/// Sends \a bytes with a good request behind them, which must be neither answered nor carried out: on a
/// connection of their own, and on one that has served a request.
void HttpRefusalsTest::checkRefused(const QByteArray &bytes, int status, const QByteArray &word)
{
    for (const bool isKept : {false, true}) {
        RawSocket socket;
        QVERIFY(socket.connectTo(m_cluster->daemon(0).port()));
        if (isKept) {
            socket.write(request("GET", "/healthz"));
            const auto answer = readAnswer(socket);
            QVERIFY(answer && answer->status == 200);
        }
        checkRefusedOn(socket, bytes, status, word);
        if (QTest::currentTestFailed()) {
            return;
        }
    }
}

void HttpRefusalsTest::checkRefusedOn(RawSocket &socket, const QByteArray &bytes, int status,
                                      const QByteArray &word)
{
    m_listener->clear();
    socket.write(bytes + request("GET", "/ping1"));
    const HttpExchange got = readExchange(socket);
    QVERIFY(got.isClosed);
    QCOMPARE(got.rest, QByteArray());
    QCOMPARE(got.answers.size(), 1);
    const HttpAnswer &answer = got.answers.first();
    QCOMPARE(answer.status, status);
    QVERIFY(answer.isLast());
    QCOMPARE(answer.field("Content-Type"), QByteArray("text/plain; charset=utf-8"));
    QVERIFY2(answer.body.endsWith(".\n") && answer.body.size() > 20 && answer.body.count('\n') == 1,
             answer.body);
    QVERIFY2(answer.body.contains(word), answer.body);
    QVERIFY2(!answer.head.startsWith("HTTP/1.1 " + QByteArray::number(status) + " \r\n"), answer.head);

    QCOMPARE(redisCommand(m_cluster->redis().port(), {"PUBLISH", "mark", "here"}), QVariant(1));
    QVERIFY(m_listener->waitForMessages(1));
    QCOMPARE(m_listener->messages(), QList<RedisMessage>({{"mark", "here"}}));
}

void HttpRefusalsTest::refusals_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("word");
    const auto row = [](const char *name, const QByteArray &bytes, int status, const char *word) {
        QTest::newRow(name) << bytes << status << QByteArray(word);
    };
    const QByteArray host = "Host: h\r\n\r\n";
    row("no version", "GET /healthz\r\n" + host, 400, "request line");
    row("garbage", "garbage\r\n\r\n", 400, "request line");
    row("bytes of TLS", QByteArray("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15), 400,
        "request line");
    row("lower case", "GET /healthz http/1.1\r\n" + host, 400, "HTTP/1.1");
    row("no HTTP", "GET /healthz RTSP/1.0\r\n" + host, 400, "HTTP/1.1");
    row("long version", "GET /healthz HTTP/1.10\r\n" + host, 400, "HTTP/1.1");
    row("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "HTTP/1.0");
    row("HTTP/0.9", "GET /healthz HTTP/0.9\r\n\r\n", 505, "HTTP/1.0");
    row("HTTP/1.2", "GET /healthz HTTP/1.2\r\n" + host, 505, "HTTP/1.0");
    row("blank in the target", "GET /a b HTTP/1.1\r\n" + host, 400, "target");
    row("control character in the target", "GET /a\tb HTTP/1.1\r\n" + host, 400, "target");
    row("no target", "GET  HTTP/1.1\r\n" + host, 400, "target");
    row("blank in front", " GET /healthz HTTP/1.1\r\n" + host, 400, "method");
    row("no token", "G@T /healthz HTTP/1.1\r\n" + host, 400, "method");
    row("no Host", "GET /healthz HTTP/1.1\r\n\r\n", 400, "Host");
    row("two Hosts", request("GET", "/healthz", "HOST: other\r\n"), 400, "Host");
    row("no colon", request("GET", "/healthz", "nothing\r\n"), 400, "colon");
    row("no name", request("GET", "/healthz", ": value\r\n"), 400, "name");
    row("NUL in a value", request("GET", "/healthz", QByteArray("X: a\0b\r\n", 8)), 400, "value");
    row("delete in a value", request("GET", "/healthz", "X: a\x7f\r\n"), 400, "value");
    row("101 fields", request("GET", "/healthz", QByteArray("X: y\r\n").repeated(100)), 431, "100");
    row("other expectation", request("POST", "/healthz", "Content-Length: 1\r\nExpect: 200-ok\r\n") + "x",
        417, "100-continue");
    row("other coding", request("POST", "/healthz", "Transfer-Encoding: gzip\r\n"), 501, "chunked");
    row("two codings", request("POST", "/healthz", "Transfer-Encoding: gzip, chunked\r\n") + "0\r\n\r\n", 501,
        "chunked");
    row("long body", request("POST", "/healthz", "Content-Length: 65537\r\n"), 413, "65536");
    row("very long body", request("POST", "/healthz", "Content-Length: 999999999999999999\r\n"), 413,
        "65536");
    row("long chunk", chunked("10001\r\n" + QByteArray(65537, 'x') + "\r\n0\r\n\r\n"), 413, "65536");
    row("many chunks", chunked(QByteArray("1\r\nx\r\n").repeated(12000) + "0\r\n\r\n"), 413, "65536");
    row("long head", request("GET", "/healthz", "X: " + QByteArray(16384, 'x') + "\r\n"), 431, "16384");
    row("long target", "GET /" + QByteArray(16384, 'x') + " HTTP/1.1\r\n" + host, 431, "16384");
    row("endless line", QByteArray(20000, 'x'), 431, "16384");
}

void HttpRefusalsTest::refusals()
{
    QFETCH(const QByteArray, bytes);
    QFETCH(const int, status);
    QFETCH(const QByteArray, word);
    checkRefused(bytes, status, word);
}

void HttpRefusalsTest::handshakes_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("field");
    const auto row = [](const char *name, const QByteArray &bytes, int status, const char *field) {
        QTest::newRow(name) << bytes << status << QByteArray(field);
    };
    row("POST", handshakeWith("GET /websockets HTTP/1.1").replace("GET", "POST"), 405, "Allow");
    row("HTTP/1.0", RawSocket::handshake().replace("HTTP/1.1", "HTTP/1.0"), 400, "");
    row("no Connection", handshakeWithout("Connection"), 400, "");
    row("other Connection", handshakeWith("Connection: keep-alive"), 400, "");
    row("no version", handshakeWithout("Sec-WebSocket-Version"), 426, "Sec-WebSocket-Version");
    row("old version", handshakeWith("Sec-WebSocket-Version: 8"), 426, "Sec-WebSocket-Version");
    row("versions", handshakeWith("Sec-WebSocket-Version: 13, 8"), 426, "Sec-WebSocket-Version");
    row("no key", handshakeWithout("Sec-WebSocket-Key"), 400, "");
    row("empty key", handshakeWith("Sec-WebSocket-Key:"), 400, "");
    row("short key", handshakeWith("Sec-WebSocket-Key: AAAA"), 400, "");
    row("no base64", handshakeWith("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=!"), 400, "");
    row("two keys", RawSocket::handshake("/websockets", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"),
        400, "");
    row("body", RawSocket::handshake("/websockets", "Content-Length: 4\r\n") + "body", 400, "");
    row("two Upgrades", RawSocket::handshake("/websockets", "Upgrade: h2c\r\n"), 400, "");
}

void HttpRefusalsTest::handshakes()
{
    QFETCH(const QByteArray, bytes);
    QFETCH(const int, status);
    QFETCH(const QByteArray, field);
    checkRefused(bytes, status, {});
    if (!field.isEmpty()) {
        const HttpExchange got = exchange(m_cluster->daemon(0).port(), bytes);
        QCOMPARE(got.answers.size(), 1);
        QCOMPARE(got.answers.first().field(field), field == "Allow" ? QByteArray("GET") : QByteArray("13"));
    }
    RawSocket other;
    QVERIFY(other.openWebSocket(m_cluster->daemon(0).port()));
}

void HttpRefusalsTest::smuggledHeads_data()
{
    QTest::addColumn<QByteArray>("bytes");
    const auto fields = [](const char *name, const QByteArray &lines, const QByteArray &body = {}) {
        QTest::newRow(name) << request("POST", "/healthz", lines) + body;
    };
    const QByteArray end = "0\r\n\r\n";
    fields("length and chunks", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", end);
    fields("chunks and length", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", end);
    fields("two lengths", "Content-Length: 0\r\nContent-Length: 28\r\n");
    fields("two equal lengths", "Content-Length: 5\r\nContent-Length: 5\r\n", end);
    fields("two lengths in one", "Content-Length: 0, 28\r\n");
    fields("negative length", "Content-Length: -1\r\n");
    fields("plus", "Content-Length: +5\r\n", end);
    fields("hexadecimal", "Content-Length: 0x5\r\n", end);
    fields("blank inside", "Content-Length: 1 0\r\n");
    fields("empty length", "Content-Length:\r\n");
    fields("huge length", "Content-Length: 18446744073709551616\r\n");
    fields("length that wraps", "Content-Length: 4294967296000000000000\r\n");
    fields("blank before the colon", "Content-Length : 5\r\n", end);
    fields("tab before the colon", "Transfer-Encoding\t: chunked\r\n", end);
    fields("folded line", "X: a\r\n Content-Length: 5\r\n", end);
    fields("folded with a tab", "Transfer-Encoding:\r\n\tchunked\r\n", end);
    fields("two codings", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", end);
    fields("two codings in one", "Transfer-Encoding: chunked, chunked\r\n", end);
    fields("identity", "Transfer-Encoding: identity\r\n", end);
    fields("odd coding", "Transfer-Encoding: xchunked\r\n", end);
    fields("quoted coding", "Transfer-Encoding: \"chunked\"\r\n", end);
    fields("vertical tab", QByteArray("Transfer-Encoding: \vchunked\r\n"), end);
    fields("bare line feed", "X: y\nContent-Length: 5\r\n", end);
    fields("bare carriage return", "X: y\rContent-Length: 5\r\n", end);
    fields("NUL in a name", QByteArray("Content-Length\0: 5\r\n", 20), end);
    QTest::newRow("line feeds only") << QByteArray("POST /healthz HTTP/1.1\nHost: h\nContent-Length: 5\n\n")
            + end;
    QTest::newRow("line feed at the end") << QByteArray("POST /healthz HTTP/1.1\r\nHost: h\r\n\n") + end;
    QTest::newRow("folded first line") << QByteArray("POST /healthz HTTP/1.1\r\n Host: h\r\n\r\n");
    QTest::newRow("chunks in HTTP/1.0")
        << QByteArray("POST /healthz HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") + end;
}

void HttpRefusalsTest::smuggledHeads()
{
    checkNotSmuggled();
}

void HttpRefusalsTest::smuggledChunks_data()
{
    QTest::addColumn<QByteArray>("bytes");
    const QByteArray end = "0\r\n\r\n";
    const auto chunks = [](const char *name, const QByteArray &body) {
        QTest::newRow(name) << chunked(body);
    };
    chunks("no size", "\r\n");
    chunks("no hexadecimal", "g\r\n");
    chunks("negative size", "-1\r\n");
    chunks("size with plus", "+1\r\nx\r\n" + end);
    chunks("size with 0x", "0x1\r\nx\r\n" + end);
    chunks("size with a blank", " 1\r\nx\r\n" + end);
    chunks("size with a blank behind", "1 \r\nx\r\n" + end);
    chunks("huge size", "ffffffffffffffff\r\nx\r\n" + end);
    chunks("size that wraps", "10000000000000001\r\nx\r\n" + end);
    chunks("long line", "1;" + QByteArray(500, 'x'));
    chunks("line feed behind the size", "1\nx\r\n" + end);
    chunks("chunk too long", "1\r\nxx\r\n" + end);
    chunks("line feed behind the chunk", "1\r\nx\n" + end);
    chunks("trailer", "0\r\nX: y\r\n\r\n");
    chunks("no end", "0\r\nGET");
}

void HttpRefusalsTest::smuggledChunks()
{
    checkNotSmuggled();
}

/// One row of these tables.
void HttpRefusalsTest::checkNotSmuggled()
{
    QFETCH(const QByteArray, bytes);
    const HttpExchange got = exchange(m_cluster->daemon(0).port(), bytes);
    const int status = got.answers.value(0).status;
    QVERIFY2(status == 400 || status == 501, QByteArray::number(status));
    checkRefused(bytes, status, {});
}

void HttpRefusalsTest::emptyLinesBeforeARequest()
{
    const HttpExchange got = exchange(m_cluster->daemon(0).port(),
                                      "\r\n\r\n" + request("GET", "/healthz") + "\r\n"
                                          + request("GET", "/readyz", "Connection: close\r\n"));
    QVERIFY(got.isClosed);
    QCOMPARE(got.answers.size(), 2);
    QCOMPARE(got.answers.at(0).body, QByteArray("ok\n"));
    QCOMPARE(got.answers.at(1).body, QByteArray("ready\n"));
}

QTEST_GUILESS_MAIN(HttpRefusalsTest)
#include "tst_httprefusals.moc"
