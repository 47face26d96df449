// SPDX-License-Identifier: BSD-3-Clause
#include "integration/cluster.h"
#include "support/filecontents.h"
#include "support/httprequest.h"

#include <QDir>
#include <QRegularExpression>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

const QDir sources(QStringLiteral(SWITCHBOARD_SOURCE_DIR));

const QList<QByteArray> paths{"/", "/app.js", "/style.css", "/switchboard.js", "/icon.svg"};

} // namespace

/// The files of the page at "/", as HTTP.
class WebPageTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase() { m_cluster.reset(); }
    void serves_data();
    void serves();
    void forbidsWhatItDoesNotNeed();
    void asksForNothingElse();
    void headHasNoBody();
    void isNotSentAgain_data();
    void isNotSentAgain();
    void otherMethods_data();
    void otherMethods();
    void upgradesAreRefused();
    void needsNoToken();
    void canBeTurnedOff_data();
    void canBeTurnedOff();

private:
    HttpReply get(const QByteArray &path, const HttpHeaders &headers = {})
    {
        return httpRequest(m_cluster->daemon(0).port(), "GET", path, {}, headers);
    }

    std::unique_ptr<Cluster> m_cluster;
};

void WebPageTest::initTestCase()
{
    m_cluster = std::make_unique<Cluster>(1);
    QVERIFY(m_cluster->start());
}

void WebPageTest::serves_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("contentType");
    QTest::addColumn<QString>("file");
    const auto row = [](const char *path, const char *contentType, const QString &file) {
        QTest::newRow(path) << QByteArray(path) << QByteArray(contentType) << file;
    };
    row("/", "text/html; charset=utf-8", u"server/web/index.html"_s);
    row("/?x=1", "text/html; charset=utf-8", u"server/web/index.html"_s);
    row("/style.css", "text/css; charset=utf-8", u"server/web/style.css"_s);
    row("/app.js", "text/javascript; charset=utf-8", u"server/web/app.js"_s);
    row("/switchboard.js", "text/javascript; charset=utf-8", u"clients/js/switchboard.js"_s);
    row("/icon.svg", "image/svg+xml", u"monitor/icons/switchboard-monitor.svg"_s);
}

void WebPageTest::serves()
{
    QFETCH(const QByteArray, path);
    QFETCH(const QByteArray, contentType);
    QFETCH(const QString, file);
    const HttpReply reply = get(path);
    QCOMPARE(reply.status, 200);
    QCOMPARE(reply.header("Content-Type"), contentType);
    QVERIFY(!reply.body.isEmpty());
    QCOMPARE(reply.body, contentsOf(sources.filePath(file)));
}

void WebPageTest::forbidsWhatItDoesNotNeed()
{
    for (const QByteArray &path : paths) {
        const HttpReply reply = get(path);
        QCOMPARE(reply.header("X-Content-Type-Options"), QByteArray("nosniff"));
        QCOMPARE(reply.header("Referrer-Policy"), QByteArray("no-referrer"));
        QCOMPARE(reply.header("Cross-Origin-Resource-Policy"), QByteArray("same-origin"));
        const QList<QByteArray> policy = reply.header("Content-Security-Policy").split(';');
        QCOMPARE(policy.first(), QByteArray("default-src 'none'"));
        for (const QByteArray &rule : policy.mid(1)) {
            const bool isTight = rule.endsWith(" 'self'") || rule.endsWith(" 'none'")
                || rule == " require-trusted-types-for 'script'";
            QVERIFY2(isTight && rule.count('\'') == 2, rule);
        }
    }
}

// Every file that one of the page's files names is served, and is its own.
void WebPageTest::asksForNothingElse()
{
    static const QRegularExpression reference(
        uR"re((?:href|src)="([^"#]+)"|from "\./([^"]+)"|url\(([^)]+)\))re"_s);
    QSet<QByteArray> found;
    for (const QByteArray &path : paths) {
        const QString text = QString::fromUtf8(get(path).body);
        for (auto it = reference.globalMatch(text); it.hasNext();) {
            const QRegularExpressionMatch match = it.next();
            QByteArray name = match.captured(match.lastCapturedIndex()).toUtf8();
            if (!name.startsWith('#')) { // a part of the same file
                found.insert('/' + name);
            }
        }
    }
    QCOMPARE(found, QSet<QByteArray>(paths.begin() + 1, paths.end()));
}

void WebPageTest::headHasNoBody()
{
    for (const QByteArray &path : paths) {
        const HttpReply whole = get(path);
        const HttpReply head = httpRequest(m_cluster->daemon(0).port(), "HEAD", path);
        QCOMPARE(head.status, 200);
        QCOMPARE(head.body, QByteArray());
        for (const char *name : {"Content-Length", "Content-Type", "ETag", "Content-Security-Policy"}) {
            QVERIFY(!head.header(name).isEmpty());
            QCOMPARE(head.header(name), whole.header(name));
        }
    }
}

void WebPageTest::isNotSentAgain_data()
{
    QTest::addColumn<QByteArray>("condition"); // % is the file's tag
    QTest::addColumn<bool>("isKnown");
    QTest::newRow("its tag") << QByteArray("%") << true;
    QTest::newRow("one of several") << QByteArray(R"("a" ,  %, "b")") << true;
    QTest::newRow("weakened by a proxy") << QByteArray("W/%") << true;
    QTest::newRow("any") << QByteArray("*") << true;
    QTest::newRow("another") << QByteArray("\"0123456789abcdef\"") << false;
    QTest::newRow("without quotes") << QByteArray("0123456789abcdef") << false;
    QTest::newRow("none") << QByteArray() << false;
}

void WebPageTest::isNotSentAgain()
{
    QFETCH(QByteArray, condition);
    QFETCH(const bool, isKnown);
    for (const QByteArray &path : paths) {
        const HttpReply first = get(path);
        const QByteArray tag = first.header("ETag");
        QVERIFY2(tag.size() > 2 && tag.startsWith('"') && tag.endsWith('"'), tag);
        QCOMPARE(first.header("Cache-Control"), QByteArray("no-cache"));
        const QByteArray value = QByteArray(condition).replace('%', tag);
        const HttpReply again = get(path, {{"If-None-Match", value}});
        QCOMPARE(again.status, isKnown ? 304 : 200);
        QCOMPARE(again.reason, QByteArray(isKnown ? "Not Modified" : "OK"));
        QCOMPARE(again.body, isKnown ? QByteArray() : first.body);
        QCOMPARE(again.header("ETag"), tag);
        QCOMPARE(again.header("Content-Length"), isKnown ? QByteArray() : first.header("Content-Length"));
    }
}

void WebPageTest::otherMethods_data()
{
    QTest::addColumn<QByteArray>("method");
    for (const char *method : {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "get", "FOO"}) {
        QTest::newRow(method) << QByteArray(method);
    }
}

void WebPageTest::otherMethods()
{
    QFETCH(const QByteArray, method);
    for (const QByteArray &path : paths) {
        const HttpReply reply = httpRequest(m_cluster->daemon(0).port(), method, path);
        QCOMPARE(reply.status, 405);
        QCOMPARE(reply.header("Allow"), QByteArray("GET, HEAD"));
    }
}

void WebPageTest::upgradesAreRefused()
{
    for (const QByteArray &path : paths) {
        WsClient client;
        QVERIFY(!client.connectTo(m_cluster->daemon(0).httpUrl(QString::fromLatin1(path))));
    }
}

void WebPageTest::needsNoToken()
{
    QProcessEnvironment secret;
    secret.insert(u"AUTH_SECRET"_s, u"0123456789abcdef0123456789abcdef"_s);
    DaemonProcess daemon({}, secret);
    QVERIFY(daemon.start());
    for (const QByteArray &path : paths) {
        QCOMPARE(httpRequest(daemon.port(), "GET", path).status, 200);
    }
}

void WebPageTest::canBeTurnedOff_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("variable");
    QTest::addColumn<bool>("isOff");
    QTest::newRow("flag") << QStringList{u"--no-web"_s} << QString() << true;
    QTest::newRow("variable") << QStringList() << u"true"_s << true;
    QTest::newRow("variable, not") << QStringList() << u"false"_s << false;
}

void WebPageTest::canBeTurnedOff()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const QString, variable);
    QFETCH(const bool, isOff);
    QProcessEnvironment environment;
    if (!variable.isEmpty()) {
        environment.insert(u"NO_WEB"_s, variable);
    }
    DaemonProcess daemon(arguments, environment);
    QVERIFY(daemon.start());
    for (const QByteArray &path : paths) {
        const HttpReply reply = httpRequest(daemon.port(), "GET", path);
        QCOMPARE(reply.status, isOff ? 404 : 200);
        QVERIFY(!isOff || reply.body == "invalid path");
    }
    QCOMPARE(httpRequest(daemon.port(), "GET", "/healthz").status, 200);
}

QTEST_GUILESS_MAIN(WebPageTest)
#include "tst_webpage.moc"
