// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "protocol/monitor.h"
#include "protocol/monitorcontrol.h"

#include <QByteArray>
#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <QUuid>

#include <chrono>

namespace switchboard {

class Relay;

/// What this node tells those who watch the cluster, and whether anybody does. Somebody who watches renews a
/// lease in Redis; while none runs, nothing is published and no timer runs.
class ClusterEvents : public QObject
{
    Q_OBJECT

public:
    /// How often a lease is renewed, and how long one lasts.
    static constexpr std::chrono::seconds renewalInterval{5};
    static constexpr std::chrono::seconds leaseDuration{12};
    /// The most chat and room messages that a node tells of in a second.
    static constexpr int sampledPerSecond = 200;

    ClusterEvents(Relay &relay, const QUuid &nodeId, QObject *parent = nullptr);

    /// Whether somebody, at any node, watches.
    [[nodiscard]] bool isWatched() const { return m_lease.isActive(); }

    /// Whether so many messages wait for Redis that events are left out.
    [[nodiscard]] bool isBusy() const;

    /// Tells those who watch; nothing where nobody does, or when isBusy().
    void publish(const protocol::MonitorEvent &event);

    /// Tells of a message, unless there are so many that sampledPerSecond is passed.
    void publishSampled(const protocol::MonitorEvent &event);

    /// How many events were left out since the last call.
    [[nodiscard]] quint64 takeLeftOut() { return std::exchange(m_leftOut, 0); }

    /// Asks every node to publish its events for leaseDuration from now on. Those that begin by it answer
    /// with a snapshot of themselves, and with \a wantsSnapshot all do.
    void requestEvents(bool wantsSnapshot);

    /// Asks every node to end the connection of \a client.
    void requestDisconnect(const QUuid &client);

    /// Gives \a node its answer to a question that came by queried().
    void answer(const QByteArray &node, const protocol::ClusterAnswer &answer);

Q_SIGNALS:
    /// isWatched() has changed.
    void watchedChanged(bool watched);
    /// Somebody needs a snapshot of this node.
    void snapshotRequested();
    /// An operator wants that client gone, which may be on any node.
    void disconnectRequested(const QUuid &client);
    /// A node asks all nodes something; answer() it.
    void queried(const switchboard::protocol::ClusterQuery &query);

private:
    void onControl(QByteArrayView payload);
    void send(const QByteArray &channel, const QByteArray &payload);

    Relay &m_relay;
    QByteArray m_node;
    QTimer m_lease;
    QElapsedTimer m_second;
    int m_sampledInSecond = 0;
    quint64 m_leftOut = 0;
    protocol::JsonParser m_parser;
};

} // namespace switchboard
