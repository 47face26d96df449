// SPDX-License-Identifier: BSD-3-Clause
#include "link/logging.h"

namespace switchboard::monitor {

Q_LOGGING_CATEGORY(linkLog, "switchboard.monitor.link", QtWarningMsg)

} // namespace switchboard::monitor
