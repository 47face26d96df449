// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "node/settings.h"

#include <QHash>
#include <QString>
#include <QStringList>

#include <vector>

namespace switchboard {

/// What a configuration file says (TOML 1.0): settings by the names of their flags.
struct ConfigFile
{
    struct Value
    {
        /// As a flag would take it.
        QString text;
        /// `file:line:column`, each counted from 1.
        QString place;
    };

    /// By the flags of the settings.
    QHash<QString, Value> values;
    /// What is wrong, in the order of the file, each one line that begins with the place and repeats no
    /// value, because that might be a secret.
    QStringList errors;
};

/// Reads the file at \a path, of at most 1 MiB, and checks names and types of what it holds, but not the
/// values themselves.
[[nodiscard]] ConfigFile readConfigFile(const QString &path, const std::vector<Setting> &settings);

} // namespace switchboard
