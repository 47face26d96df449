// SPDX-License-Identifier: BSD-3-Clause
#include "relay/relay.h"

#include "relay/logging.h"

#include <utility>

namespace switchboard {

namespace {

constexpr const char *ownPrefix = "switchboard:";

// What has been given to Redis and was not answered: above congestedBytes clients are not read until it is
// down to calmBytes, and what comes all the same is taken up to mostPendingBytes.
constexpr qint64 calmBytes = qint64{256} * 1024;
constexpr qint64 congestedBytes = qint64{2} * 1024 * 1024;
constexpr qint64 mostPendingBytes = qint64{16} * 1024 * 1024;

} // namespace

Relay::Relay(redis::RedisLink &link, qsizetype maxPayloadBytes, QObject *parent)
    : QObject(parent)
    , m_link(link)
    , m_maxPayloadBytes(maxPayloadBytes)
{
    connect(&m_link, &redis::RedisLink::messageReceived, this, &Relay::onMessage);
    connect(&m_link, &redis::RedisLink::subscriptionConfirmed, this, &Relay::onSubscribed);
    connect(&m_link, &redis::RedisLink::readyChanged, this, &Relay::onReadyChanged);
    connect(&m_link, &redis::RedisLink::errorOccurred, this, &Relay::onError);
    connect(&m_link, &redis::RedisLink::probeReturned, this,
            [this](std::chrono::nanoseconds lag) { m_lag.record(lag); });
}

void Relay::start()
{
    m_link.open();
}

void Relay::stop()
{
    m_link.disconnect(this);
    m_link.close();
}

void Relay::listen(const QByteArray &channel, MessageHandler handler, std::function<void()> onSubscribed,
                   PayloadSize size)
{
    m_listeners.insert(channel, {std::move(handler), std::move(onSubscribed), size});
    m_link.subscribe(channel);
}

void Relay::ignore(const QByteArray &channel)
{
    m_listeners.remove(channel);
    m_link.unsubscribe(channel);
}

void Relay::publish(const QByteArray &channel, const QByteArray &payload, PublishHandler handler, Echo echo)
{
    if (!isReady()) {
        handler(QStringLiteral("Redis is not connected"));
        return;
    }
    if (m_link.pendingBytes() + payload.size() > mostPendingBytes) {
        handler(QStringLiteral("Redis does not keep up"));
        return;
    }
    ++m_unconfirmed;
    const auto now = redis::RedisConnection::Clock::now();
    if (echo == Echo::Timed) {
        m_echo.notePublished(channel, payload, now);
    }
    m_link.publish(channel, payload,
                   [this, handler = std::move(handler), now](const redis::RedisResult &result) {
                       --m_unconfirmed;
                       if (result) {
                           m_latency.record(m_link.lastReplyAt() - now);
                       }
                       updateCongestion();
                       handler(result ? std::nullopt : std::optional(result.error().text));
                       if (m_unconfirmed == 0) {
                           Q_EMIT allConfirmed();
                       }
                   });
    updateCongestion();
}

void Relay::updateCongestion()
{
    const qint64 pending = m_link.pendingBytes();
    const bool isCongested = pending > (m_isCongested ? calmBytes : congestedBytes);
    if (isCongested != std::exchange(m_isCongested, isCongested)) {
        Q_EMIT congestedChanged(isCongested);
    }
}

void Relay::onSubscribed(const QByteArray &channel)
{
    // A copy: the listener may end itself.
    if (const auto onSubscribed = m_listeners.value(channel).onSubscribed) {
        onSubscribed();
    }
}

void Relay::onMessage(const QByteArray &channel, const QByteArray &payload)
{
    const auto listener = m_listeners.constFind(channel);
    if (listener == m_listeners.constEnd()) {
        return;
    }
    // Member lists and snapshots have no such bound: what is under our own prefix is written by nodes alone.
    if (payload.size() > m_maxPayloadBytes && !channel.startsWith(ownPrefix)) {
        qCWarning(lcRedis, "[%s] Skipped a payload of %lld bytes: no node sends more than %lld",
                  channel.constData(), static_cast<qlonglong>(payload.size()),
                  static_cast<qlonglong>(m_maxPayloadBytes));
        return;
    }
    if (const auto lag = m_echo.noteReceived(channel, payload)) {
        m_lag.record(*lag);
    }
    const MessageHandler onMessage = listener->onMessage;
    onMessage(payload);
}

void Relay::onReadyChanged(bool ready)
{
    if (ready) {
        m_isFaultLogged = false;
        qCInfo(lcRedis, "Connected; all subscriptions are confirmed");
    } else {
        m_echo.forget();
        qCWarning(lcRedis, "Not ready: what clients send is refused until Redis is back");
    }
    Q_EMIT readyChanged(ready);
}

void Relay::onError(const redis::RedisError &error)
{
    // Every attempt of an outage fails alike: the first is news.
    const bool isNews = !std::exchange(m_isFaultLogged, true);
    if (isNews) {
        qCWarning(lcRedis, "%ls; trying again until it works", qUtf16Printable(error.text));
    } else {
        qCDebug(lcRedis, "%ls", qUtf16Printable(error.text));
    }
}

} // namespace switchboard
