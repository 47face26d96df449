// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "metrics/histogram.h"
#include "metrics/nodefigures.h"

#include <prometheus/metric_family.h>

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace switchboard {

using MetricLabel = prometheus::ClientMetric::Label;

/// A family of metrics that have no value yet.
[[nodiscard]] prometheus::MetricFamily makeFamily(prometheus::MetricType type, const char *name,
                                                  const char *help);

/// Adds \a value to a family of counters or gauges.
void addSample(prometheus::MetricFamily &family, std::vector<MetricLabel> labels, double value);

/// Adds \a histogram to a family of histograms, in seconds.
void addSample(prometheus::MetricFamily &family, std::vector<MetricLabel> labels, const Histogram &histogram);

/// Says which worker \a node is.
[[nodiscard]] MetricLabel workerLabel(const NodeFigures &node);

/// A family that has for each of \a nodes one metric: what \a value says.
template <typename Value>
[[nodiscard]] prometheus::MetricFamily familyByWorker(prometheus::MetricType type, const char *name,
                                                      const char *help, const std::vector<NodeFigures> &nodes,
                                                      Value value)
{
    prometheus::MetricFamily family = makeFamily(type, name, help);
    for (const NodeFigures &node : nodes) {
        if constexpr (std::is_convertible_v<std::invoke_result_t<Value, const NodeFigures &>, double>) {
            addSample(family, {workerLabel(node)}, static_cast<double>(value(node)));
        } else {
            addSample(family, {workerLabel(node)}, value(node));
        }
    }
    return family;
}

} // namespace switchboard
