// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "client/connection.h"
#include "link/roomspeaker.h"
#include "protocol/json.h"
#include "protocol/monitor.h"
#include "protocol/ping.h"
#include "protocol/rejected.h"

#include <QObject>
#include <QTimer>
#include <QUrl>

#include <chrono>
#include <optional>

namespace switchboard::monitor {

class PingSender;

/// How patient a MonitorLink is.
struct LinkOptions
{
    client::SocketDeadlines deadlines = {};
    /// The shortest and the longest time between two attempts, see client::RetryPlan.
    std::chrono::milliseconds minRetryDelay = std::chrono::milliseconds(500);
    std::chrono::milliseconds maxRetryDelay = std::chrono::seconds(20);
    /// For a ping by HTTP to be answered.
    std::chrono::milliseconds pingTimeout = std::chrono::seconds(5);
};

/// The lasting link to a cluster: a WebSocket client of one node, subscribed to the channel `monitor`. When
/// it loses the node it comes back by itself, to another known one after three failures, and subscribes
/// again.
///
/// It stops, and says why, where trying again would not help: the node wants another token, knows no
/// monitors, or has cut this monitor off.
class MonitorLink : public QObject
{
    Q_OBJECT

public:
    using State = client::Connection::State;

    explicit MonitorLink(const LinkOptions &options = {}, QObject *parent = nullptr);
    Q_DISABLE_COPY_MOVE(MonitorLink)

    /// Connects to the cluster that the node with the WebSocket URL \a url belongs to, in place of the one so
    /// far. \a token is a client's own, or what lets a client watch; with an empty one none is sent.
    void open(const QUrl &url, const QByteArray &token = {});

    /// Ends the connection and tries nothing any more.
    void close();

    /// Drops what there is and connects at once; does nothing before the first open().
    void reconnect();

    [[nodiscard]] State state() const { return m_connection.state(); }

    /// The node that it is connected to, or tries next; empty before the first open().
    [[nodiscard]] QUrl url() const { return m_connection.url(); }

    /// Why there is no connection, for a person; empty while connected.
    [[nodiscard]] QString problem() const { return m_connection.problem(); }

    /// While waiting: the time until the next attempt.
    [[nodiscard]] std::optional<std::chrono::milliseconds> nextAttemptIn() const
    {
        return m_connection.nextAttemptIn();
    }

    /// The last round trip to the node; nothing before the first, or without a connection.
    [[nodiscard]] std::optional<std::chrono::microseconds> latency() const { return m_connection.latency(); }

    /// The nodes that may be connected to when the present one is lost.
    void setKnownNodes(const QList<QUrl> &nodes) { m_connection.setKnownNodes(nodes); }

    // The following do nothing without a connection. What the node refuses comes by requestRefused().

    /// Says \a text to every client.
    void sendChat(const QString &text);
    /// Says \a text in \a room, and joins it first. The name must be without fault, see
    /// protocol::roomNameFault().
    void sendRoomMessage(const QString &room, const QString &text);
    /// Ends a client's connection, on whichever node it is.
    void disconnectClient(const QByteArray &client);
    /// Lets the node ping every client of the cluster, by HTTP.
    void sendPing(protocol::PingNumber number);

Q_SIGNALS:
    void stateChanged(switchboard::client::Connection::State state);
    /// Something that the cluster tells.
    void eventReceived(const switchboard::protocol::MonitorEvent &event);
    /// latency() is another one.
    void latencyChanged();
    /// Trying has stopped, because it would not help; \a reason is for a person.
    void refused(const QString &reason);
    /// A chat message, a room message, a disconnection or a ping was not accepted.
    void requestRefused(const QString &reason);
    /// The node has taken a ping, after this time.
    void pingAnswered(switchboard::protocol::PingNumber number, std::chrono::microseconds time);

private:
    void subscribe();
    void onStateChanged(State state);
    void onMessage(const QByteArray &utf8);
    void onMonitorMessage(const protocol::Envelope &envelope);
    void onRoomMessage(const protocol::Envelope &envelope);
    void onRejected(const protocol::Rejected &rejected);

    client::Connection m_connection;
    PingSender *m_pings;
    RoomSpeaker m_rooms;
    protocol::JsonParser m_parser;
    QTimer m_resubscribeTimer;
};

} // namespace switchboard::monitor
