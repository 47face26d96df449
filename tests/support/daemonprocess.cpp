// SPDX-License-Identifier: BSD-3-Clause
#include "support/daemonprocess.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include <QDebug>
#include <QRegularExpression>
#include <QTest>

#include "support/childprocess.h"
#include "support/httprequest.h"

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace switchboard::test {

namespace {

bool hasFlag(const QStringList &arguments, const QString &flag)
{
    return std::any_of(arguments.cbegin(), arguments.cend(), [&flag](const QString &argument) {
        return argument == flag || argument.startsWith(flag + u'=');
    });
}

/// What a program and the tools that watch it need; no setting of the daemon.
QProcessEnvironment plainEnvironment()
{
    static const QRegularExpression needed(u"^(PATH|HOME|TMPDIR|LANG|LC_.*|LD_.*|QT_.*|.*SAN_OPTIONS)$"_s);
    const QProcessEnvironment system = QProcessEnvironment::systemEnvironment();
    QProcessEnvironment plain;
    for (const QString &key : system.keys()) {
        if (needed.match(key).hasMatch()) {
            plain.insert(key, system.value(key));
        }
    }
    plain.insert(u"REDIS_URL"_s, u"redis://127.0.0.1:1"_s);
    // The whole test is run on another engine.
    if (const QString engine = qEnvironmentVariable("SWITCHBOARD_TEST_ENGINE"); !engine.isEmpty()) {
        plain.insert(u"ENGINE"_s, engine);
    }
    return plain;
}

/// For reports that come when no test runs any more: the program's exit status still tells.
void failAtExit()
{
    std::atexit([] { std::_Exit(EXIT_FAILURE); });
}

} // namespace

DaemonProcess::DaemonProcess(QStringList arguments, const QProcessEnvironment &extra)
{
    if (!hasFlag(arguments, u"--port"_s)) {
        arguments << u"--port"_s << u"0"_s;
    }
    if (!hasFlag(arguments, u"--rate-limit"_s) && !hasFlag(arguments, u"--config"_s)) {
        arguments << u"--rate-limit"_s << u"0"_s;
    }
    QProcessEnvironment environment = plainEnvironment();
    environment.insert(extra);

    m_process.setProgram(QStringLiteral(SWITCHBOARD_SERVER_PATH));
    m_process.setArguments(arguments);
    m_process.setProcessEnvironment(environment);
    dieWithParent(m_process);
    QObject::connect(&m_process, &QProcess::readyReadStandardOutput, &m_process, [this] { collectOutput(); });
    QObject::connect(&m_process, &QProcess::readyReadStandardError, &m_process, [this] { collectOutput(); });
}

DaemonProcess::~DaemonProcess()
{
    kill();
    collectOutput();
    reportTrouble();
}

bool DaemonProcess::start()
{
    launch();
    // A sanitized build on a busy machine takes its time.
    waitUntil([this] { return announcedPort() != 0 || !isRunning(); }, 30s);
    m_port = announcedPort();
    if (m_port == 0) {
        qWarning().noquote() << m_process.program() << "does not listen:" << m_process.errorString() << '\n'
                             << m_standardOutput << m_standardError;
    }
    return m_port != 0;
}

void DaemonProcess::launch()
{
    m_port = 0;
    m_outputBeforeStart = m_standardOutput.size();
    m_process.start();
}

bool DaemonProcess::waitUntilReady(std::chrono::milliseconds timeout)
{
    bool ready = false;
    waitUntil(
        [&] {
            ready = isRunning() && httpRequest(m_port, "GET", "/readyz", {}, {}, 1s).status == 200;
            return ready || !isRunning();
        },
        timeout);
    return ready;
}

QUrl DaemonProcess::webSocketUrl() const
{
    return {u"ws://127.0.0.1:%1/websockets"_s.arg(m_port)};
}

QUrl DaemonProcess::httpUrl(const QString &path) const
{
    return {u"http://127.0.0.1:%1%2"_s.arg(m_port).arg(path)};
}

void DaemonProcess::kill()
{
    if (!killProcess(m_process)) {
        qWarning() << "switchboard-server" << pid() << "does not end";
    }
}

void DaemonProcess::terminate()
{
    m_process.terminate();
}

void DaemonProcess::pause()
{
    if (!pauseProcess(m_process)) {
        qWarning() << "switchboard-server" << pid() << "cannot be paused";
    }
}

void DaemonProcess::resume()
{
    if (!resumeProcess(m_process)) {
        qWarning() << "switchboard-server" << pid() << "cannot be resumed";
    }
}

bool DaemonProcess::waitForExit(std::chrono::milliseconds timeout)
{
    return waitForProcessEnd(m_process, timeout);
}

bool DaemonProcess::waitForOutput(const QByteArray &needle, std::chrono::milliseconds timeout)
{
    return waitUntil([&] { return m_standardOutput.contains(needle) || m_standardError.contains(needle); },
                     timeout);
}

bool DaemonProcess::hasSanitizerReport() const
{
    static const QRegularExpression report(u"(ERROR|WARNING): \\w+Sanitizer|: runtime error: "_s);
    return report.match(QString::fromUtf8(m_standardError)).hasMatch();
}

void DaemonProcess::collectOutput()
{
    if (m_process.isOpen()) {
        m_standardOutput += m_process.readAllStandardOutput();
        m_standardError += m_process.readAllStandardError();
    }
}

quint16 DaemonProcess::announcedPort() const
{
    // The line end is asked for as well, or the first digits of a number would be taken for all of it.
    static const QRegularExpression announcement(u"Listening on port (\\d+)\\b.*\\n"_s);
    const QString output = QString::fromUtf8(m_standardOutput.sliced(m_outputBeforeStart));
    return announcement.match(output).captured(1).toUShort();
}

void DaemonProcess::reportTrouble() const
{
    if (!hasSanitizerReport() && !QTest::currentTestFailed()) {
        return;
    }
    std::fprintf(stderr, "switchboard-server on port %d wrote:\n%s%s", m_port, m_standardOutput.constData(),
                 m_standardError.constData());
    if (!hasSanitizerReport()) {
        return;
    }
    if (QTest::currentTestFunction() != nullptr) {
        QTest::qFail("a sanitizer has something to say about switchboard-server", __FILE__, __LINE__);
    } else {
        failAtExit();
    }
}

} // namespace switchboard::test
