// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "metrics/nodefigures.h"
#include "metrics/processfigures.h"

#include <prometheus/metric_family.h>

#include <vector>

namespace switchboard {

/// What is told of clients, their messages and their connections, by worker.
[[nodiscard]] std::vector<prometheus::MetricFamily> clientFamilies(const std::vector<NodeFigures> &nodes);

/// What is told of Redis, of the ways to it and back, and of the event loops, by worker.
[[nodiscard]] std::vector<prometheus::MetricFamily> relayFamilies(const std::vector<NodeFigures> &nodes);

/// Which workers there are: those that have answered and those that are \a silent.
[[nodiscard]] std::vector<prometheus::MetricFamily> workerFamilies(const std::vector<NodeFigures> &nodes,
                                                                   const std::vector<int> &silent);

/// What is told of the process, by the names that all of Prometheus' libraries use.
[[nodiscard]] std::vector<prometheus::MetricFamily> processFamilies(const ProcessFigures &process);

} // namespace switchboard
