// SPDX-License-Identifier: BSD-3-Clause
#include "integration/clientmessages.h"
#include "integration/metricspage.h"
#include "integration/roomclient.h"
#include "support/clientframes.h"
#include "support/httprequest.h"
#include "support/rawsocket.h"
#include "support/webtoken.h"

#include <QTest>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

// Waits until so many clients have ended in that way.
bool hasEnded(const DaemonProcess &daemon, double count, const QByteArray &by, const QByteArray &reason)
{
    return waitForMetric(daemon, count, "switchboard_clients_disconnected_total",
                         {{"by", by}, {"reason", reason}});
}

QByteArray statusOf(quint16 port, const QByteArray &request)
{
    RawSocket socket;
    if (!socket.connectTo(port)) {
        return "no connection";
    }
    socket.write(request);
    return socket.readUntil("\r\n").mid(9, 3);
}

} // namespace

/// What daemons tell Prometheus of clients that are refused, that go, and that are sent away.
class MetricsEndsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void clientsGo();
    void rulesAreBroken_data();
    void rulesAreBroken();
    void slowConsumer();
    void noPong();
    void rateLimit();
    void operatorDisconnects();
    void tokenExpires();
    void handshakes();
    void noMoreClients();
};

void MetricsEndsTest::clientsGo()
{
    DaemonProcess daemon({});
    QVERIFY(daemon.start());
    Clients clients(4);
    for (WsClient &client : clients) {
        QVERIFY(client.connectTo(daemon.webSocketUrl()));
    }
    clients[0].close();
    QVERIFY(hasEnded(daemon, 1, "client", "normal"));
    clients[1].close(QWebSocketProtocol::CloseCodeGoingAway);
    QVERIFY(hasEnded(daemon, 1, "client", "going_away"));
    clients[2].abort();
    QVERIFY(hasEnded(daemon, 1, "client", "abnormal"));
    // What a client says does not make it one that the daemon has dropped.
    RawSocket liar;
    QVERIFY(liar.openWebSocket(daemon.port()));
    liar.write(RawSocket::closeFrame(4008));
    QVERIFY(hasEnded(daemon, 1, "client", "other"));
    const MetricsPage page = MetricsPage::of(daemon);
    QCOMPARE(page.value("switchboard_clients_disconnected_total"), 4.0);
    QCOMPARE(page.value("switchboard_clients_disconnected_total", {{"by", "daemon"}}), 0.0);
    QCOMPARE(page.value("switchboard_clients"), 1.0);
    QCOMPARE(page.value("switchboard_clients_connected_total"), 5.0);
}

void MetricsEndsTest::rulesAreBroken_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("reason");
    QTest::newRow("a reserved opcode")
        << clientFrame(RawFrame::Opcode(3), "x") << QByteArray("protocol_error");
    QTest::newRow("not UTF-8") << textFrame("\xff") << QByteArray("invalid_data");
    QTest::newRow("too big") << textFrame(QByteArray(2000, 'x')) << QByteArray("message_too_big");
}

void MetricsEndsTest::rulesAreBroken()
{
    QFETCH(const QByteArray, bytes);
    QFETCH(const QByteArray, reason);
    DaemonProcess daemon({u"--max-message-bytes"_s, u"1000"_s});
    QVERIFY(daemon.start());
    RawSocket client;
    QVERIFY(client.openWebSocket(daemon.port()));
    client.write(bytes);
    QVERIFY(hasEnded(daemon, 1, "daemon", reason));
    QCOMPARE(MetricsPage::of(daemon).value("switchboard_clients_disconnected_total"), 1.0);
}

void MetricsEndsTest::slowConsumer()
{
    Cluster cluster(1, {u"--max-queued-bytes"_s, u"200000"_s});
    QVERIFY(cluster.start());
    const DaemonProcess &daemon = cluster.daemon(0);
    Clients clients;
    QVERIFY(cluster.connectClients(clients, 1));
    RawSocket slow;
    QVERIFY(slow.openWebSocket(daemon.port()));
    slow.setReceiveBufferSize(4096);
    slow.setReading(false);
    QVERIFY(waitUntil(
        [&] {
            clients.front().sendText(submitMessage(QByteArray(60000, 'x')));
            clients.front().takeMessage();
            return MetricsPage::of(daemon).value("switchboard_clients_disconnected_total", {{"code", "4008"}})
                > 0;
        },
        60s));
    QVERIFY(hasEnded(daemon, 1, "daemon", "slow_consumer"));
    QCOMPARE(MetricsPage::of(daemon).value("switchboard_clients_disconnected_total"), 1.0);
}

void MetricsEndsTest::noPong()
{
    DaemonProcess daemon({u"--keepalive"_s, u"1"_s});
    QVERIFY(daemon.start());
    RawSocket silent;
    QVERIFY(silent.openWebSocket(daemon.port()));
    QVERIFY(hasEnded(daemon, 1, "daemon", "no_pong"));
    QCOMPARE(MetricsPage::of(daemon).value("switchboard_clients_disconnected_total", {{"code", "4408"}}),
             1.0);
}

void MetricsEndsTest::rateLimit()
{
    DaemonProcess daemon({u"--rate-limit"_s, u"10"_s});
    QVERIFY(daemon.start());
    RawSocket client;
    QVERIFY(client.openWebSocket(daemon.port()));
    double sent = 0;
    QVERIFY(waitUntil(
        [&] {
            for (int i = 0; client.isConnected() && i < 20; ++i, ++sent) {
                client.write(textFrame("{}"));
            }
            client.readAll(20ms);
            return !client.isConnected();
        },
        60s));
    QVERIFY(hasEnded(daemon, 1, "daemon", "rate_limit"));
    const MetricsPage page = MetricsPage::of(daemon);
    const double limited = page.value("switchboard_messages_rejected_total", {{"code", "rate-limited"}});
    const double taken = page.value("switchboard_messages_rejected_total", {{"code", "invalid-message"}});
    QVERIFY(limited > 0 && taken >= 20 && limited + taken <= sent);
}

void MetricsEndsTest::operatorDisconnects()
{
    Cluster cluster(1);
    QVERIFY(cluster.start());
    RoomClient victim;
    QVERIFY(victim.connectTo(cluster.daemon(0).webSocketUrl()));
    WsClient monitor;
    QVERIFY(monitor.connectTo(cluster.daemon(0).webSocketUrl()));
    monitor.sendText(R"({"channel":"monitor","message":{"type":"Subscribe","contents":{}}})");
    QVERIFY(monitor.waitForMessages(1));
    monitor.sendText(R"({"channel":"monitor","message":{"type":"DisconnectClient","contents":{"client":")"
                     + victim.id() + R"("}}})");
    QVERIFY(hasEnded(cluster.daemon(0), 1, "daemon", "operator"));
}

void MetricsEndsTest::tokenExpires()
{
    QProcessEnvironment environment;
    environment.insert(u"AUTH_SECRET"_s, QString::fromLatin1(TokenSecret));
    environment.insert(u"MONITOR_TOKEN"_s, u"watcher"_s);
    DaemonProcess daemon({}, environment);
    QVERIFY(daemon.start());
    const auto connect = [&daemon](WsClient &client, const QByteArray &claims) {
        return client.connectTo(daemon.webSocketUrl(), {}, {{"Authorization", "Bearer " + webToken(claims)}});
    };
    WsClient client;
    QVERIFY(connect(client, R"({"sub":"a","exp":)" + secondsFromNow(2) + "}"));
    QVERIFY(client.waitForClose());
    QCOMPARE(client.closeCode(), 4401);
    QVERIFY(!connect(client, R"({"sub":"a","exp":1})"));
    const HttpReply reply =
        httpRequest(daemon.port(), "GET", "/metrics", {}, {{"Authorization", "Bearer watcher"}});
    const auto page = MetricsPage::parse(reply.body);
    QVERIFY(page);
    QCOMPARE(page->value("switchboard_clients_disconnected_total", {{"reason", "token_expired"}}), 1.0);
    QCOMPARE(page->value("switchboard_handshakes_refused_total", {{"status", "401"}}), 1.0);
}

void MetricsEndsTest::handshakes()
{
    DaemonProcess daemon({u"--allow-origin"_s, u"https://example.org"_s});
    QVERIFY(daemon.start());
    const quint16 port = daemon.port();
    const QByteArray right = RawSocket::handshake();
    const QMap<QByteArray, QByteArray> requests{
        {"101", right},
        {"400", QByteArray(right).replace("Sec-WebSocket-Key", "X-Key")},
        {"403", RawSocket::handshake("/websockets", "Origin: https://example.net\r\n")},
        {"404", RawSocket::handshake("/elsewhere")},
        {"405", QByteArray(right).replace("GET ", "PUT ")},
        {"426", QByteArray(right).replace("Version: 13", "Version: 12")},
    };
    double times = 0;
    for (auto request = requests.cbegin(); request != requests.cend(); ++request) {
        ++times;
        for (int i = 0; i < int(times); ++i) {
            QCOMPARE(statusOf(port, *request), request.key());
        }
        if (request.key() != "101") {
            QVERIFY(waitForMetric(daemon, times, "switchboard_handshakes_refused_total",
                                  {{"status", request.key()}}));
        }
    }
    const MetricsPage page = MetricsPage::of(daemon);
    QCOMPARE(page.value("switchboard_handshakes_refused_total"), times * (times + 1) / 2 - 1);
    QCOMPARE(page.value("switchboard_clients_connected_total"), 1.0);
    // Other requests are no handshakes.
    QCOMPARE(httpRequest(port, "GET", "/nothing").status, 404);
    QCOMPARE(MetricsPage::of(daemon).value("switchboard_handshakes_refused_total", {{"status", "404"}}),
             page.value("switchboard_handshakes_refused_total", {{"status", "404"}}));
}

void MetricsEndsTest::noMoreClients()
{
    DaemonProcess daemon({u"--max-clients"_s, u"1"_s});
    QVERIFY(daemon.start());
    RawSocket first;
    QVERIFY(first.openWebSocket(daemon.port()));
    for (int i = 0; i < 3; ++i) {
        QCOMPARE(statusOf(daemon.port(), RawSocket::handshake()), QByteArray("503"));
    }
    QVERIFY(waitForMetric(daemon, 3, "switchboard_handshakes_refused_total", {{"status", "503"}}));
    QCOMPARE(MetricsPage::of(daemon).value("switchboard_connections_turned_away_total"), 0.0);
}

QTEST_GUILESS_MAIN(MetricsEndsTest)

#include "tst_metricsends.moc"
