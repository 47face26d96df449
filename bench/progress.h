// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "bench/crowd.h"

#include <QString>

namespace switchboard::bench {

/// One line on stderr that says how far a run is, once it has taken some seconds; only on a terminal. It is
/// wiped when this object goes.
class Progress
{
public:
    Progress();
    ~Progress();
    Q_DISABLE_COPY_MOVE(Progress)

    /// May be called as often as one likes. \a done of \a total is shown as a percentage.
    void update(const QString &what, double done, double total);

private:
    bool m_isShown;
    bool m_isWritten = false;
    Clock::time_point m_next;
};

} // namespace switchboard::bench
