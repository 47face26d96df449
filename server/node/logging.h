// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QLoggingCategory>

namespace switchboard {

Q_DECLARE_LOGGING_CATEGORY(lcNode)

} // namespace switchboard
