// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/familybuilder.h"
#include "metrics/metricfamilies.h"
#include "node/version.h"

#include <QtGlobal>

namespace switchboard {

using prometheus::MetricFamily;
using prometheus::MetricType;

namespace {

MetricFamily single(MetricType type, const char *name, const char *help, double value,
                    std::vector<MetricLabel> labels = {})
{
    MetricFamily family = makeFamily(type, name, help);
    addSample(family, std::move(labels), value);
    return family;
}

} // namespace

std::vector<MetricFamily> workerFamilies(const std::vector<NodeFigures> &nodes,
                                         const std::vector<int> &silent)
{
    MetricFamily up = makeFamily(MetricType::Gauge, "switchboard_worker_up",
                                 "1 for a worker that told its figures; 0 for one that did not in time.");
    MetricFamily info = makeFamily(MetricType::Gauge, "switchboard_node_info",
                                   "The id of the worker's node, as monitors show it; always 1.");
    for (const NodeFigures &node : nodes) {
        addSample(up, {workerLabel(node)}, 1);
        addSample(info, {workerLabel(node), {"node", node.node.toStdString()}}, 1);
    }
    for (const int worker : silent) {
        addSample(up, {{"worker", std::to_string(worker)}}, 0);
    }
    return {std::move(up), std::move(info)};
}

std::vector<MetricFamily> processFamilies(const ProcessFigures &process)
{
    using enum MetricType;
    return {
        single(Gauge, "switchboard_build_info", "The version of the program and of Qt; always 1.", 1,
               {{"version", versionText().toStdString()}, {"qt", qVersion()}}),
        single(Gauge, "process_start_time_seconds", "When the process started, in seconds since 1970.",
               process.startedAt),
        single(Counter, "process_cpu_seconds_total", "User and system time of the process.",
               std::chrono::duration<double>(process.processorTime).count()),
        single(Gauge, "process_resident_memory_bytes", "Resident memory.",
               static_cast<double>(process.residentBytes)),
        single(Gauge, "process_virtual_memory_bytes", "Virtual memory.",
               static_cast<double>(process.virtualBytes)),
        single(Gauge, "process_open_fds", "Open file descriptors; a client is one.",
               static_cast<double>(process.openDescriptors)),
        single(Gauge, "process_max_fds", "The most file descriptors that may be open.",
               static_cast<double>(process.maxDescriptors)),
    };
}

} // namespace switchboard
