// SPDX-License-Identifier: BSD-3-Clause
#include "redis/logging.h"

namespace switchboard::redis {

Q_LOGGING_CATEGORY(redisLog, "switchboard.redis", QtInfoMsg)

} // namespace switchboard::redis
