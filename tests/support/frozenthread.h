// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QByteArray>

#include <sys/types.h>

namespace switchboard::test {

/// The thread of a process that calls itself so; 0 if there is none.
pid_t threadNamed(qint64 process, const QByteArray &name);

/// Stops one thread of a process and lets the others go on, until it is destroyed (ptrace(2)).
class FrozenThread
{
public:
    explicit FrozenThread(pid_t thread);
    ~FrozenThread();
    Q_DISABLE_COPY_MOVE(FrozenThread)

    /// False where this system lets nobody stop a thread of another process.
    bool isFrozen() const { return m_isFrozen; }

    /// Lets it go on already now.
    void release();

private:
    pid_t m_thread;
    bool m_isFrozen;
};

} // namespace switchboard::test
