// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "redis/redislink.h"

#include <QByteArray>
#include <QList>

namespace switchboard::redis {

/// A Lua script that Redis runs as one atomic step, see
/// https://redis.io/docs/interact/programmability/eval-intro/. It travels once: later calls name it by its
/// SHA-1 (EVALSHA), and where the server does not know it (any more) it is sent whole.
class RedisScript
{
public:
    explicit RedisScript(QByteArray source);

    /// Lets the server behind \a link keep the script (SCRIPT LOAD), so that calls behind this one find it
    /// there and keep their order among other commands.
    void load(RedisLink &link) const;

    /// Runs it with \a keys and \a arguments, KEYS and ARGV in the script. The \a handler follows the rules
    /// of RedisLink::command().
    void run(RedisLink &link, const QList<QByteArray> &keys, const QList<QByteArray> &arguments,
             RedisLink::ReplyHandler handler = {}) const;

private:
    QByteArray m_source;
    QByteArray m_sha1;
};

} // namespace switchboard::redis
