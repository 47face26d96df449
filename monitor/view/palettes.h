// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "view/settings.h"

namespace switchboard::monitor {

/// Gives the application the palette that \a appearance asks for. With Appearance::Desktop it is the
/// desktop's own again, and follows that when it changes.
void applyAppearance(Appearance appearance);

} // namespace switchboard::monitor
