// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/nodemetrics.h"

#include "channels/channelrouter.h"
#include "channels/chatchannel.h"
#include "channels/chatroomchannel.h"
#include "net/httpfront.h"
#include "net/sessionregistry.h"
#include "redis/redislink.h"
#include "relay/broadcaster.h"
#include "relay/relay.h"

namespace switchboard {

NodeMetrics::NodeMetrics(const Sources &sources, const QUuid &nodeId, int worker, QObject *parent)
    : QObject(parent)
    , m_sources(sources)
    , m_node(nodeId.toByteArray(QUuid::WithoutBraces))
    , m_worker(worker)
{
    connect(&sources.registry, &SessionRegistry::sessionAdded, this, [this] { ++m_connected; });
    connect(&sources.registry, &SessionRegistry::sessionRemoved, this,
            [this](const WebSocketSession *session, const CloseStatus &status) {
                using By = ClosingCounts::By;
                m_closings.note(session->isClosedHere() ? By::Daemon : By::Client, status.code);
            });
}

NodeFigures NodeMetrics::figures() const
{
    NodeFigures figures;
    figures.worker = m_worker;
    figures.node = m_node;
    figures.clients = static_cast<qsizetype>(m_sources.registry.sessions().size());
    figures.rooms = m_sources.chatRooms.rooms().size();
    figures.connected = m_connected;
    figures.closings = m_closings;
    figures.refusedHandshakes = m_sources.front.refusedHandshakes();
    figures.turnedAway = m_sources.front.turnedAway();
    figures.traffic = m_sources.services.totals;
    figures.deliveries = m_sources.broadcaster.deliveries();
    figures.rejections = m_sources.router.rejections();
    figures.rejections += m_sources.chat.rejections();
    figures.rejections += m_sources.chatRooms.rejections();
    figures.isRedisReady = m_sources.link.isReady();
    figures.redisRoundTrip = m_sources.link.lastRoundTrip();
    figures.redisCounters = m_sources.link.counters();
    figures.pendingBytes = m_sources.link.pendingBytes();
    figures.unconfirmed = m_sources.relay.unconfirmed();
    figures.relayLatency = m_sources.relay.latency();
    figures.pubsubLag = m_sources.relay.lag();
    figures.loopDelay = m_loopDelay.delays();
    return figures;
}

} // namespace switchboard
