// SPDX-License-Identifier: BSD-3-Clause
#include "node/logline.h"

#include "protocol/json.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace switchboard {

using namespace Qt::StringLiterals;

namespace {

// The categories as a reader of the log knows them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> labels{{
    {"switchboard.http", "HTTP"},
    {"switchboard.node", "Node"},
    {"switchboard.redis", "Redis"},
    {"switchboard.relay", "Redis"},
    {"switchboard.websocket", "WebSocket"},
}};

struct Severity
{
    QByteArrayView name; // in JSON
    QByteArrayView remark; // for people
    char syslog; // syslog(3)
};

QByteArrayView labelOf(QByteArrayView category)
{
    const std::string_view name(category.data(), static_cast<std::size_t>(category.size()));
    const auto *found =
        std::find_if(labels.begin(), labels.end(), [&](const auto &label) { return label.first == name; });
    return found == labels.end() ? category : QByteArrayView(found->second);
}

Severity severityOf(QtMsgType type)
{
    switch (type) {
    case QtDebugMsg:
        return {"debug", "", '7'};
    case QtInfoMsg:
        return {"info", "", '6'};
    case QtWarningMsg:
        return {"warning", "warning: ", '4'};
    case QtCriticalMsg:
        return {"error", "error: ", '3'};
    case QtFatalMsg:
        return {"error", "error: ", '2'};
    }
    Q_UNREACHABLE();
}

bool isControl(QChar c)
{
    return c.category() == QChar::Other_Control || c == QChar::LineSeparator
        || c == QChar::ParagraphSeparator;
}

// \a text with what \a escape makes of each control character in its place.
template <typename Escape>
QString withControlsEscaped(const QString &text, const Escape &escape)
{
    if (std::none_of(text.begin(), text.end(), isControl)) {
        return text;
    }
    QString escaped;
    for (const QChar c : text) {
        if (isControl(c)) {
            escaped.append(escape(c));
        } else {
            escaped.append(c);
        }
    }
    return escaped;
}

// The object by itself. What is left of control characters in JSON is escaped once more, so that no terminal
// takes them for commands.
QByteArray jsonLine(const Severity &severity, QByteArrayView category, const QString &text,
                    const QDateTime &time)
{
    protocol::JsonWriter writer;
    writer.beginObject();
    writer.key("time").string(time.toUTC().toString(Qt::ISODateWithMs).toLatin1());
    writer.key("level").string(severity.name);
    writer.key("category").string(category);
    writer.key("message").string(text.toUtf8());
    writer.endObject();
    const auto escape = [](QChar c) { return u"\\u%1"_s.arg(c.unicode(), 4, 16, '0'_L1); };
    return withControlsEscaped(QString::fromUtf8(writer.take()), escape).toUtf8();
}

QByteArray humanLine(const Severity &severity, QByteArrayView category, const QString &text,
                     const QByteArray &time)
{
    QByteArray line = "[";
    line.append(labelOf(category)).append("] ").append(time).append(severity.remark);
    return line + withoutControlCharacters(text).toUtf8();
}

} // namespace

QByteArray logLine(const LogStyle &style, QtMsgType type, QByteArrayView category, const QString &text,
                   const QDateTime &time)
{
    const Severity severity = severityOf(type);
    QByteArray line;
    if (style.isForJournal) {
        line.append('<').append(severity.syslog).append('>');
    }
    if (style.format == LogFormat::Json) {
        line += jsonLine(severity, category, text, time);
    } else {
        const QByteArray shown =
            style.isForJournal ? QByteArray() : '[' + time.toUTC().toString(u"hh:mm:ss").toLatin1() + "] ";
        line += humanLine(severity, category, text, shown);
    }
    return line + '\n';
}

QString withoutControlCharacters(const QString &text)
{
    return withControlsEscaped(text, [](QChar c) {
        return c.unicode() < 0x100 ? u"\\x%1"_s.arg(c.unicode(), 2, 16, '0'_L1)
                                   : u"\\u{%1}"_s.arg(c.unicode(), 4, 16, '0'_L1);
    });
}

} // namespace switchboard
