// SPDX-License-Identifier: BSD-3-Clause
#include "node/clientstatspublisher.h"

#include "net/sessionregistry.h"
#include "node/clientfigures.h"
#include "relay/clusterevents.h"

namespace switchboard {

ClientStatsPublisher::ClientStatsPublisher(ClusterEvents &events, const SessionRegistry &registry,
                                           QByteArray node, QObject *parent)
    : QObject(parent)
    , m_events(events)
    , m_registry(registry)
    , m_node(std::move(node))
{
    m_timer.setInterval(interval);
    connect(&m_timer, &QTimer::timeout, this, &ClientStatsPublisher::publish);
    connect(&registry, &SessionRegistry::sessionRemoved, this,
            [this](const WebSocketSession *session) { m_told.remove(session->id()); });
}

void ClientStatsPublisher::start()
{
    m_timer.start();
}

void ClientStatsPublisher::stop()
{
    m_timer.stop();
    m_told = {};
}

void ClientStatsPublisher::publish()
{
    if (m_events.isBusy()) {
        return; // it would be left out, and taken for told
    }
    protocol::ClientStats stats{.node = m_node};
    const std::vector<WebSocketSession *> &sessions = m_registry.sessions();
    const std::size_t looks = std::min(sessions.size(), clientsPerLook);
    for (std::size_t i = 0; i < looks && stats.clients.size() < clientsPerEvent; ++i) {
        // The list changes between two looks; whoever is missed by that comes round later.
        m_next = m_next < sessions.size() ? m_next : 0;
        const WebSocketSession &session = *sessions[m_next++];
        const protocol::ClientFigures figures = figuresOf(session);
        if (figures != m_told.value(session.id())) {
            m_told.insert(session.id(), figures);
            stats.clients.push_back({session.info().idText(), figures});
        }
    }
    if (!stats.clients.empty()) {
        m_events.publish(stats);
    }
}

} // namespace switchboard
