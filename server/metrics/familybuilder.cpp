// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/familybuilder.h"

namespace switchboard {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

namespace {

double seconds(Histogram::Duration duration)
{
    return std::chrono::duration<double>(duration).count();
}

} // namespace

MetricFamily makeFamily(MetricType type, const char *name, const char *help)
{
    MetricFamily family;
    family.name = name;
    family.help = help;
    family.type = type;
    return family;
}

void addSample(MetricFamily &family, std::vector<MetricLabel> labels, double value)
{
    ClientMetric metric;
    metric.label = std::move(labels);
    if (family.type == MetricType::Counter) {
        metric.counter.value = value;
    } else {
        metric.gauge.value = value;
    }
    family.metric.push_back(std::move(metric));
}

void addSample(MetricFamily &family, std::vector<MetricLabel> labels, const Histogram &histogram)
{
    ClientMetric metric;
    metric.label = std::move(labels);
    quint64 count = 0;
    for (std::size_t i = 0; i < Histogram::bounds.size(); ++i) {
        count += histogram.counts()[i];
        metric.histogram.bucket.push_back({count, seconds(Histogram::bounds[i])});
    }
    // The serializer adds the bucket without a bound.
    metric.histogram.sample_count = count + histogram.counts().back();
    metric.histogram.sample_sum = seconds(histogram.sum());
    family.metric.push_back(std::move(metric));
}

MetricLabel workerLabel(const NodeFigures &node)
{
    return {"worker", std::to_string(node.worker)};
}

} // namespace switchboard
