// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "redis/redisreply.h"

#include <QString>
#include <tl/expected.hpp>

namespace switchboard::redis {

/// Why a command or a connection failed: a kind for programs, a text for people.
struct RedisError
{
    enum class Kind {
        Resolve, ///< the host's name has no address
        Connect, ///< nobody listens, no route, or the server does not serve yet (LOADING, MASTERDOWN …)
        Tls, ///< the handshake failed, the certificate is not trusted
        Auth, ///< NOAUTH, WRONGPASS or NOPERM while connecting
        Timeout, ///< no answer within the deadline; whether the server did the work is not known
        Closed, ///< the connection ended, from either side, before the answer came; likewise not known
        Protocol, ///< what came is not RESP2 or answers nothing; or a command that cannot be sent here
        Reply, ///< the server answered with an error; `text` is what it said
        NotConnected, ///< not sent: there is no connection
        Overflow, ///< not sent: too many bytes wait to be sent or answered
    };

    Kind kind = Kind::Closed;
    QString text;
};

/// What a command ends with: its reply, or why there is none. An error reply of the server itself
/// ("ERR …", "NOPERM …") is a RedisError of Kind::Reply.
using RedisResult = tl::expected<RedisReply, RedisError>;

} // namespace switchboard::redis
