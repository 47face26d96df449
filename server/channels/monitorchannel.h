// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "channels/channel.h"

#include <QByteArrayView>
#include <QHash>
#include <QObject>
#include <QTimer>
#include <QUuid>

namespace switchboard {

class ClusterEvents;
class MonitorAccess;
class Relay;
class SessionRegistry;

/// Monitors: clients that are told what happens on all nodes, and may disconnect clients.
class MonitorChannel : public QObject, public Channel
{
    Q_OBJECT

public:
    /// \a access decides who may be one.
    MonitorChannel(Relay &relay, SessionRegistry &registry, ClusterEvents &events,
                   const MonitorAccess &access, QObject *parent = nullptr);

    [[nodiscard]] QByteArrayView name() const override;
    [[nodiscard]] ChannelResult handle(WebSocketSession &session, const protocol::Envelope &message) override;

private:
    struct Watcher
    {
        WebSocketSession *session = nullptr;
        /// It did not read fast enough and missed something.
        bool hasGap = false;
    };

    [[nodiscard]] ChannelResult subscribe(WebSocketSession &session, const protocol::Envelope &message);
    [[nodiscard]] ChannelResult disconnectClient(WebSocketSession &session,
                                                 const protocol::Envelope &message);
    void unsubscribe(const QUuid &client);
    void onEvent(QByteArrayView payload);

    Relay &m_relay;
    ClusterEvents &m_events;
    const MonitorAccess &m_access;
    QHash<QUuid, Watcher> m_watchers;
    QTimer m_renewal;
    protocol::JsonParser m_parser;
};

} // namespace switchboard
