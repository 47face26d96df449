// SPDX-License-Identifier: BSD-3-Clause
#include "redis/pendingcommands.h"

#include <algorithm>
#include <utility>

namespace switchboard::redis {

void PendingCommands::append(PendingCommand &&command)
{
    m_bytes += command.bytes;
    m_nextDeadline = m_commands.empty() ? command.deadline : std::min(m_nextDeadline, command.deadline);
    m_commands.push_back(std::move(command));
}

PendingCommand PendingCommands::takeHead()
{
    PendingCommand command = std::move(m_commands.front());
    m_commands.pop_front();
    m_bytes -= command.bytes;
    return command;
}

std::deque<PendingCommand> PendingCommands::takeAll()
{
    m_bytes = 0;
    return std::exchange(m_commands, {});
}

std::optional<PendingCommands::TimePoint> PendingCommands::nextDeadline() const
{
    if (m_commands.empty()) {
        return std::nullopt;
    }
    return m_nextDeadline;
}

bool PendingCommands::isOverdue(TimePoint now)
{
    if (m_commands.empty() || now < m_nextDeadline) {
        return false;
    }
    const auto earliest = std::min_element(
        m_commands.cbegin(), m_commands.cend(),
        [](const PendingCommand &a, const PendingCommand &b) { return a.deadline < b.deadline; });
    m_nextDeadline = earliest->deadline;
    return now >= m_nextDeadline;
}

} // namespace switchboard::redis
