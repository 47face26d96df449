// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "metrics/nodefigures.h"
#include "net/httpconnection.h"
#include "net/timingwheel.h"

#include <QObject>

#include <chrono>
#include <memory>
#include <unordered_map>
#include <vector>

namespace switchboard {

class MetricsHub;
class NodeMetrics;
class MonitorAccess;

/// Answers scrapes of Prometheus with the figures of all nodes of the process, whichever of them is asked:
/// with several on one port a client cannot choose.
class MetricsEndpoint : public QObject
{
    Q_OBJECT

public:
    /// How long other nodes of the process have for their figures; one that does not come by then is told of
    /// as silent.
    static constexpr std::chrono::seconds patience{2};

    /// \a metrics are those of its own node. All must outlive it.
    MetricsEndpoint(MetricsHub &hub, const NodeMetrics &metrics, const MonitorAccess &access,
                    TimingWheel &wheel, QObject *parent = nullptr);
    ~MetricsEndpoint() override;

    /// GET and HEAD, for whom MonitorAccess lets in.
    void handle(const HttpRequest &request, const HttpResponder &responder);

private:
    /// One request that waits for the figures of other nodes.
    struct Scrape
    {
        HttpResponder responder;
        std::vector<NodeFigures> figures;
        std::vector<int> awaited;
        std::unique_ptr<Deadline> deadline;
    };

    void begin(const HttpResponder &responder);
    void take(quint64 number, NodeFigures figures);
    void finish(quint64 number);

    MetricsHub &m_hub;
    const NodeMetrics &m_metrics;
    const MonitorAccess &m_access;
    TimingWheel &m_wheel;
    std::unordered_map<quint64, Scrape> m_scrapes; // by their numbers
    quint64 m_lastNumber = 0;
};

} // namespace switchboard
