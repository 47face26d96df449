// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "channels/channel.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QHash>
#include <QObject>
#include <QTimer>
#include <QUuid>

#include <optional>
#include <utility>

namespace switchboard {

class ClusterEvents;
class Relay;
class SessionRegistry;

/// Monitors: clients that are told what happens on all nodes, and may disconnect clients. Who may be one:
/// those whose own token says so (Claims::mayWatch); else with a token configured here, whoever presents it;
/// with none, clients that are ClientInfo::isLocal.
class MonitorChannel : public QObject, public Channel
{
    Q_OBJECT

public:
    /// An empty \a token is none.
    MonitorChannel(Relay &relay, SessionRegistry &registry, ClusterEvents &events, QByteArray token,
                   QObject *parent = nullptr);

    /// From now on \a token is what lets a client watch; those who watch go on.
    void setToken(QByteArray token) { m_token = std::move(token); }

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
    [[nodiscard]] bool isAllowed(const WebSocketSession &session,
                                 const std::optional<QByteArray> &token) const;
    void unsubscribe(const QUuid &client);
    void onEvent(QByteArrayView payload);

    Relay &m_relay;
    ClusterEvents &m_events;
    QByteArray m_token;
    QHash<QUuid, Watcher> m_watchers;
    QTimer m_renewal;
    protocol::JsonParser m_parser;
};

} // namespace switchboard
