// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "bench/conversation.h"
#include "bench/crowd.h"
#include "bench/options.h"
#include "bench/progress.h"
#include "bench/scenarios.h"

#include <cstdint>
#include <functional>
#include <vector>

#include <QString>

namespace switchboard::bench {

/// Who takes part in a conversation that is to be measured, and how they speak.
struct Talk
{
    /// Has the clients speak for so long; \a isMeasured tells the warm-up from what counts.
    using Speak = std::function<void(Conversation &, std::chrono::nanoseconds, bool isMeasured)>;

    QString scenario;
    QString thing; ///< What the CPU time is divided by: "delivery", or "message".
    std::vector<Visitor> visitors;
    std::vector<Circle> circles;
    Speak speak;
};

/// Everybody connects and enters their rooms, warms up, and speaks; the CPU time of the servers is read
/// before the first message and after the last delivery.
[[nodiscard]] Outcome measureTalk(const Options &options, const Talk &talk, Progress &progress);

/// Speaks by Conversation::speakInTurn() with the window of \a options. Both have to outlive it.
[[nodiscard]] Talk::Speak speakingInTurn(const Options &options, Progress &progress);

} // namespace switchboard::bench
