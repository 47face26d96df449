// SPDX-License-Identifier: BSD-3-Clause
#include <deque>
#include <memory>

#include <QElapsedTimer>
#include <QTest>
#include <QTimer>

#include "integration/clientmessages.h"
#include "integration/cluster.h"
#include "integration/httpconversation.h"
#include "integration/processfigures.h"

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

constexpr qint64 Mebibyte = 1 << 20;
const QByteArray Close = QByteArrayLiteral("Connection: close\r\n");

/// Sends zeros until the daemon ends the connection or has taken \a most bytes, and returns the largest
/// memory of the daemon meanwhile.
qint64 pour(RawSocket &socket, qint64 most, const DaemonProcess &daemon)
{
    const QByteArray piece(Mebibyte, '0');
    qint64 largest = residentBytes(daemon.pid());
    const auto isTaken = [&socket] { return socket.socket()->bytesToWrite() == 0 || !socket.isConnected(); };
    for (qint64 sent = 0; sent < most && socket.isConnected(); sent += piece.size()) {
        socket.write(piece);
        if (!waitUntil(isTaken, 30s)) {
            break;
        }
        largest = qMax(largest, residentBytes(daemon.pid()));
    }
    return largest;
}

} // namespace

/// What strangers can make the daemon hold by HTTP, and for how long.
class HttpLimitsTest : public QObject
{
    Q_OBJECT

    DaemonProcess &daemon() { return m_cluster->daemon(0); }

    std::unique_ptr<Cluster> m_cluster;

private Q_SLOTS:
    void init();
    void cleanup();
    void unfinishedRequestsAreCut();
    void endlessBodyIsNotKept_data();
    void endlessBodyIsNotKept();
    void refusedClientMayGoOnForAWhile();
    void abortedConnectionsLeaveNothing();
};

void HttpLimitsTest::init()
{
    m_cluster = std::make_unique<Cluster>(1, QStringList(), measurableEnvironment());
    QVERIFY(m_cluster->start());
}

void HttpLimitsTest::cleanup()
{
    m_cluster.reset();
}

void HttpLimitsTest::unfinishedRequestsAreCut()
{
    const QByteArray post = request("POST", "/healthz", "Content-Length: 100\r\n");
    const QList<QByteArray> beginnings = {
        "G",
        request("GET", "/healthz").chopped(2),
        RawSocket::handshake().chopped(1),
        post,
        post + QByteArray(99, 'x'),
        request("POST", "/healthz", "Transfer-Encoding: chunked\r\n") + "5\r\nabc",
        request("GET", "/healthz") + post, // the second one is not finished
        "\r\n\r\nP", // and from here on it comes byte by byte
    };
    QElapsedTimer timer;
    timer.start();
    std::deque<RawSocket> sockets;
    for (const QByteArray &beginning : beginnings) {
        QVERIFY(sockets.emplace_back().connectTo(daemon().port()));
        sockets.back().write(beginning);
    }
    RawSocket silent;
    QVERIFY(silent.connectTo(daemon().port()));
    QTimer trickle;
    connect(&trickle, &QTimer::timeout, this, [&sockets] { sockets.back().write("x"); });
    trickle.start(500ms);

    for (RawSocket &socket : sockets) {
        QVERIFY(socket.waitForClosed(60s));
        HttpExchange got = readExchange(socket);
        if (&socket == &sockets.at(6)) {
            QCOMPARE(got.answers.value(0).body, QByteArray("ok\n"));
            got.answers.removeFirst();
        }
        QCOMPARE(got.answers.size(), 1);
        QVERIFY(got.answers.first().head.startsWith("HTTP/1.1 408 Request Timeout\r\n"));
        QVERIFY(got.answers.first().isLast());
        QVERIFY(got.answers.first().body.endsWith(".\n"));
        QVERIFY2(timer.elapsed() > 9800, QByteArray::number(timer.elapsed()));
    }
    QVERIFY(silent.waitForClosed());
    QCOMPARE(silent.buffer(), QByteArray());
}

void HttpLimitsTest::endlessBodyIsNotKept_data()
{
    QTest::addColumn<QByteArray>("fields");
    QTest::addColumn<QByteArray>("begin");
    QTest::addColumn<int>("status");
    QTest::newRow("chunk") << QByteArray("Transfer-Encoding: chunked\r\n") << QByteArray("FFFFFFF\r\n")
                           << 413;
    QTest::newRow("length") << QByteArray("Content-Length: 209715200\r\n") << QByteArray() << 413;
    QTest::newRow("head") << QByteArray("X: ") << QByteArray() << 431;
}

void HttpLimitsTest::endlessBodyIsNotKept()
{
    QFETCH(const QByteArray, fields);
    QFETCH(const QByteArray, begin);
    QFETCH(const int, status);

    const HttpExchange warmUp = exchange(daemon().port(), request("GET", "/healthz", Close));
    QCOMPARE(warmUp.answers.size(), 1);
    const qint64 before = residentBytes(daemon().pid());
    QVERIFY(before > 0);

    RawSocket socket;
    QVERIFY(socket.connectTo(daemon().port()));
    // Without the empty line, where the head does not end.
    socket.write(request("POST", "/healthz", fields).chopped(fields.endsWith('\n') ? 0 : 2) + begin);
    const qint64 largest = pour(socket, 200 * Mebibyte, daemon());
    QVERIFY2(largest - before < 8 * Mebibyte, QByteArray::number(largest - before));
    // It goes on after the refusal, so it is cut, and the answer may be lost with that.
    QVERIFY(socket.waitForClosed(30s));
    const HttpExchange got = readExchange(socket);
    QVERIFY(got.answers.size() <= 1);
    QCOMPARE(got.answers.value(0, {status, {}, {}}).status, status);
    QVERIFY(daemon().isRunning());
    QCOMPARE(exchange(daemon().port(), request("GET", "/healthz", Close)).answers.size(), 1);
}

void HttpLimitsTest::refusedClientMayGoOnForAWhile()
{
    // Half of it is on its way when the refusal is sent: it is read, or the answer would be lost to a reset.
    const HttpExchange got =
        exchange(daemon().port(),
                 request("POST", "/healthz", "Content-Length: 4000000\r\n") + QByteArray(4000000, 'x'));
    QVERIFY(got.isClosed);
    QCOMPARE(got.answers.size(), 1);
    QCOMPARE(got.answers.first().status, 413);
}

void HttpLimitsTest::abortedConnectionsLeaveNothing()
{
    Clients clients;
    QVERIFY(m_cluster->connectClients(clients));
    const qsizetype before = descriptorCount(daemon().pid());
    QVERIFY(before > 0);

    const QList<QByteArray> beginnings = {
        {},
        "GET /heal",
        request("GET", "/ping1"),
        request("GET", "/ping1").repeated(50),
        request("POST", "/healthz", "Content-Length: 1000\r\n") + "x",
        request("GET", "/healthz", Close),
        "garbage\r\n\r\n",
        RawSocket::handshake().chopped(2),
        RawSocket::handshake(),
        RawSocket::handshake() + RawSocket::frame(RawFrame::Text, submitMessage("x")),
    };
    for (int i = 0; i < 200; ++i) {
        RawSocket socket;
        QVERIFY(socket.connectTo(daemon().port()));
        socket.write(beginnings.at(i % beginnings.size()));
        if (i % 3 == 0) {
            socket.reset();
        } else if (i % 3 == 1) {
            socket.close();
        } else {
            socket.shutdownWrite();
        }
    }
    const auto count = [this] { return descriptorCount(daemon().pid()); };
    QVERIFY2(waitUntil([&] { return count() <= before; }, 60s), QByteArray::number(count()));
    QVERIFY(chatReaches(clients.front(), clients, "still here"));
}

QTEST_GUILESS_MAIN(HttpLimitsTest)
#include "tst_httplimits.moc"
