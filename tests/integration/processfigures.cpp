// SPDX-License-Identifier: BSD-3-Clause
#include "integration/processfigures.h"

#include <QDir>
#include <QFile>
#include <QRegularExpression>

#include <unistd.h>

using namespace Qt::StringLiterals;

namespace switchboard::test {

double processorSeconds(qint64 pid)
{
    QFile file(u"/proc/%1/stat"_s.arg(pid));
    if (!file.open(QIODevice::ReadOnly)) {
        return -1;
    }
    // The second field is the program's name in parentheses, which may hold anything; user and system time
    // are the 14th and the 15th.
    const QByteArray stat = file.readAll();
    const QList<QByteArray> fields = stat.sliced(stat.lastIndexOf(')') + 2).split(' ');
    return double(fields.value(11).toLongLong() + fields.value(12).toLongLong())
        / double(::sysconf(_SC_CLK_TCK));
}

qint64 residentBytes(qint64 pid)
{
    static const QRegularExpression line(u"^VmRSS:\\s*(\\d+) kB$"_s, QRegularExpression::MultilineOption);
    QFile file(u"/proc/%1/status"_s.arg(pid));
    if (!file.open(QIODevice::ReadOnly)) {
        return -1;
    }
    const QRegularExpressionMatch match = line.match(QString::fromLatin1(file.readAll()));
    return match.hasMatch() ? match.captured(1).toLongLong() * 1024 : -1;
}

qsizetype descriptorCount(qint64 pid)
{
    // A socket is a link to nowhere, which is hidden from who does not ask for the system's entries.
    return QDir(u"/proc/%1/fd"_s.arg(pid))
        .entryList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot)
        .size();
}

} // namespace switchboard::test
