// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "protocol/clientstats.h"

#include <QByteArray>
#include <QHash>
#include <QObject>
#include <QTimer>
#include <QUuid>

#include <chrono>

namespace switchboard {

class ClusterEvents;
class SessionRegistry;

/// Tells those who watch how the figures of this node's clients change. What it looks at and what it tells
/// are bounded whatever the number of clients: where there are more, each comes round less often.
class ClientStatsPublisher : public QObject
{
    Q_OBJECT

public:
    /// Between two events; each tells of at most so many clients, of so many that are looked at.
    static constexpr std::chrono::milliseconds interval{1000};
    static constexpr std::size_t clientsPerEvent = 500;
    static constexpr std::size_t clientsPerLook = 5000;

    /// Both must outlive it. \a node is the node's id.
    ClientStatsPublisher(ClusterEvents &events, const SessionRegistry &registry, QByteArray node,
                         QObject *parent = nullptr);

    /// Begins, as somebody watches, who is told all figures that are not 0.
    void start();
    /// Ends, as nobody watches any more.
    void stop();

private:
    void publish();

    ClusterEvents &m_events;
    const SessionRegistry &m_registry;
    QByteArray m_node;
    QTimer m_timer;
    /// What was told last of clients whose figures are not all 0.
    QHash<QUuid, protocol::ClientFigures> m_told;
    /// Where in the registry's list to go on.
    std::size_t m_next = 0;
};

} // namespace switchboard
