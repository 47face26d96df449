// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/auth/claims.h"
#include "net/timingwheel.h"

#include <QObject>

#include <chrono>
#include <functional>
#include <unordered_map>

namespace switchboard {

class SessionRegistry;
class WebSocketSession;

/// Closes clients whose token has expired (CloseCode::TokenExpired), at most half a second late.
class SessionExpiry : public QObject
{
    Q_OBJECT

public:
    using Clock = std::function<TokenTime()>;

    /// Looks after the sessions of \a registry by deadlines in \a wheel; both must outlive it. \a clock tells
    /// the time that tokens go by.
    SessionExpiry(const SessionRegistry &registry, TimingWheel &wheel, Clock clock = currentTokenTime,
                  QObject *parent = nullptr);
    ~SessionExpiry() override;

private:
    void onAdded(WebSocketSession *session);
    void onDeadline(WebSocketSession &session);
    [[nodiscard]] std::chrono::milliseconds timeLeft(const WebSocketSession &session) const;

    TimingWheel &m_wheel;
    Clock m_clock;
    // Of the sessions whose tokens expire at all.
    std::unordered_map<const WebSocketSession *, Deadline> m_deadlines;
};

} // namespace switchboard
