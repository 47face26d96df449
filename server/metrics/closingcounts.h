// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QtGlobal>

#include <array>
#include <cstddef>

namespace switchboard {

/// How many clients' connections ended, by who ended them and with which code. Clients may send any code, so
/// those that say nothing are counted together. On one event loop.
class ClosingCounts
{
public:
    enum class By { Client, Daemon };

    /// One way in which a connection may end.
    struct Cause
    {
        By by;
        /// A CloseCode; 0 for all that have no cause of their own.
        quint16 code;
        /// In a word, for people.
        const char *reason;
    };

    static constexpr std::array<Cause, 15> causes{{
        {By::Client, 1000, "normal"},
        {By::Client, 1001, "going_away"},
        {By::Client, 1005, "no_status"},
        {By::Client, 1006, "abnormal"},
        {By::Client, 0, "other"},
        {By::Daemon, 1001, "going_away"},
        {By::Daemon, 1002, "protocol_error"},
        {By::Daemon, 1007, "invalid_data"},
        {By::Daemon, 1008, "rate_limit"},
        {By::Daemon, 1009, "message_too_big"},
        {By::Daemon, 4003, "operator"},
        {By::Daemon, 4008, "slow_consumer"},
        {By::Daemon, 4401, "token_expired"},
        {By::Daemon, 4408, "no_pong"},
        {By::Daemon, 0, "other"},
    }};

    void note(By by, quint16 code);

    /// In the order of causes.
    [[nodiscard]] const std::array<quint64, causes.size()> &counts() const { return m_counts; }

private:
    std::array<quint64, causes.size()> m_counts{};
};

} // namespace switchboard
