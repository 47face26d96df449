// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "redis/rediserror.h"

#include <QtGlobal>
#include <memory>
#include <optional>

struct redisReader;

namespace switchboard::redis {

/// Turns the bytes of a Redis server into replies: hiredis' RESP reader, which here builds RedisReply
/// values itself instead of trees of its own that would have to be copied.
class ReplyReader
{
public:
    /// What feed() should be given at most at once. hiredis moves what it has not read yet to the front
    /// of its buffer after each kilobyte read, so large pieces cost the square of their size.
    static constexpr qsizetype chunkSize = 16LL * 1024;

    ReplyReader();
    ~ReplyReader();
    Q_DISABLE_COPY_MOVE(ReplyReader)

    /// How many bytes one reply may have before it is a protocol error.
    void setMaximumReplyBytes(qint64 bytes) { m_maximumReplyBytes = bytes; }

    /// Appends \a size bytes from the server; take replies with next() before feeding more.
    void feed(const char *data, qsizetype size);

    /// The next whole reply, which stays valid until next() or reset() is called again and may be moved
    /// from; nullptr when more bytes are needed or the stream is broken, see error().
    [[nodiscard]] RedisReply *next();

    /// Set when the stream is broken: it can be read no further, only reset.
    [[nodiscard]] const std::optional<RedisError> &error() const { return m_error; }

    /// Forgets all state, for a new stream.
    void reset();

private:
    struct Functions;
    struct Deleter
    {
        void operator()(redisReader *reader) const;
    };

    void checkUnfinished();
    void fail(const QString &text);

    std::unique_ptr<redisReader, Deleter> m_reader;
    RedisReply m_reply;
    std::optional<RedisError> m_error;
    qint64 m_maximumReplyBytes = 64LL * 1024 * 1024;
    qint64 m_unfinishedBytes = 0;
};

} // namespace switchboard::redis
