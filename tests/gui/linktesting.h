// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "link/monitorlink.h"
#include "support/waituntil.h"

namespace switchboard::test {

/// An impatient link, for tests that wait.
inline monitor::LinkOptions quickOptions()
{
    using namespace std::chrono_literals;
    return {.deadlines = {.connect = 300ms, .ping = 200ms},
            .minRetryDelay = 20ms,
            .maxRetryDelay = 60ms,
            .pingTimeout = 300ms};
}

inline QUrl urlOf(quint16 port)
{
    return QUrl(QStringLiteral("ws://127.0.0.1:%1/websockets").arg(port));
}

inline bool waitForState(const monitor::MonitorLink &link, monitor::MonitorLink::State state)
{
    return waitUntil([&] { return link.state() == state; });
}

inline protocol::NodeUp someEvent()
{
    return {"node", protocol::Timestamp::now()};
}

} // namespace switchboard::test
