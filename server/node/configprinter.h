// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QString>

namespace switchboard {

struct CommandLine;

/// The configuration in effect as a configuration file, in the order of the help, with where each value comes
/// from behind it. Secrets are not in it; what holds one is commented out.
[[nodiscard]] QString printedConfig(const CommandLine &commandLine);

/// A configuration file that changes nothing: every setting with its help and its default, commented out.
[[nodiscard]] QString sampleConfig();

} // namespace switchboard
