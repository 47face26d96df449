// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QByteArray>
#include <QSslConfiguration>
#include <chrono>
#include <optional>

namespace switchboard::redis {

/// What can be set on a RedisLink. All times are positive unless said otherwise.
struct RedisLinkOptions
{
    /// Bounds of the delay before a connection is tried again, see Backoff.
    std::chrono::milliseconds backoffMin{50};
    std::chrono::milliseconds backoffMax{2000};

    /// How often a connection is PINGed. With commandDeadline it says how soon a server that no longer
    /// answers is noticed: after their sum at the latest.
    std::chrono::milliseconds pingInterval{2000};

    /// The deadline of PING, SUBSCRIBE and UNSUBSCRIBE, and of commands that do not say otherwise.
    std::chrono::milliseconds commandDeadline{2500};

    /// How long one attempt to connect and log in may take.
    std::chrono::milliseconds connectDeadline{3000};

    /// How long the subscriber may hear nothing before it is probed, though never more than once a second.
    /// 0: it is never probed.
    std::chrono::milliseconds probeInterval{10000};

    /// The channel that probes are published to. No other link may subscribe to it, nor this one by
    /// subscribe(). Empty: there is no probing.
    QByteArray probeChannel;

    /// Bytes of commands that may wait to be sent or answered, for each connection; beyond it, Overflow.
    qint64 maxPendingBytes = 64LL * 1024 * 1024;

    /// For rediss://; QSslConfiguration::defaultConfiguration() if not set.
    std::optional<QSslConfiguration> sslConfiguration;
};

/// What happened to the two connections of a RedisLink since it was made, for metrics. Except for
/// `established`, each counts the attempts and the connections that ended for that reason; those ended
/// by close() are not counted.
struct RedisLinkCounters
{
    quint64 established = 0; ///< connections that got through their login, the first ones included
    quint64 resolve = 0; ///< the host's name has no address
    quint64 connect = 0; ///< refused, unreachable, or the server does not serve yet
    quint64 tls = 0;
    quint64 auth = 0;
    quint64 timeout = 0; ///< no answer to the login, a PING or another command in time
    quint64 closed = 0; ///< by the server or the network
    quint64 protocol = 0;
    quint64 deaf = 0; ///< subscribers rebuilt because an accepted probe did not arrive
};

} // namespace switchboard::redis
