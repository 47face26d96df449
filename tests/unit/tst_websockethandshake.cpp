// SPDX-License-Identifier: BSD-3-Clause
#include "net/websockethandshake.h"

#include <QTest>

using namespace Qt::StringLiterals;
using switchboard::checkWebSocketHandshake;
using switchboard::HttpHead;
using switchboard::HttpReply;
using switchboard::isWebSocketUpgrade;
using switchboard::parseHttpHead;

namespace {

// The handshake of RFC 6455 section 1.2, with one thing changed: a line is replaced by another, which may be
// empty or several.
HttpHead handshake(const QByteArray &line, const QByteArray &replacement)
{
    QByteArray text = "GET /websockets HTTP/1.1\r\n"
                      "Host: server.example.com\r\n"
                      "Upgrade: websocket\r\n"
                      "Connection: Upgrade\r\n"
                      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                      "Origin: http://example.com\r\n"
                      "Sec-WebSocket-Protocol: chat, superchat\r\n"
                      "Sec-WebSocket-Version: 13\r\n"
                      "\r\n";
    const qsizetype begin = text.indexOf(line);
    if (begin < 0) {
        qFatal("no such line");
    }
    text.replace(begin, text.indexOf("\r\n", begin) + 2 - begin, replacement);
    const auto head = parseHttpHead(text);
    if (!head) {
        qFatal("%s", head.error().body.constData());
    }
    return *head;
}

QByteArray valueOf(const HttpReply &reply, const QByteArray &name)
{
    for (const auto &field : reply.fields) {
        if (field.first == name) {
            return field.second;
        }
    }
    return {};
}

} // namespace

class WebSocketHandshakeTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void accepts_data();
    void accepts();
    void refuses_data();
    void refuses();
    void tellsWhatWouldBeRight();
    void recognizesUpgrades_data();
    void recognizesUpgrades();
};

void WebSocketHandshakeTest::accepts_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("replacement");
    const auto row = [](const char *name, const QByteArray &line, const QByteArray &replacement) {
        QTest::newRow(name) << line << replacement;
    };
    row("as it is", "Origin", "Origin: http://example.com\r\n");
    row("without an origin", "Origin", "");
    row("without a protocol", "Sec-WebSocket-Protocol", "");
    row("with extensions", "Origin", "Sec-WebSocket-Extensions: permessage-deflate\r\n");
    row("upgrade in another case", "Upgrade", "upgrade: WebSocket\r\n");
    row("one of several connection tokens", "Connection", "Connection: keep-alive, upgrade\r\n");
    row("two connection fields", "Connection", "Connection: keep-alive\r\nConnection: upgrade\r\n");
    row("an empty body", "Origin", "Content-Length: 0\r\n");
    row("another key", "Sec-WebSocket-Key", "Sec-WebSocket-Key: +/+/AAAAAAAAAAAAAAAAAA==\r\n");
}

void WebSocketHandshakeTest::accepts()
{
    QFETCH(const QByteArray, line);
    QFETCH(const QByteArray, replacement);
    const auto refusal = checkWebSocketHandshake(handshake(line, replacement));
    QVERIFY2(!refusal, refusal ? refusal->body.constData() : "");
}

void WebSocketHandshakeTest::refuses_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("replacement");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    const auto row = [](const char *name, const QByteArray &line, const QByteArray &replacement, int status,
                        const QByteArray &body) {
        QTest::newRow(name) << line << replacement << status << body;
    };
    const QByteArray noUpgrade = "Expected a WebSockets request.";
    row("no upgrade", "Upgrade", "", 400, noUpgrade);
    row("an upgrade to something else", "Upgrade", "Upgrade: h2c\r\n", 400, noUpgrade);
    row("an empty upgrade", "Upgrade", "Upgrade:\r\n", 400, noUpgrade);
    row("POST", "GET", "POST /websockets HTTP/1.1\r\n", 405, "A WebSocket handshake is a GET.\n");
    row("HEAD", "GET", "HEAD /websockets HTTP/1.1\r\n", 405, "A WebSocket handshake is a GET.\n");
    row("get", "GET", "get /websockets HTTP/1.1\r\n", 405, "A WebSocket handshake is a GET.\n");
    row("HTTP/1.0", "GET", "GET /websockets HTTP/1.0\r\n", 400, "A WebSocket handshake needs HTTP/1.1.\n");
    const QByteArray noConnection = "The header field Connection must contain Upgrade.\n";
    row("no connection", "Connection", "", 400, noConnection);
    row("another connection", "Connection", "Connection: keep-alive\r\n", 400, noConnection);
    row("almost a connection token", "Connection", "Connection: upgraded\r\n", 400, noConnection);
    const QByteArray otherVersion = "The WebSocket version spoken here is 13.\n";
    const QByteArray version = "Sec-WebSocket-Version";
    row("no version", version, "", 426, otherVersion);
    row("an empty version", version, version + ":\r\n", 426, otherVersion);
    row("an old version", version, version + ": 8\r\n", 426, otherVersion);
    row("a version that begins alike", version, version + ": 130\r\n", 426, otherVersion);
    row("several versions", version, version + ": 13, 8\r\n", 426, otherVersion);
    row("two versions", version, version + ": 13\r\n" + version + ": 13\r\n", 426, otherVersion);
    const QByteArray badKey = "Sec-WebSocket-Key must be 16 bytes in base64.\n";
    const QByteArray key = "Sec-WebSocket-Key";
    row("no key", key, "", 400, badKey);
    row("an empty key", key, key + ":\r\n", 400, badKey);
    row("15 bytes", key, key + ": AAAAAAAAAAAAAAAAAAAA\r\n", 400, badKey);
    row("17 bytes", key, key + ": AAAAAAAAAAAAAAAAAAAAAAA=\r\n", 400, badKey);
    row("no base64", key, key + ": AAAAAAAAAAA!AAAAAAAAAA==\r\n", 400, badKey);
    row("the other base64", key, key + ": -_-_AAAAAAAAAAAAAAAAAA==\r\n", 400, badKey);
    row("a blank in the key", key, key + ": AAAAAAAAAAA AAAAAAAAAAA==\r\n", 400, badKey);
    row("two keys", key, key + ": dGhlIHNhbXBsZSBub25jZQ==\r\n" + key + ": dGhlIHNhbXBsZSBub25jZQ==\r\n", 400,
        badKey);
    const QByteArray body = "A WebSocket handshake has no body.\n";
    row("a body", "Origin", "Content-Length: 1\r\n", 400, body);
    row("a chunked body", "Origin", "Transfer-Encoding: chunked\r\n", 400, body);
}

void WebSocketHandshakeTest::refuses()
{
    QFETCH(const QByteArray, line);
    QFETCH(const QByteArray, replacement);
    QFETCH(const int, status);
    QFETCH(const QByteArray, body);
    const auto refusal = checkWebSocketHandshake(handshake(line, replacement));
    QVERIFY(refusal);
    QCOMPARE(refusal->status, status);
    QCOMPARE(refusal->body, body);
}

void WebSocketHandshakeTest::tellsWhatWouldBeRight()
{
    const auto method = checkWebSocketHandshake(handshake("GET", "PUT / HTTP/1.1\r\n"));
    QVERIFY(method);
    QCOMPARE(valueOf(*method, "Allow"), "GET");
    // RFC 6455 section 4.4 wants the version, RFC 9110 section 15.5.22 the upgrade.
    const auto version = checkWebSocketHandshake(handshake("Sec-WebSocket-Version", ""));
    QVERIFY(version);
    QCOMPARE(valueOf(*version, "Sec-WebSocket-Version"), "13");
    QCOMPARE(valueOf(*version, "Upgrade"), "websocket");
}

void WebSocketHandshakeTest::recognizesUpgrades_data()
{
    QTest::addColumn<QByteArray>("fields");
    QTest::addColumn<bool>("isUpgrade");
    QTest::newRow("nothing") << ""_ba << false;
    QTest::newRow("websocket") << "Upgrade: websocket\r\n"_ba << true;
    QTest::newRow("in another case") << "UPGRADE: WEBSOCKET\r\n"_ba << true;
    QTest::newRow("another protocol") << "Upgrade: h2c\r\n"_ba << false;
    QTest::newRow("almost") << "Upgrade: websockets\r\n"_ba << false;
    QTest::newRow("in another field") << "Connection: websocket\r\n"_ba << false;
}

void WebSocketHandshakeTest::recognizesUpgrades()
{
    QFETCH(const QByteArray, fields);
    QFETCH(const bool, isUpgrade);
    const auto head = parseHttpHead("GET / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n");
    QVERIFY(head);
    QCOMPARE(isWebSocketUpgrade(*head), isUpgrade);
}

QTEST_APPLESS_MAIN(WebSocketHandshakeTest)
#include "tst_websockethandshake.moc"
