// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "api/httpapi.h"
#include "channels/channelrouter.h"
#include "channels/chatchannel.h"
#include "channels/chatroomchannel.h"
#include "channels/monitorchannel.h"
#include "channels/pingchannel.h"
#include "channels/sessionchannel.h"
#include "metrics/metricsendpoint.h"
#include "metrics/nodemetrics.h"
#include "net/auth/authenticator.h"
#include "net/auth/monitoraccess.h"
#include "net/auth/sessionexpiry.h"
#include "net/flushqueue.h"
#include "net/handshakegate.h"
#include "net/httpfront.h"
#include "net/sessionregistry.h"
#include "net/timingwheel.h"
#include "net/websocket/leanengine.h"
#include "node/clientlog.h"
#include "node/drain.h"
#include "node/nodeconfig.h"
#include "node/nodereporter.h"
#include "redis/redislink.h"
#include "relay/broadcaster.h"
#include "relay/clusterevents.h"
#include "relay/presence.h"
#include "relay/relay.h"

#include <QObject>
#include <QUuid>

#include <memory>

namespace switchboard {

/// One node of the cluster: everything that serves one port on one event loop, made and wired here. Nodes
/// share nothing with each other but Redis.
class Node : public QObject
{
    Q_OBJECT

public:
    /// \a worker counts the nodes of one process from 1; \a hub, which must outlive it, knows them all.
    Node(const NodeConfig &config, MetricsHub &hub, int worker = 1, QObject *parent = nullptr);
    ~Node() override;

    /// Serves who connects to \a listenSocket, and connects to Redis in the background.
    void start(FileDescriptor listenSocket);

    /// From now on new connections are TLS by \a configuration.
    void setTls(const QSslConfiguration &configuration) { m_front.setTls(configuration); }

    /// From now on goes by what of \a config can change while it runs, that is by settings of
    /// Setting::Reload::Always; all else must be as it was. Clients that are there keep what they were let in
    /// by; their rate and unread output are held to the new limits.
    void reconfigure(const NodeConfig &config);

    /// Stops accepting, waits for Redis to confirm what clients have sent, closes the clients (1001) behind
    /// what they are owed and spread over NodeConfig::drainTime, and emits stopped() when all are gone or
    /// NodeConfig::stopTimeout is over beyond that.
    void stop();
    /// More than stop() takes at the most.
    [[nodiscard]] static std::chrono::milliseconds longestStop(const NodeConfig &config);

Q_SIGNALS:
    void stopped();

private:
    void addRoutes();
    void addPingRoute(const QByteArray &path, protocol::PingNumber number);
    void closeClients();
    void retireWhenEmpty();
    void retire();
    void onStopDeadline();
    void finishStopping();

    enum class Phase { Running, Confirming, Closing, Retiring, Stopped };

    NodeConfig m_config;
    int m_worker;
    QUuid m_id;
    TimingWheel m_wheel;
    FlushQueue m_flushQueue;
    SessionServices m_services;
    std::unique_ptr<LeanEngine> m_leanEngine; // none: QtWebSockets is the engine
    SessionRegistry m_registry;
    ClientLog m_clientLog;
    redis::RedisLink m_link;
    Relay m_relay;
    Presence m_presence;
    Broadcaster m_broadcaster;
    ChatChannel m_chat;
    ChatRoomChannel m_chatRooms;
    PingChannel m_ping;
    ClusterEvents m_events;
    Authenticator m_authenticator;
    MonitorAccess m_monitorAccess;
    MonitorChannel m_monitor;
    SessionChannel m_session;
    NodeReporter m_reporter;
    HttpApi m_api;
    ChannelRouter m_router;
    SessionExpiry m_sessionExpiry;
    HandshakeGate m_gate;
    HttpFront m_front;
    NodeMetrics m_metrics;
    MetricsEndpoint m_metricsEndpoint;
    Drain m_drain;
    Deadline m_stopDeadline;
    Phase m_phase = Phase::Running;
};

} // namespace switchboard
