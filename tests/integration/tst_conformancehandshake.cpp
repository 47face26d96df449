// SPDX-License-Identifier: BSD-3-Clause
#include <QTest>

#include "integration/enginedaemons.h"
#include "integration/httpconversation.h"
#include "integration/wsconversation.h"
#include "support/clientframes.h"

using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

QByteArrayList octets(const QByteArray &bytes)
{
    QByteArrayList parts;
    for (const char byte : bytes) {
        parts.append(QByteArray(1, byte));
    }
    return parts;
}

QByteArray replaced(const char *before, const char *after)
{
    return RawSocket::handshake().replace(before, after);
}

} // namespace

/// The opening handshake (RFC 6455, 4), on both engines, and what is negotiated in it (RFC 7692, 7.1).
class ConformanceHandshakeTest : public QObject
{
    Q_OBJECT

    EngineDaemons m_daemons;

private Q_SLOTS:
    void initTestCase_data() { EngineDaemons::addRows(); }
    void cleanup();
    void cleanupTestCase() { m_daemons.stop(); }
    void answer();
    void pieces_data();
    void pieces();
    void longHead();
    void behindARequest_data();
    void behindARequest();
    void refusals_data();
    void refusals();
    void negotiation_data();
    void negotiation();
    void refusedOffers_data();
    void refusedOffers();
};

void ConformanceHandshakeTest::cleanup()
{
    if (QTest::currentTestFailed()) {
        m_daemons.stop();
    }
}

void ConformanceHandshakeTest::answer()
{
    QFETCH_GLOBAL(const QString, engine);
    RawSocket socket;
    QVERIFY(socket.connectTo(m_daemons.port(engine)));
    socket.write(RawSocket::handshake("/websockets", "Sec-WebSocket-Protocol: chat, superchat\r\n"));
    const QByteArray head = socket.readUntil("\r\n\r\n");
    QVERIFY2(head.startsWith("HTTP/1.1 101 "), head);
    QVERIFY2(head.contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"), head);
    QVERIFY2(head.toLower().contains("\r\nupgrade: websocket\r\n"), head);
    QVERIFY2(head.toLower().contains("\r\nconnection: upgrade\r\n"), head);
    QVERIFY2(!head.contains("Sec-WebSocket-Protocol"), head);
    QVERIFY2(!head.contains("Sec-WebSocket-Extensions"), head);
}

void ConformanceHandshakeTest::pieces_data()
{
    QTest::addColumn<QByteArrayList>("parts");
    QTest::addColumn<QByteArrayList>("outcome");
    const QByteArray handshake = RawSocket::handshake();
    const QByteArray frames = textFrame(question("one")) + openFrame(RawFrame::Text, question("two").first(9))
        + clientFrame(RawFrame::Continuation, question("two").sliced(9));
    const QByteArrayList answers{"answer one", "answer two"};
    QTest::newRow("whole") << QByteArrayList{handshake} << QByteArrayList();
    QTest::newRow("octet-wise") << octets(handshake) << QByteArrayList();
    QTest::newRow("in two") << QByteArrayList{handshake.first(30), handshake.sliced(30)} << QByteArrayList();
    QTest::newRow("with frames behind it") << QByteArrayList{handshake + frames} << answers;
    QTest::newRow("with frames behind it, octet-wise") << octets(handshake + frames) << answers;
    QTest::newRow("with a frame in two")
        << QByteArrayList{handshake + frames.first(9), frames.sliced(9)} << answers;
    QTest::newRow("with its last byte late")
        << QByteArrayList{handshake.chopped(1), handshake.last(1) + frames} << answers;
    QTest::newRow("with a fault behind it")
        << QByteArrayList{handshake + clientFrame(RawFrame::Continuation, {})}
        << QByteArrayList{"close 1002", "end"};
    QTest::newRow("with a close behind it")
        << QByteArrayList{handshake + closeFrame(1001)} << QByteArrayList{"close 1001", "end"};
}

void ConformanceHandshakeTest::pieces()
{
    QFETCH_GLOBAL(const QString, engine);
    QFETCH(const QByteArrayList, parts);
    QFETCH(const QByteArrayList, outcome);
    WsConversation conversation;
    QVERIFY(conversation.openWith(m_daemons.port(engine), parts));
    QCOMPARE(conversation.outcome(), outcome);
}

void ConformanceHandshakeTest::longHead()
{
    QFETCH_GLOBAL(const QString, engine);
    const QByteArray handshake =
        RawSocket::handshake("/websockets", "Cookie: " + QByteArray(15'000, 'x') + "\r\n");
    WsConversation conversation;
    const bool isOpen =
        conversation.openWith(m_daemons.port(engine), {handshake + textFrame(question("one"))});
    if (engine == "qt"_L1) {
        QEXPECT_FAIL("", "QtWebSockets takes lines of 8 KiB at most", Abort);
    }
    QVERIFY(isOpen);
    QCOMPARE(conversation.outcome(), QByteArrayList{"answer one"});
}

void ConformanceHandshakeTest::behindARequest_data()
{
    QTest::addColumn<QByteArray>("frames");
    QTest::addColumn<bool>("isPipelined");
    for (const bool isPipelined : {false, true}) {
        const char *how = isPipelined ? "pipelined" : "after the answer";
        QTest::addRow("%s", how) << QByteArray() << isPipelined;
        QTest::addRow("%s, with frames", how)
            << textFrame(question("one")) + textFrame(question("two")) << isPipelined;
    }
}

// On a connection that has served a request before.
void ConformanceHandshakeTest::behindARequest()
{
    QFETCH_GLOBAL(const QString, engine);
    QFETCH(const QByteArray, frames);
    QFETCH(const bool, isPipelined);
    WsConversation conversation;
    RawSocket &socket = conversation.socket();
    QVERIFY(socket.connectTo(m_daemons.port(engine)));
    const QByteArray handshake = RawSocket::handshake() + frames;
    socket.write(request("GET", "/healthz") + request("GET", "/nowhere") + (isPipelined ? handshake : ""));
    for (const int status : {200, 404}) {
        const auto first = readAnswer(socket);
        QVERIFY(first);
        QCOMPARE(first->status, status);
    }
    if (!isPipelined) {
        socket.write(handshake);
    }
    QVERIFY(socket.readUntil("\r\n\r\n").startsWith("HTTP/1.1 101 "));
    QCOMPARE(conversation.outcome(),
             frames.isEmpty() ? QByteArrayList() : QByteArrayList({"answer one", "answer two"}));
}

void ConformanceHandshakeTest::refusals_data()
{
    QTest::addColumn<QByteArray>("handshake");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("field");
    const auto row = [](const char *name, const QByteArray &handshake, int status, const char *field = "") {
        QTest::newRow(name) << handshake << status << QByteArray(field);
    };
    row("no upgrade", replaced("Upgrade: websocket\r\n", ""), 400);
    row("another upgrade", replaced("Upgrade: websocket", "Upgrade: h2c"), 400);
    row("POST", replaced("GET", "POST"), 405, "Allow: GET");
    row("HEAD", replaced("GET", "HEAD"), 405, "Allow: GET");
    row("HTTP/1.0", replaced("HTTP/1.1", "HTTP/1.0"), 400);
    row("no Connection", replaced("Connection: Upgrade\r\n", ""), 400);
    row("another Connection", replaced("Connection: Upgrade", "Connection: close"), 400);
    row("no version", replaced("Sec-WebSocket-Version: 13\r\n", ""), 426, "Sec-WebSocket-Version: 13");
    row("an old version", replaced("Version: 13", "Version: 8"), 426, "Sec-WebSocket-Version: 13");
    row("a later version", replaced("Version: 13", "Version: 14"), 426, "Sec-WebSocket-Version: 13");
    row("several versions", replaced("Version: 13", "Version: 13, 8"), 426, "Sec-WebSocket-Version: 13");
    row("no key", replaced("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", ""), 400);
    row("a short key", replaced("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25j"), 400);
    row("a key that is no base64", replaced("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZ!=="), 400);
    row("two keys", RawSocket::handshake("/websockets", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"),
        400);
    row("a body", RawSocket::handshake("/websockets", "Content-Length: 4\r\n") + "body", 400);
    row("no Host", replaced("Host: 127.0.0.1\r\n", ""), 400);
    row("another path", RawSocket::handshake("/elsewhere"), 404);
}

void ConformanceHandshakeTest::refusals()
{
    QFETCH_GLOBAL(const QString, engine);
    QFETCH(const QByteArray, handshake);
    QFETCH(const int, status);
    QFETCH(const QByteArray, field);
    RawSocket socket;
    QVERIFY(socket.connectTo(m_daemons.port(engine)));
    socket.write(handshake);
    const auto answer = readAnswer(socket, !handshake.startsWith("HEAD"));
    QVERIFY(answer);
    QCOMPARE(answer->status, status);
    QVERIFY2(answer->head.contains(field), answer->head);
}

void ConformanceHandshakeTest::negotiation_data()
{
    QTest::addColumn<QByteArray>("offer");
    QTest::addColumn<QByteArray>("dedicated");
    QTest::addColumn<QByteArray>("shared");
    const auto row = [](const QByteArray &offer, const char *dedicated, const char *shared) {
        QTest::newRow(offer.isEmpty() ? "none" : offer.constData())
            << offer << QByteArray(dedicated) << QByteArray(shared);
    };
    const char *plain = "permessage-deflate";
    const char *noContexts = "permessage-deflate;server_no_context_takeover;client_no_context_takeover";
    row("", nullptr, nullptr);
    row("PERMESSAGE-DEFLATE", nullptr, nullptr);
    row("foo, bar;baz=1", nullptr, nullptr);
    row("permessage-deflate", plain, noContexts);
    row("permessage-deflate; client_max_window_bits", plain, noContexts);
    row("permessage-deflate; client_max_window_bits=15", plain, noContexts);
    row("permessage-deflate; server_max_window_bits=15", plain, noContexts);
    row("permessage-deflate; server_max_window_bits", plain, noContexts);
    const QByteArray client10 = ";client_max_window_bits=10";
    row("permessage-deflate; client_max_window_bits=10", plain + client10, noContexts + client10);
    const QByteArray server10 = ";server_max_window_bits=10";
    row("permessage-deflate; server_max_window_bits=10", plain + server10, noContexts + server10);
    row("permessage-deflate; server_no_context_takeover", "permessage-deflate;server_no_context_takeover",
        noContexts);
    row("permessage-deflate; client_no_context_takeover", "permessage-deflate;client_no_context_takeover",
        noContexts);
    const QByteArray all = QByteArray(noContexts) + ";server_max_window_bits=12;client_max_window_bits=10";
    row("permessage-deflate; client_max_window_bits=10; server_max_window_bits=12; "
        "client_no_context_takeover; server_no_context_takeover",
        all, all);
    row("permessage-deflate; foo", nullptr, nullptr);
    row("permessage-deflate; foo, permessage-deflate; client_max_window_bits=10", plain + client10,
        noContexts + client10);
    row("permessage-deflate; client_max_window_bits=10, permessage-deflate", plain + client10,
        noContexts + client10);
    row("foo, permessage-deflate", plain, noContexts);
    row("permessage-deflate; client_max_window_bits=\"10\"", plain + client10, noContexts + client10);
    row("x-webkit-deflate-frame", "x-webkit-deflate-frame", nullptr);
}

void ConformanceHandshakeTest::negotiation()
{
    QFETCH_GLOBAL(const QString, engine);
    QFETCH(const QByteArray, offer);
    QFETCH(const QByteArray, dedicated);
    QFETCH(const QByteArray, shared);
    const std::vector<std::pair<QString, QByteArray>> modes{
        {u"dedicated"_s, dedicated}, {u"shared"_s, shared}, {u"off"_s, {}}};
    for (const auto &[mode, agreed] : modes) {
        WsConversation conversation;
        QVERIFY(conversation.open(m_daemons.port(engine, {u"--deflate"_s, mode}), offer));
        const QByteArray expected = engine == "qt"_L1 ? QByteArray() : agreed;
        QCOMPARE(conversation.agreement(), expected);
        QCOMPARE(conversation.agreement().isNull(), expected.isNull());
        QCOMPARE(conversation.outcome(), QByteArrayList());
    }
}

void ConformanceHandshakeTest::refusedOffers_data()
{
    QTest::addColumn<QByteArray>("offer");
    QTest::addColumn<QByteArray>("body");
    const auto row = [](const QByteArray &offer, const char *body) {
        QTest::newRow(offer.constData()) << offer << QByteArray(body);
    };
    row("permessage-deflate; client_max_window_bits=7", "Window out of bounds: 7\n");
    row("permessage-deflate; server_max_window_bits=16, permessage-deflate", "Window out of bounds: 16\n");
    row("permessage-deflate; server_max_window_bits=abc", "Can't parse window: \"abc\"\n");
    row("permessage-deflate; server_max_window_bits=010", "Can't parse window: \"010\"\n");
    row("permessage-deflate;", "The header field Sec-WebSocket-Extensions is malformed.\n");
    row("permessage-deflate; =", "The header field Sec-WebSocket-Extensions is malformed.\n");
    row("permessage-deflate permessage-deflate", "The header field Sec-WebSocket-Extensions is malformed.\n");
}

void ConformanceHandshakeTest::refusedOffers()
{
    QFETCH_GLOBAL(const QString, engine);
    QFETCH(const QByteArray, offer);
    QFETCH(const QByteArray, body);
    if (engine == "qt"_L1) {
        WsConversation conversation;
        QVERIFY(conversation.open(m_daemons.port(engine), offer)); // it does not look at them
        return;
    }
    const HttpExchange got = exchange(m_daemons.port(engine), handshakeOffering(offer));
    QVERIFY(got.isClosed);
    QCOMPARE(got.answers.size(), 1);
    QCOMPARE(got.answers.first().status, 400);
    QCOMPARE(got.answers.first().body, body);
}

QTEST_GUILESS_MAIN(ConformanceHandshakeTest)
#include "tst_conformancehandshake.moc"
