// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "model/clientstore.h"
#include "model/eventqueue.h"
#include "model/roles.h"
#include "protocol/monitor.h"

#include <QObject>
#include <QTimer>

#include <chrono>
#include <functional>
#include <vector>

namespace switchboard::monitor {

class ClientsModel;
class ClosedClientsModel;
class NodesModel;
class PingsModel;
class RoomsModel;
class StatsHistory;
class TrafficModel;
struct ClosedClientRow;
struct NodeRow;
struct TrafficRow;

/// How a ClusterModel behaves; the clocks are for tests.
struct ClusterOptions
{
    /// Between two updates of the models.
    std::chrono::milliseconds updateInterval{50};
    /// A node that is not heard for so long is stale.
    std::chrono::milliseconds staleAfter = std::chrono::seconds(10);
    /// A node that is not heard for so long is dead.
    std::chrono::milliseconds deadAfter = std::chrono::seconds(60);
    /// A dead node is kept for so long.
    std::chrono::milliseconds deadKept = std::chrono::seconds(60);
    /// How many clients are kept; of more there are no rows, only the nodes' own counts.
    qsizetype maximumClients = 200'000;
    /// How many clients' stays in rooms are kept.
    qsizetype maximumMemberships = 1'000'000;
    std::function<std::chrono::steady_clock::time_point()> steadyNow = &std::chrono::steady_clock::now;
    std::function<std::chrono::system_clock::time_point()> wallNow = &std::chrono::system_clock::now;
};

/// The cluster as the events tell it: takes them one by one, gathers them, and brings the models up to date
/// at most 20 times a second. Its memory has a bound whatever time it runs.
class ClusterModel : public QObject
{
    Q_OBJECT

public:
    explicit ClusterModel(ClusterOptions options = {}, QObject *parent = nullptr);
    ~ClusterModel() override;

    [[nodiscard]] NodesModel *nodes() const { return m_nodes; }
    [[nodiscard]] ClientsModel *clients() const { return m_clients; }
    [[nodiscard]] ClosedClientsModel *closedClients() const { return m_closed; }
    [[nodiscard]] RoomsModel *rooms() const { return m_rooms; }
    [[nodiscard]] TrafficModel *traffic() const { return m_traffic; }
    [[nodiscard]] PingsModel *pings() const { return m_pings; }
    [[nodiscard]] StatsHistory *history() const { return m_history; }

    /// Whether the link to the cluster stands; until it is set, it does not.
    [[nodiscard]] bool isConnected() const { return m_connected; }

    /// Figures over all nodes.
    struct Totals
    {
        int nodes = 0; ///< those that are live
        qint64 clients = 0; ///< as the nodes count them
        qint64 messagesIn = 0; ///< a second, as are the next two
        qint64 messagesOut = 0;
        qint64 deliveries = 0;
        qint64 eventsReceived = 0; ///< since the beginning
        double eventsPerSecond = 0; ///< over the last second
        qint64 sampledOut = 0; ///< messages that nodes left out, since the beginning
        qint64 sampledOutPerSecond = 0; ///< within the last second
    };
    [[nodiscard]] Totals totals() const;

    /// Takes an event; the models show it with the next update.
    void add(switchboard::protocol::MonitorEvent event);

    /// Brings the models up to date with all that came, at once.
    void flush();

    /// Says whether the link to the cluster stands. While it does not, all nodes but dead ones are stale and
    /// all data stays; when it stands again, each is stale until it is heard.
    void setConnected(bool connected);

    /// Looks at the clock: marks nodes that are not heard, removes those dead for long, and moves the rates
    /// and the history on. Called every second by itself.
    void tick();

Q_SIGNALS:
    /// The models were brought up to date.
    void updated();
    /// The totals changed; once a second.
    void totalsChanged();
    void connectedChanged(bool connected);

private:
    using Time = std::chrono::steady_clock::time_point;

    void applyBatch(const EventQueue::Events &events);
    void commit(int removals);

    void apply(const protocol::NodeSnapshot &event);
    void apply(const protocol::NodeUp &event);
    void apply(const protocol::NodeDown &event);
    void apply(const protocol::NodeStats &event);
    void apply(const protocol::ClientStats &event);
    void apply(const protocol::ClientConnected &event);
    void apply(const protocol::ClientDisconnected &event);
    void apply(const protocol::ChatMessage &event);
    void apply(const protocol::RoomMessage &event);
    void apply(const protocol::RoomJoined &event);
    void apply(const protocol::RoomLeft &event);
    void apply(const protocol::PingSent &event);
    void apply(const protocol::PingDelivered &event);

    NodeRow &heard(const QByteArray &id);
    void setState(NodeRow &node, NodeState state);
    void age(NodeRow &node, Time now);
    void addTraffic(TrafficRow row);

    ClusterOptions m_options;
    EventQueue m_queue;
    QTimer m_tickTimer;
    NodesModel *m_nodes;
    ClientsModel *m_clients;
    ClosedClientsModel *m_closed;
    RoomsModel *m_rooms;
    TrafficModel *m_traffic;
    PingsModel *m_pings;
    StatsHistory *m_history;
    ClientStore m_store;
    std::vector<TrafficRow> m_newTraffic;
    std::vector<ClosedClientRow> m_newClosed;
    QTimer m_backlogTimer;
    Time m_now; ///< of the batch that is being applied
    Time m_lastTick;
    bool m_statesChanged = false;
    qint64 m_eventsAtLastTick = 0;
    double m_eventsPerSecond = 0;
    qint64 m_sampledOut = 0;
    bool m_connected = false;
};

} // namespace switchboard::monitor
