// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <chrono>
#include <functional>

namespace switchboard::test {

/// How long a wait of this library lasts at most where its caller names no time.
inline constexpr std::chrono::milliseconds DefaultTimeout = std::chrono::seconds(10);

/**
 * Runs the calling thread's event loop until \a condition holds.
 *
 * The condition is asked before the first turn, after every turn and at least every 10 ms, so it may
 * depend on what no event announces. Deferred deletes are carried out, as QTest::qWaitFor() does.
 *
 * \return whether the condition held before \a timeout passed
 */
bool waitUntil(const std::function<bool()> &condition, std::chrono::milliseconds timeout = DefaultTimeout);

} // namespace switchboard::test
