// SPDX-License-Identifier: BSD-3-Clause
#include "node/drain.h"

#include "net/sessionregistry.h"

namespace switchboard {

namespace {

constexpr std::chrono::milliseconds tick(50);
// Spreading a handful gains nobody anything.
constexpr std::size_t leastPerTick = 5;

} // namespace

Drain::Drain(SessionRegistry &registry, QObject *parent)
    : QObject(parent)
    , m_registry(registry)
{
    m_timer.setInterval(tick);
    connect(&m_timer, &QTimer::timeout, this, &Drain::closeSome);
}

void Drain::start(std::chrono::milliseconds time, CloseCode code, const QByteArray &reason)
{
    m_code = code;
    m_reason = reason;
    m_waiting.clear();
    for (const WebSocketSession *session : m_registry.sessions()) {
        m_waiting.push_back(session->id());
    }
    const auto ticks = static_cast<std::size_t>(qMax<qint64>(1, time / tick));
    m_perTick = qMax((m_waiting.size() + ticks - 1) / ticks, leastPerTick);
    if (time.count() == 0) {
        m_perTick = m_waiting.size();
    }
    m_timer.start();
    closeSome();
}

void Drain::closeSome()
{
    for (std::size_t i = 0; i < m_perTick && !m_waiting.empty(); ++i) {
        const QUuid id = m_waiting.back();
        m_waiting.pop_back();
        if (WebSocketSession *session = m_registry.find(id)) {
            session->close(m_code, m_reason);
        }
    }
    if (m_waiting.empty()) {
        m_timer.stop();
        Q_EMIT finished();
    }
}

} // namespace switchboard
