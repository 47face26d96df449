// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <chrono>

#include <QByteArray>
#include <QProcess>
#include <QProcessEnvironment>
#include <QString>
#include <QStringList>
#include <QUrl>

#include "support/waituntil.h"

namespace switchboard::test {

/**
 * The real switchboard-server as a process of its own. It dies with the test, also with one that crashes.
 *
 * It gets none of the settings that the caller's environment may hold, and unless told otherwise a
 * REDIS_URL where nothing listens: no test reaches the Redis of the machine by forgetting to name one.
 * SWITCHBOARD_TEST_ENGINE in the test's environment is the engine of daemons whose arguments name none.
 *
 * A report of a sanitizer on its stderr fails the current test when this object goes.
 */
class DaemonProcess
{
public:
    /**
     * \param arguments of the daemon; "--port 0" is added unless they name a port, and "--rate-limit 0"
     *        unless they name a rate or a configuration file: tests talk faster than people
     * \param extra variables, on top of those that a program needs to run at all
     */
    explicit DaemonProcess(QStringList arguments, const QProcessEnvironment &extra = {});
    ~DaemonProcess();
    Q_DISABLE_COPY_MOVE(DaemonProcess)

    /// Runs this program in place of switchboard-server. To be called before start().
    void setProgram(const QString &path) { m_process.setProgram(path); }

    /// Starts it and waits for its word "Listening on port N". False, and a warning, if it does not come.
    bool start();

    /// Starts it and waits for nothing: for starts that are to fail.
    void launch();

    /// Waits until GET /readyz is answered with 200.
    bool waitUntilReady(std::chrono::milliseconds timeout = DefaultTimeout);

    quint16 port() const { return m_port; }
    QUrl webSocketUrl() const;
    QUrl httpUrl(const QString &path) const;

    /// The process id; 0 when it is not running.
    qint64 pid() const { return m_process.processId(); }
    bool isRunning() const { return m_process.state() != QProcess::NotRunning; }

    /// Ends it at once (SIGKILL) and waits for that.
    void kill();

    /// Asks it to stop (SIGTERM); waitForExit() waits for that.
    void terminate();

    /// Freezes it (SIGSTOP): connections stay open, nothing answers.
    void pause();

    /// Lets it go on after pause().
    void resume();

    bool waitForExit(std::chrono::milliseconds timeout = DefaultTimeout);
    int exitCode() const { return m_process.exitCode(); }
    QProcess::ExitStatus exitStatus() const { return m_process.exitStatus(); }

    /// All it has written so far, since it was first started.
    QByteArray standardOutput() const { return m_standardOutput; }
    QByteArray standardError() const { return m_standardError; }

    /// Waits until it has written \a needle, on either of the two.
    bool waitForOutput(const QByteArray &needle, std::chrono::milliseconds timeout = DefaultTimeout);

    /// Whether AddressSanitizer or one of its kin has complained on stderr.
    bool hasSanitizerReport() const;

private:
    void collectOutput();
    quint16 announcedPort() const;
    void reportTrouble() const;

    QProcess m_process;
    QByteArray m_standardOutput;
    QByteArray m_standardError;
    qsizetype m_outputBeforeStart = 0;
    quint16 m_port = 0;
};

} // namespace switchboard::test
