// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "bench/options.h"

#include <functional>
#include <optional>
#include <vector>

#include <QString>

namespace switchboard::bench {

/// One option of a scenario.
struct Flag
{
    /// Sets what a value says, or tells what would be right.
    using Apply = std::function<std::optional<QString>(Options &options, const QString &value)>;

    QString name;
    QString valueName;
    QString description;
    QString preset; ///< The value where none is given; empty for none.
    Apply apply;
    bool repeats = false; ///< Whether it may be given more than once.
};

/// What the command line offers for a scenario.
struct Command
{
    Scenario scenario;
    QString name;
    QString description;
    std::vector<Flag> flags;
};

/// All scenarios with their options.
[[nodiscard]] std::vector<Command> commandTable();

} // namespace switchboard::bench
