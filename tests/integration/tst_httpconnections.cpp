// SPDX-License-Identifier: BSD-3-Clause
#include <memory>

#include <QTest>

#include "integration/clientmessages.h"
#include "integration/cluster.h"
#include "integration/httpconversation.h"

using namespace std::chrono_literals;
using namespace switchboard::test;

namespace {

const QByteArray Close = QByteArrayLiteral("Connection: close\r\n");
const QByteArray Chunked = QByteArrayLiteral("Transfer-Encoding: chunked\r\n");

void writeByteByByte(RawSocket &socket, const QByteArray &bytes)
{
    for (const char byte : bytes) {
        socket.write(QByteArray(1, byte));
    }
}

} // namespace

/// How long HTTP connections to the daemon last, in which order they are answered, and in which pieces
/// requests may come.
class HttpConnectionsTest : public QObject
{
    Q_OBJECT

    quint16 port() { return m_cluster->daemon(0).port(); }
    bool isStillSilent(const RawSocket &socket);

    std::unique_ptr<Cluster> m_cluster;

private Q_SLOTS:
    void init();
    void cleanup();
    void cleanupTestCase();
    void oneConnectionServesMany();
    void connectionIsClosedWhereAsked_data();
    void connectionIsClosedWhereAsked();
    void pipelinedRequestsAreAnsweredInOrder();
    void pendingPingHoldsUpTheNext();
    void expectContinue();
    void bodyThatIsThereNeedsNoContinue();
    void chunksInPieces();
    void requestByteByByte();
    void handshakeByteByByte();
    void framesBehindTheHandshake_data();
    void framesBehindTheHandshake();
    void requestsBeforeTheHandshake();
    void halfClosedClientGetsItsAnswer();
};

void HttpConnectionsTest::init()
{
    if (!m_cluster) {
        m_cluster = std::make_unique<Cluster>(1);
        QVERIFY(m_cluster->start());
    }
}

void HttpConnectionsTest::cleanup()
{
    if (QTest::currentTestFailed()) {
        m_cluster.reset(); // shows what the daemon wrote
    }
}

void HttpConnectionsTest::cleanupTestCase()
{
    m_cluster.reset();
}

/// Whether nothing has come although the daemon has had its turn.
bool HttpConnectionsTest::isStillSilent(const RawSocket &socket)
{
    const HttpExchange other = exchange(port(), request("GET", "/healthz", Close));
    return other.answers.size() == 1 && socket.buffer().isEmpty() && socket.isConnected();
}

void HttpConnectionsTest::oneConnectionServesMany()
{
    constexpr int Most = 100;
    RawSocket socket;
    QVERIFY(socket.connectTo(port()));
    for (int i = 1; i <= Most; ++i) {
        socket.write(request("GET", i % 2 == 0 ? "/healthz" : "/nowhere"));
        const auto answer = readAnswer(socket);
        QVERIFY(answer);
        QCOMPARE(answer->body, i % 2 == 0 ? QByteArray("ok\n") : QByteArray("invalid path"));
        QCOMPARE(answer->isLast(), i == Most);
    }
    QVERIFY(socket.waitForClosed());
}

void HttpConnectionsTest::connectionIsClosedWhereAsked_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("close") << request("GET", "/healthz", Close);
    QTest::newRow("close in a list") << request("GET", "/healthz", "Connection: foo, Close\r\n");
    QTest::newRow("close in the second field")
        << request("GET", "/healthz", "connection: foo\r\nCONNECTION: close\r\n");
    QTest::newRow("HTTP/1.0") << QByteArray("GET /healthz HTTP/1.0\r\n\r\n");
    QTest::newRow("HTTP/1.0 keep-alive")
        << QByteArray("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
}

void HttpConnectionsTest::connectionIsClosedWhereAsked()
{
    QFETCH(const QByteArray, bytes);
    // What comes behind it is not answered.
    const HttpExchange got = exchange(port(), bytes + request("GET", "/nowhere"));
    QVERIFY(got.isClosed);
    QCOMPARE(got.answers.size(), 1);
    QCOMPARE(got.rest, QByteArray());
    QCOMPARE(got.answers.first().status, 200);
    QVERIFY(got.answers.first().isLast());
}

void HttpConnectionsTest::pipelinedRequestsAreAnsweredInOrder()
{
    QByteArray bytes;
    for (int i = 0; i < 20; ++i) {
        bytes += request("GET", "/ping1") + request("GET", "/healthz")
            + request("POST", "/nowhere", "Content-Length: 3\r\n") + "abc";
    }
    const HttpExchange got = exchange(port(), bytes + request("GET", "/readyz", Close));
    QVERIFY(got.isClosed);
    QCOMPARE(got.rest, QByteArray());
    QCOMPARE(got.answers.size(), 61);
    for (qsizetype i = 0; i < 60; i += 3) {
        QCOMPARE(got.answers.at(i).status, 200);
        QCOMPARE(got.answers.at(i).body, QByteArray());
        QCOMPARE(got.answers.at(i + 1).body, QByteArray("ok\n"));
        QCOMPARE(got.answers.at(i + 2).body, QByteArray("invalid path"));
    }
    QCOMPARE(got.answers.last().body, QByteArray("ready\n"));
}

void HttpConnectionsTest::pendingPingHoldsUpTheNext()
{
    Cluster cluster(1);
    QVERIFY(cluster.start());
    // Redis takes it and says nothing until the daemon gives up: the ping is answered late.
    cluster.redis().pause();
    const HttpExchange got = exchange(
        cluster.daemon(0).port(),
        request("GET", "/ping1") + request("GET", "/healthz") + request("GET", "/nowhere", Close), 30s);
    cluster.redis().resume();
    QVERIFY(got.isClosed);
    QCOMPARE(got.answers.size(), 3);
    QCOMPARE(got.answers.at(0).status, 503);
    QVERIFY2(got.answers.at(0).body.startsWith("The ping was not relayed: "), got.answers.at(0).body);
    QCOMPARE(got.answers.at(1).body, QByteArray("ok\n"));
    QCOMPARE(got.answers.at(2).body, QByteArray("invalid path"));
}

void HttpConnectionsTest::expectContinue()
{
    RawSocket socket;
    QVERIFY(socket.connectTo(port()));
    const QByteArray expect = "Expect: 100-Continue\r\n";
    for (const auto &[fields, body] : {std::pair<QByteArray, QByteArray>{"Content-Length: 4\r\n", "body"},
                                       {Chunked, "4\r\nbody\r\n0\r\n\r\n"}}) {
        socket.write(request("POST", "/healthz", expect + fields));
        QCOMPARE(socket.readExactly(25), QByteArray("HTTP/1.1 100 Continue\r\n\r\n"));
        QVERIFY(isStillSilent(socket));
        socket.write(body);
        const auto answer = readAnswer(socket);
        QVERIFY(answer);
        QCOMPARE(answer->body, QByteArray("ok\n"));
    }
}

void HttpConnectionsTest::bodyThatIsThereNeedsNoContinue()
{
    const QByteArray expect = "Expect: 100-continue\r\n";
    const HttpExchange got = exchange(port(),
                                      request("POST", "/healthz", expect + "Content-Length: 4\r\n") + "body"
                                          + request("GET", "/readyz", expect + Close));
    QCOMPARE(got.answers.size(), 2);
    QCOMPARE(got.answers.at(0).body, QByteArray("ok\n"));
    QCOMPARE(got.answers.at(1).body, QByteArray("ready\n"));
}

void HttpConnectionsTest::chunksInPieces()
{
    RawSocket socket;
    QVERIFY(socket.connectTo(port()));
    const QList<QByteArray> pieces = {"5",          "\r",   "\nab",
                                      "cde\r",      "\n",   "0000000A;name=\"value\"\r\n",
                                      "0123456789", "\r\n", "a\r\n0123456789\r\n0",
                                      "\r\n\r"};
    socket.write(request("POST", "/healthz", Chunked));
    for (const QByteArray &piece : pieces) {
        QVERIFY(isStillSilent(socket));
        socket.write(piece);
    }
    QVERIFY(isStillSilent(socket));
    socket.write("\n" + request("GET", "/readyz"));
    for (const QByteArray text : {"ok\n", "ready\n"}) {
        const auto answer = readAnswer(socket);
        QVERIFY(answer);
        QCOMPARE(answer->body, text);
    }
}

void HttpConnectionsTest::requestByteByByte()
{
    RawSocket socket;
    QVERIFY(socket.connectTo(port()));
    const QByteArray bytes = request("POST", "/healthz", "Content-Length: 4\r\n") + "body";
    writeByteByByte(socket, bytes.chopped(1));
    QVERIFY(isStillSilent(socket));
    socket.write(bytes.last(1));
    const auto answer = readAnswer(socket);
    QVERIFY(answer);
    QCOMPARE(answer->body, QByteArray("ok\n"));
}

void HttpConnectionsTest::handshakeByteByByte()
{
    RawSocket socket;
    QVERIFY(socket.connectTo(port()));
    writeByteByByte(socket, RawSocket::handshake().chopped(1));
    QVERIFY(isStillSilent(socket));
    socket.write("\n");
    const QByteArray head = socket.readUntil("\r\n\r\n");
    QVERIFY2(head.startsWith("HTTP/1.1 101 "), head);

    const QByteArray bytes = RawSocket::frame(RawFrame::Text, submitMessage("slowly"));
    writeByteByByte(socket, bytes.chopped(1));
    QVERIFY(isStillSilent(socket));
    socket.write(bytes.last(1));
    const auto frame = socket.readFrame();
    QVERIFY(frame);
    QCOMPARE(parseChatMessage(frame->payload).value_or(ChatMessage()).content, QByteArray("slowly"));
}

void HttpConnectionsTest::framesBehindTheHandshake_data()
{
    QTest::addColumn<QList<QByteArray>>("contents");
    QList<QByteArray> contents;
    for (int i = 0; i < 50; ++i) {
        contents.append(QByteArray::number(i));
    }
    QTest::newRow("one") << contents.first(1);
    QTest::newRow("many") << contents;
    for (QByteArray &content : contents) {
        content = content.leftJustified(60000, '.');
    }
    QTest::newRow("more than is read at once") << contents.first(15);
}

void HttpConnectionsTest::framesBehindTheHandshake()
{
    QFETCH(const QList<QByteArray>, contents);
    QByteArray bytes = RawSocket::handshake();
    for (const QByteArray &content : contents) {
        bytes += RawSocket::frame(RawFrame::Text, submitMessage(content));
    }
    RawSocket socket;
    QVERIFY(socket.connectTo(port()));
    socket.write(bytes); // as one segment as far as that goes
    const QByteArray head = socket.readUntil("\r\n\r\n");
    QVERIFY2(head.startsWith("HTTP/1.1 101 "), head);
    for (const QByteArray &content : contents) {
        const auto frame = socket.readFrame();
        QVERIFY(frame);
        QCOMPARE(parseChatMessage(frame->payload).value_or(ChatMessage()).content, content);
    }
}

void HttpConnectionsTest::requestsBeforeTheHandshake()
{
    RawSocket socket;
    QVERIFY(socket.connectTo(port()));
    socket.write(request("GET", "/healthz") + request("GET", "/ping1") + RawSocket::handshake()
                 + RawSocket::frame(RawFrame::Text, submitMessage("at last")));
    const auto health = readAnswer(socket);
    QVERIFY(health);
    QCOMPARE(health->body, QByteArray("ok\n"));
    const auto ping = readAnswer(socket);
    QVERIFY(ping);
    QCOMPARE(ping->status, 200);
    const QByteArray head = socket.readUntil("\r\n\r\n");
    QVERIFY2(head.startsWith("HTTP/1.1 101 "), head);
    // The ping may come by before the client is there, or after.
    auto frame = socket.readFrame();
    if (frame && frame->payload == pingFrame(1)) {
        frame = socket.readFrame();
    }
    QVERIFY(frame);
    QCOMPARE(parseChatMessage(frame->payload).value_or(ChatMessage()).content, QByteArray("at last"));
}

void HttpConnectionsTest::halfClosedClientGetsItsAnswer()
{
    RawSocket socket;
    QVERIFY(socket.connectTo(port()));
    socket.write(request("GET", "/healthz"));
    socket.shutdownWrite();
    const HttpExchange got = readExchange(socket);
    QVERIFY(got.isClosed);
    QCOMPARE(got.answers.size(), 1);
    QCOMPARE(got.answers.first().body, QByteArray("ok\n"));
}

QTEST_GUILESS_MAIN(HttpConnectionsTest)
#include "tst_httpconnections.moc"
