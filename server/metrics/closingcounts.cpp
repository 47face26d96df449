// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/closingcounts.h"

namespace switchboard {

void ClosingCounts::note(By by, quint16 code)
{
    // Behind the others of its kind stands the one for all the rest.
    for (std::size_t i = 0; i < causes.size(); ++i) {
        if (causes[i].by == by && (causes[i].code == code || causes[i].code == 0)) {
            ++m_counts[i];
            return;
        }
    }
}

} // namespace switchboard
