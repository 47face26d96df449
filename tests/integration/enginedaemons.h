// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <map>
#include <memory>

#include "support/daemonprocess.h"

namespace switchboard::test {

/// A daemon on each engine. They have no Redis: that is not needed to be answered.
class EngineDaemons
{
public:
    /// Adds a column "engine" with a row for each.
    static void addRows();

    /// The port of the daemon on \a engine with \a arguments, which is started if it does not run; 0 where
    /// that fails.
    quint16 port(const QString &engine, const QStringList &arguments = {});

    /// Ends them. When a test has failed they show what they wrote.
    void stop() { m_daemons.clear(); }

private:
    std::map<QStringList, std::unique_ptr<DaemonProcess>> m_daemons; // by their arguments
};

} // namespace switchboard::test
