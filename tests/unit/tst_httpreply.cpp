// SPDX-License-Identifier: BSD-3-Clause
#include "net/httpreply.h"

#include <QDateTime>
#include <QLocale>
#include <QRegularExpression>
#include <QTest>

#include <ctime>

using namespace Qt::StringLiterals;
using switchboard::HttpReply;

namespace {

// An encoded reply without its Date, which is the field behind the status line.
QByteArray withoutDate(const QByteArray &text)
{
    const qsizetype begin = text.indexOf("\r\n") + 2;
    return text.sliced(begin).startsWith("Date: ")
        ? text.first(begin) + text.sliced(text.indexOf("\r\n", begin) + 2)
        : "no date: " + text;
}

} // namespace

class HttpReplyTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void encodes_data();
    void encodes();
    void knowsReasonPhrases_data();
    void knowsReasonPhrases();
    void tellsDate();
};

void HttpReplyTest::encodes_data()
{
    QTest::addColumn<HttpReply>("reply");
    QTest::addColumn<bool>("withBody");
    QTest::addColumn<bool>("keepAlive");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *name, const HttpReply &reply, bool withBody, bool keepAlive,
                        const QByteArray &expected) {
        QTest::newRow(name) << reply << withBody << keepAlive << expected;
    };
    row("nothing", HttpReply{}, true, true, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    row("nothing, the last", HttpReply{}, true, false,
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    // RFC 9110 section 8.6.
    row("what never has a body", HttpReply{204}, true, true, "HTTP/1.1 204 No Content\r\n\r\n");
    row("text", HttpReply{404, "invalid path"}, true, true,
        "HTTP/1.1 404 Not Found\r\nContent-Length: 12\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\ninvalid path");
    row("text for HEAD", HttpReply{404, "invalid path"}, false, true,
        "HTTP/1.1 404 Not Found\r\nContent-Length: 12\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\n");
    row("another type and fields",
        HttpReply{405, "{}", "application/json", {{"Allow", "GET"}, {"Allow", "HEAD"}}}, true, false,
        "HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 2\r\nContent-Type: application/json\r\n"
        "Allow: GET\r\nAllow: HEAD\r\nConnection: close\r\n\r\n{}");
    // Its length would be that of the page that is not sent (RFC 9110 section 8.6).
    row("not modified", HttpReply{304, {}, {}, {{"ETag", "\"x\""}}}, true, true,
        "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n");
    row("any bytes", HttpReply{200, QByteArray("\r\n\0\xFF", 4)}, true, true,
        QByteArrayLiteral("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n"
                          "Content-Type: text/plain; charset=utf-8\r\n\r\n\r\n\0\xFF"));
}

void HttpReplyTest::encodes()
{
    QFETCH(const HttpReply, reply);
    QFETCH(const bool, withBody);
    QFETCH(const bool, keepAlive);
    QFETCH(const QByteArray, expected);
    QCOMPARE(withoutDate(reply.encode(withBody, keepAlive)), expected);
}

void HttpReplyTest::knowsReasonPhrases_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("phrase");
    const auto row = [](int status, const char *phrase) {
        QTest::addRow("%d", status) << status << QByteArray(phrase);
    };
    // RFC 9110 section 15 and RFC 6585.
    row(200, "OK");
    row(202, "Accepted");
    row(204, "No Content");
    row(304, "Not Modified");
    row(400, "Bad Request");
    row(401, "Unauthorized");
    row(403, "Forbidden");
    row(404, "Not Found");
    row(405, "Method Not Allowed");
    row(408, "Request Timeout");
    row(413, "Content Too Large");
    row(414, "URI Too Long");
    row(415, "Unsupported Media Type");
    row(417, "Expectation Failed");
    row(422, "Unprocessable Content");
    row(426, "Upgrade Required");
    row(431, "Request Header Fields Too Large");
    row(500, "Internal Server Error");
    row(501, "Not Implemented");
    row(503, "Service Unavailable");
    row(504, "Gateway Timeout");
    row(505, "HTTP Version Not Supported");
    // The phrase may be missing, the blank before it may not (RFC 9112 section 4).
    row(299, "");
}

void HttpReplyTest::knowsReasonPhrases()
{
    QFETCH(const int, status);
    QFETCH(const QByteArray, phrase);
    const QByteArray text = HttpReply{status}.encode(true, true);
    QCOMPARE(text.first(text.indexOf("\r\n")), "HTTP/1.1 " + QByteArray::number(status) + ' ' + phrase);
}

void HttpReplyTest::tellsDate()
{
    // English and in UTC, whatever the machine speaks and wherever it is.
    QLocale::setDefault(QLocale(QLocale::German));
    qputenv("TZ", "XXX-5:30");
    ::tzset();
    const QDateTime before = QDateTime::currentDateTimeUtc();
    const QByteArray text = HttpReply{}.encode(true, true);
    const QDateTime after = QDateTime::currentDateTimeUtc();

    static const QRegularExpression form(
        u"\r\nDate: (\\w{3}, \\d\\d \\w{3} \\d{4} \\d\\d:\\d\\d:\\d\\d) GMT\r\n"_s);
    const auto match = form.match(QString::fromLatin1(text));
    QVERIFY2(match.hasMatch(), text.constData());
    QDateTime date = QLocale::c().toDateTime(match.captured(1), u"ddd, dd MMM yyyy hh:mm:ss"_s);
    date.setTimeSpec(Qt::UTC);
    QVERIFY(date.isValid());
    QVERIFY(date >= before.addSecs(-1));
    QVERIFY(date <= after);
}

QTEST_APPLESS_MAIN(HttpReplyTest)
#include "tst_httpreply.moc"
