// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "redis/redisconnection.h"
#include "redis/redislinkoptions.h"

#include <QObject>
#include <chrono>
#include <optional>

namespace switchboard::redis {

class PersistentConnection;
class RedisSubscriber;
class SubscriberProbe;

/// A lasting link to a Redis server: one connection that commands and one that subscribes, each of
/// which comes back by itself.
///
/// A server that went away, hangs or lost the network path is noticed within pingInterval +
/// commandDeadline. After a reconnect everything wanted is subscribed again. A subscriber that is
/// connected and yet hears nothing (after a failover, behind a dead proxy) is found by probes and
/// rebuilt, see RedisLinkOptions::probeInterval.
///
/// Nothing is queued while the commanding connection is away: publish() and command() then fail with
/// NotConnected. Messages published while the subscriber is away are lost, as Redis has it; between
/// subscriptionsLost() and the next subscriptionConfirmed() of a channel there may be a gap.
///
/// The link itself sends AUTH, SELECT, PING, PUBLISH, SUBSCRIBE and UNSUBSCRIBE, so an ACL user who may
/// do no more is enough.
///
/// Handlers are called by the rules of RedisConnection. Slots and handlers may call any function of
/// this class, and may delete the link with deleteLater(), but not at once. Needs a running event loop
/// in its thread; not thread-safe.
class RedisLink : public QObject
{
    Q_OBJECT

public:
    using ReplyHandler = RedisConnection::ReplyHandler;

    /// Connects nothing yet, see open().
    explicit RedisLink(const RedisUrl &url, const RedisLinkOptions &options = {}, QObject *parent = nullptr);
    ~RedisLink() override;
    Q_DISABLE_COPY_MOVE(RedisLink)

    /// Connects, and keeps both connections until close(). Does nothing if already open.
    void open();

    /// Ends both connections and comes back no more. Pending handlers get Closed before this returns.
    /// What is wanted by subscribe() stays wanted for the next open().
    void close();

    /// PUBLISH on the commanding connection. Messages published one after the other arrive in that
    /// order. Without a \a handler nobody learns whether it was sent.
    void publish(const QByteArray &channel, const QByteArray &payload, ReplyHandler handler = {});

    /// Any command on the commanding connection, see RedisConnection::command().
    void command(const QList<QByteArray> &arguments, ReplyHandler handler = {},
                 std::chrono::milliseconds deadline = std::chrono::milliseconds::zero());

    /// Wants \a channel from now on, connected or not, also after reconnects. Subscribing twice is the
    /// same as once. subscriptionConfirmed() tells when messages flow. Changes of one event-loop turn
    /// are sent together, and only where they make a difference.
    void subscribe(const QByteArray &channel);

    /// Wants \a channel no more. Messages on the way may still arrive for a moment.
    void unsubscribe(const QByteArray &channel);

    /// Whether \a channel is wanted and the server has confirmed it on the present connection.
    [[nodiscard]] bool isSubscribed(const QByteArray &channel) const;

    /// Whether commands can be sent.
    [[nodiscard]] bool isCommandReady() const;

    /// Whether everything works: commands can be sent, every channel that was wanted when the subscriber
    /// connected has been confirmed, and the subscriber is proven to hear. A channel that is wanted later
    /// does not change this; see subscriptionConfirmed() and isSubscribed().
    [[nodiscard]] bool isReady() const { return m_ready; }

    /// How many commands wait for their reply.
    [[nodiscard]] qsizetype pendingCommands() const;

    /// The bytes of these commands.
    [[nodiscard]] qint64 pendingBytes() const;

    /// How long the last PING on the commanding connection took; 0 before the first.
    [[nodiscard]] std::chrono::microseconds lastRoundTrip() const;

    /// When the commanding connection last read something: in a handler, when the answer came.
    [[nodiscard]] RedisConnection::Clock::time_point lastReplyAt() const;

    [[nodiscard]] const RedisLinkCounters &counters() const { return m_counters; }

Q_SIGNALS:
    /// isReady() has changed.
    void readyChanged(bool ready);
    /// isCommandReady() has changed.
    void commandReadyChanged(bool ready);
    /// The server has confirmed a wanted channel: after subscribe() and after each reconnect.
    void subscriptionConfirmed(const QByteArray &channel);
    /// The subscriber is gone and with it every confirmed subscription; they will be confirmed again.
    void subscriptionsLost();
    /// A message on a channel of ours; probes are not shown.
    void messageReceived(const QByteArray &channel, const QByteArray &payload);
    /// A probe has come back, so long after it was published.
    void probeReturned(std::chrono::nanoseconds lag);
    /// One for each connection that was lost or could not be made, and for each channel or probe that
    /// the server refuses. The link goes on trying.
    void errorOccurred(const switchboard::redis::RedisError &error);

private:
    void setUpProbe();
    [[nodiscard]] bool isProbeChannel(const QByteArray &channel) const;
    void onCommandsConnected();
    void onCommandsDisconnected();
    void onSubscriberLost();
    void onConfirmed(const QByteArray &channel);
    void onMessage(const QByteArray &channel, const QByteArray &payload);
    void onFailed(const RedisError &error);
    void countFailure(RedisError::Kind kind);
    void updateReady();

    RedisLinkOptions m_options;
    RedisLinkCounters m_counters;
    PersistentConnection *m_commands;
    RedisSubscriber *m_subscriber;
    SubscriberProbe *m_probe = nullptr; ///< if probing is on
    std::optional<RedisConnection::Clock::time_point> m_probePublishedAt;
    bool m_ready = false;
};

} // namespace switchboard::redis
