// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QByteArray>
#include <QList>

namespace switchboard::redis {

/// One reply as the Redis protocol (RESP2) knows it, see https://redis.io/docs/reference/protocol-spec/.
///
/// A plain value: exactly one of `integer`, `text` and `elements` means something, said by `type`.
/// Texts are bytes as the server sent them, of any content; nothing is decoded.
struct RedisReply
{
    enum class Type {
        Nil, ///< no value: a null bulk string or a null array
        Integer, ///< `integer`
        Status, ///< `text`, such as "OK"
        Error, ///< `text`, such as "ERR unknown command"; only found inside arrays (EXEC, scripts)
        String, ///< `text`
        Array, ///< `elements`
    };

    Type type = Type::Nil;
    qint64 integer = 0;
    QByteArray text;
    QList<RedisReply> elements;

    [[nodiscard]] bool isNil() const { return type == Type::Nil; }
    [[nodiscard]] bool isInteger() const { return type == Type::Integer; }
    [[nodiscard]] bool isStatus() const { return type == Type::Status; }
    [[nodiscard]] bool isError() const { return type == Type::Error; }
    [[nodiscard]] bool isString() const { return type == Type::String; }
    [[nodiscard]] bool isArray() const { return type == Type::Array; }
};

} // namespace switchboard::redis
