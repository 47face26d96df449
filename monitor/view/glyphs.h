// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QIcon>

namespace switchboard::monitor {

/// The signs on buttons and in tables.
enum class Glyph {
    Connect,
    Reconnect,
    Pause,
    Resume,
    Follow,
    Clear,
    Export,
    Filter,
    Warning,
    Information,
    Locked,
    Unlocked,
    Send,
    Columns,
};

/// Draws \a glyph in the application's text colour at any size, whatever icon theme there is or is not.
[[nodiscard]] QIcon glyphIcon(Glyph glyph);

} // namespace switchboard::monitor
