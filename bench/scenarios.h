// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "bench/options.h"
#include "bench/progress.h"
#include "bench/report.h"

#include <QString>

#include <tl/expected.hpp>

namespace switchboard::bench {

/// What a scenario found, or why it could not be run.
using Outcome = tl::expected<Report, QString>;

/// One function for each Scenario. They block until all is measured.
[[nodiscard]] Outcome runFanout(const Options &options, Progress &progress);
[[nodiscard]] Outcome runRate(const Options &options, Progress &progress);
[[nodiscard]] Outcome runRooms(const Options &options, Progress &progress);
[[nodiscard]] Outcome runInbound(const Options &options, Progress &progress);
[[nodiscard]] Outcome runIdle(const Options &options, Progress &progress);
[[nodiscard]] Outcome runHandshakes(const Options &options, Progress &progress);
[[nodiscard]] Outcome runJoins(const Options &options, Progress &progress);
[[nodiscard]] Outcome runFloor(const Options &options, Progress &progress);

} // namespace switchboard::bench
