// SPDX-License-Identifier: BSD-3-Clause
#include "support/redisserver.h"

#include <utility>

#include <QDebug>
#include <QLocalSocket>

#include "support/childprocess.h"
#include "support/freeport.h"
#include "support/waituntil.h"

using namespace std::chrono_literals;

namespace switchboard::test {

RedisServer::RedisServer(QStringList extraArguments)
    : m_extraArguments(std::move(extraArguments))
{
    m_process.setProcessChannelMode(QProcess::MergedChannels);
    dieWithParent(m_process);
}

RedisServer::~RedisServer()
{
    kill();
}

bool RedisServer::start()
{
    if (!m_directory.isValid()) {
        qWarning() << "no folder for redis-server:" << m_directory.errorString();
        return false;
    }
    const bool started = m_port == 0 ? startOnNewPort() : startOn(m_port);
    if (!started) {
        qWarning().noquote() << "redis-server does not start:" << m_process.errorString() << '\n' << log();
    }
    return started;
}

void RedisServer::kill()
{
    if (!killProcess(m_process)) {
        qWarning() << "redis-server" << pid() << "does not end";
    }
}

void RedisServer::pause()
{
    if (!pauseProcess(m_process)) {
        qWarning() << "redis-server" << pid() << "cannot be paused";
    }
}

void RedisServer::resume()
{
    if (!resumeProcess(m_process)) {
        qWarning() << "redis-server" << pid() << "cannot be resumed";
    }
}

bool RedisServer::restart()
{
    kill();
    return start();
}

QString RedisServer::socketPath() const
{
    return m_directory.filePath(QStringLiteral("redis.sock"));
}

QString RedisServer::url() const
{
    return QStringLiteral("redis://127.0.0.1:%1").arg(m_port);
}

QByteArray RedisServer::log()
{
    if (m_process.isOpen()) {
        m_log += m_process.readAll();
    }
    return m_log;
}

bool RedisServer::startOnNewPort()
{
    // Someone may take the port before redis-server binds it, so more than one is tried.
    constexpr int Attempts = 10;
    for (int attempt = 0; attempt < Attempts; ++attempt) {
        const quint16 port = freePort();
        if (port != 0 && startOn(port)) {
            m_port = port;
            return true;
        }
        if (m_process.error() == QProcess::FailedToStart) {
            break;
        }
    }
    return false;
}

bool RedisServer::startOn(quint16 port)
{
    log(); // start() below throws away what was not read
    // clang-format off
    const QStringList arguments = {
        QStringLiteral("--port"), QString::number(port),
        QStringLiteral("--bind"), QStringLiteral("127.0.0.1"),
        QStringLiteral("--unixsocket"), socketPath(),
        QStringLiteral("--dir"), m_directory.path(),
        QStringLiteral("--save"), QString(),
        QStringLiteral("--appendonly"), QStringLiteral("no"),
        QStringLiteral("--daemonize"), QStringLiteral("no"),
        QStringLiteral("--enable-debug-command"), QStringLiteral("yes"),
    };
    // clang-format on
    m_process.start(QStringLiteral("redis-server"), arguments + m_extraArguments);

    if (waitUntil([this] { return pid() == 0 || answersPing(); }, 20s) && pid() != 0) {
        return true;
    }
    kill();
    return false;
}

bool RedisServer::answersPing() const
{
    // The Unix socket is opened after the TCP port and is nobody else's, which the port might be.
    QLocalSocket socket;
    socket.connectToServer(socketPath());
    if (!waitUntil([&] { return socket.state() != QLocalSocket::ConnectingState; }, 1s)
        || socket.state() != QLocalSocket::ConnectedState) {
        return false;
    }
    socket.write("PING\r\n");
    waitUntil([&] { return socket.canReadLine() || socket.state() != QLocalSocket::ConnectedState; }, 1s);
    const QByteArray answer = socket.isOpen() ? socket.readLine() : QByteArray();
    // With a password set it is up as well; -LOADING and the like mean it is not.
    return answer.startsWith("+PONG") || answer.startsWith("-NOAUTH");
}

} // namespace switchboard::test
