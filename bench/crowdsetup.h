// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "bench/conversation.h"
#include "bench/crowd.h"
#include "bench/dialect.h"
#include "bench/options.h"
#include "bench/progress.h"

#include <cstddef>
#include <span>
#include <vector>

#include <QString>

#include <tl/expected.hpp>

namespace switchboard::bench {

/// Clients spread evenly over the endpoints, all of them in everybody's chat.
[[nodiscard]] std::vector<Visitor> chatVisitors(const Options &options);

/// Opens \a visitors, and makes sure that this process may have as many connections.
[[nodiscard]] tl::expected<void, QString> openCrowd(Crowd &crowd, std::span<const Visitor> visitors,
                                                    std::size_t atOnce, Progress &progress);

/// Lets all members of \a circles enter their rooms, \a atOnce at a time, and waits until they have and
/// nothing is told of it any more. The error says how many could not.
[[nodiscard]] tl::expected<void, QString> enterRooms(Crowd &crowd, const Dialect &dialect,
                                                     std::span<const Circle> circles, std::size_t atOnce,
                                                     Progress &progress);

/// Takes what comes until nothing has come for a little while.
void waitUntilQuiet(Crowd &crowd);

} // namespace switchboard::bench
