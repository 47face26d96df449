// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QLoggingCategory>

namespace switchboard::redis {

/// switchboard.redis: what happens to connections; never passwords or payloads.
Q_DECLARE_LOGGING_CATEGORY(redisLog)

} // namespace switchboard::redis
