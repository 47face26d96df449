// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "link/monitorlink.h"
#include "support/waituntil.h"

namespace switchboard::test {

/// A link that is quick to come back, for tests that wait for it. Its deadlines are the usual ones: they are
/// not to pass on a machine that is busy with other tests.
inline monitor::LinkOptions quickOptions()
{
    using namespace std::chrono_literals;
    return {.minRetryDelay = 20ms, .maxRetryDelay = 60ms};
}

/// The same with short deadlines, for tests that wait for these.
inline monitor::LinkOptions impatientOptions()
{
    using namespace std::chrono_literals;
    monitor::LinkOptions options = quickOptions();
    options.deadlines = {.connect = 300ms, .ping = 200ms};
    return options;
}

inline QUrl urlOf(quint16 port)
{
    return {QStringLiteral("ws://127.0.0.1:%1/websockets").arg(port)};
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
