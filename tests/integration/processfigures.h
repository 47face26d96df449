// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QtGlobal>

namespace switchboard::test {

/// The processor time that a process has taken, in seconds (proc(5)); -1 if there is no such process.
double processorSeconds(qint64 pid);

/// The memory that a process has in use, in bytes (proc(5), VmRSS); -1 if there is no such process.
qint64 residentBytes(qint64 pid);

/// How many files, sockets among them, a process has open; 0 if there is no such process.
qsizetype descriptorCount(qint64 pid);

} // namespace switchboard::test
