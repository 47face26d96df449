// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "redis/rediserror.h"

#include <chrono>
#include <deque>
#include <functional>
#include <optional>

namespace switchboard::redis {

/// A command that was sent or is about to be, and waits for its reply.
struct PendingCommand
{
    enum class Kind {
        Command, ///< ends with one reply
        Subscribe, ///< ends with one confirmation for each channel, or with an error reply
        Unsubscribe, ///< likewise
    };

    std::function<void(const RedisResult &)> handler = {};
    std::chrono::steady_clock::time_point deadline = {};
    qint64 bytes = 0; ///< its size on the wire
    qsizetype confirmations = 0; ///< still to come, for Subscribe and Unsubscribe
    Kind kind = Kind::Command;
};

/// The commands of one connection that wait for their replies, oldest first.
class PendingCommands
{
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    [[nodiscard]] bool isEmpty() const { return m_commands.empty(); }
    [[nodiscard]] qsizetype count() const { return static_cast<qsizetype>(m_commands.size()); }
    [[nodiscard]] qint64 bytes() const { return m_bytes; }

    void append(PendingCommand &&command);

    /// The command that the next reply belongs to; there must be one.
    [[nodiscard]] PendingCommand &head() { return m_commands.front(); }
    [[nodiscard]] PendingCommand takeHead();

    /// Empties the queue.
    [[nodiscard]] std::deque<PendingCommand> takeAll();

    /// When isOverdue() is worth asking again: no deadline lies before it. Nothing if nothing waits.
    [[nodiscard]] std::optional<TimePoint> nextDeadline() const;

    /// Whether a deadline has passed. Deadlines may differ, so all are looked at, but not more often than
    /// nextDeadline() says: about once in the length of a deadline.
    [[nodiscard]] bool isOverdue(TimePoint now);

private:
    std::deque<PendingCommand> m_commands;
    TimePoint m_nextDeadline = TimePoint::max();
    qint64 m_bytes = 0;
};

} // namespace switchboard::redis
