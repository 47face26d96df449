// SPDX-License-Identifier: BSD-3-Clause
#include "net/auth/sessionexpiry.h"

#include "net/sessionregistry.h"

namespace switchboard {

SessionExpiry::SessionExpiry(const SessionRegistry &registry, TimingWheel &wheel, Clock clock,
                             QObject *parent)
    : QObject(parent)
    , m_wheel(wheel)
    , m_clock(std::move(clock))
{
    connect(&registry, &SessionRegistry::sessionAdded, this, &SessionExpiry::onAdded);
    connect(&registry, &SessionRegistry::sessionRemoved, this,
            [this](const WebSocketSession *session) { m_deadlines.erase(session); });
}

SessionExpiry::~SessionExpiry() = default;

void SessionExpiry::onAdded(WebSocketSession *session)
{
    const ClaimsPtr &claims = session->info().claims;
    if (claims && claims->expiresAt) {
        const auto added =
            m_deadlines.try_emplace(session, m_wheel, [this, session] { onDeadline(*session); });
        added.first->second.start(timeLeft(*session));
    }
}

void SessionExpiry::onDeadline(WebSocketSession &session)
{
    // The clock that people set may have been set back meanwhile.
    if (const auto left = timeLeft(session); left.count() > 0) {
        m_deadlines.at(&session).start(left);
        return;
    }
    session.close(CloseCode::TokenExpired, "the token has expired");
}

std::chrono::milliseconds SessionExpiry::timeLeft(const WebSocketSession &session) const
{
    return *session.info().claims->expiresAt - m_clock();
}

} // namespace switchboard
