// SPDX-License-Identifier: BSD-3-Clause
#include "clientmessages.h"
#include "cluster.h"
#include "processfigures.h"
#include "support/httprequest.h"
#include "support/rawsocket.h"
#include "support/redisserver.h"

#include <QTcpSocket>
#include <QTest>

#include <deque>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

// The first line of what a handshake is answered with.
QByteArray answerTo(RawSocket &socket, quint16 port, const QByteArray &headers = {})
{
    if (!socket.connectTo(port)) {
        return "no connection";
    }
    socket.write(RawSocket::handshake("/websockets", headers));
    return socket.readUntil("\r\n").trimmed();
}

const QByteArray refused = "HTTP/1.1 503 Service Unavailable";

} // namespace

/// Who is let in.
class AdmissionTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void numberOfClients_data();
    void numberOfClients();
    void clientsOfOneAddress();
    void origins_data();
    void origins();
    void noDescriptorsLeft();
};

void AdmissionTest::numberOfClients_data()
{
    QTest::addColumn<QString>("flag");
    QTest::newRow("in all") << u"--max-clients"_s;
    QTest::newRow("of one address") << u"--max-clients-per-address"_s;
}

void AdmissionTest::numberOfClients()
{
    QFETCH(const QString, flag);
    Cluster cluster(1, {flag, u"3"_s});
    QVERIFY(cluster.start());
    const quint16 port = cluster.daemon(0).port();
    std::deque<RawSocket> clients(3);
    for (RawSocket &client : clients) {
        QVERIFY(client.openWebSocket(port));
    }
    RawSocket fourth;
    QCOMPARE(answerTo(fourth, port), refused);
    QVERIFY(fourth.waitForClosed());
    // Requests are no clients, and the others do not notice.
    QCOMPARE(httpRequest(port, "GET", "/ping1").status, 200);
    for (RawSocket &client : clients) {
        const auto frame = client.readFrame();
        QVERIFY(frame);
        QCOMPARE(frame->payload, pingFrame(1));
    }
    // One goes, one may come.
    clients.pop_front();
    QVERIFY(waitUntil([&] {
        RawSocket next;
        return answerTo(next, port).startsWith("HTTP/1.1 101 ");
    }));
}

void AdmissionTest::clientsOfOneAddress()
{
    Cluster cluster(1, {u"--max-clients-per-address"_s, u"2"_s});
    QVERIFY(cluster.start());
    const quint16 port = cluster.daemon(0).port();
    std::deque<QTcpSocket> clients(6);
    // All of 127/8 is this machine.
    for (std::size_t i = 0; i < clients.size(); ++i) {
        QVERIFY(clients[i].bind(QHostAddress(quint32(0x7F000002 + i / 3))));
        clients[i].connectToHost(QHostAddress(QHostAddress::LocalHost), port);
        clients[i].write(RawSocket::handshake());
        QVERIFY(waitUntil([&] { return clients[i].canReadLine(); }));
        const QByteArray answer = clients[i].readLine().trimmed();
        if (i % 3 == 2) {
            QCOMPARE(answer, refused);
        } else {
            QVERIFY2(answer.startsWith("HTTP/1.1 101 "), answer.constData());
        }
    }
}

void AdmissionTest::origins_data()
{
    QTest::addColumn<QByteArray>("headers");
    QTest::addColumn<bool>("isAccepted");
    QTest::newRow("none") << QByteArray() << true;
    QTest::newRow("first") << QByteArray("Origin: https://example.org\r\n") << true;
    QTest::newRow("second") << QByteArray("Origin: http://localhost:8080\r\n") << true;
    QTest::newRow("written otherwise") << QByteArray("Origin: HTTPS://EXAMPLE.org:443\r\n") << true;
    QTest::newRow("other scheme") << QByteArray("Origin: http://example.org\r\n") << false;
    QTest::newRow("other port") << QByteArray("Origin: http://localhost:8081\r\n") << false;
    QTest::newRow("other host") << QByteArray("Origin: https://example.org.evil.net\r\n") << false;
    QTest::newRow("null") << QByteArray("Origin: null\r\n") << false;
    QTest::newRow("empty") << QByteArray("Origin:\r\n") << false;
}

void AdmissionTest::origins()
{
    QFETCH(const QByteArray, headers);
    QFETCH(const bool, isAccepted);
    Cluster cluster(
        1, {u"--allow-origin"_s, u"https://example.org"_s, u"--allow-origin"_s, u"http://localhost:8080"_s});
    QVERIFY(cluster.start());
    RawSocket client;
    const QByteArray answer = answerTo(client, cluster.daemon(0).port(), headers);
    if (isAccepted) {
        QVERIFY2(answer.startsWith("HTTP/1.1 101 "), answer.constData());
    } else {
        QCOMPARE(answer, "HTTP/1.1 403 Forbidden");
    }
    // It is about WebSocket clients.
    RawSocket asker;
    QVERIFY(asker.connectTo(cluster.daemon(0).port()));
    asker.write("GET /ping1 HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n");
    QCOMPARE(asker.readUntil("\r\n").trimmed(), "HTTP/1.1 200 OK");
}

void AdmissionTest::noDescriptorsLeft()
{
    RedisServer redis;
    QVERIFY(redis.start());
    DaemonProcess daemon({u"-c"_s, u"ulimit -n 100 && exec \"$0\" \"$@\""_s,
                          QStringLiteral(SWITCHBOARD_SERVER_PATH), u"--redis-url"_s, redis.url()});
    daemon.setProgram(u"/bin/sh"_s);
    QVERIFY(daemon.start());
    // While it tries to connect to Redis, descriptors come and go.
    QVERIFY(waitUntil([&] { return httpRequest(daemon.port(), "GET", "/readyz").status == 200; }));
    const quint16 port = daemon.port();
    std::deque<RawSocket> clients;
    QVERIFY(clients.emplace_back().openWebSocket(port));
    QByteArray answer;
    do {
        answer = answerTo(clients.emplace_back(), port);
    } while (answer.startsWith("HTTP/1.1 101 ") && clients.size() < 100);
    QCOMPARE(answer, refused);
    QVERIFY2(clients.size() > 40, qPrintable(QString::number(quint64(clients.size()))));
    // It does not spin, and those who are there are served.
    const double before = processorSeconds(daemon.pid());
    for (int i = 0; i < 100; ++i) {
        RawSocket another;
        QCOMPARE(answerTo(another, port), refused);
    }
    RawSocket &first = clients.front();
    first.write(RawSocket::frame(RawFrame::Ping, "there?"));
    const auto pong = first.readFrame();
    QVERIFY(pong);
    QCOMPARE(pong->opcode, quint8(RawFrame::Pong));
    QVERIFY(processorSeconds(daemon.pid()) - before < 1);
    // Who goes makes room.
    for (int i = 0; i < 10; ++i) {
        clients.pop_front();
    }
    QVERIFY(waitUntil([&] {
        RawSocket next;
        return answerTo(next, port).startsWith("HTTP/1.1 101 ");
    }));
}

QTEST_GUILESS_MAIN(AdmissionTest)

#include "tst_admission.moc"
