// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "redis/rediserror.h"
#include "redis/redisurl.h"

#include <QByteArray>
#include <QList>

namespace switchboard::redis {

/// The commands a connection begins with: AUTH (https://redis.io/commands/auth/) and SELECT where
/// \a url asks for them, and a PING last, which tells whether the server serves.
[[nodiscard]] QList<QList<QByteArray>> loginCommands(const RedisUrl &url);

/// What the error reply \a text to the login command \a name means: Auth if it is about who we are,
/// Connect if it is about the state the server is in.
[[nodiscard]] RedisError loginError(const QByteArray &name, const QString &text);

} // namespace switchboard::redis
