// SPDX-License-Identifier: BSD-3-Clause
#include "node/nodereporter.h"

#include "channels/chatchannel.h"
#include "channels/chatroomchannel.h"
#include "channels/pingchannel.h"
#include "metrics/processfigures.h"
#include "net/sessionregistry.h"
#include "node/version.h"
#include "redis/redislink.h"
#include "relay/broadcaster.h"
#include "relay/clusterevents.h"

#include <QCoreApplication>

namespace switchboard {

namespace {

constexpr std::chrono::milliseconds statsInterval(1000);

QByteArray idText(const QUuid &id)
{
    return id.toByteArray(QUuid::WithoutBraces);
}

// As valid UTF-8: header fields and close reasons may be any bytes.
QByteArray printable(const QByteArray &text)
{
    return QString::fromUtf8(text).toUtf8();
}

// What is known of a node from its start on.
protocol::NodeSnapshot about(const QByteArray &node)
{
    return {.node = node,
            .host = {},
            .pid = QCoreApplication::applicationPid(),
            .version = versionText().toUtf8(),
            .startedAt = protocol::Timestamp::now()};
}

} // namespace

NodeReporter::NodeReporter(ClusterEvents &events, const Sources &sources, const QUuid &nodeId,
                           QObject *parent)
    : QObject(parent)
    , m_events(events)
    , m_sources(sources)
    , m_node(idText(nodeId))
    , m_about(about(m_node))
    , m_snapshots(events, sources.registry, sources.chatRooms, m_about)
    , m_clientStats(events, sources.registry, m_node)
    , m_responder(events, sources.registry, sources.chatRooms, m_about)
{
    m_sinceStart.start();
    m_statsTimer.setInterval(statsInterval);
    m_statsTimer.setTimerType(Qt::PreciseTimer);
    connect(&m_statsTimer, &QTimer::timeout, this, &NodeReporter::publishStats);
    connect(&m_events, &ClusterEvents::watchedChanged, this, &NodeReporter::onWatchedChanged);
    connect(&m_events, &ClusterEvents::snapshotRequested, &m_snapshots, &SnapshotPublisher::request);
    connectSources();
}

void NodeReporter::connectSources()
{
    using protocol::Timestamp;
    // What happened here while Redis was away has been told to nobody.
    connect(&m_sources.link, &redis::RedisLink::readyChanged, this, [this](bool ready) {
        if (ready && m_events.isWatched()) {
            m_snapshots.request();
        }
    });
    connect(&m_sources.registry, &SessionRegistry::sessionAdded, this,
            [this](const WebSocketSession *session) {
                if (m_events.isWatched()) {
                    const ClientInfo &info = session->info();
                    m_events.publish(
                        protocol::ClientConnected{m_node, info.idText(), info.address.toString().toUtf8(),
                                                  printable(info.userAgent), info.connectedAt, info.user()});
                }
            });
    connect(&m_sources.registry, &SessionRegistry::sessionRemoved, this,
            [this](const WebSocketSession *session, const CloseStatus &status) {
                if (m_events.isWatched()) {
                    m_events.publish(protocol::ClientDisconnected{m_node, session->info().idText(),
                                                                  Timestamp::now(), status.code,
                                                                  printable(status.reason)});
                }
            });
    connect(&m_sources.chat, &ChatChannel::messageTaken, this,
            [this](const QUuid &client, const protocol::NewMessageReceived &message) {
                if (m_events.isWatched()) {
                    m_events.publishSampled(
                        protocol::ChatMessage{m_node, idText(client), message.content, message.postedAt});
                }
            });
    connect(&m_sources.chatRooms, &ChatRoomChannel::messageTaken, this,
            [this](const protocol::NewRoomMessage &message) {
                if (m_events.isWatched()) {
                    m_events.publishSampled(
                        protocol::RoomMessage{m_node, idText(message.user), message.room, message.message,
                                              message.postedAt.value_or(Timestamp::now())});
                }
            });
    connect(&m_sources.chatRooms, &ChatRoomChannel::memberJoined, this,
            [this](const QUuid &client, const QByteArray &room) {
                m_events.publish(protocol::RoomJoined{m_node, idText(client), room, Timestamp::now()});
            });
    connect(&m_sources.chatRooms, &ChatRoomChannel::memberLeft, this,
            [this](const QUuid &client, const QByteArray &room) {
                m_events.publish(protocol::RoomLeft{m_node, idText(client), room, Timestamp::now()});
            });
    connect(&m_sources.ping, &PingChannel::sent, this,
            [this](protocol::PingNumber number, const QHostAddress &asker, const Timestamp &at) {
                m_events.publish(protocol::PingSent{m_node, number, asker.toString().toUtf8(), at});
            });
    connect(&m_sources.ping, &PingChannel::delivered, this,
            [this](const protocol::Ping &ping, qsizetype clients) {
                const Timestamp now = Timestamp::now();
                const auto passed = now.toTime() - ping.sentAt.value_or(now).toTime();
                // The clocks of two machines may differ by more than the way took.
                const qint64 micros =
                    qMax<qint64>(0, std::chrono::duration_cast<std::chrono::microseconds>(passed).count());
                m_events.publish(protocol::PingDelivered{m_node, ping.number, clients, now, micros});
            });
}

void NodeReporter::setAddress(const QByteArray &host, quint16 port, int worker)
{
    m_about.host = host;
    m_about.port = port;
    m_about.worker = worker;
}

void NodeReporter::reportDown(const QByteArray &node)
{
    m_events.publish(protocol::NodeDown{node.isEmpty() ? m_node : node, protocol::Timestamp::now()});
}

void NodeReporter::onWatchedChanged(bool watched)
{
    m_sources.ping.setTimed(watched);
    if (!watched) {
        m_statsTimer.stop();
        m_snapshots.stop();
        m_clientStats.stop();
        return;
    }
    m_lastTotals = m_sources.services.totals;
    m_lastDeliveries = m_sources.broadcaster.deliveries();
    m_lastSlowConsumers = m_sources.services.slowConsumers;
    m_sinceStats.start();
    m_statsTimer.start();
    m_clientStats.start();
    // A new node hears of a watch that runs already with its next renewal; to any other it is a watch that
    // begins.
    if (!m_sinceStart.hasExpired(std::chrono::milliseconds(2 * ClusterEvents::renewalInterval).count())) {
        m_events.publish(protocol::NodeUp{m_node, m_about.startedAt});
    }
}

void NodeReporter::publishStats()
{
    // How much later than it should this timer came: that long, something else kept the loop.
    const qint64 elapsedMicros = m_sinceStats.nsecsElapsed() / 1000;
    m_sinceStats.start();
    const qint64 delay = elapsedMicros - std::chrono::microseconds(statsInterval).count();
    const auto perSecond = [&](quint64 now, quint64 before) {
        return static_cast<qint64>(now - before) * 1'000'000 / qMax<qint64>(1, elapsedMicros);
    };
    const Traffic &totals = m_sources.services.totals;
    protocol::NodeStats stats;
    stats.node = m_node;
    stats.clients = static_cast<qint64>(m_sources.registry.sessions().size());
    stats.rooms = m_sources.chatRooms.rooms().size();
    stats.messagesIn = perSecond(totals.messagesReceived, m_lastTotals.messagesReceived);
    stats.messagesOut = perSecond(totals.messagesSent, m_lastTotals.messagesSent);
    stats.bytesIn = perSecond(totals.bytesReceived, m_lastTotals.bytesReceived);
    stats.bytesOut = perSecond(totals.bytesSent, m_lastTotals.bytesSent);
    stats.deliveries = perSecond(m_sources.broadcaster.deliveries(), m_lastDeliveries);
    stats.redisRoundTripMicros = m_sources.link.lastRoundTrip().count();
    stats.loopDelayMicros = qMax<qint64>(0, delay);
    stats.residentBytes = residentBytes();
    stats.droppedSlow = static_cast<qint64>(m_sources.services.slowConsumers - m_lastSlowConsumers);
    stats.sampledOut = static_cast<qint64>(m_events.takeLeftOut());
    m_lastTotals = totals;
    m_lastDeliveries = m_sources.broadcaster.deliveries();
    m_lastSlowConsumers = m_sources.services.slowConsumers;
    m_events.publish(stats);
}

} // namespace switchboard
