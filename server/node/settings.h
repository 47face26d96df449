// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "node/settingvalue.h"

#include <QString>

#include <vector>

namespace switchboard {

/// One thing that a daemon can be told: by a flag, by an environment variable, or in its configuration file
/// under the name of the flag.
struct Setting
{
    /// Whether a running daemon takes another value.
    enum class Reload {
        Never, ///< It takes a restart.
        WhileSet, ///< A value is replaced by another; to set it at all, or no more, takes a restart.
        Always,
    };

    /// Without its dashes.
    QString flag;
    QString variable;
    /// What the help calls the value; empty where the flag stands alone, for true.
    QString valueName;
    QString description;
    SettingValue value;
    Reload reload = Reload::Never;

    /// How its value is written in the configuration file.
    [[nodiscard]] SettingKind kind() const { return valueName.isEmpty() ? SettingKind::Switch : value.kind; }
};

/// All settings in the order of the help.
[[nodiscard]] std::vector<Setting> settings();

} // namespace switchboard
