// SPDX-License-Identifier: BSD-3-Clause
#include "support/childprocess.h"

#include <csignal>

#include <QByteArray>
#include <QFile>
#include <QProcess>
#include <sys/prctl.h>
#include <unistd.h>

#include "support/waituntil.h"

using namespace std::chrono_literals;

namespace switchboard::test {

namespace {

bool sendSignal(const QProcess &process, int signal)
{
    const auto pid = static_cast<pid_t>(process.processId());
    return pid > 0 && ::kill(pid, signal) == 0;
}

/// The state letter of /proc/PID/stat, which follows the command in parentheses; 0 where there is none.
char processState(qint64 pid)
{
    QFile file(QStringLiteral("/proc/%1/stat").arg(pid));
    if (!file.open(QIODevice::ReadOnly)) {
        return 0;
    }
    const QByteArray stat = file.readAll();
    const qsizetype state = stat.lastIndexOf(')') + 2;
    return state < stat.size() ? stat.at(state) : '\0';
}

} // namespace

void dieWithParent(QProcess &process)
{
    process.setChildProcessModifier([parent = ::getpid()] {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent) { // it died before the call above
            ::_exit(1);
        }
    });
}

bool pauseProcess(const QProcess &process)
{
    const qint64 pid = process.processId();
    return sendSignal(process, SIGSTOP) && waitUntil([pid] { return processState(pid) == 'T'; });
}

bool resumeProcess(const QProcess &process)
{
    return sendSignal(process, SIGCONT);
}

bool killProcess(QProcess &process)
{
    process.kill(); // ends a frozen process too
    return waitForProcessEnd(process, 10s);
}

bool waitForProcessEnd(const QProcess &process, std::chrono::milliseconds timeout)
{
    return waitUntil([&process] { return process.state() == QProcess::NotRunning; }, timeout);
}

} // namespace switchboard::test
