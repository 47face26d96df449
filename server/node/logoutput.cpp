// SPDX-License-Identifier: BSD-3-Clause
#include "node/logoutput.h"

#include "node/logline.h"

#include <QDateTime>
#include <QLoggingCategory>

#include <array>
#include <atomic>
#include <cstdio>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace switchboard {

using namespace Qt::StringLiterals;

namespace {

// Qt takes a plain function for its log, so what that goes by can only be here.
std::atomic<LogStyle> style;

void writeLine(QtMsgType type, const QMessageLogContext &context, const QString &text)
{
    const QByteArray line = logLine(style, type, context.category ? context.category : "default", text,
                                    QDateTime::currentDateTimeUtc());
    std::fwrite(line.constData(), 1, static_cast<std::size_t>(line.size()), stdout);
    std::fflush(stdout);
}

bool isJournal(int descriptor)
{
    struct stat status = {};
    return fstat(descriptor, &status) == 0
        && qEnvironmentVariable("JOURNAL_STREAM") == u"%1:%2"_s.arg(status.st_dev).arg(status.st_ino);
}

} // namespace

void installLogOutput(LogLevel level, LogFormat format)
{
    style = LogStyle{format, isJournal(STDOUT_FILENO)};
    // QtHttpServer warns of every upgrade that is refused, which any stranger can make it do.
    QString rules = u"qt.httpserver.warning=false\n"_s;
    const std::array<std::pair<LogLevel, QString>, 3> kinds{{
        {LogLevel::Debug, u"*.debug"_s},
        {LogLevel::Info, u"*.info"_s},
        {LogLevel::Warning, u"*.warning"_s},
    }};
    for (const auto &[kind, pattern] : kinds) {
        if (kind < level) {
            rules += pattern + u"=false\n"_s;
        }
    }
    if (level == LogLevel::Debug) {
        rules += u"switchboard.*.debug=true\n"_s;
    }
    QLoggingCategory::setFilterRules(rules);
    qInstallMessageHandler(writeLine);
}

} // namespace switchboard
