// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "metrics/closingcounts.h"
#include "metrics/loopdelaymeter.h"
#include "metrics/nodefigures.h"

#include <QByteArray>
#include <QObject>
#include <QUuid>

namespace switchboard {

class Broadcaster;
class ChannelRouter;
class ChatChannel;
class ChatRoomChannel;
class HttpFront;
class Relay;
class SessionRegistry;

namespace redis {
class RedisLink;
}

/// Knows the figures of one node. Nearly all of them are counted by those who do the work, in plain numbers
/// of their event loop; here they are only put together when somebody asks.
class NodeMetrics : public QObject
{
    Q_OBJECT

public:
    /// What it looks at; all must outlive it.
    struct Sources
    {
        const SessionRegistry &registry;
        const SessionServices &services;
        const ChannelRouter &router;
        const ChatChannel &chat;
        const ChatRoomChannel &chatRooms;
        const Broadcaster &broadcaster;
        const HttpFront &front;
        const Relay &relay;
        const redis::RedisLink &link;
    };

    /// \a worker counts the nodes of the process from 1.
    NodeMetrics(const Sources &sources, const QUuid &nodeId, int worker, QObject *parent = nullptr);

    [[nodiscard]] int worker() const { return m_worker; }

    /// As of now.
    [[nodiscard]] NodeFigures figures() const;

private:
    Sources m_sources;
    QByteArray m_node;
    int m_worker;
    quint64 m_connected = 0;
    ClosingCounts m_closings;
    LoopDelayMeter m_loopDelay;
};

} // namespace switchboard
