// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "metrics/histogram.h"
#include "redis/redislink.h"
#include "relay/echotimer.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QHash>
#include <QObject>

#include <functional>
#include <optional>

namespace switchboard {

/// What goes to Redis and what comes from it. There is no way around it: what a node's own clients say
/// reaches them through Redis like everybody else, so all nodes show the same, in the same order.
class Relay : public QObject
{
    Q_OBJECT

public:
    /// Told once of a publish(): nothing when Redis took it, else why not, in words.
    using PublishHandler = std::function<void(const std::optional<QString> &fault)>;
    /// Given the payload of each message of a channel.
    using MessageHandler = std::function<void(QByteArrayView payload)>;

    /// Which payloads of a channel are taken.
    enum class PayloadSize {
        Bounded, ///< Those that a node may send on behalf of one client.
        Any,
    };

    /// Whether a message that is published tells how far behind the subscription is.
    enum class Echo {
        Untimed,
        Timed, ///< It comes back to this node, and its payload is like no other.
    };

    /// Works over \a link, which it opens with start(). Payloads over \a maxPayloadBytes are logged and
    /// skipped where they are to be PayloadSize::Bounded.
    Relay(redis::RedisLink &link, qsizetype maxPayloadBytes, QObject *parent = nullptr);

    /// Connects, and goes on reconnecting until stop().
    void start();
    void stop();

    /// Subscribes to \a channel, now and after every reconnect; its messages go to \a handler. \a
    /// onSubscribed is called each time that Redis has confirmed it.
    void listen(const QByteArray &channel, MessageHandler handler, std::function<void()> onSubscribed = {},
                PayloadSize size = PayloadSize::Bounded);

    /// Ends listen(): the handler hears nothing more.
    void ignore(const QByteArray &channel);

    /// Whether messages of \a channel are coming in.
    [[nodiscard]] bool isSubscribed(const QByteArray &channel) const { return m_link.isSubscribed(channel); }

    /// Publishes to every node, this one included. Messages of one loop turn leave in one write, and arrive
    /// in the order of these calls. While not ready, or when more waits for Redis than it may, it fails at
    /// once, which \a handler hears before this returns.
    void publish(const QByteArray &channel, const QByteArray &payload, PublishHandler handler,
                 Echo echo = Echo::Untimed);

    /// Whether Redis is connected, every subscription confirmed and the way back proven.
    [[nodiscard]] bool isReady() const { return m_link.isReady(); }

    /// How many publish() calls Redis has not answered.
    [[nodiscard]] qsizetype unconfirmed() const { return m_unconfirmed; }

    /// How long Redis took to confirm each publish() that it took.
    [[nodiscard]] const Histogram &latency() const { return m_latency; }
    /// How long messages took to come back from Redis: some of those published with Echo::Timed, and the
    /// probes of the link.
    [[nodiscard]] const Histogram &lag() const { return m_lag; }

Q_SIGNALS:
    void readyChanged(bool ready);
    /// More waits for Redis than is good: those who bring more should be slowed down until this says false.
    void congestedChanged(bool congested);
    /// The last unconfirmed message has been confirmed or has failed.
    void allConfirmed();

private:
    struct Listener
    {
        MessageHandler onMessage;
        std::function<void()> onSubscribed;
        PayloadSize size = PayloadSize::Bounded;
    };

    void updateCongestion();
    void onSubscribed(const QByteArray &channel);
    void onMessage(const QByteArray &channel, const QByteArray &payload);
    void onReadyChanged(bool ready);
    void onError(const redis::RedisError &error);

    redis::RedisLink &m_link;
    qsizetype m_maxPayloadBytes;
    QHash<QByteArray, Listener> m_listeners;
    qsizetype m_unconfirmed = 0;
    bool m_isCongested = false;
    bool m_isFaultLogged = false;
    EchoTimer m_echo;
    Histogram m_latency;
    Histogram m_lag;
};

} // namespace switchboard
