// SPDX-License-Identifier: BSD-3-Clause
#include "bench/progress.h"

#include <cstdio>

#include <unistd.h>

namespace switchboard::bench {

using namespace std::chrono_literals;

namespace {

constexpr auto quietTime = 3s;
constexpr auto interval = 200ms;
constexpr const char *wipe = "\r\033[K";

} // namespace

Progress::Progress()
    : m_isShown(::isatty(STDERR_FILENO) == 1)
    , m_next(Clock::now() + quietTime)
{ }

Progress::~Progress()
{
    if (m_isWritten) {
        std::fputs(wipe, stderr);
    }
}

void Progress::update(const QString &what, double done, double total)
{
    if (!m_isShown) {
        return;
    }
    const auto now = Clock::now();
    if (now < m_next) {
        return;
    }
    m_next = now + interval;
    m_isWritten = true;
    std::fprintf(stderr, "%s%s: %.0f %%", wipe, qUtf8Printable(what), total > 0 ? 100 * done / total : 0);
    std::fflush(stderr);
}

} // namespace switchboard::bench
