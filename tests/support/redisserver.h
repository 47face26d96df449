// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QByteArray>
#include <QProcess>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>

namespace switchboard::test {

/**
 * A redis-server of the test's own: on a random port of 127.0.0.1 and on a Unix socket, in a folder
 * of its own, keeping nothing on disk. It dies with the test, also with one that crashes.
 */
class RedisServer
{
public:
    /// \param extraArguments of redis-server, after ours, so that they win ("--requirepass", "secret")
    explicit RedisServer(QStringList extraArguments = {});
    ~RedisServer();
    Q_DISABLE_COPY_MOVE(RedisServer)

    /**
     * Starts it, empty, and waits until it answers: on a new port the first time, after kill() on the
     * same port and Unix socket as before. False, and a warning with its log, if it does not come up.
     */
    bool start();

    /// Ends it at once (SIGKILL): connections break, data is gone.
    void kill();

    /// Freezes it (SIGSTOP): connections stay open, nothing answers.
    void pause();

    /// Lets it go on after pause().
    void resume();

    /// Ends it if it runs and starts it again, empty, with the same port and Unix socket.
    bool restart();

    quint16 port() const { return m_port; }
    QString socketPath() const;

    /// redis://127.0.0.1:PORT, without the password that extraArguments may ask for.
    QString url() const;

    /// The process id; 0 when it is not running.
    qint64 pid() const { return m_process.processId(); }

    /// What it has written so far.
    QByteArray log();

private:
    bool startOnNewPort();
    bool startOn(quint16 port);
    bool answersPing() const;

    QStringList m_extraArguments;
    QTemporaryDir m_directory;
    QProcess m_process;
    QByteArray m_log;
    quint16 m_port = 0;
};

} // namespace switchboard::test
