// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "model/timeseries.h"
#include "protocol/monitorevents.h"

#include <QByteArrayList>
#include <QObject>

#include <map>
#include <memory>

namespace switchboard::monitor {

/// How the nodes did over the last quarter of an hour, for charts: a value a second for each node and figure.
class StatsHistory : public QObject
{
    Q_OBJECT

public:
    enum class Metric {
        Clients,
        MessagesIn, ///< a second
        MessagesOut, ///< a second
        Deliveries, ///< a second
        RedisRoundTrip, ///< in milliseconds
    };
    static constexpr std::size_t metricCount = 5;

    /// What the charts offer.
    static constexpr std::array<std::chrono::minutes, 3> windows{
        std::chrono::minutes(1), std::chrono::minutes(5), std::chrono::minutes(15)};

    /// How many nodes are kept; the one that was not heard for the longest falls out for a new one.
    static constexpr std::size_t maximumNodes = 100;

    explicit StatsHistory(QObject *parent = nullptr);
    ~StatsHistory() override;

    /// The ids of the nodes with a value within the last quarter of an hour, in alphabetical order.
    [[nodiscard]] QByteArrayList nodes() const;

    /// The series of a node; nothing for a node that is not known.
    [[nodiscard]] const TimeSeries *series(const QByteArray &node, Metric metric) const;

    /// The points of a node in a window that ends at the newest second, for QXYSeries::replace().
    [[nodiscard]] std::vector<QPointF> points(const QByteArray &node, Metric metric,
                                              std::chrono::seconds window) const;

    /// The points of all nodes added up; of round trips the longest. A second counts once all that was heard
    /// in it is there, so the newest is left out.
    [[nodiscard]] std::vector<QPointF> totals(Metric metric, std::chrono::seconds window) const;

    /// The newest second.
    [[nodiscard]] TimeSeries::Seconds now() const { return m_now; }

    /// \name For ClusterModel
    /// \{
    /// Notes \a stats, heard in \a second.
    void add(const protocol::NodeStats &stats, TimeSeries::Seconds second);
    /// Lets the windows end with \a second, and forgets nodes that were not heard within the span.
    void advance(TimeSeries::Seconds second);
    /// \}

Q_SIGNALS:
    /// The windows moved on by a second.
    void advanced();

private:
    struct Node;

    std::map<QByteArray, std::unique_ptr<Node>> m_nodes;
    TimeSeries::Seconds m_now{};
};

} // namespace switchboard::monitor
