// SPDX-License-Identifier: BSD-3-Clause
#include "redis/redislink.h"

#include "redis/logging.h"
#include "redis/persistentconnection.h"
#include "redis/redissubscriber.h"
#include "redis/subscriberprobe.h"

#include <utility>

namespace switchboard::redis {

using namespace std::chrono_literals;

RedisLink::RedisLink(const RedisUrl &url, const RedisLinkOptions &options, QObject *parent)
    : QObject(parent)
    , m_options(options)
    , m_commands(new PersistentConnection(url, options, PersistentConnection::PingPolicy::Always, this))
    , m_subscriber(new RedisSubscriber(url, options, this))
{
    m_commands->setObjectName(QStringLiteral("commands"));
    connect(m_commands, &PersistentConnection::connected, this, &RedisLink::onCommandsConnected);
    connect(m_commands, &PersistentConnection::disconnected, this, &RedisLink::onCommandsDisconnected);
    connect(m_commands, &PersistentConnection::failed, this, &RedisLink::onFailed);
    connect(m_subscriber, &RedisSubscriber::connected, this, [this] { ++m_counters.established; });
    connect(m_subscriber, &RedisSubscriber::lost, this, &RedisLink::onSubscriberLost);
    connect(m_subscriber, &RedisSubscriber::failed, this, &RedisLink::onFailed);
    connect(m_subscriber, &RedisSubscriber::confirmed, this, &RedisLink::onConfirmed);
    connect(m_subscriber, &RedisSubscriber::changed, this, &RedisLink::updateReady);
    connect(m_subscriber, &RedisSubscriber::refused, this, &RedisLink::errorOccurred);
    connect(m_subscriber, &RedisSubscriber::messageReceived, this, &RedisLink::onMessage);
    if (options.probeInterval > 0ms && !options.probeChannel.isEmpty()) {
        setUpProbe();
    }
}

RedisLink::~RedisLink() = default;

void RedisLink::setUpProbe()
{
    m_probe = new SubscriberProbe(
        m_options.probeInterval,
        [this](ReplyHandler handler) {
            if (!isCommandReady()) {
                return false;
            }
            m_probePublishedAt = RedisConnection::Clock::now();
            publish(m_options.probeChannel, "probe", std::move(handler));
            return true;
        },
        this);
    connect(m_probe, &SubscriberProbe::proven, this, &RedisLink::updateReady);
    connect(m_probe, &SubscriberProbe::failed, this, &RedisLink::errorOccurred);
    connect(m_probe, &SubscriberProbe::deaf, this, [this] {
        qCWarning(redisLog) << "the subscriber hears nothing of what is published: building it anew";
        ++m_counters.deaf;
        m_subscriber->rebuild();
    });
    m_subscriber->subscribe(m_options.probeChannel);
}

void RedisLink::open()
{
    m_commands->open();
    m_subscriber->open();
}

void RedisLink::close()
{
    m_subscriber->close();
    m_commands->close();
}

void RedisLink::publish(const QByteArray &channel, const QByteArray &payload, ReplyHandler handler)
{
    m_commands->connection().publish(channel, payload, std::move(handler));
}

void RedisLink::command(const QList<QByteArray> &arguments, ReplyHandler handler,
                        std::chrono::milliseconds deadline)
{
    m_commands->connection().command(arguments, std::move(handler), deadline);
}

void RedisLink::subscribe(const QByteArray &channel)
{
    m_subscriber->subscribe(channel);
}

void RedisLink::unsubscribe(const QByteArray &channel)
{
    m_subscriber->unsubscribe(channel);
}

bool RedisLink::isSubscribed(const QByteArray &channel) const
{
    return m_subscriber->isSubscribed(channel);
}

bool RedisLink::isCommandReady() const
{
    return m_commands->isConnected();
}

qsizetype RedisLink::pendingCommands() const
{
    return m_commands->connection().pendingCommands();
}

qint64 RedisLink::pendingBytes() const
{
    return m_commands->connection().pendingBytes();
}

std::chrono::microseconds RedisLink::lastRoundTrip() const
{
    return m_commands->lastRoundTrip();
}

RedisConnection::Clock::time_point RedisLink::lastReplyAt() const
{
    return m_commands->connection().lastReceived();
}

bool RedisLink::isProbeChannel(const QByteArray &channel) const
{
    return m_probe && channel == m_options.probeChannel;
}

void RedisLink::onCommandsConnected()
{
    ++m_counters.established;
    if (m_probe) {
        m_probe->notePublishable();
    }
    Q_EMIT commandReadyChanged(true);
    updateReady();
}

void RedisLink::onCommandsDisconnected()
{
    Q_EMIT commandReadyChanged(false);
    updateReady();
}

void RedisLink::onSubscriberLost()
{
    if (m_probe) {
        m_probe->stop();
    }
    Q_EMIT subscriptionsLost();
}

void RedisLink::onConfirmed(const QByteArray &channel)
{
    if (isProbeChannel(channel)) {
        m_probe->start();
    } else {
        Q_EMIT subscriptionConfirmed(channel);
    }
}

void RedisLink::onMessage(const QByteArray &channel, const QByteArray &payload)
{
    if (m_probe) {
        m_probe->noteMessage(m_subscriber->connection().connection().lastReceived());
        if (channel == m_options.probeChannel) {
            if (const auto publishedAt = std::exchange(m_probePublishedAt, std::nullopt)) {
                Q_EMIT probeReturned(RedisConnection::Clock::now() - *publishedAt);
            }
            return;
        }
    }
    Q_EMIT messageReceived(channel, payload);
}

void RedisLink::onFailed(const RedisError &error)
{
    countFailure(error.kind);
    Q_EMIT errorOccurred(error);
}

void RedisLink::countFailure(RedisError::Kind kind)
{
    using Kind = RedisError::Kind;
    switch (kind) {
    case Kind::Resolve:
        ++m_counters.resolve;
        break;
    case Kind::Connect:
        ++m_counters.connect;
        break;
    case Kind::Tls:
        ++m_counters.tls;
        break;
    case Kind::Auth:
        ++m_counters.auth;
        break;
    case Kind::Timeout:
        ++m_counters.timeout;
        break;
    case Kind::Closed:
        ++m_counters.closed;
        break;
    case Kind::Protocol:
        ++m_counters.protocol;
        break;
    case Kind::Reply:
    case Kind::NotConnected:
    case Kind::Overflow:
        break; // end commands, not connections
    }
}

void RedisLink::updateReady()
{
    const bool ready =
        m_commands->isConnected() && m_subscriber->isComplete() && (!m_probe || m_probe->isProven());
    if (std::exchange(m_ready, ready) != ready) {
        Q_EMIT readyChanged(ready);
    }
}

} // namespace switchboard::redis
