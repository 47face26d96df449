// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "metrics/nodefigures.h"
#include "metrics/processfigures.h"

#include <QByteArray>
#include <QByteArrayView>

#include <vector>

namespace switchboard {

/// The media type of metricsText().
inline constexpr QByteArrayView metricsContentType = "text/plain; version=0.0.4; charset=utf-8";

/// What is known, in the text format of Prometheus
/// (https://prometheus.io/docs/instrumenting/exposition_formats/): of the \a nodes of a process, of those
/// workers of it that are \a silent, and of the \a process.
[[nodiscard]] QByteArray metricsText(const std::vector<NodeFigures> &nodes, const std::vector<int> &silent,
                                     const ProcessFigures &process);

} // namespace switchboard
