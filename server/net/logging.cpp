// SPDX-License-Identifier: BSD-3-Clause
#include "net/logging.h"

namespace switchboard {

Q_LOGGING_CATEGORY(lcHttp, "switchboard.http")
Q_LOGGING_CATEGORY(lcWebSocket, "switchboard.websocket")

} // namespace switchboard
