// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace switchboard {

/// A moment in a token, of the clock that people set.
using TokenTime = std::chrono::sys_time<std::chrono::milliseconds>;

/// Now, as a TokenTime.
[[nodiscard]] TokenTime currentTokenTime();

/// What a client's token says of it.
struct Claims
{
    /// `sub`: who it is; UTF-8, not empty.
    QByteArray user;
    /// `exp`: from then on the token is worth nothing.
    std::optional<TokenTime> expiresAt = {};
    /// `rooms`: the rooms that it may join, by their names or by patterns in which each `*` stands for any
    /// number of any bytes; nothing: all rooms.
    std::optional<std::vector<QByteArray>> rooms = {};
    /// `monitor`: whether it may watch the cluster.
    bool mayWatch = false;

    /// Whether \a room is one of rooms.
    [[nodiscard]] bool mayJoin(QByteArrayView room) const;
};

/// The claims of one client; null where clients need no token.
using ClaimsPtr = std::shared_ptr<const Claims>;

} // namespace switchboard
