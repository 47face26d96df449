// SPDX-License-Identifier: BSD-3-Clause
#include "integration/promtool.h"

#include <QProcess>
#include <QStandardPaths>

#include "support/childprocess.h"

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace switchboard::test {

bool hasPromtool()
{
    return !QStandardPaths::findExecutable(u"promtool"_s).isEmpty();
}

PromtoolRun runPromtool(const QStringList &arguments, const QByteArray &input)
{
    QProcess process;
    process.setProgram(u"promtool"_s);
    process.setArguments(arguments);
    process.setProcessChannelMode(QProcess::MergedChannels);
    dieWithParent(process);
    process.start();
    process.write(input);
    process.closeWriteChannel();
    const bool isOver = waitForProcessEnd(process, 60s) && process.exitStatus() == QProcess::NormalExit;
    return {isOver ? process.exitCode() : -1, process.readAll()};
}

} // namespace switchboard::test
