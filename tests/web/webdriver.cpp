// SPDX-License-Identifier: BSD-3-Clause
#include "web/webdriver.h"

#include <memory>

#include <QDebug>
#include <QJsonDocument>
#include <QNetworkReply>
#include <QRegularExpression>
#include <QStandardPaths>

#include "support/childprocess.h"

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace switchboard::test {

namespace {

// A browser that starts on a busy machine.
constexpr std::chrono::seconds CommandTimeout = 60s;
const QString Chromium = u"chromium"_s;
const QString ChromeDriver = u"chromedriver"_s;
// The key of an element's reference (WebDriver, section 12.1).
const QString ElementKey = u"element-6066-11e4-a52e-4f735466cecf"_s;

QJsonObject capabilities(const QString &profile, int width, int height)
{
    const QJsonArray arguments{u"--headless"_s,
                               u"--no-sandbox"_s,
                               u"--disable-gpu"_s,
                               u"--disable-dev-shm-usage"_s,
                               u"--user-data-dir="_s + profile,
                               u"--window-size=%1,%2"_s.arg(width).arg(height)};
    const QJsonObject options{{u"binary"_s, QStandardPaths::findExecutable(Chromium)},
                              {u"args"_s, arguments}};
    const QJsonObject all{{u"goog:chromeOptions"_s, options},
                          {u"goog:loggingPrefs"_s, QJsonObject{{u"browser"_s, u"ALL"_s}}}};
    return {{u"capabilities"_s, QJsonObject{{u"alwaysMatch"_s, all}}}};
}

QString quoted(const QString &text)
{
    const QByteArray list = QJsonDocument(QJsonArray{text}).toJson(QJsonDocument::Compact);
    return QString::fromUtf8(list.sliced(1, list.size() - 2));
}

} // namespace

WebDriver::WebDriver()
{
    dieWithParent(m_driver);
    m_driver.setProcessChannelMode(QProcess::MergedChannels);
    QObject::connect(&m_driver, &QProcess::readyRead, &m_driver, [this] { m_output += m_driver.readAll(); });
}

WebDriver::~WebDriver()
{
    if (m_isRunning) {
        send("DELETE", {}); // ends Chromium
    }
    m_driver.terminate();
    if (!waitForProcessEnd(m_driver, 10s)) {
        killProcess(m_driver);
    }
}

QString WebDriver::missing()
{
    for (const QString &program : {Chromium, ChromeDriver}) {
        if (QStandardPaths::findExecutable(program).isEmpty()) {
            return program + u" is not there; scripts/install-deps --extra brings it"_s;
        }
    }
    return {};
}

bool WebDriver::start(int width, int height)
{
    m_driver.start(ChromeDriver, {u"--port=0"_s});
    static const QRegularExpression announcement(u"started successfully on port (\\d+)"_s);
    quint16 port = 0;
    waitUntil(
        [&] {
            port = announcement.match(QString::fromUtf8(m_output)).captured(1).toUShort();
            return port != 0 || m_driver.state() == QProcess::NotRunning;
        },
        30s);
    if (port == 0) {
        qWarning().noquote() << "chromedriver does not start:" << m_driver.errorString() << m_output;
        return false;
    }
    m_session = u"http://127.0.0.1:%1/session"_s.arg(port);
    const QString id =
        send("POST", {}, capabilities(m_profile.path(), width, height))[u"sessionId"_s].toString();
    m_session += u'/' + id;
    m_isRunning = !id.isEmpty();
    return m_isRunning;
}

QString WebDriver::openWindow()
{
    // Not a tab: those in the background do not draw.
    const QString handle = send("POST", u"/window/new"_s, {{u"type"_s, u"window"_s}})[u"handle"_s].toString();
    return switchTo(handle) ? handle : QString();
}

bool WebDriver::switchTo(const QString &window)
{
    return !send("POST", u"/window"_s, {{u"handle"_s, window}}).isUndefined();
}

QString WebDriver::window()
{
    return send("GET", u"/window"_s).toString();
}

bool WebDriver::goTo(const QUrl &url)
{
    return !send("POST", u"/url"_s, {{u"url"_s, url.toString()}}).isUndefined();
}

QJsonValue WebDriver::run(const QString &script)
{
    return send("POST", u"/execute/sync"_s, {{u"script"_s, script}, {u"args"_s, QJsonArray()}});
}

QString WebDriver::text(const QString &selector)
{
    return run(u"return document.querySelector(%1)?.textContent ?? ''"_s.arg(quoted(selector))).toString();
}

bool WebDriver::waitForText(const QString &selector, const QString &needle, std::chrono::milliseconds timeout)
{
    QString now;
    const bool isThere = waitUntil(
        [&] {
            now = text(selector);
            return now.contains(needle);
        },
        timeout);
    if (!isThere) {
        qWarning() << selector << "is" << now << "and has no" << needle;
    }
    return isThere;
}

bool WebDriver::click(const QString &selector)
{
    return !send("POST", u"/element/%1/click"_s.arg(find(selector))).isUndefined();
}

bool WebDriver::type(const QString &selector, const QString &keys)
{
    return !send("POST", u"/element/%1/value"_s.arg(find(selector)), {{u"text"_s, keys}}).isUndefined();
}

bool WebDriver::press(const QString &keys)
{
    QJsonArray actions;
    for (const QChar key : keys) {
        actions.append(QJsonObject{{u"type"_s, u"keyDown"_s}, {u"value"_s, QString(key)}});
        actions.append(QJsonObject{{u"type"_s, u"keyUp"_s}, {u"value"_s, QString(key)}});
    }
    const QJsonObject keyboard{{u"type"_s, u"key"_s}, {u"id"_s, u"keyboard"_s}, {u"actions"_s, actions}};
    return !send("POST", u"/actions"_s, {{u"actions"_s, QJsonArray{keyboard}}}).isUndefined();
}

QJsonValue WebDriver::devTools(const QString &command, const QJsonObject &parameters)
{
    return send("POST", u"/goog/cdp/execute"_s, {{u"cmd"_s, command}, {u"params"_s, parameters}});
}

QStringList WebDriver::takeConsole()
{
    QStringList lines;
    const QJsonArray entries = send("POST", u"/se/log"_s, {{u"type"_s, u"browser"_s}}).toArray();
    for (const auto &entry : entries) {
        lines.append(entry[u"level"_s].toString() + u' ' + entry[u"message"_s].toString());
    }
    return lines;
}

QString WebDriver::find(const QString &selector)
{
    const QJsonObject how{{u"using"_s, u"css selector"_s}, {u"value"_s, selector}};
    return send("POST", u"/element"_s, how)[ElementKey].toString();
}

QJsonValue WebDriver::send(const QByteArray &method, const QString &path, const QJsonObject &body)
{
    QNetworkRequest request(QUrl(m_session + path));
    request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
    const QByteArray text = method == "POST" ? QJsonDocument(body).toJson() : QByteArray();
    const std::unique_ptr<QNetworkReply> reply(m_network.sendCustomRequest(request, method, text));
    waitUntil([&] { return reply->isFinished(); }, CommandTimeout);
    const QByteArray got = reply->readAll();
    // Null is a value too.
    QJsonValue value = QJsonDocument::fromJson(got).object()[u"value"_s];
    if (reply->error() != QNetworkReply::NoError || value.isUndefined()) {
        qWarning().noquote() << "WebDriver:" << method << path << reply->errorString()
                             << value[u"message"_s].toString().section(u'\n', 0, 0);
        return {QJsonValue::Undefined};
    }
    return value;
}

} // namespace switchboard::test
