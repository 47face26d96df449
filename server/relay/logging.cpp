// SPDX-License-Identifier: BSD-3-Clause
#include "relay/logging.h"

namespace switchboard {

Q_LOGGING_CATEGORY(lcRedis, "switchboard.relay")

} // namespace switchboard
