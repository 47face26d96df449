// SPDX-License-Identifier: BSD-3-Clause
#include "model/clustermodel.h"

#include "model/clientsmodel.h"
#include "model/closedclientsmodel.h"
#include "model/nodesmodel.h"
#include "model/pingsmodel.h"
#include "model/roomsmodel.h"
#include "model/statshistory.h"
#include "model/trafficmodel.h"

#include <utility>

namespace switchboard::monitor {

namespace {

// A row that goes costs its views more than one that comes, so that of a dead node's thousands only so many
// runs of neighbours go at a time.
constexpr int removalsPerUpdate = 100;

constexpr std::chrono::seconds tickInterval{1};

} // namespace

ClusterModel::ClusterModel(ClusterOptions options, QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
    , m_queue(m_options.updateInterval, [this](const EventQueue::Events &events) { applyBatch(events); })
    , m_nodes(new NodesModel(this))
    , m_clients(new ClientsModel(this))
    , m_closed(new ClosedClientsModel(ClosedClientsModel::defaultCapacity, this))
    , m_rooms(new RoomsModel(this))
    , m_traffic(new TrafficModel(TrafficModel::defaultCapacity, TrafficModel::defaultTextBytes, this))
    , m_pings(new PingsModel(PingsModel::defaultCapacity, this))
    , m_history(new StatsHistory(this))
    , m_store(m_clients, m_rooms, {m_options.maximumClients, m_options.maximumMemberships})
    , m_lastTick(m_options.steadyNow())
{
    m_backlogTimer.setSingleShot(true);
    m_backlogTimer.setInterval(m_options.updateInterval);
    connect(&m_backlogTimer, &QTimer::timeout, this, [this] { commit(removalsPerUpdate); });
    connect(&m_tickTimer, &QTimer::timeout, this, &ClusterModel::tick);
    m_tickTimer.start(tickInterval);
}

ClusterModel::~ClusterModel() = default;

void ClusterModel::add(protocol::MonitorEvent event)
{
    m_queue.add(std::move(event));
}

void ClusterModel::flush()
{
    m_queue.flush();
    commit(RowSet<ClientRow>::allRemovals);
}

void ClusterModel::applyBatch(const EventQueue::Events &events)
{
    m_now = m_options.steadyNow();
    for (const protocol::MonitorEvent &event : events) {
        std::visit([this](const auto &known) { apply(known); }, event);
    }
    commit(removalsPerUpdate);
}

void ClusterModel::commit(int removals)
{
    m_nodes->commit();
    m_rooms->commit(removals);
    m_clients->commit(removals);
    if (std::exchange(m_statesChanged, false)) {
        m_clients->touchStates();
    }
    m_closed->append(std::exchange(m_newClosed, {}));
    m_traffic->append(std::exchange(m_newTraffic, {}));
    if (m_clients->rows().hasBacklog() || m_rooms->hasBacklog()) {
        m_backlogTimer.start();
    }
    Q_EMIT updated();
}

void ClusterModel::setConnected(bool connected)
{
    if (connected == m_connected) {
        return;
    }
    m_queue.flush();
    m_connected = connected;
    const Time now = m_options.steadyNow();
    m_nodes->rows().forEach([&](NodeRow &node) {
        node.heardAt = now;
        if (!connected && node.state == NodeState::Live) {
            setState(node, NodeState::Stale);
        }
    });
    commit(removalsPerUpdate);
    Q_EMIT connectedChanged(connected);
}

void ClusterModel::tick()
{
    const Time now = m_options.steadyNow();
    m_nodes->rows().forEach([&](NodeRow &node) { age(node, now); });

    const double seconds = std::chrono::duration<double>(now - std::exchange(m_lastTick, now)).count();
    if (seconds > 0) {
        m_rooms->updateRates(seconds);
        const qint64 events = m_queue.totalCount();
        m_eventsPerSecond = static_cast<double>(events - m_eventsAtLastTick) / seconds;
        m_eventsAtLastTick = events;
    }
    commit(removalsPerUpdate);
    m_history->advance(std::chrono::floor<std::chrono::seconds>(m_options.wallNow()));
    Q_EMIT totalsChanged();
}

ClusterModel::Totals ClusterModel::totals() const
{
    Totals totals;
    m_nodes->rows().forEach([&](const NodeRow &node) {
        totals.nodes += node.state == NodeState::Live ? 1 : 0;
        if (node.stats) {
            totals.clients += node.stats->clients;
            totals.messagesIn += node.stats->messagesIn;
            totals.messagesOut += node.stats->messagesOut;
            totals.deliveries += node.stats->deliveries;
            totals.sampledOutPerSecond += node.stats->sampledOut;
        }
    });
    totals.eventsReceived = m_queue.totalCount();
    totals.eventsPerSecond = m_eventsPerSecond;
    totals.sampledOut = m_sampledOut;
    return totals;
}

void ClusterModel::age(NodeRow &node, Time now)
{
    if (node.state == NodeState::Dead) {
        if (now - node.stateSince >= m_options.deadKept) {
            m_store.removeAllOf(node);
            m_nodes->rows().remove(node);
        }
    } else if (m_connected && now - node.heardAt >= m_options.deadAfter) {
        setState(node, NodeState::Dead);
    } else if (m_connected && node.state == NodeState::Live && now - node.heardAt >= m_options.staleAfter) {
        setState(node, NodeState::Stale);
    }
}

void ClusterModel::setState(NodeRow &node, NodeState state)
{
    if (node.state == state) {
        return;
    }
    node.state = state;
    node.stateSince = m_options.steadyNow();
    if (state == NodeState::Dead) {
        node.stats.reset();
    }
    m_statesChanged = true;
    m_nodes->rows().touch(node);
}

NodeRow &ClusterModel::heard(const QByteArray &id)
{
    NodeRow *node = m_nodes->rows().find(id);
    if (node == nullptr) {
        auto added = std::make_shared<NodeRow>();
        added->id = id;
        added->stateSince = m_now;
        node = &m_nodes->rows().add(std::move(added));
    }
    node->heardAt = m_now;
    setState(*node, NodeState::Live);
    return *node;
}

void ClusterModel::apply(const protocol::NodeUp &event)
{
    heard(event.node);
}

void ClusterModel::apply(const protocol::NodeDown &event)
{
    if (NodeRow *node = m_nodes->rows().find(event.node)) {
        setState(*node, NodeState::Dead);
    }
}

void ClusterModel::apply(const protocol::NodeStats &event)
{
    NodeRow &node = heard(event.node);
    node.stats = event;
    m_nodes->rows().touch(node);
    m_sampledOut += event.sampledOut;
    m_history->add(event, std::chrono::floor<std::chrono::seconds>(m_options.wallNow()));
}

void ClusterModel::apply(const protocol::NodeSnapshot &event)
{
    NodeRow &node = heard(event.node);
    NodeRow::Identity identity{event.host,  event.port, event.pid, event.version, event.startedAt.toTime(),
                               event.worker};
    if (node.identity != identity) {
        node.identity = std::move(identity);
        m_nodes->rows().touch(node);
    }
    if (event.part == 1) {
        ++node.snapshot;
        node.snapshotPart = 0;
        node.snapshotWhole = true;
    }
    node.snapshotWhole = node.snapshotWhole && event.part == node.snapshotPart + 1;
    node.snapshotPart = event.part;
    for (const protocol::NodeSnapshot::Client &client : event.clients) {
        m_store.confirmed(node, client);
    }
    if (node.snapshotWhole && event.part == event.parts) {
        m_store.removeUnconfirmedOf(node);
    }
}

void ClusterModel::apply(const protocol::ClientStats &event)
{
    heard(event.node);
    for (const protocol::ClientStats::Client &told : event.clients) {
        if (ClientRow *client = m_store.find(told.client)) {
            m_store.setFigures(*client, told.figures);
        }
    }
}

void ClusterModel::apply(const protocol::ClientConnected &event)
{
    m_store.connected(heard(event.node), event);
}

void ClusterModel::apply(const protocol::ClientDisconnected &event)
{
    heard(event.node);
    ClosedClientRow closed;
    closed.id = event.client;
    closed.node = m_store.shared(event.node);
    closed.closedAt = event.at.toTime();
    closed.code = event.code;
    closed.reason = event.reason;
    if (ClientRow *client = m_store.find(event.client)) {
        closed.address = client->address;
        closed.userAgent = client->userAgent;
        closed.connectedAt = client->connectedAt;
        m_store.remove(*client);
    }
    m_newClosed.push_back(std::move(closed));
}

void ClusterModel::apply(const protocol::ChatMessage &event)
{
    heard(event.node);
    addTraffic({event.postedAt.toTime(), event.node, event.client, {}, event.content, false});
}

void ClusterModel::apply(const protocol::RoomMessage &event)
{
    heard(event.node);
    m_rooms->countMessage(event.room);
    addTraffic({event.postedAt.toTime(), event.node, event.client, event.room, event.message, true});
}

void ClusterModel::addTraffic(TrafficRow row)
{
    row.node = m_store.shared(row.node);
    row.room = m_store.shared(row.room);
    if (ClientRow *client = m_store.find(row.client)) {
        row.client = client->id;
        ++client->figures.received;
        m_clients->rows().touch(*client);
    }
    m_newTraffic.push_back(std::move(row));
}

void ClusterModel::apply(const protocol::RoomJoined &event)
{
    heard(event.node);
    if (ClientRow *client = m_store.find(event.client)) {
        m_store.join(*client, event.room);
    }
}

void ClusterModel::apply(const protocol::RoomLeft &event)
{
    heard(event.node);
    if (ClientRow *client = m_store.find(event.client)) {
        m_store.leave(*client, event.room);
    }
}

void ClusterModel::apply(const protocol::PingSent &event)
{
    heard(event.node);
    m_pings->addSent(event);
}

void ClusterModel::apply(const protocol::PingDelivered &event)
{
    heard(event.node);
    m_pings->addDelivered(event);
}

} // namespace switchboard::monitor
