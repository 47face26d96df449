// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "redis/redisconnection.h"

#include <QByteArray>
#include <QObject>
#include <QTimer>
#include <chrono>
#include <functional>

namespace switchboard::redis {

/// Finds out whether a subscriber hears what is published.
///
/// TCP, PING and the confirmation of subscriptions can all be well while no message arrives: after a
/// failover, behind a proxy whose far side died. Only a message proves that messages arrive. So when the
/// subscriber has been quiet for the interval, and at once when it is new, a probe is published the way
/// messages are, to a channel that the subscriber listens to. If the server accepted it and nothing at
/// all arrives within a grace period, the subscriber is deaf. A probe that could not be published says
/// nothing about the receiving side, and another one follows.
class SubscriberProbe : public QObject
{
    Q_OBJECT

public:
    /// Publishes one probe on its channel; false if that cannot be tried now.
    using Publish = std::function<bool(RedisConnection::ReplyHandler)>;

    /// \a interval must be positive.
    SubscriberProbe(std::chrono::milliseconds interval, Publish publish, QObject *parent = nullptr);
    Q_DISABLE_COPY_MOVE(SubscriberProbe)

    /// The subscriber listens to the probe channel on a new connection: nothing is proven yet.
    void start();
    /// The subscriber is gone.
    void stop();
    /// A message has arrived, of whichever channel, at \a time.
    void noteMessage(RedisConnection::Clock::time_point time);
    /// What publish needs is there again.
    void notePublishable();

    /// Whether something has arrived since start().
    [[nodiscard]] bool isProven() const { return m_isProven; }

Q_SIGNALS:
    /// isProven() has become true.
    void proven();
    /// A probe was accepted and nothing arrives; as after stop().
    void deaf();
    /// A probe could not be published although it was tried.
    void failed(const switchboard::redis::RedisError &error);

private:
    enum class State {
        Stopped,
        Quiet, ///< waits for the interval to pass without a message
        Blocked, ///< a probe is due and cannot be published
        Published, ///< waits for the server's answer to the probe
        Accepted, ///< waits for the probe, or anything, to arrive
        LastTurn, ///< the same, overdue: for what has arrived and was not read yet
    };

    void onTimer();
    void probe();
    void onPublished(quint64 run, const RedisResult &result);
    void wait(State state, std::chrono::milliseconds time);

    Publish m_publish;
    QTimer m_timer{this};
    std::chrono::milliseconds m_interval;
    RedisConnection::Clock::time_point m_lastMessage;
    quint64 m_run = 0; ///< counts starts and stops
    State m_state = State::Stopped;
    bool m_isProven = false;
    bool m_hasHeard = false; ///< since the present probe was published
};

} // namespace switchboard::redis
