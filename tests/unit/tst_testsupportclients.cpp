// SPDX-License-Identifier: BSD-3-Clause
#include <QTest>
#include <QWebSocketServer>

#include "support/cannedserver.h"
#include "support/daemonprocess.h"
#include "support/httprequest.h"
#include "support/rawsocket.h"
#include "support/waituntil.h"
#include "support/wsclient.h"

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

/// A WebSocket server in the test that sends every message back, and does as it is told otherwise.
class EchoServer
{
public:
    EchoServer()
        : m_server(u"echo"_s, QWebSocketServer::NonSecureMode)
    {
        QObject::connect(&m_server, &QWebSocketServer::newConnection, &m_server, [this] {
            QWebSocket *socket = m_server.nextPendingConnection();
            socket->setParent(&m_server);
            socket->setOutgoingFrameSize(QWebSocket::maxOutgoingFrameSize());
            m_origin = socket->origin();
            QObject::connect(socket, &QWebSocket::textMessageReceived, socket, [socket](const QString &text) {
                if (text == "close"_L1) {
                    socket->close(QWebSocketProtocol::CloseCodeGoingAway, u"bye"_s);
                } else if (text == "abort"_L1) {
                    socket->abort();
                } else {
                    socket->sendTextMessage(text);
                }
            });
            QObject::connect(socket, &QWebSocket::binaryMessageReceived, socket,
                             &QWebSocket::sendBinaryMessage);
        });
        m_server.listen(QHostAddress::LocalHost);
    }

    quint16 port() const { return m_server.serverPort(); }
    QUrl url() const { return {u"ws://127.0.0.1:%1/"_s.arg(port())}; }
    QString origin() const { return m_origin; }

private:
    QWebSocketServer m_server;
    QString m_origin;
};

} // namespace

class TestSupportClientsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void rawFrames_data();
    void rawFrames();
    void rawSocketAgainstWebSocketServer();
    void rawSocketThatDoesNotRead();
    void httpReplies_data();
    void httpReplies();
    void wsClientEchoes();
    void wsClientKnowsHowItEnded();
    void wsClientIsRefused();
    void daemonIsHeardAndEnded();
    void daemonThatDoesNotStart();
    void daemonGetsNoForeignSettings();
};

void TestSupportClientsTest::rawFrames_data()
{
    QTest::addColumn<qsizetype>("size");
    QTest::addColumn<bool>("masked");
    for (const qsizetype size : {0, 1, 125, 126, 127, 65535, 65536}) {
        QTest::addRow("%d plain", static_cast<int>(size)) << size << false;
        QTest::addRow("%d masked", static_cast<int>(size)) << size << true;
    }
}

void TestSupportClientsTest::rawFrames()
{
    QFETCH(const qsizetype, size);
    QFETCH(const bool, masked);
    const QByteArray payload(size, 'p');
    const QByteArray encoded = RawSocket::frame(RawFrame::Binary, payload, false, masked);

    QByteArray cut = encoded.chopped(1);
    QVERIFY(!RawFrame::takeFrom(cut));
    QCOMPARE(cut.size(), encoded.size() - 1);

    QByteArray bytes = encoded + "next";
    const std::optional<RawFrame> frame = RawFrame::takeFrom(bytes);
    QVERIFY(frame);
    QCOMPARE(frame->payload, payload);
    QCOMPARE(frame->masked, masked);
    QCOMPARE(frame->fin, false);
    QCOMPARE(frame->opcode, quint8(RawFrame::Binary));
    QCOMPARE(bytes, QByteArray("next"));
}

void TestSupportClientsTest::rawSocketAgainstWebSocketServer()
{
    EchoServer server;
    RawSocket socket;
    QVERIFY(socket.openWebSocket(server.port(), "/", "Origin: http://example.com\r\n"));
    QCOMPARE(server.origin(), u"http://example.com"_s);

    const QByteArray large(70000, 'x');
    socket.write(RawSocket::frame(RawFrame::Text, "hel", false)
                 + RawSocket::frame(RawFrame::Continuation, "lo") + RawSocket::frame(RawFrame::Text, large));
    QCOMPARE(socket.readFrame().value_or(RawFrame()).payload, QByteArray("hello"));
    QCOMPARE(socket.readFrame().value_or(RawFrame()).payload, large);

    socket.write(RawSocket::frame(RawFrame::Ping, "?"));
    const std::optional<RawFrame> pong = socket.readFrame();
    QVERIFY(pong);
    QCOMPARE(pong->opcode, quint8(RawFrame::Pong));
    QVERIFY(!pong->masked);

    socket.write(RawSocket::closeFrame(1000, "done"));
    const std::optional<RawFrame> close = socket.readFrame();
    QVERIFY(close);
    QCOMPARE(close->opcode, quint8(RawFrame::Close));
    QCOMPARE(close->closeCode(), 1000);
    QVERIFY(socket.waitForClosed());
    QVERIFY(!socket.readFrame());

    QVERIFY(socket.openWebSocket(server.port(), "/"));
    socket.reset();
    QVERIFY(!socket.isConnected());
}

void TestSupportClientsTest::rawSocketThatDoesNotRead()
{
    constexpr qsizetype Size = 32 << 20; // more than the kernel takes for both sides
    CannedServer server(QByteArray(Size, 'x'));
    RawSocket socket;
    QVERIFY(socket.connectTo(server.port()));
    socket.setReading(false);
    socket.write("go");
    QVERIFY(!socket.waitForClosed(100ms));
    QVERIFY(socket.buffer().isEmpty());
    socket.setReading(true);
    QCOMPARE(socket.readAll(30s).size(), Size);
}

void TestSupportClientsTest::httpReplies_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<bool>("complete");

    const QByteArray get = "GET";
    QTest::newRow("length") << get << QByteArray("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabcdef") << 200
                            << QByteArray("abc") << true;
    QTest::newRow("short") << get << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc") << 200
                           << QByteArray() << false;
    QTest::newRow("chunked") << get
                             << QByteArray("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                           "3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nTrailer: 1\r\n\r\n")
                             << 200 << QByteArray("abc0123456789") << true;
    QTest::newRow("chunk cut") << get
                               << QByteArray("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab")
                               << 200 << QByteArray() << false;
    QTest::newRow("until close") << get << QByteArray("HTTP/1.1 404 Not Found\r\n\r\ninvalid path") << 404
                                 << QByteArray("invalid path") << true;
    QTest::newRow("no content") << get << QByteArray("HTTP/1.1 204 No Content\r\n\r\n") << 204 << QByteArray()
                                << true;
    QTest::newRow("head") << QByteArray("HEAD") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
                          << 200 << QByteArray() << true;
    QTest::newRow("continue") << get
                              << QByteArray("HTTP/1.1 100 Continue\r\n\r\n"
                                            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")
                              << 200 << QByteArray("x") << true;
    QTest::newRow("no HTTP") << get << QByteArray("what?\r\n\r\n") << 0 << QByteArray() << false;
    QTest::newRow("head cut") << get << QByteArray("HTTP/1.1 200 OK\r\nContent-Le") << 0 << QByteArray()
                              << false;
}

void TestSupportClientsTest::httpReplies()
{
    QFETCH(const QByteArray, method);
    QFETCH(const QByteArray, answer);
    CannedServer server(answer);
    const HttpReply reply = httpRequest(server.port(), method, "/path?x=1", "body", {{"X-Test", "yes"}});
    QTEST(reply.status, "status");
    QTEST(reply.body, "body");
    QTEST(reply.complete, "complete");
    QCOMPARE(server.received(),
             method
                 + QByteArray(" /path?x=1 HTTP/1.1\r\nX-Test: yes\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                              "Content-Length: 4\r\n\r\nbody"));
    QCOMPARE(httpRequest(1, "GET", "/").status, 0);
}

void TestSupportClientsTest::wsClientEchoes()
{
    EchoServer server;
    WsClient client;
    QVERIFY(client.connectTo(server.url(), u"http://example.com"_s));
    QCOMPARE(server.origin(), u"http://example.com"_s);
    QCOMPARE(client.closeCode(), 0);

    // Larger than the pieces that QWebSocket sends by default, with a character across their border.
    const QByteArray large = 'x' + QByteArray("\xC3\xA4").repeated(300000);
    client.sendText("one");
    client.sendText(large);
    client.sendBinary(QByteArray("\0\1", 2));
    QVERIFY(client.waitForMessage(large));
    QVERIFY(client.waitForMessages(2));
    QCOMPARE(client.messages().first(), QByteArray("one"));
    QVERIFY(waitUntil([&] { return client.binaryMessages().size() == 1; }));
    QCOMPARE(client.binaryMessages().first(), QByteArray("\0\1", 2));
    QCOMPARE(client.takeMessage(), QByteArray("one"));
    QVERIFY(client.waitForMessage([](const QByteArray &message) { return message.startsWith('x'); }));
    client.clear();
    QVERIFY(!client.waitForMessages(1, 20ms));
    QCOMPARE(client.takeMessage(20ms), QByteArray());
}

void TestSupportClientsTest::wsClientKnowsHowItEnded()
{
    EchoServer server;
    WsClient client;
    QVERIFY(client.connectTo(server.url()));
    client.sendText("close");
    QVERIFY(client.waitForClose());
    QCOMPARE(client.closeCode(), 1001);
    QCOMPARE(client.closeReason(), u"bye"_s);

    QVERIFY(client.connectTo(server.url()));
    QCOMPARE(client.closeCode(), 0);
    client.sendText("abort");
    QVERIFY(client.waitForClose());
    QCOMPARE(client.closeCode(), WsClient::AbnormalClosure);
    QVERIFY(client.closeReason().isEmpty());

    QVERIFY(client.connectTo(server.url()));
    client.close();
    QVERIFY(client.waitForClose());
    QCOMPARE(client.closeCode(), 1000);
}

void TestSupportClientsTest::wsClientIsRefused()
{
    CannedServer refusing("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    WsClient client;
    QVERIFY(!client.connectTo(QUrl(u"ws://127.0.0.1:%1/"_s.arg(refusing.port())), {}, {{"X-Test", "yes"}}));
    QVERIFY(refusing.received().contains("\r\nX-Test: yes\r\n"));
    QVERIFY(!client.isConnected());
    QVERIFY(client.waitForClose());
    QVERIFY(!client.connectTo(QUrl(u"ws://127.0.0.1:1/"_s)));
    QVERIFY(!client.errorString().isEmpty());
}

/// The shell plays the daemon: this is about the class, not about the real one.
void TestSupportClientsTest::daemonIsHeardAndEnded()
{
    CannedServer http("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    const QString script = u"trap 'echo stopping >&2; exit 3' TERM; echo \"$@\"; "
                           "echo Listening on port %1; while :; do sleep 0.05; done"_s.arg(http.port());
    DaemonProcess daemon({u"-c"_s, script, u"sh"_s});
    daemon.setProgram(u"/bin/sh"_s);
    QVERIFY(daemon.start());
    QVERIFY(daemon.isRunning());
    QCOMPARE(daemon.port(), http.port());
    QCOMPARE(daemon.webSocketUrl(), QUrl(u"ws://127.0.0.1:%1/websockets"_s.arg(http.port())));
    QCOMPARE(daemon.httpUrl(u"/ping1"_s), QUrl(u"http://127.0.0.1:%1/ping1"_s.arg(http.port())));
    QVERIFY(daemon.standardOutput().startsWith("--port 0 --rate-limit 0\n"));
    QVERIFY(daemon.waitUntilReady());
    QVERIFY(http.received().startsWith("GET /readyz HTTP/1.1\r\n"));

    daemon.pause();
    daemon.terminate();
    QVERIFY(!daemon.waitForExit(50ms));
    daemon.resume();
    QVERIFY(daemon.waitForExit());
    QVERIFY(daemon.waitForOutput("stopping"));
    QCOMPARE(daemon.standardError(), QByteArray("stopping\n"));
    QCOMPARE(daemon.exitStatus(), QProcess::NormalExit);
    QCOMPARE(daemon.exitCode(), 3);
    QCOMPARE(daemon.pid(), 0);
    QVERIFY(!daemon.waitUntilReady());

    QVERIFY(daemon.start());
    daemon.kill();
    QVERIFY(!daemon.isRunning());
    QCOMPARE(daemon.exitStatus(), QProcess::CrashExit);
    QVERIFY(!daemon.hasSanitizerReport());
}

void TestSupportClientsTest::daemonThatDoesNotStart()
{
    DaemonProcess daemon({u"-c"_s, u"echo port is taken >&2; exit 1"_s});
    daemon.setProgram(u"/bin/sh"_s);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"port is taken"_s));
    QVERIFY(!daemon.start());
    QCOMPARE(daemon.port(), 0);
    QVERIFY(daemon.waitForExit());
    QCOMPARE(daemon.exitCode(), 1);
}

void TestSupportClientsTest::daemonGetsNoForeignSettings()
{
    qputenv("PORT", "9001");
    QProcessEnvironment extra;
    extra.insert(u"WORKERS"_s, u"2"_s);
    DaemonProcess daemon({u"-c"_s, u"env"_s, u"sh"_s, u"--port=0"_s}, extra);
    daemon.setProgram(u"/bin/sh"_s);
    daemon.launch();
    QVERIFY(daemon.waitForExit());
    qunsetenv("PORT");
    const QList<QByteArray> variables = daemon.standardOutput().split('\n');
    QVERIFY(variables.contains("WORKERS=2"));
    QVERIFY(variables.contains("REDIS_URL=redis://127.0.0.1:1"));
    QVERIFY(!variables.contains("PORT=9001"));
}

QTEST_GUILESS_MAIN(TestSupportClientsTest)
#include "tst_testsupportclients.moc"
