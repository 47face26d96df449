// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "node/nodeconfig.h"

#include <QString>

#include <functional>
#include <optional>
#include <vector>

namespace switchboard {

/// One thing that a daemon can be told, by a flag or by an environment variable.
struct Setting
{
    /// Applies a value to the configuration, or says what would be right.
    using Apply = std::function<std::optional<QString>(NodeConfig &config, const QString &value)>;

    /// Without its dashes.
    QString flag;
    QString variable;
    /// What the help calls the value. Empty: the flag stands alone, for the value "true".
    QString valueName;
    QString description;
    Apply apply;
    /// For a secret, which stands in the variable itself, but in a file that the flag names.
    Apply applyVariable = {};
    /// Whether a flag that is given several times is one value, separated by commas; else the last one
    /// counts.
    bool repeats = false;
};

/// All settings in the order of the help.
[[nodiscard]] std::vector<Setting> settings();

} // namespace switchboard
