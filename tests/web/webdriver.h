// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <chrono>

#include <QJsonArray>
#include <QJsonObject>
#include <QJsonValue>
#include <QNetworkAccessManager>
#include <QProcess>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>
#include <QUrl>

#include "support/waituntil.h"

namespace switchboard::test {

/**
 * A real Chromium without a screen, which ChromeDriver drives as WebDriver has it (W3C Recommendation). Both
 * die with the test.
 *
 * What goes wrong is a warning, and false or nothing is returned.
 */
class WebDriver
{
public:
    WebDriver();
    ~WebDriver();
    Q_DISABLE_COPY_MOVE(WebDriver)

    /// What of it is not on this machine, in words; empty if all is there.
    static QString missing();

    /// Starts both, with one window of that size in pixels.
    bool start(int width = 1280, int height = 800);

    /// Opens one more window; returns its handle, which the commands below go to from now on.
    QString openWindow();
    /// Lets the commands below go to that window.
    bool switchTo(const QString &window);
    /// The window that commands go to.
    QString window();

    bool goTo(const QUrl &url);

    /// Runs the body of a function in the page and returns what it returns.
    QJsonValue run(const QString &script);

    /// The text of the first element that \a selector (CSS) finds, also where it is hidden or scrolled away.
    QString text(const QString &selector);
    /// Waits until that text has \a needle in it; else warns with what it is.
    bool waitForText(const QString &selector, const QString &needle,
                     std::chrono::milliseconds timeout = std::chrono::seconds(30));

    /// Clicks in the middle of the element, which must be there to be seen.
    bool click(const QString &selector);
    /// Types into the element. "\n" is Enter.
    bool type(const QString &selector, const QString &keys);
    /// Types on the keyboard, to whatever has the focus.
    bool press(const QString &keys);

    /// A command of the DevTools protocol.
    QJsonValue devTools(const QString &command, const QJsonObject &parameters);

    /// What the page's console has got since the last call, warnings and errors of the browser too.
    QStringList takeConsole();

private:
    QJsonValue send(const QByteArray &method, const QString &path, const QJsonObject &body = {});
    QString find(const QString &selector);

    QProcess m_driver;
    QTemporaryDir m_profile;
    QNetworkAccessManager m_network;
    QByteArray m_output;
    QString m_session; // the URL of its commands
    bool m_isRunning = false;
};

} // namespace switchboard::test
