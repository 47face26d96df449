// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QLoggingCategory>

namespace switchboard::monitor {

Q_DECLARE_LOGGING_CATEGORY(linkLog)

} // namespace switchboard::monitor
