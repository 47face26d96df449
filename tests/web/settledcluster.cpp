// SPDX-License-Identifier: BSD-3-Clause
#include "web/settledcluster.h"

#include "support/freeport.h"

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace switchboard::test {

SettledCluster::SettledCluster(int daemonCount, const QStringList &arguments)
    : m_daemonCount(daemonCount)
    , m_arguments(arguments)
{ }

bool SettledCluster::start()
{
    if (!m_redis.start()) {
        return false;
    }
    for (int i = 0; i < m_daemonCount; ++i) {
        if (!startDaemon()) {
            return false;
        }
    }
    return true;
}

bool SettledCluster::startDaemon()
{
    constexpr int tries = 5; // somebody else may take the port first
    for (int i = 0; i < tries; ++i) {
        const QStringList own{u"--redis-url"_s, m_redis.url(), u"--port"_s, QString::number(freePort())};
        if (m_daemons.emplace_back(m_arguments + own).start()) {
            return m_daemons.back().waitUntilReady(30s);
        }
        m_daemons.pop_back();
    }
    return false;
}

} // namespace switchboard::test
