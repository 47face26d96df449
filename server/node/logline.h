// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "node/nodeconfig.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QDateTime>
#include <QString>
#include <QtGlobal>

namespace switchboard {

/// How lines are written, and for whom.
struct LogStyle
{
    LogFormat format = LogFormat::Human;
    /// For systemd's journal: the level in front, as sd-daemon(3) has it, and no time, which it notes itself.
    bool isForJournal = false;
};

/// One event of the log as one line, its end included.
///
/// LogFormat::Human: `[Category] [HH:MM:SS] text`, the time in UTC, with `warning:` or `error:` before the
/// text of the severe. LogFormat::Json: an object with the keys `time` (ISO 8601, UTC, milliseconds), `level`
/// (debug, info, warning or error), `category` and `message`, in valid JSON whatever is in \a text.
[[nodiscard]] QByteArray logLine(const LogStyle &style, QtMsgType type, QByteArrayView category,
                                 const QString &text, const QDateTime &time);

/// \a text with every control character written as `\xNN` or `\u{NNNN}`, so that what a client sends can
/// neither end a line nor command a terminal.
[[nodiscard]] QString withoutControlCharacters(const QString &text);

} // namespace switchboard
