// SPDX-License-Identifier: BSD-3-Clause
#include "client/logging.h"

namespace switchboard::client {

Q_LOGGING_CATEGORY(clientLog, "switchboard.client", QtWarningMsg)

} // namespace switchboard::client
