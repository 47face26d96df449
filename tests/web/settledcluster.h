// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <deque>

#include <QStringList>

#include "support/daemonprocess.h"
#include "support/redisserver.h"

namespace switchboard::test {

/// Real daemons that relay through one real redis-server, and come back on the port that they had.
class SettledCluster
{
public:
    /// \param arguments of every daemon, beside its port and the URL of the redis-server
    explicit SettledCluster(int daemonCount, const QStringList &arguments = {});

    /// Starts all of it and waits until every daemon is ready.
    bool start();

    RedisServer &redis() { return m_redis; }
    DaemonProcess &daemon(int index) { return m_daemons.at(static_cast<std::size_t>(index)); }

private:
    bool startDaemon();

    int m_daemonCount;
    QStringList m_arguments;
    RedisServer m_redis;
    std::deque<DaemonProcess> m_daemons;
};

} // namespace switchboard::test
