// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdio>
#include <cstdlib>

namespace switchboard::test {

/// Ends the process with \a what is wrong unless \a holds, which is how a fuzzer learns of it.
inline void check(bool holds, const char *what)
{
    if (!holds) {
        std::fprintf(stderr, "This does not hold: %s\n", what);
        std::abort();
    }
}

} // namespace switchboard::test
