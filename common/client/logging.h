// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QLoggingCategory>

namespace switchboard::client {

Q_DECLARE_LOGGING_CATEGORY(clientLog)

} // namespace switchboard::client
