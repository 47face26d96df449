// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <deque>

#include <QProcessEnvironment>
#include <QStringList>

#include "support/daemonprocess.h"
#include "support/redisserver.h"
#include "support/wsclient.h"

namespace switchboard::test {

/// Clients in a row: they stay where they are when more of them come.
using Clients = std::deque<WsClient>;

/// Real daemons that relay through one real redis-server, and their clients.
class Cluster
{
public:
    /**
     * \param arguments of every daemon, beside the URL of the redis-server
     * \param extra variables of every daemon
     */
    explicit Cluster(qsizetype daemonCount, const QStringList &arguments = {},
                     const QProcessEnvironment &extra = {});

    /// Starts all of it and waits until every daemon is ready.
    bool start();

    /// Starts the daemons, whether or not the redis-server, which must have been started before, runs now.
    bool startDaemons();

    /// Waits until every daemon is ready.
    bool waitUntilReady();

    /// Waits until no daemon is ready.
    bool waitUntilNotReady();

    RedisServer &redis() { return m_redis; }
    DaemonProcess &daemon(qsizetype index) { return m_daemons.at(static_cast<std::size_t>(index)); }
    std::deque<DaemonProcess> &daemons() { return m_daemons; }

    /// Connects so many clients to each daemon and appends them to \a clients, those of the first daemon
    /// first.
    bool connectClients(Clients &clients, qsizetype perDaemon = 1);

private:
    qsizetype m_daemonCount;
    QStringList m_arguments;
    QProcessEnvironment m_environment;
    RedisServer m_redis;
    std::deque<DaemonProcess> m_daemons;
};

/// Submits \a content from \a sender, once, and waits until all of \a clients have it.
bool chatReaches(WsClient &sender, Clients &clients, const QByteArray &content);

/// Variables of a daemon whose memory is to be measured: a sanitizer keeps what was freed only for a while.
QProcessEnvironment measurableEnvironment();

} // namespace switchboard::test
