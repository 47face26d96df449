// SPDX-License-Identifier: BSD-3-Clause
#include "integration/cluster.h"

#include <algorithm>

#include "integration/clientmessages.h"
#include "support/httprequest.h"

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace switchboard::test {

Cluster::Cluster(qsizetype daemonCount, const QStringList &arguments, const QProcessEnvironment &extra)
    : m_daemonCount(daemonCount)
    , m_arguments(arguments)
{
    m_environment.insert(u"RATE_LIMIT"_s, u"0"_s); // tests send as fast as they can
    m_environment.insert(extra);
}

bool Cluster::start()
{
    return m_redis.start() && startDaemons() && waitUntilReady();
}

bool Cluster::startDaemons()
{
    const QStringList arguments = m_arguments + QStringList{u"--redis-url"_s, m_redis.url()};
    for (qsizetype i = 0; i < m_daemonCount; ++i) {
        if (!m_daemons.emplace_back(arguments, m_environment).start()) {
            return false;
        }
    }
    return true;
}

bool Cluster::waitUntilReady()
{
    return std::all_of(m_daemons.begin(), m_daemons.end(),
                       [](DaemonProcess &daemon) { return daemon.waitUntilReady(30s); });
}

bool Cluster::waitUntilNotReady()
{
    const auto isNotReady = [](const DaemonProcess &daemon) {
        return waitUntil([&] { return httpRequest(daemon.port(), "GET", "/readyz").status == 503; }, 30s);
    };
    return std::all_of(m_daemons.cbegin(), m_daemons.cend(), isNotReady);
}

bool Cluster::connectClients(Clients &clients, qsizetype perDaemon)
{
    for (const DaemonProcess &daemon : m_daemons) {
        for (qsizetype i = 0; i < perDaemon; ++i) {
            if (!clients.emplace_back().connectTo(daemon.webSocketUrl())) {
                return false;
            }
        }
    }
    return true;
}

bool chatReaches(WsClient &sender, Clients &clients, const QByteArray &content)
{
    sender.sendText(submitMessage(content));
    const auto isIt = [&content](const QByteArray &frame) {
        const auto message = parseChatMessage(frame);
        return message && message->content == content;
    };
    return std::all_of(clients.begin(), clients.end(),
                       [&isIt](WsClient &client) { return client.waitForMessage(isIt, 30s); });
}

QProcessEnvironment measurableEnvironment()
{
    QProcessEnvironment environment;
    const QString options = qEnvironmentVariable("ASAN_OPTIONS");
    environment.insert(u"ASAN_OPTIONS"_s,
                       options + (options.isEmpty() ? u""_s : u":"_s) + u"quarantine_size_mb=1"_s);
    return environment;
}

} // namespace switchboard::test
