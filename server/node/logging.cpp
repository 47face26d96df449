// SPDX-License-Identifier: BSD-3-Clause
#include "node/logging.h"

namespace switchboard {

Q_LOGGING_CATEGORY(lcNode, "switchboard.node")

} // namespace switchboard
