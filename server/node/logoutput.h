// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "node/nodeconfig.h"

namespace switchboard {

/// From now on Qt's log goes to standard output, one line an event; see logLine(). Where that is a stream to
/// systemd's journal (JOURNAL_STREAM, systemd.exec(5)), it is written for that.
/// Lines below \a level are left out unless QT_LOGGING_RULES says otherwise. It may be called again.
void installLogOutput(LogLevel level, LogFormat format = LogFormat::Human);

} // namespace switchboard
