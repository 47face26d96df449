// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "redis/backoff.h"
#include "redis/redisconnection.h"
#include "redis/redislinkoptions.h"

#include <QObject>
#include <QTimer>
#include <chrono>

namespace switchboard::redis {

/// A RedisConnection that comes back by itself, and that PINGs to find out whether it is still one.
/// Its objectName() is what the log calls it.
class PersistentConnection : public QObject
{
    Q_OBJECT

public:
    enum class PingPolicy {
        Always, ///< every pingInterval; keeps lastRoundTrip() fresh
        WhenQuiet, ///< when nothing came for pingInterval; what arrives proves as much as a PONG
    };

    PersistentConnection(const RedisUrl &url, const RedisLinkOptions &options, PingPolicy policy,
                         QObject *parent = nullptr);
    Q_DISABLE_COPY_MOVE(PersistentConnection)

    void open();
    /// Ends the connection and stays closed.
    void close();
    /// Drops the connection, if there is one, and comes back as after a failure; failed() is not emitted.
    void rebuild();

    [[nodiscard]] bool isConnected() const { return m_connection.isConnected(); }
    /// The connection itself; open() and close() are not to be called on it.
    [[nodiscard]] RedisConnection &connection() { return m_connection; }
    [[nodiscard]] const RedisConnection &connection() const { return m_connection; }
    [[nodiscard]] std::chrono::microseconds lastRoundTrip() const { return m_lastRoundTrip; }

Q_SIGNALS:
    void connected();
    /// A connection that was connected is so no more; comes before failed().
    void disconnected();
    /// An attempt failed or a connection was lost.
    void failed(const switchboard::redis::RedisError &error);

private:
    void onConnected();
    void onDisconnected(const RedisError &reason);
    void onPingTimer();
    void ping();

    RedisConnection m_connection;
    Backoff m_backoff;
    QTimer m_retryTimer{this};
    QTimer m_pingTimer{this};
    std::chrono::milliseconds m_pingInterval;
    std::chrono::milliseconds m_stableTime;
    std::chrono::microseconds m_lastRoundTrip{0};
    RedisConnection::Clock::time_point m_connectedAt;
    PingPolicy m_pingPolicy;
    bool m_isOpen = false;
    bool m_wasConnected = false;
    bool m_isRebuilding = false;
    bool m_hasWarned = false;
};

} // namespace switchboard::redis
