// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <chrono>

#include <QtGlobal>

QT_FORWARD_DECLARE_CLASS(QProcess)

namespace switchboard::test {

/**
 * Makes a process that is not started yet die with the thread that starts it, however that ends.
 *
 * A crashed test must leave no server behind.
 */
void dieWithParent(QProcess &process);

/// Freezes \a process (SIGSTOP). Returns when it stands still, false if it does not.
bool pauseProcess(const QProcess &process);

/// Lets a frozen process go on (SIGCONT).
bool resumeProcess(const QProcess &process);

/// Ends \a process at once (SIGKILL) and waits for its end. True also where it was not running.
bool killProcess(QProcess &process);

/// Waits for the end of \a process. True also where it was not running.
bool waitForProcessEnd(const QProcess &process, std::chrono::milliseconds timeout);

} // namespace switchboard::test
