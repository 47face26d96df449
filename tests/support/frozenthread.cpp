// SPDX-License-Identifier: BSD-3-Clause
#include "support/frozenthread.h"

#include <QDir>
#include <QFile>

#include <sys/ptrace.h>
#include <sys/wait.h>
#include <utility>

using namespace Qt::StringLiterals;

namespace switchboard::test {

pid_t threadNamed(qint64 process, const QByteArray &name)
{
    const QDir tasks(u"/proc/%1/task"_s.arg(process));
    for (const QString &task : tasks.entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        QFile file(tasks.filePath(task + u"/comm"_s));
        if (file.open(QIODevice::ReadOnly) && file.readAll().trimmed() == name) {
            return task.toInt();
        }
    }
    return 0;
}

FrozenThread::FrozenThread(pid_t thread)
    : m_thread(thread)
    , m_isFrozen(::ptrace(PTRACE_SEIZE, thread, nullptr, nullptr) == 0
                 && ::ptrace(PTRACE_INTERRUPT, thread, nullptr, nullptr) == 0
                 && ::waitpid(thread, nullptr, __WALL) == thread)
{ }

FrozenThread::~FrozenThread()
{
    release();
}

void FrozenThread::release()
{
    if (std::exchange(m_isFrozen, false)) {
        ::ptrace(PTRACE_DETACH, m_thread, nullptr, nullptr);
    }
}

} // namespace switchboard::test
