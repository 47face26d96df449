// SPDX-License-Identifier: BSD-3-Clause
#include "redis/persistentconnection.h"

#include "redis/logging.h"

#include <QPointer>
#include <algorithm>
#include <utility>

namespace switchboard::redis {

using namespace std::chrono_literals;

PersistentConnection::PersistentConnection(const RedisUrl &url, const RedisLinkOptions &options,
                                           PingPolicy policy, QObject *parent)
    : QObject(parent)
    , m_connection(url, this)
    , m_backoff(options.backoffMin, options.backoffMax)
    , m_pingInterval(options.pingInterval)
    , m_stableTime(options.backoffMax)
    , m_pingPolicy(policy)
{
    m_connection.setConnectDeadline(options.connectDeadline);
    m_connection.setCommandDeadline(options.commandDeadline);
    m_connection.setMaximumPendingBytes(options.maxPendingBytes);
    if (options.sslConfiguration) {
        m_connection.setSslConfiguration(*options.sslConfiguration);
    }
    m_retryTimer.setSingleShot(true);
    m_pingTimer.setSingleShot(true);
    connect(&m_retryTimer, &QTimer::timeout, &m_connection, &RedisConnection::open);
    connect(&m_pingTimer, &QTimer::timeout, this, &PersistentConnection::onPingTimer);
    connect(&m_connection, &RedisConnection::connected, this, &PersistentConnection::onConnected);
    connect(&m_connection, &RedisConnection::disconnected, this, &PersistentConnection::onDisconnected);
}

void PersistentConnection::open()
{
    if (!m_isOpen) {
        m_isOpen = true;
        m_backoff.reset();
        m_connection.open();
    }
}

void PersistentConnection::close()
{
    m_isOpen = false;
    m_retryTimer.stop();
    m_connection.close();
}

void PersistentConnection::rebuild()
{
    m_isRebuilding = true;
    m_connection.close();
    m_isRebuilding = false;
}

void PersistentConnection::onConnected()
{
    qCInfo(redisLog).noquote() << objectName() << "connected to" << m_connection.url().toDisplayString();
    m_hasWarned = false;
    m_wasConnected = true;
    m_connectedAt = RedisConnection::Clock::now();
    m_pingTimer.start(m_pingInterval);
    Q_EMIT connected();
}

void PersistentConnection::onDisconnected(const RedisError &reason)
{
    m_pingTimer.stop();
    const bool wasConnected = std::exchange(m_wasConnected, false);
    const bool isFailure = m_isOpen && !m_isRebuilding;
    if (isFailure && !std::exchange(m_hasWarned, true)) { // once an outage, not once an attempt
        qCWarning(redisLog).noquote() << objectName() << "not connected to"
                                      << m_connection.url().toDisplayString() << ':' << reason.text;
    }
    if (m_isOpen) {
        // A server that accepts and drops at once must not be hammered as if each time were the first.
        if (wasConnected && RedisConnection::Clock::now() - m_connectedAt > m_stableTime) {
            m_backoff.reset();
        }
        m_retryTimer.start(m_backoff.next());
    }
    const QPointer<PersistentConnection> self(this);
    const RedisError error = reason;
    if (wasConnected) {
        Q_EMIT disconnected();
    }
    if (self && isFailure) {
        Q_EMIT failed(error);
    }
}

void PersistentConnection::onPingTimer()
{
    const auto quiet = std::chrono::floor<std::chrono::milliseconds>(RedisConnection::Clock::now()
                                                                     - m_connection.lastReceived());
    if (m_pingPolicy == PingPolicy::WhenQuiet && quiet < m_pingInterval) {
        m_pingTimer.start(std::max<std::chrono::milliseconds>(1ms, m_pingInterval - quiet));
    } else {
        ping();
    }
}

void PersistentConnection::ping()
{
    // The next one comes after this one's reply; if there is none, the connection ends by its deadline.
    const auto sentAt = RedisConnection::Clock::now();
    m_connection.command({"PING"}, [this, sentAt](const RedisResult &result) {
        if (result) {
            const auto roundTrip = RedisConnection::Clock::now() - sentAt;
            m_lastRoundTrip = std::chrono::duration_cast<std::chrono::microseconds>(roundTrip);
            m_pingTimer.start(std::max<std::chrono::milliseconds>(1ms, m_pingInterval));
        }
    });
}

} // namespace switchboard::redis
