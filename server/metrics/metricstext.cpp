// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/metricstext.h"

#include "metrics/metricfamilies.h"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <iterator>

namespace switchboard {

QByteArray metricsText(const std::vector<NodeFigures> &nodes, const std::vector<int> &silent,
                       const ProcessFigures &process)
{
    std::vector<prometheus::MetricFamily> families = workerFamilies(nodes, silent);
    for (auto more : {clientFamilies(nodes), relayFamilies(nodes), processFamilies(process)}) {
        std::ranges::move(more, std::back_inserter(families));
    }
    return QByteArray::fromStdString(prometheus::TextSerializer().Serialize(families));
}

} // namespace switchboard
