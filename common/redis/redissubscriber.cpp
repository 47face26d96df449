// SPDX-License-Identifier: BSD-3-Clause
#include "redis/redissubscriber.h"

#include <utility>

namespace switchboard::redis {

namespace {

// So many channels go into one SUBSCRIBE: enough that their number costs little, few enough that one
// command does not hold up the server.
constexpr qsizetype batchSize = 512;

// Whether the connection stays and the command had no effect.
bool isRefusal(const RedisError &error)
{
    return error.kind == RedisError::Kind::Reply || error.kind == RedisError::Kind::Overflow;
}

template <typename Send>
void sendInBatches(const QList<QByteArray> &channels, Send send)
{
    for (qsizetype i = 0; i < channels.size(); i += batchSize) {
        send(channels.mid(i, batchSize));
    }
}

} // namespace

RedisSubscriber::RedisSubscriber(const RedisUrl &url, const RedisLinkOptions &options, QObject *parent)
    : QObject(parent)
    , m_connection(url, options, PersistentConnection::PingPolicy::WhenQuiet, this)
{
    m_connection.setObjectName(QStringLiteral("subscriber"));
    m_retryTimer.setSingleShot(true);
    m_retryTimer.setInterval(options.backoffMax);
    connect(&m_retryTimer, &QTimer::timeout, this, &RedisSubscriber::retryRefused);
    connect(&m_connection, &PersistentConnection::connected, this, &RedisSubscriber::onConnected);
    connect(&m_connection, &PersistentConnection::disconnected, this, &RedisSubscriber::onDisconnected);
    connect(&m_connection, &PersistentConnection::failed, this, &RedisSubscriber::failed);
    const RedisConnection *connection = &m_connection.connection();
    connect(connection, &RedisConnection::subscribed, this, &RedisSubscriber::onAnswered);
    connect(connection, &RedisConnection::unsubscribed, this, &RedisSubscriber::onAnswered);
    connect(connection, &RedisConnection::messageReceived, this, &RedisSubscriber::messageReceived);
}

void RedisSubscriber::subscribe(const QByteArray &channel)
{
    Channel &state = m_channels[channel];
    if (!std::exchange(state.wanted, true)) {
        ++m_wanted;
        m_confirmed += state.isConfirmed() ? 1 : 0; // its UNSUBSCRIBE was not sent yet
        touch(channel);
        noteChange();
    }
}

void RedisSubscriber::unsubscribe(const QByteArray &channel)
{
    const auto state = m_channels.find(channel);
    if (state == m_channels.end() || !state->wanted) {
        return;
    }
    --m_wanted;
    m_confirmed -= state->isConfirmed() ? 1 : 0;
    state->wanted = false;
    if (!state->subscribed && state->inFlight == 0) {
        m_channels.erase(state); // the server never heard of it
    } else {
        touch(channel);
    }
    noteChange();
}

bool RedisSubscriber::isSubscribed(const QByteArray &channel) const
{
    const auto state = m_channels.constFind(channel);
    return state != m_channels.cend() && state->isConfirmed();
}

void RedisSubscriber::onConnected()
{
    ++m_session;
    m_touched = m_channels.keys();
    Q_EMIT connected();
    synchronise();
    noteChange();
}

void RedisSubscriber::onDisconnected()
{
    ++m_session;
    m_retryTimer.stop();
    m_refused.clear();
    m_touched.clear();
    m_confirmed = 0;
    m_channels.removeIf([](auto state) { return !state->wanted; });
    for (Channel &state : m_channels) {
        state = {.wanted = true};
    }
    Q_EMIT lost();
    noteChange();
}

void RedisSubscriber::noteChange()
{
    m_isComplete = m_connection.isConnected() && (m_isComplete || m_confirmed == m_wanted);
    Q_EMIT changed();
}

void RedisSubscriber::touch(const QByteArray &channel)
{
    if (!m_connection.isConnected() || std::exchange(m_channels[channel].touched, true)) {
        return; // onConnected() touches all
    }
    if (m_touched.isEmpty()) {
        QMetaObject::invokeMethod(this, &RedisSubscriber::synchronise, Qt::QueuedConnection);
    }
    m_touched.append(channel);
}

// Sends what differs between what is wanted and what was sent, without waiting for earlier answers.
void RedisSubscriber::synchronise()
{
    const QList<QByteArray> touched = std::exchange(m_touched, {});
    if (!m_connection.isConnected()) {
        return;
    }
    QList<QByteArray> added;
    QList<QByteArray> removed;
    QList<QByteArray> unchanged; // such as unsubscribed and subscribed again within one turn
    for (const QByteArray &channel : touched) {
        const auto state = m_channels.find(channel);
        if (state == m_channels.end()) {
            continue;
        }
        state->touched = false;
        if (state->wanted != state->subscribed) {
            (state->wanted ? added : removed).append(channel);
        } else if (state->isConfirmed()) {
            unchanged.append(channel);
        }
    }
    sendInBatches(removed, [this](const QList<QByteArray> &channels) { sendUnsubscribe(channels); });
    sendInBatches(added, [this](const QList<QByteArray> &channels) { sendSubscribe(channels); });
    for (const QByteArray &channel : std::as_const(unchanged)) {
        if (isSubscribed(channel)) { // still, after the slots of the ones before
            Q_EMIT confirmed(channel);
        }
    }
}

void RedisSubscriber::sendSubscribe(const QList<QByteArray> &channels)
{
    for (const QByteArray &channel : channels) {
        Channel &state = m_channels[channel];
        state.subscribed = true;
        ++state.inFlight;
    }
    m_connection.connection().subscribe(channels,
                                        [this, channels, session = m_session](const RedisResult &result) {
                                            onSubscribeAnswered(session, channels, result);
                                        });
}

void RedisSubscriber::sendUnsubscribe(const QList<QByteArray> &channels)
{
    for (const QByteArray &channel : channels) {
        Channel &state = m_channels[channel];
        state.subscribed = false;
        ++state.inFlight;
    }
    m_connection.connection().unsubscribe(channels,
                                          [this, channels, session = m_session](const RedisResult &result) {
                                              onUnsubscribeAnswered(session, channels, result);
                                          });
}

void RedisSubscriber::onAnswered(const QByteArray &channel)
{
    const auto state = m_channels.find(channel);
    if (state == m_channels.end() || state->inFlight == 0 || --state->inFlight > 0) {
        return;
    }
    if (state->isConfirmed()) {
        ++m_confirmed;
        Q_EMIT confirmed(channel);
        noteChange();
    } else if (!state->wanted && !state->subscribed) {
        m_channels.erase(state);
    }
}

void RedisSubscriber::onSubscribeAnswered(quint64 session, const QList<QByteArray> &channels,
                                          const RedisResult &result)
{
    if (result || session != m_session || !isRefusal(result.error())) {
        return; // onAnswered() or onDisconnected() has seen to it
    }
    const QList<QByteArray> again = takeBack(channels);
    if (channels.size() > 1) {
        // One channel that is not allowed gets all of its batch refused: find out which.
        for (const QByteArray &channel : again) {
            sendSubscribe({channel});
        }
    } else if (!again.isEmpty()) {
        m_refused += again;
        m_retryTimer.start();
        Q_EMIT refused(result.error());
    }
}

void RedisSubscriber::onUnsubscribeAnswered(quint64 session, const QList<QByteArray> &channels,
                                            const RedisResult &result)
{
    if (!result && session == m_session && isRefusal(result.error())) {
        for (const QByteArray &channel : channels) {
            onAnswered(channel);
        }
        Q_EMIT refused(result.error());
    }
}

// Undoes a refused SUBSCRIBE; returns those channels that it was the last word on and are still wanted.
QList<QByteArray> RedisSubscriber::takeBack(const QList<QByteArray> &channels)
{
    QList<QByteArray> wanted;
    for (const QByteArray &channel : channels) {
        const auto state = m_channels.find(channel);
        if (state == m_channels.end() || state->inFlight == 0 || --state->inFlight > 0) {
            continue;
        }
        state->subscribed = false;
        if (state->wanted) {
            wanted.append(channel);
        } else {
            m_channels.erase(state);
        }
    }
    return wanted;
}

void RedisSubscriber::retryRefused()
{
    const QList<QByteArray> refused = std::exchange(m_refused, {});
    for (const QByteArray &channel : refused) {
        if (m_channels.contains(channel)) {
            touch(channel);
        }
    }
}

} // namespace switchboard::redis
