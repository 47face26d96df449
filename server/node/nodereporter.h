// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/websocketsession.h"
#include "node/clientstatspublisher.h"
#include "node/queryresponder.h"
#include "node/snapshotpublisher.h"
#include "protocol/chat.h"
#include "protocol/chatroom.h"
#include "protocol/ping.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <QUuid>

namespace switchboard {

class Broadcaster;
class ChatChannel;
class ChatRoomChannel;
class ClusterEvents;
class PingChannel;
class SessionRegistry;

namespace redis {
class RedisLink;
}

/// Tells those who watch the cluster of this node: what it is, what happens on it, and how it does, every
/// second.
class NodeReporter : public QObject
{
    Q_OBJECT

public:
    /// What it looks at; all must outlive it.
    struct Sources
    {
        SessionRegistry &registry;
        SessionServices &services;
        ChatChannel &chat;
        ChatRoomChannel &chatRooms;
        PingChannel &ping;
        Broadcaster &broadcaster;
        redis::RedisLink &link;
    };

    NodeReporter(ClusterEvents &events, const Sources &sources, const QUuid &nodeId,
                 QObject *parent = nullptr);

    /// Where clients reach the node.
    void setAddress(const QByteArray &host, quint16 port, int worker);

    /// Tells that \a node is gone; empty: this one, which stops.
    void reportDown(const QByteArray &node = {});

private:
    void connectSources();
    void onWatchedChanged(bool watched);
    void publishStats();

    ClusterEvents &m_events;
    Sources m_sources;
    QByteArray m_node;
    protocol::NodeSnapshot m_about; // without clients and rooms
    SnapshotPublisher m_snapshots;
    ClientStatsPublisher m_clientStats;
    QueryResponder m_responder;
    QElapsedTimer m_sinceStart;
    QTimer m_statsTimer;
    QElapsedTimer m_sinceStats;
    Traffic m_lastTotals;
    quint64 m_lastDeliveries = 0;
    quint64 m_lastSlowConsumers = 0;
};

} // namespace switchboard
