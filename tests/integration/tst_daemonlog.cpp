// SPDX-License-Identifier: BSD-3-Clause
#include <memory>

#include <QRegularExpression>
#include <QTest>

#include "integration/clientmessages.h"
#include "integration/cluster.h"

using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

const QString Id = QStringLiteral("([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})");

/// Where a line of a daemon's log tells \a text, a regular expression.
QRegularExpression line(const QString &category, const QString &text)
{
    return QRegularExpression(u"^\\[%1\\] \\[\\d\\d:\\d\\d:\\d\\d\\] %2$"_s.arg(category, text),
                              QRegularExpression::MultilineOption);
}

/// What a daemon writes from now on.
class LogExcerpt
{
public:
    explicit LogExcerpt(const DaemonProcess &daemon)
        : m_daemon(daemon)
        , m_start(daemon.standardOutput().size())
    { }

    QByteArray text() const { return m_daemon.standardOutput().sliced(m_start); }

    /// Waits for a line; no match if it does not come.
    QRegularExpressionMatch waitFor(const QRegularExpression &wanted) const
    {
        QRegularExpressionMatch match;
        waitUntil([&] {
            match = wanted.match(QString::fromUtf8(text()));
            return match.hasMatch();
        });
        return match;
    }

private:
    const DaemonProcess &m_daemon;
    qsizetype m_start;
};

} // namespace

/// What a daemon tells the one who runs it.
class DaemonLogTest : public QObject
{
    Q_OBJECT

    std::unique_ptr<Cluster> m_cluster;

private Q_SLOTS:
    void init();
    void cleanup();
    void clientsComeAndGo();
    void longListsAreCut();
    void acceptedMessages();
    void longMessagesAreCut();
    void linesCannotBeForged_data();
    void linesCannotBeForged();
};

void DaemonLogTest::init()
{
    m_cluster = std::make_unique<Cluster>(1);
    QVERIFY(m_cluster->start());
}

void DaemonLogTest::cleanup()
{
    m_cluster.reset();
}

void DaemonLogTest::clientsComeAndGo()
{
    const LogExcerpt log(m_cluster->daemon(0));
    const QUrl url = m_cluster->daemon(0).webSocketUrl();
    WsClient first;
    QVERIFY(first.connectTo(url, {}, {{"User-Agent", "a browser \"of\" mine"}}));
    const auto connected = log.waitFor(
        line(u"WebSocket"_s,
             u"\\[%1\\] Connected from 127\\.0\\.0\\.1 port %2, user agent \"a browser \"of\" mine\"\\n"
             "\\[WebSocket\\] \\[\\d\\d:\\d\\d:\\d\\d\\] New Client List: \\[\\1\\]"_s.arg(Id)
                 .arg(first.socket()->localPort())));
    QVERIFY2(connected.hasMatch(), log.text());
    const QString firstId = connected.captured(1);

    WsClient second;
    QVERIFY(second.connectTo(url));
    QVERIFY2(log.waitFor(line(u"WebSocket"_s, u"New Client List: \\[%1,%2\\]"_s.arg(firstId, Id))).hasMatch(),
             log.text());

    first.socket()->close(QWebSocketProtocol::CloseCodeGoingAway, u"done"_s);
    QVERIFY2(log.waitFor(line(u"WebSocket"_s,
                              u"\\[%1\\] Disconnected with 1001 \"done\"\\n"
                              "\\[WebSocket\\] \\[\\d\\d:\\d\\d:\\d\\d\\] New Client List: \\[%2\\]"_s.arg(
                                  firstId, Id)))
                 .hasMatch(),
             log.text());
    second.abort();
    QVERIFY2(log.waitFor(line(u"WebSocket"_s, u"New Client List: \\[\\]"_s)).hasMatch(), log.text());
}

void DaemonLogTest::longListsAreCut()
{
    const LogExcerpt log(m_cluster->daemon(0));
    Clients clients;
    QVERIFY(m_cluster->connectClients(clients, 25));
    const auto list =
        log.waitFor(line(u"WebSocket"_s, u"New Client List: \\[((?:%1,){19}%1) and 5 more\\]"_s.arg(Id)));
    QVERIFY2(list.hasMatch(), log.text());
    QCOMPARE(QSet<QString>([&] {
                 const QStringList ids = list.captured(1).split(u',');
                 return QSet<QString>(ids.cbegin(), ids.cend());
             }())
                 .size(),
             20);
    // All of twenty, and one more of twenty-one.
    QVERIFY(log.waitFor(line(u"WebSocket"_s, u"New Client List: \\[(?:%1,){19}%1\\]"_s.arg(Id))).hasMatch());
    QVERIFY(log.waitFor(line(u"WebSocket"_s, u"New Client List: \\[(?:%1,){19}%1 and 1 more\\]"_s.arg(Id)))
                .hasMatch());
}

void DaemonLogTest::acceptedMessages()
{
    const LogExcerpt log(m_cluster->daemon(0));
    Clients clients;
    QVERIFY(m_cluster->connectClients(clients));
    // As it was understood, not as it came.
    clients.front().sendText(
        R"({"more":1,"message":{"contents":"\u0048ello \"World\" \u00e9","type":"SubmitMessage"},"channel":"\u0063hat"})");
    QVERIFY2(log.waitFor(line(u"WebSocket"_s, u"\\[%1\\] chat SubmitMessage \"Hello \"World\" é\""_s.arg(Id)))
                 .hasMatch(),
             log.text());
    clients.front().sendText("nonsense");
    QVERIFY2(log.waitFor(line(u"WebSocket"_s,
                              u"\\[%1\\] Rejected \\(invalid-json\\): .+; it was: nonsense"_s.arg(Id)))
                 .hasMatch(),
             log.text());
}

void DaemonLogTest::longMessagesAreCut()
{
    const LogExcerpt log(m_cluster->daemon(0));
    Clients clients;
    QVERIFY(m_cluster->connectClients(clients));
    // The 200th byte is in the middle of a character.
    const QByteArray content = 'x' + QByteArray("é").repeated(25000);
    clients.front().sendText(submitMessage(content));
    QVERIFY2(log.waitFor(line(u"WebSocket"_s,
                              u"\\[%1\\] chat SubmitMessage \"xé{99}… \\(50001 bytes\\)\""_s.arg(Id)))
                 .hasMatch(),
             log.text().left(2000));
    clients.front().sendText(content);
    QVERIFY2(log.waitFor(line(u"WebSocket"_s,
                              u"\\[%1\\] Rejected .+; it was: xé{99}… \\(50001 bytes\\)"_s.arg(Id)))
                 .hasMatch(),
             log.text().left(2000));
    QVERIFY(log.text().size() < 5000);
}

void DaemonLogTest::linesCannotBeForged_data()
{
    QTest::addColumn<QByteArray>("mark");
    QTest::addColumn<QByteArray>("shown");
    const auto row = [](const char *name, const QByteArray &mark, const QByteArray &shown) {
        QTest::newRow(name) << mark << shown;
    };
    row("line feed", "\n", "\\x0a");
    row("carriage return", "\r", "\\x0d");
    row("terminal command", "\x1B[2J", "\\x1b[2J");
    row("delete", "\x7F", "\\x7f");
    row("next line", "\xC2\x85", "\\x85");
    row("terminal command of 8 bits",
        "\xC2\x9B"
        "2J",
        "\\x9b2J");
    row("line separator", "\xE2\x80\xA8", "\\u{2028}");
    row("paragraph separator", "\xE2\x80\xA9", "\\u{2029}");
}

void DaemonLogTest::linesCannotBeForged()
{
    QFETCH(const QByteArray, mark);
    QFETCH(const QByteArray, shown);
    const QByteArray forged = mark + "[Redis] [00:00:00] forged";
    const QByteArray escaped = shown + "[Redis] [00:00:00] forged";

    DaemonProcess &daemon = m_cluster->daemon(0);
    const LogExcerpt log(daemon);
    Clients clients;
    QVERIFY(m_cluster->connectClients(clients));
    WsClient &client = clients.front();
    client.sendText(submitMessage("accepted" + forged));
    QVERIFY2(daemon.waitForOutput("\"accepted" + escaped + '"'), log.text());
    client.sendText("not JSON" + forged);
    QVERIFY2(daemon.waitForOutput("it was: not JSON" + escaped), log.text());
    client.sendBinary("binary" + forged + "\xFF end" + forged);
    QVERIFY2(daemon.waitForOutput("it was: binary" + escaped), log.text());
    QVERIFY(client.waitForMessages(3)); // what is unread at the close would make it a reset
    client.socket()->close(QWebSocketProtocol::CloseCodeNormal, QString::fromUtf8("reason" + forged));
    QVERIFY2(daemon.waitForOutput("Disconnected with 1000 \"reason" + escaped + '"'), log.text());
    QVERIFY(log.waitFor(line(u"WebSocket"_s, u"New Client List: \\[\\]"_s)).hasMatch());

    // Each line is one of ours, and is fit for a terminal.
    const QRegularExpression ours(u"^\\[(HTTP|Node|Redis|WebSocket)\\] \\[\\d\\d:\\d\\d:\\d\\d\\] .+$"_s);
    const QStringList lines = QString::fromUtf8(log.text()).split(u'\n', Qt::SkipEmptyParts);
    for (const QString &text : lines) {
        QVERIFY2(ours.match(text).hasMatch(), qPrintable(text));
        QVERIFY2(!text.startsWith("[Redis] [00:00:00] forged"_L1), qPrintable(text));
        QVERIFY2(!text.contains(QRegularExpression(u"[\\x00-\\x1f\\x7f-\\x9f\\x{2028}\\x{2029}]"_s)),
                 qPrintable(text));
    }
}

QTEST_GUILESS_MAIN(DaemonLogTest)
#include "tst_daemonlog.moc"
