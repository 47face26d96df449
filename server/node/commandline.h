// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "node/nodeconfig.h"

#include <QHash>
#include <QProcessEnvironment>
#include <QString>
#include <QStringList>

#include <optional>
#include <tl/expected.hpp>

namespace switchboard {

/// A value that somebody gave to a setting.
struct GivenValue
{
    enum class Source { File, Variable, Flag };

    Source source = Source::Flag;
    /// As it was given.
    QString text;
    /// Where, for a person: `--port`, `PORT`, or `switchboard.toml:3:8`.
    QString place;
};

/// What a command line, an environment and a configuration file come to.
struct CommandLine
{
    NodeConfig config;
    /// A text to print instead of running: the help, the version, the configuration, or that it is right.
    std::optional<QString> message = {};
    /// The configuration file; empty: none.
    QString configFile = {};
    /// What `config` holds beyond the defaults, by the flags of the settings.
    QHash<QString, GivenValue> given = {};
};

/// Reads \a arguments (the first is the program), \a environment, and the configuration file that one of
/// them names. Flags win over environment variables, these over the file, and that over defaults. The error
/// is a line for each setting that is wrong: its name, its bad value and what would be right; an empty value
/// is a bad one.
[[nodiscard]] tl::expected<CommandLine, QString> parseCommandLine(const QStringList &arguments,
                                                                  const QProcessEnvironment &environment);

} // namespace switchboard
