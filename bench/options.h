// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "bench/dialect.h"
#include "bench/endpoint.h"
#include "bench/process.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <QString>
#include <QStringList>

#include <tl/expected.hpp>

namespace switchboard::bench {

/// What is measured.
enum class Scenario : std::uint8_t {
    Fanout, ///< Everybody hears everybody, as fast as it goes.
    Rate, ///< Everybody hears everybody, so many messages a second: latency.
    Rooms, ///< Clients in rooms, as fast as it goes; others may be connected and idle.
    Inbound, ///< Every client speaks and hears only itself.
    Idle, ///< Memory of clients that only are there.
    Handshakes, ///< Clients that connect.
    Joins, ///< Clients that join and leave a large room.
    Floor, ///< What writing as much costs a program that does nothing else.
};

/// What was asked for on the command line. Counts that a scenario does not use are not set.
struct Options
{
    Scenario scenario = Scenario::Fanout;
    std::vector<Endpoint> endpoints;
    Dialect::Kind dialect = Dialect::Kind::Switchboard;
    std::vector<WatchedProcess> processes;
    std::uint32_t clients = 0;
    std::uint32_t senders = 0;
    std::uint32_t window = 0; ///< Messages on their way; handshakes or joins at once.
    std::uint32_t rooms = 0;
    std::uint32_t idle = 0; ///< Clients that are connected beside those in rooms.
    std::uint32_t probes = 0; ///< How many joins are measured.
    std::uint32_t nodes = 0; ///< Processes of the floor.
    std::size_t messageBytes = 0;
    std::size_t writeBytes = 0; ///< Of one write of the floor.
    double rate = 0; ///< Messages a second.
    std::chrono::nanoseconds duration{0};
    std::chrono::nanoseconds warmUp{0};
    bool json = false;
};

/// A command line that was understood.
struct CommandLine
{
    Options options;
    std::optional<QString> message; ///< Help or the version, to be printed in place of a run.
};

/// Reads a command line, its first argument being the program. The error says what would be right.
[[nodiscard]] tl::expected<CommandLine, QString> parseCommandLine(const QStringList &arguments);

} // namespace switchboard::bench
