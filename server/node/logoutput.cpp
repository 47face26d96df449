// SPDX-License-Identifier: BSD-3-Clause
#include "node/logoutput.h"

#include <QDateTime>
#include <QLoggingCategory>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>
#include <utility>

namespace switchboard {

using namespace Qt::StringLiterals;

namespace {

// The categories as a reader of the log knows them.
constexpr std::array<std::pair<std::string_view, const char *>, 5> labels{{
    {"switchboard.http", "HTTP"},
    {"switchboard.node", "Node"},
    {"switchboard.redis", "Redis"},
    {"switchboard.relay", "Redis"},
    {"switchboard.websocket", "WebSocket"},
}};

const char *labelOf(const char *category)
{
    const auto *found = std::find_if(labels.begin(), labels.end(), [&](const auto &label) {
        return label.first == std::string_view(category);
    });
    return found == labels.end() ? category : found->second;
}

const char *severityOf(QtMsgType type)
{
    switch (type) {
    case QtDebugMsg:
    case QtInfoMsg:
        return "";
    case QtWarningMsg:
        return "warning: ";
    case QtCriticalMsg:
    case QtFatalMsg:
        return "error: ";
    }
    Q_UNREACHABLE();
}

void writeLine(QtMsgType type, const QMessageLogContext &context, const QString &text)
{
    const QByteArray time = QDateTime::currentDateTimeUtc().toString(u"hh:mm:ss").toLatin1();
    const QByteArray line = QByteArrayLiteral("[") + labelOf(context.category ? context.category : "default")
        + "] [" + time + "] " + severityOf(type) + withoutControlCharacters(text).toUtf8() + '\n';
    std::fwrite(line.constData(), 1, static_cast<std::size_t>(line.size()), stdout);
    std::fflush(stdout);
}

bool isControl(QChar c)
{
    return c.category() == QChar::Other_Control || c == QChar::LineSeparator
        || c == QChar::ParagraphSeparator;
}

} // namespace

QString withoutControlCharacters(const QString &text)
{
    if (std::none_of(text.begin(), text.end(), isControl)) {
        return text;
    }
    QString escaped;
    for (const QChar c : text) {
        if (!isControl(c)) {
            escaped.append(c);
        } else if (c.unicode() < 0x100) {
            escaped.append(u"\\x%1"_s.arg(c.unicode(), 2, 16, '0'_L1));
        } else {
            escaped.append(u"\\u{%1}"_s.arg(c.unicode(), 4, 16, '0'_L1));
        }
    }
    return escaped;
}

void installLogOutput(LogLevel level)
{
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
