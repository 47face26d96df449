// SPDX-License-Identifier: BSD-3-Clause
#include "net/httprequest.h"

#include <QStringBuilder>
#include <QTest>

using namespace Qt::StringLiterals;
using switchboard::HttpHead;
using switchboard::parseHttpHead;

namespace {

// Parses from a block of the text's exact size, so that a sanitizer sees a read past its end.
auto parseExactly(const QByteArray &text)
{
    const std::vector<char> block(text.cbegin(), text.cend());
    return parseHttpHead(QByteArrayView(block.data(), text.size()));
}

HttpHead withTarget(const QByteArray &target)
{
    HttpHead head;
    head.target = target;
    return head;
}

// A row's text is its name, with line ends to be seen.
QByteArray visible(QByteArray text)
{
    return text.replace("\r", "\\r").replace("\n", "\\n").left(70);
}

// What a head is, in one line: method, target, version, and each remarkable thing.
QByteArray summary(const HttpHead &head)
{
    QByteArray text = head.method + ' ' + head.target + " 1." + QByteArray::number(head.minorVersion);
    for (const auto &[name, value] : head.fields) {
        text += " [" + name + '=' + value + ']';
    }
    if (head.contentLength != 0) {
        text += " length " + QByteArray::number(head.contentLength);
    }
    text += head.isChunked ? " chunked" : "";
    text += head.expectsContinue ? " continue" : "";
    text += head.keepAlive ? "" : " close";
    return text;
}

} // namespace

class HttpHeadTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void accepts_data();
    void accepts();
    void refusesRequestLine_data();
    void refusesRequestLine();
    void refusesFields_data();
    void refusesFields();
    void refusesChunksOfHttp10();
    void refusesEveryControlCharacterInValue();
    void refusesEveryMarkThatIsNoToken();
    void boundsNumberOfFields();
    void pathAndQuery_data();
    void pathAndQuery();
    void encodedPath();
    void findsFieldsInAnyCase();
    void findsTokens_data();
    void findsTokens();
};

void HttpHeadTest::accepts_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const QByteArray &text, const QByteArray &expected) {
        QTest::newRow(visible(text).constData()) << text << expected;
    };
    row("GET / HTTP/1.1\r\nHost: h\r\n\r\n", "GET / 1.1 [Host=h]");
    row("GET / HTTP/1.0\r\n\r\n", "GET / 1.0 close");
    row("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "GET / 1.0 [Connection=keep-alive] close");
    row("OPTIONS * HTTP/1.1\r\nHost:\r\n\r\n", "OPTIONS * 1.1 [Host=]");
    row("GET http://h:1/a?b HTTP/1.1\r\nHost: h\r\n\r\n", "GET http://h:1/a?b 1.1 [Host=h]");
    row("!#$%&'*+-.^_`|~09azAZ / HTTP/1.1\r\nhost: h\r\n\r\n", "!#$%&'*+-.^_`|~09azAZ / 1.1 [host=h]");
    row("GET /\xC3\xA9 HTTP/1.1\r\nHost: \xC3\xA9\r\n\r\n", "GET /\xC3\xA9 1.1 [Host=\xC3\xA9]");
    row("GET / HTTP/1.1\r\nHost:h\r\nA: \t b \t c \t \r\nB:\r\n\r\n", "GET / 1.1 [Host=h] [A=b \t c] [B=]");
    row("GET / HTTP/1.1\r\nHost: h\r\nA: 1\r\nA: 2\r\n\r\n", "GET / 1.1 [Host=h] [A=1] [A=2]");
    row("GET / HTTP/1.1\r\nHost: h\r\nA: b:c: d\r\n\r\n", "GET / 1.1 [Host=h] [A=b:c: d]");
    row("GET / HTTP/1.1\r\nHost: h\r\nConnection: a, CLOSE\r\n\r\n",
        "GET / 1.1 [Host=h] [Connection=a, CLOSE] close");
    row("GET / HTTP/1.1\r\nHost: h\r\nConnection: closed\r\n\r\n", "GET / 1.1 [Host=h] [Connection=closed]");
    row("P / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", "P / 1.1 [Host=h] [Content-Length=0]");
    row("P / HTTP/1.1\r\nHost: h\r\ncontent-length: 0017\r\n\r\n",
        "P / 1.1 [Host=h] [content-length=0017] length 17");
    row("P / HTTP/1.1\r\nHost: h\r\nContent-Length: 999999999999999999\r\n\r\n",
        "P / 1.1 [Host=h] [Content-Length=999999999999999999] length 999999999999999999");
    row("P / HTTP/1.0\r\nContent-Length: 5\r\n\r\n", "P / 1.0 [Content-Length=5] length 5 close");
    row("P / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n",
        "P / 1.1 [Host=h] [Transfer-Encoding=Chunked] chunked");
    row("P / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n",
        "P / 1.1 [Host=h] [Expect=100-Continue] [Content-Length=1] length 1 continue");
    row("P / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n", "P / 1.0 [Expect=100-continue] close");
    row("P / HTTP/1.0\r\nExpect: the best\r\n\r\n", "P / 1.0 [Expect=the best] close");
    // What stands behind the empty line is not the head's.
    row("GET / HTTP/1.0\r\n\r\n\r\nrest\n", "GET / 1.0 close");
}

void HttpHeadTest::accepts()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QByteArray, expected);
    const auto head = parseExactly(text);
    QVERIFY2(head, head ? "" : head.error().body.constData());
    QCOMPARE(summary(*head), expected);
}

void HttpHeadTest::refusesRequestLine_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("reason");
    const auto row = [](const QByteArray &line, int status, const QByteArray &reason) {
        QTest::newRow(visible(line).constData()) << line << status << reason;
    };
    row("", 400, "request line is missing");
    row("GET", 400, "must be a method, a target and HTTP/1.1");
    row("GET /", 400, "must be a method, a target and HTTP/1.1");
    row("GET HTTP/1.1", 400, "must be a method, a target and HTTP/1.1");
    row("GET\t/\tHTTP/1.1", 400, "must be a method, a target and HTTP/1.1");
    row(" GET / HTTP/1.1", 400, "method is not a token");
    row("G\xC3\xA9T / HTTP/1.1", 400, "method is not a token");
    row("GE:T / HTTP/1.1", 400, "method is not a token");
    row(QByteArray("GE\0T / HTTP/1.1", 15), 400, "method is not a token");
    row("GET  HTTP/1.1", 400, "target has a blank");
    row("GET  / HTTP/1.1", 400, "target has a blank");
    row("GET /  HTTP/1.1", 400, "target has a blank");
    row("GET /a b HTTP/1.1", 400, "target has a blank");
    row("GET /a\tb HTTP/1.1", 400, "target has a blank");
    row("GET /a\x7F HTTP/1.1", 400, "target has a blank");
    row(QByteArray("GET /\0 HTTP/1.1", 15), 400, "target has a blank");
    row("GET / HTTP/1.1 ", 400, "target has a blank");
    row("GET / ", 400, "must end in HTTP/1.1");
    row("GET / HTTP/1", 400, "must end in HTTP/1.1");
    row("GET / HTTP/1.10", 400, "must end in HTTP/1.1");
    row("GET / HTTP/11.", 400, "must end in HTTP/1.1");
    row("GET / http/1.1", 400, "must end in HTTP/1.1");
    row("GET / HTTPS/1.", 400, "must end in HTTP/1.1");
    row("GET / HTTP/2.0", 505, "Only HTTP/1.1 and HTTP/1.0");
    row("GET / HTTP/1.2", 505, "Only HTTP/1.1 and HTTP/1.0");
    row("GET / HTTP/0.9", 505, "Only HTTP/1.1 and HTTP/1.0");
    row("GET / HTTP/1.1\n", 400, "CR LF");
    row("GET /\rHTTP/1.1", 400, "CR LF");
}

void HttpHeadTest::refusesRequestLine()
{
    QFETCH(const QByteArray, line);
    QFETCH(const int, status);
    QFETCH(const QByteArray, reason);
    const auto head = parseExactly(line + "\r\nHost: h\r\n\r\n");
    QVERIFY(!head);
    QCOMPARE(head.error().status, status);
    QVERIFY2(head.error().body.contains(reason), head.error().body.constData());
    QVERIFY(head.error().body.endsWith(".\n"));
}

void HttpHeadTest::refusesFields_data()
{
    QTest::addColumn<QByteArray>("fields");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("reason");
    const auto row = [](const QByteArray &fields, int status, const QByteArray &reason) {
        QTest::newRow(visible(fields).constData()) << fields << status << reason;
    };
    const auto withHost = [&](const QByteArray &fields, int status, const QByteArray &reason) {
        row("Host: h\r\n" + fields, status, reason);
    };
    row("Hos: t\r\n", 400, "Host is missing");
    withHost("HOST: h\r\n", 400, "Host is there more than once");
    withHost("A\r\n", 400, "has no colon");
    withHost(" folded: 1\r\n", 400, "folded over two lines");
    withHost("A: 1\r\n\tand more\r\n", 400, "folded over two lines");
    withHost("A : 1\r\n", 400, "name is not a token");
    withHost(": 1\r\n", 400, "name is not a token");
    withHost("A B: 1\r\n", 400, "name is not a token");
    withHost("A\xC3\xA9: 1\r\n", 400, "name is not a token");
    withHost("A: 1\nB: 2\r\n", 400, "CR LF");
    withHost("A: 1\rB: 2\r\n", 400, "CR LF");
    withHost("A: 1\r\r\n", 400, "CR LF");
    withHost("Content-Length: 1\r\nContent-Length: 1\r\n", 400, "Content-Length is there more than once");
    withHost("Content-Length: 1\r\ncontent-length: 2\r\n", 400, "Content-Length is there more than once");
    for (const char *length : {"", "-1", "+1", "1.0", "0x1", "1,1", "1 1", "a", "1000000000000000000"}) {
        withHost("Content-Length: " + QByteArray(length) + "\r\n", 400, "not a number of bytes");
    }
    withHost("Content-Length: \xD9\xA1\r\n", 400, "not a number of bytes");
    withHost("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", 400,
             "Transfer-Encoding is there more than once");
    withHost("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n", 400, "does not go with");
    withHost("Content-Length: 0\r\nTransfer-Encoding: gzip\r\n", 400, "does not go with");
    withHost("Transfer-Encoding: gzip, chunked\r\n", 501, "chunked");
    withHost("Transfer-Encoding: chunked, identity\r\n", 501, "chunked");
    withHost("Transfer-Encoding: identity\r\n", 501, "chunked");
    withHost("Transfer-Encoding: xchunked\r\n", 501, "chunked");
    withHost("Transfer-Encoding:\r\n", 501, "chunked");
    withHost("Upgrade: websocket\r\nUpgrade: h2c\r\n", 400, "Upgrade is there more than once");
    withHost("Expect: 200-ok\r\n", 417, "100-continue");
    withHost("Expect:\r\n", 417, "100-continue");
}

void HttpHeadTest::refusesFields()
{
    QFETCH(const QByteArray, fields);
    QFETCH(const int, status);
    QFETCH(const QByteArray, reason);
    const auto head = parseExactly("POST / HTTP/1.1\r\n" + fields + "\r\n");
    QVERIFY(!head);
    QCOMPARE(head.error().status, status);
    QVERIFY2(head.error().body.contains(reason), head.error().body.constData());
    QVERIFY(head.error().body.endsWith(".\n"));
}

void HttpHeadTest::refusesChunksOfHttp10()
{
    const auto head = parseExactly("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n");
    QVERIFY(!head);
    QCOMPARE(head.error().status, 400);
}

void HttpHeadTest::refusesEveryControlCharacterInValue()
{
    for (int c = 0; c <= 0x7F; ++c) {
        if (c == '\t' || (c >= 0x20 && c < 0x7F)) {
            continue;
        }
        const char character = static_cast<char>(c);
        for (const QByteArray &value : {character + QByteArray("5"), QByteArray("5") + character + '5',
                                        QByteArray("5") + character, QByteArray(1, character)}) {
            const auto head =
                parseExactly("P / HTTP/1.1\r\nHost: h\r\nContent-Length: " + value + "\r\n\r\n");
            QVERIFY2(!head, value.toHex().constData());
            QCOMPARE(head.error().status, 400);
            const QByteArray reason = c == '\r' || c == '\n' ? "CR LF" : "control character";
            QVERIFY2(head.error().body.contains(reason), value.toHex() + ' ' + head.error().body);
        }
    }
}

void HttpHeadTest::refusesEveryMarkThatIsNoToken()
{
    for (const char mark : QByteArray("\"(),/;<=>?@[\\]{}\x80\xFF")) {
        const auto name = parseExactly("P / HTTP/1.1\r\nHost: h\r\nA" + QByteArray(1, mark) + "B: 1\r\n\r\n");
        QVERIFY2(!name, QByteArray(1, mark).toHex().constData());
        QCOMPARE(name.error().body, "A header field's name is not a token.\n");
        const auto method = parseExactly("P" + QByteArray(1, mark) + " / HTTP/1.1\r\nHost: h\r\n\r\n");
        QVERIFY2(!method, QByteArray(1, mark).toHex().constData());
        QCOMPARE(method.error().body, "The method is not a token.\n");
    }
}

void HttpHeadTest::boundsNumberOfFields()
{
    QByteArray text = "GET / HTTP/1.1\r\nHost: h\r\n";
    for (int i = 1; i < 100; ++i) {
        text += "A: 1\r\n";
    }
    const auto most = parseExactly(text + "\r\n");
    QVERIFY(most);
    QCOMPARE(most->fieldCount("a"), 99);
    const auto tooMany = parseExactly(text + "A: 1\r\n\r\n");
    QVERIFY(!tooMany);
    QCOMPARE(tooMany.error().status, 431);
}

void HttpHeadTest::pathAndQuery_data()
{
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("query");
    const auto row = [](const char *target, const QByteArray &path, const QByteArray &query) {
        QTest::newRow(target) << QByteArray(target) << path << query;
    };
    row("/", "/", "");
    row("/a/b", "/a/b", "");
    row("/a/", "/a/", "");
    row("/a?b=c", "/a", "b=c");
    row("/a?", "/a", "");
    row("/a?b?c", "/a", "b?c");
    row("/?%41", "/", "%41");
    row("/%61b", "/ab", "");
    row("/%2F..%3f", "//..?", "");
    row("/%2561", "/%61", "");
    row("/%", "/%", "");
    row("/a+b", "/a+b", "");
    row("/a/../b", "/a/../b", "");
    row("//a", "//a", "");
    row("*", "*", "");
    row("", "", "");
    row("?a", "", "a");
    row("a", "/a", "");
    row("http://h", "/", "");
    row("http://h?a", "/", "a");
    row("http://h/", "/", "");
    row("http://h:80/a/b?c", "/a/b", "c");
    row("ws://u@[::1]:9001/websockets", "/websockets", "");
    row("/a?http://h/b", "/a", "http://h/b");
    row("/http://h/b", "/http://h/b", "");
    row("h:443", "/h:443", "");
}

void HttpHeadTest::pathAndQuery()
{
    QFETCH(const QByteArray, target);
    QFETCH(const QByteArray, path);
    QFETCH(const QByteArray, query);
    const HttpHead head = withTarget(target);
    QCOMPARE(head.path(), path);
    QCOMPARE(head.query(), query);
}

void HttpHeadTest::encodedPath()
{
    QCOMPARE(withTarget("/rooms/a%2Fb/members?limit=%31").encodedPath(), QByteArray("/rooms/a%2Fb/members"));
    QCOMPARE(withTarget("http://host/a%2Fb").encodedPath(), QByteArray("/a%2Fb"));
    QCOMPARE(withTarget("http://host").encodedPath(), QByteArray("/"));
}

void HttpHeadTest::findsFieldsInAnyCase()
{
    HttpHead head;
    head.fields = {{"Name", "first"}, {"name", "second"}, {"Empty", ""}};
    QCOMPARE(head.field("NAME"), std::optional<QByteArray>("first"));
    QCOMPARE(head.field("Empty"), std::optional<QByteArray>(""));
    QVERIFY(!head.field("Nam"));
    QVERIFY(!head.field("Names"));
    QCOMPARE(head.fieldCount("nAME"), 2);
    QCOMPARE(head.fieldCount("Nam"), 0);
}

void HttpHeadTest::findsTokens_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<bool>("isThere");
    QTest::newRow("alone") << "upgrade"_ba << true;
    QTest::newRow("in another case") << "UpGrade"_ba << true;
    QTest::newRow("first") << "upgrade, close"_ba << true;
    QTest::newRow("last") << "close,\t upgrade \t"_ba << true;
    QTest::newRow("between empty elements") << ",,upgrade,"_ba << true;
    QTest::newRow("nothing") << ""_ba << false;
    QTest::newRow("part of a token") << "upgrades, upgrad"_ba << false;
    QTest::newRow("separated by blanks alone") << "close upgrade"_ba << false;
    QTest::newRow("separated by semicolons") << "close;upgrade"_ba << false;
}

void HttpHeadTest::findsTokens()
{
    QFETCH(const QByteArray, value);
    QFETCH(const bool, isThere);
    HttpHead head;
    head.fields = {{"Other", "upgrade"}, {"CONNECTION", value}};
    QCOMPARE(head.hasToken("Connection", "upgrade"), isThere);
    // A list may be spread over several fields.
    head.fields = {{"Connection", value}, {"connection", "a, upgrade"}};
    QVERIFY(head.hasToken("Connection", "Upgrade"));
}

QTEST_APPLESS_MAIN(HttpHeadTest)
#include "tst_httphead.moc"
