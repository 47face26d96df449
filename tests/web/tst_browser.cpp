// SPDX-License-Identifier: BSD-3-Clause
#include "integration/clientmessages.h"
#include "support/webtoken.h"
#include "support/wsclient.h"
#include "web/settledcluster.h"
#include "web/webdriver.h"

#include <QTemporaryFile>
#include <QTest>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

// Keys in WebDriver (section 17.4.2).
const QString Tab = u"\uE004"_s;
const QString Enter = u"\uE007"_s;

// Of all that can be seen: text and what lies behind it, where they differ by less than WCAG 2.2 wants
// (AA, 1.4.3).
const QString FaintTexts = uR"js(
    const channels = (color) => color.match(/[\d.]+/g).map(Number);
    const light = (color) => {
        const [r, g, b] = channels(color).map((c) => c / 255)
            .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = (element) => {
        for (; element; element = element.parentElement) {
            const color = getComputedStyle(element).backgroundColor;
            if ((channels(color)[3] ?? 1) > 0) return color;
        }
        return "rgb(255, 255, 255)";
    };
    const faint = [];
    for (const element of document.body.querySelectorAll("*")) {
        const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
        if (!hasText && !element.placeholder || !element.checkVisibility()) continue;
        const style = getComputedStyle(element, hasText ? null : "::placeholder");
        const [a, b] = [light(style.color), light(ground(element))].sort((x, y) => y - x);
        const contrast = (a + 0.05) / (b + 0.05);
        if (contrast < 4.5) faint.push(`${element.tagName} ${element.className} ${contrast.toFixed(2)}`);
    }
    return faint.join("; ");
)js"_s;

// What one can go to by keyboard and has no name that a screen reader could say.
const QString Nameless = uR"js(
    const nameOf = (element) => element.getAttribute("aria-label") || element.textContent.trim()
        || [...(element.labels ?? [])].map((label) => label.textContent).join(" ");
    return [...document.querySelectorAll("a, button, input, [tabindex], section, form, ul")]
        .filter((element) => element.checkVisibility())
        .filter((element) => !["FORM"].includes(element.tagName))
        .filter((element) => !nameOf(element) && !element.getAttribute("aria-labelledby"))
        .map((element) => element.outerHTML).join("; ");
)js"_s;

// What one can click on and lies under something else.
const QString Covered = uR"js(
    return [...document.querySelectorAll("button, input")].filter((element) => element.checkVisibility())
        .filter((element) => {
            element.scrollIntoView({ block: "center" });
            const { left, top, width, height } = element.getBoundingClientRect();
            return ![0.1, 0.5, 0.9].every((part) =>
                element.contains(document.elementFromPoint(left + width * part, top + height / 2)));
        })
        .map((element) => element.outerHTML).join("; ");
)js"_s;

} // namespace

/// The page at "/" in a real browser, on two daemons.
class BrowserTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void relaysBetweenDaemons();
    void showsRooms();
    void pings();
    void comesBack();
    void showsTextAsText();
    void keepsTheNewestLines();
    void worksByKeyboard();
    void canBeReadAndHeard_data();
    void canBeReadAndHeard();
    void takesToken();

private:
    bool openPages();
    bool say(const QString &page, const QString &selector, const QString &text);
    bool shows(const QString &page, const QString &selector, const QString &text);
    // What the consoles got, without that a daemon could not be reached.
    QStringList complaints();

    SettledCluster m_cluster{2};
    std::unique_ptr<WebDriver> m_browser;
    QString m_pages[2]; // windows, one on each daemon
};

void BrowserTest::initTestCase()
{
    if (const QString missing = WebDriver::missing(); !missing.isEmpty()) {
        QSKIP(qPrintable(missing));
    }
    QVERIFY(m_cluster.start());
}

void BrowserTest::init()
{
    m_browser = std::make_unique<WebDriver>();
    QVERIFY(m_browser->start());
    m_pages[0] = m_browser->window();
    m_pages[1].clear();
}

void BrowserTest::cleanup()
{
    if (m_browser) {
        QCOMPARE(complaints(), QStringList());
    }
    m_browser.reset();
}

bool BrowserTest::openPages()
{
    for (int i = 0; i < 2; ++i) {
        if (i > 0) {
            m_pages[i] = m_browser->openWindow();
        }
        const DaemonProcess &daemon = m_cluster.daemon(i);
        const bool isThere = m_browser->goTo(daemon.httpUrl(u"/"_s))
            && m_browser->waitForText(u"#state"_s, u"Connected"_s)
            && m_browser->waitForText(u"#node"_s, u":%1"_s.arg(daemon.port()))
            && m_browser->text(u"#client"_s).size() == 8;
        if (!isThere) {
            return false;
        }
    }
    return true;
}

bool BrowserTest::say(const QString &page, const QString &selector, const QString &text)
{
    return m_browser->switchTo(page) && m_browser->type(selector, text + Enter);
}

bool BrowserTest::shows(const QString &page, const QString &selector, const QString &text)
{
    return m_browser->switchTo(page) && m_browser->waitForText(selector, text);
}

QStringList BrowserTest::complaints()
{
    QStringList found;
    for (const QString &page : m_pages) {
        if (!page.isEmpty() && m_browser->switchTo(page)) {
            found += m_browser->takeConsole();
        }
    }
    found.removeIf([](const QString &line) {
        return line.contains(u"WebSocket connection to"_s) || line.contains(u"net::ERR_CONNECTION"_s);
    });
    return found;
}

void BrowserTest::relaysBetweenDaemons()
{
    QVERIFY(openPages());
    for (int i = 0; i < 2; ++i) {
        const QString text = u"said on page %1"_s.arg(i);
        QVERIFY(say(m_pages[i], u"#chat-text"_s, text));
        QVERIFY(shows(m_pages[0], u"#chat-log"_s, text));
        QVERIFY(shows(m_pages[1], u"#chat-log"_s, text));
    }
    QCOMPARE(m_browser->takeConsole(), QStringList());
    QVERIFY(m_browser->switchTo(m_pages[0]));
    QCOMPARE(m_browser->takeConsole(), QStringList());
}

void BrowserTest::showsRooms()
{
    QVERIFY(openPages());
    QVERIFY(say(m_pages[0], u"#join-room"_s, u"tea"_s));
    QVERIFY(shows(m_pages[0], u".room .count"_s, u"1"_s));
    QVERIFY(shows(m_pages[0], u".room .members"_s, u"you"_s));
    const QString first = m_browser->text(u"#client"_s);
    QVERIFY(say(m_pages[1], u"#join-room"_s, u"tea"_s));
    QVERIFY(shows(m_pages[1], u".room .members"_s, first));
    const QString second = m_browser->text(u"#client"_s);
    QVERIFY(shows(m_pages[0], u".room .members"_s, second));
    QVERIFY(shows(m_pages[0], u".room .count"_s, u"2"_s));
    QVERIFY(shows(m_pages[0], u".room .log"_s, second + u" came"_s));

    QVERIFY(say(m_pages[1], u".room input"_s, u"milk?"_s));
    QVERIFY(shows(m_pages[1], u".room .log"_s, u"you milk?"_s));
    QVERIFY(shows(m_pages[0], u".room .log"_s, second + u" milk?"_s));

    // What is said in a room that is not in front is counted.
    QVERIFY(say(m_pages[0], u"#join-room"_s, u"cake"_s));
    QVERIFY(shows(m_pages[0], u"[aria-current]"_s, u"cake"_s));
    QVERIFY(say(m_pages[1], u".room input"_s, u"or lemon?"_s));
    QVERIFY(shows(m_pages[0], u"#room-list .badge"_s, u"1"_s));

    QVERIFY(m_browser->switchTo(m_pages[1]));
    QVERIFY(m_browser->click(u".leave"_s));
    QCOMPARE(m_browser->run(u"return document.querySelectorAll('.room').length"_s).toInt(), 0);
    QVERIFY(shows(m_pages[0], u".room .log"_s, second + u" left"_s));
    QVERIFY(shows(m_pages[0], u".room .count"_s, u"1"_s));
}

void BrowserTest::pings()
{
    QVERIFY(openPages());
    QVERIFY(m_browser->click(u"#ping2"_s));
    QVERIFY(shows(m_pages[0], u"#ping-log"_s, u"Ping 2"_s));
    QVERIFY(m_browser->click(u"#ping1"_s));
    QVERIFY(shows(m_pages[1], u"#ping-log"_s, u"Ping 1"_s));
    QVERIFY(m_browser->text(u"#ping-log"_s).contains(u"Ping 2"_s));
}

void BrowserTest::comesBack()
{
    QVERIFY(openPages());
    QVERIFY(say(m_pages[0], u"#join-room"_s, u"tea"_s));
    QVERIFY(say(m_pages[1], u"#join-room"_s, u"tea"_s));
    QVERIFY(shows(m_pages[0], u".room .count"_s, u"2"_s));
    const QString before = m_browser->text(u"#client"_s);
    QCOMPARE(complaints(), QStringList());

    m_cluster.daemon(0).kill();
    QVERIFY(shows(m_pages[0], u"#state"_s, u"Reconnecting"_s));
    QVERIFY(shows(m_pages[0], u"#wait"_s, u"in "_s));
    // What cannot be sent is not lost.
    QVERIFY(say(m_pages[0], u"#chat-text"_s, u"too early"_s));
    QVERIFY(shows(m_pages[0], u"#notice-text"_s, u"nothing was sent"_s));
    QCOMPARE(m_browser->run(u"return document.getElementById('chat-text').value"_s).toString(),
             u"too early"_s);
    QVERIFY(m_browser->click(u"#ping1"_s));
    QVERIFY(shows(m_pages[0], u"#notice-text"_s, u"cannot be reached"_s));

    QVERIFY(m_cluster.daemon(0).start());
    QVERIFY(m_cluster.daemon(0).waitUntilReady(30s));
    QVERIFY(shows(m_pages[0], u"#state"_s, u"Connected"_s));
    QVERIFY(waitUntil([&] { return m_browser->text(u"#client"_s) != before; }));
    const QString after = m_browser->text(u"#client"_s);
    QVERIFY(shows(m_pages[1], u".room .members"_s, after)); // it is in its room again
    QVERIFY(say(m_pages[0], u"#chat-text"_s, u", now not"_s));
    QVERIFY(shows(m_pages[1], u"#chat-log"_s, u"too early, now not"_s));
    QVERIFY(m_browser->run(u"return document.getElementById('notice').hidden"_s).isBool());
}

void BrowserTest::showsTextAsText()
{
    QVERIFY(openPages());
    const QString text = u"<img src=x onerror=alert(1)><b>&amp;</b> \" ' \u202e 😀"_s;
    WsClient client;
    QVERIFY(client.connectTo(m_cluster.daemon(0).webSocketUrl()));
    client.sendText(submitMessage(text.toUtf8()));
    QVERIFY(shows(m_pages[1], u"#chat-log"_s, text));
    QCOMPARE(m_browser->run(u"return document.querySelectorAll('.log img, .log p > b').length"_s).toInt(), 0);
}

void BrowserTest::keepsTheNewestLines()
{
    QVERIFY(openPages());
    WsClient client;
    QVERIFY(client.connectTo(m_cluster.daemon(0).webSocketUrl()));
    constexpr int messages = 1200;
    for (int i = 1; i <= messages; ++i) {
        client.sendText(submitMessage("line " + QByteArray::number(i) + '.'));
    }
    QVERIFY(shows(m_pages[1], u"#chat-log"_s, u"line 1200."_s));
    QCOMPARE(m_browser->run(u"return document.getElementById('chat-log').childElementCount"_s).toInt(), 500);
    QVERIFY(!m_browser->text(u"#chat-log"_s).contains(u"line 700."_s));
    // It follows them.
    const QString isAtEnd = u"const log = document.getElementById('chat-log');"
                            "return log.scrollHeight - log.scrollTop - log.clientHeight < 24"_s;
    QVERIFY(m_browser->run(isAtEnd).toBool());
    // Unless one looks at older ones.
    m_browser->run(u"document.getElementById('chat-log').scrollTop = 0"_s);
    client.sendText(submitMessage("one more"));
    QVERIFY(shows(m_pages[1], u"#chat-log"_s, u"one more"_s));
    QVERIFY(!m_browser->run(isAtEnd).toBool());
    QVERIFY(m_browser->click(u".chat .newest"_s));
    QVERIFY(m_browser->run(isAtEnd).toBool());
}

void BrowserTest::worksByKeyboard()
{
    QVERIFY(openPages());
    QVERIFY(m_browser->press(Tab + Enter)); // the link past everything
    QVERIFY(m_browser->press(u"by keyboard"_s + Enter));
    QVERIFY(shows(m_pages[0], u"#chat-log"_s, u"by keyboard"_s));
    QVERIFY(m_browser->switchTo(m_pages[1]));
    QVERIFY(m_browser->press(Tab + Tab + u"tea"_s + Enter)); // past the button
    QVERIFY(m_browser->waitForText(u"[aria-current]"_s, u"tea"_s));
    QVERIFY(m_browser->press(u"in the room"_s + Enter)); // where the focus has gone
    QVERIFY(m_browser->waitForText(u".room .log"_s, u"in the room"_s));
}

void BrowserTest::canBeReadAndHeard_data()
{
    QTest::addColumn<QString>("colours");
    QTest::addColumn<int>("width");
    for (const int width : {360, 800, 1280}) {
        QTest::addRow("light, %d", width) << u"light"_s << width;
        QTest::addRow("dark, %d", width) << u"dark"_s << width;
    }
}

void BrowserTest::canBeReadAndHeard()
{
    QFETCH(const QString, colours);
    QFETCH(const int, width);
    m_browser->devTools(
        u"Emulation.setDeviceMetricsOverride"_s,
        {{u"width"_s, width}, {u"height"_s, 740}, {u"deviceScaleFactor"_s, 1}, {u"mobile"_s, width < 500}});
    const QJsonObject scheme{{u"name"_s, u"prefers-color-scheme"_s}, {u"value"_s, colours}};
    m_browser->devTools(u"Emulation.setEmulatedMedia"_s, {{u"features"_s, QJsonArray{scheme}}});
    QVERIFY(m_browser->goTo(m_cluster.daemon(0).httpUrl(u"/"_s)));
    QVERIFY(m_browser->waitForText(u"#state"_s, u"Connected"_s));
    const QString isWide = u"return document.documentElement.scrollWidth > innerWidth"_s;
    QVERIFY(!m_browser->run(isWide).toBool());
    QCOMPARE(m_browser->run(FaintTexts).toString(), QString());
    QCOMPARE(m_browser->run(Nameless).toString(), QString());
    QCOMPARE(m_browser->run(Covered).toString(), QString());

    WsClient client;
    QVERIFY(client.connectTo(m_cluster.daemon(0).webSocketUrl()));
    QVERIFY(m_browser->type(u"#join-room"_s,
                            u"a-room-with-a-name-that-is-too-long-to-stand-on-one-line"_s + Enter));
    QVERIFY(m_browser->waitForText(u".room .members"_s, u"you"_s));
    QVERIFY(m_browser->type(u".room input"_s, QString(200, u'x') + Enter));
    QVERIFY(m_browser->waitForText(u".room .log"_s, u"xxx"_s));
    QVERIFY(m_browser->type(u"#join-room"_s,
                            u"a-room-with-a-name-that-is-too-long-to-stand-on-one-line"_s + Enter));
    for (int i = 0; i < 60; ++i) {
        client.sendText(submitMessage("line " + QByteArray::number(i) + '.'));
    }
    QVERIFY(m_browser->waitForText(u"#chat-log"_s, u"line 59."_s));
    m_browser->run(u"document.getElementById('notice-text').textContent = 'Something went wrong.';"
                   "document.getElementById('notice').hidden = false;"
                   "document.getElementById('token-form').hidden = false"_s);
    QVERIFY(!m_browser->run(isWide).toBool());
    QCOMPARE(m_browser->run(FaintTexts).toString(), QString());
    QCOMPARE(m_browser->run(Nameless).toString(), QString());
    // The log scrolls, and nothing lies over what is to be used.
    const QString isBounded = u"return document.getElementById('chat-log').clientHeight <= innerHeight"_s;
    QVERIFY(m_browser->run(isBounded).toBool());
    QCOMPARE(m_browser->run(Covered).toString(), QString());
}

void BrowserTest::takesToken()
{
    QTemporaryFile secret;
    QVERIFY(secret.open() && secret.write(TokenSecret) > 0 && secret.flush());
    SettledCluster cluster(1, {u"--auth-secret-file"_s, secret.fileName()});
    QVERIFY(cluster.start());
    const QString token = QString::fromLatin1(webToken(R"({"sub":"alice"})"));

    QVERIFY(m_browser->goTo(cluster.daemon(0).httpUrl(u"/"_s)));
    QVERIFY(m_browser->waitForText(u"#state"_s, u"The daemon refuses"_s));
    QVERIFY(m_browser->type(u"#token"_s, token + Enter));
    QVERIFY(m_browser->waitForText(u"#state"_s, u"Connected"_s));
    QVERIFY(m_browser->waitForText(u"#client"_s, u"alice"_s));
    QVERIFY(m_browser->click(u"#ping1"_s));
    QVERIFY(m_browser->waitForText(u"#ping-log"_s, u"Ping 1"_s));

    // From the address, where it does not stay.
    QVERIFY(m_browser->goTo({u"about:blank"_s}));
    QVERIFY(m_browser->goTo(cluster.daemon(0).httpUrl(u"/#token="_s + token)));
    QVERIFY(m_browser->waitForText(u"#client"_s, u"alice"_s));
    QCOMPARE(m_browser->run(u"return location.href"_s).toString(),
             cluster.daemon(0).httpUrl(u"/"_s).toString());
}

QTEST_GUILESS_MAIN(BrowserTest)
#include "tst_browser.moc"
