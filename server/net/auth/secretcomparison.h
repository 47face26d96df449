// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QByteArrayView>

namespace switchboard {

/// Whether \a a and \a b are the same. Takes the same time wherever two texts of one length differ, so that a
/// secret cannot be guessed piece by piece.
[[nodiscard]] inline bool equalsSecret(QByteArrayView a, QByteArrayView b)
{
    if (a.size() != b.size()) {
        return false;
    }
    unsigned difference = 0;
    for (qsizetype i = 0; i < a.size(); ++i) {
        difference |= static_cast<unsigned>(a[i] ^ b[i]);
    }
    return difference == 0;
}

} // namespace switchboard
