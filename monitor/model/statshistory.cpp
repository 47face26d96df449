// SPDX-License-Identifier: BSD-3-Clause
#include "model/statshistory.h"

#include <algorithm>

namespace switchboard::monitor {

namespace {

using Seconds = TimeSeries::Seconds;
using std::chrono::seconds;

// A node's word counts for so long where none follows: its seconds are not ours, so that at times none falls
// into one of ours and two into the next.
constexpr seconds carried{2};

std::optional<double> valueAround(const TimeSeries &series, Seconds second)
{
    for (seconds back{0}; back <= carried; ++back) {
        if (const auto value = series.at(second - back)) {
            return value;
        }
    }
    return std::nullopt;
}

double valueOf(const protocol::NodeStats &stats, StatsHistory::Metric metric)
{
    using Metric = StatsHistory::Metric;
    switch (metric) {
    case Metric::Clients:
        return static_cast<double>(stats.clients);
    case Metric::MessagesIn:
        return static_cast<double>(stats.messagesIn);
    case Metric::MessagesOut:
        return static_cast<double>(stats.messagesOut);
    case Metric::Deliveries:
        return static_cast<double>(stats.deliveries);
    case Metric::RedisRoundTrip:
        return static_cast<double>(stats.redisRoundTripMicros) / 1000;
    }
    Q_UNREACHABLE();
}

} // namespace

struct StatsHistory::Node
{
    std::array<TimeSeries, metricCount> series;
    Seconds last{};
};

StatsHistory::StatsHistory(QObject *parent)
    : QObject(parent)
{ }

StatsHistory::~StatsHistory() = default;

QByteArrayList StatsHistory::nodes() const
{
    QByteArrayList ids;
    for (const auto &[id, node] : m_nodes) {
        ids.append(id);
    }
    return ids;
}

const TimeSeries *StatsHistory::series(const QByteArray &node, Metric metric) const
{
    const auto found = m_nodes.find(node);
    return found != m_nodes.end() ? &found->second->series.at(static_cast<std::size_t>(metric)) : nullptr;
}

std::vector<QPointF> StatsHistory::points(const QByteArray &node, Metric metric, seconds window) const
{
    const TimeSeries *found = series(node, metric);
    return found != nullptr ? found->points(m_now, window) : std::vector<QPointF>();
}

std::vector<QPointF> StatsHistory::totals(Metric metric, seconds window) const
{
    std::vector<QPointF> points;
    points.reserve(static_cast<std::size_t>(window.count()));
    for (Seconds second = m_now - window + seconds(1); second < m_now; second += seconds(1)) {
        std::optional<double> total;
        for (const auto &[id, node] : m_nodes) {
            const auto value = valueAround(node->series.at(static_cast<std::size_t>(metric)), second);
            if (value && total) {
                total = metric == Metric::RedisRoundTrip ? std::max(*total, *value) : *total + *value;
            } else if (value) {
                total = value;
            }
        }
        if (total) {
            points.emplace_back(static_cast<double>(second.time_since_epoch().count()) * 1000, *total);
        }
    }
    return points;
}

void StatsHistory::add(const protocol::NodeStats &stats, Seconds second)
{
    if (m_nodes.size() >= maximumNodes && !m_nodes.contains(stats.node)) {
        m_nodes.erase(
            std::min_element(m_nodes.begin(), m_nodes.end(), [](const auto &left, const auto &right) {
                return left.second->last < right.second->last;
            }));
    }
    auto &node = m_nodes[stats.node];
    if (!node) {
        node = std::make_unique<Node>();
    }
    // Two words in one of our seconds are those of this one and the next.
    node->last = second == node->last ? second + seconds(1) : second;
    for (std::size_t metric = 0; metric < metricCount; ++metric) {
        node->series.at(metric).set(node->last, valueOf(stats, static_cast<Metric>(metric)));
    }
}

void StatsHistory::advance(Seconds second)
{
    std::erase_if(m_nodes,
                  [&](const auto &entry) { return entry.second->last <= second - TimeSeries::span; });
    if (m_now != second) {
        m_now = second;
        Q_EMIT advanced();
    }
}

} // namespace switchboard::monitor
