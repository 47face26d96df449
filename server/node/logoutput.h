// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "node/nodeconfig.h"

#include <QString>

namespace switchboard {

/// From now on Qt's log goes to standard output, one line an event:
/// `[Category] [HH:MM:SS] text`, the time in UTC, with `warning:` or `error:` before the text of the severe.
/// Lines below \a level are left out unless QT_LOGGING_RULES says otherwise.
void installLogOutput(LogLevel level);

/// \a text with every control character written as `\xNN` or `\u{NNNN}`, so that what a client sends can
/// neither end a line nor command a terminal.
[[nodiscard]] QString withoutControlCharacters(const QString &text);

} // namespace switchboard
