// SPDX-License-Identifier: BSD-3-Clause
#include "redis/replyreader.h"

#include <algorithm>
#include <hiredis/hiredis.h>
#include <new>

namespace switchboard::redis {

namespace {

// The kind of nearly every array that comes in numbers; sharing it saves an allocation for each.
constexpr QByteArrayView messageKind("message");

QByteArray makeText(const redisReadTask *task, const char *data, size_t size)
{
    if (task->idx == 0 && QByteArrayView(data, static_cast<qsizetype>(size)) == messageKind) {
        static const QByteArray shared = messageKind.toByteArray();
        return shared;
    }
    return {data, static_cast<qsizetype>(size)};
}

} // namespace

// What hiredis calls to build a reply. Its objects are RedisReply: the root is the reader's own m_reply,
// every other one an element of its parent's list. A pointer into that list stays valid as long as hiredis
// keeps it, because it comes back to a parent only when it is done with the child.
struct ReplyReader::Functions
{
    static RedisReply *place(const redisReadTask *task)
    {
        if (task->parent) {
            return &static_cast<RedisReply *>(task->parent->obj)->elements.emplaceBack();
        }
        auto *root = &static_cast<ReplyReader *>(task->privdata)->m_reply;
        root->integer = 0;
        root->text.clear();
        root->elements.clear(); // keeps its memory for the next message
        return root;
    }

    static void *createString(const redisReadTask *task, char *data, size_t size)
    {
        RedisReply *reply = place(task);
        reply->text = makeText(task, data, size);
        switch (task->type) {
        case REDIS_REPLY_ERROR:
            reply->type = RedisReply::Type::Error;
            break;
        case REDIS_REPLY_STATUS:
            reply->type = RedisReply::Type::Status;
            break;
        default:
            reply->type = RedisReply::Type::String;
        }
        return reply;
    }

    static void *createArray(const redisReadTask *task, int size)
    {
        // The size is only announced: a hostile one must not allocate before its elements are there.
        constexpr int trustedSize = 1024;
        RedisReply *reply = place(task);
        reply->type = RedisReply::Type::Array;
        reply->elements.reserve(std::min(size, trustedSize));
        return reply;
    }

    static void *createInteger(const redisReadTask *task, long long value)
    {
        RedisReply *reply = place(task);
        reply->type = RedisReply::Type::Integer;
        reply->integer = value;
        return reply;
    }

    static void *createNil(const redisReadTask *task)
    {
        RedisReply *reply = place(task);
        reply->type = RedisReply::Type::Nil;
        return reply;
    }

    // Nothing to free: every object lies inside the ReplyReader.
    static void freeObject(void * /*object*/) { }

    static redisReplyObjectFunctions *table()
    {
        static redisReplyObjectFunctions functions = {createString, createArray, createInteger, createNil,
                                                      freeObject};
        return &functions;
    }
};

void ReplyReader::Deleter::operator()(redisReader *reader) const
{
    redisReaderFree(reader);
}

ReplyReader::ReplyReader()
{
    reset();
}

ReplyReader::~ReplyReader() = default;

void ReplyReader::feed(const char *data, qsizetype size)
{
    if (m_error || size <= 0) {
        return;
    }
    m_unfinishedBytes += size;
    if (redisReaderFeed(m_reader.get(), data, static_cast<size_t>(size)) != REDIS_OK) {
        fail(QString::fromUtf8(m_reader->errstr));
    }
}

RedisReply *ReplyReader::next()
{
    if (m_error) {
        return nullptr;
    }
    void *reply = nullptr;
    if (redisReaderGetReply(m_reader.get(), &reply) != REDIS_OK) {
        fail(QString::fromUtf8(m_reader->errstr));
        return nullptr;
    }
    if (!reply) {
        checkUnfinished();
        return nullptr;
    }
    m_unfinishedBytes = 0;
    return &m_reply;
}

void ReplyReader::checkUnfinished()
{
    // hiredis looks for the end of a line from its beginning each time, however long it has become.
    constexpr size_t maximumLineBytes = 64UL * 1024;
    if (m_unfinishedBytes > m_maximumReplyBytes) {
        fail(QStringLiteral("a reply of more than %1 bytes").arg(m_maximumReplyBytes));
    } else if (m_reader->len - m_reader->pos > maximumLineBytes && m_reader->ridx >= 0
               && m_reader->rstack[m_reader->ridx].type != REDIS_REPLY_STRING) {
        fail(QStringLiteral("a line of more than %1 bytes").arg(maximumLineBytes));
    }
}

void ReplyReader::reset()
{
    m_reader.reset(redisReaderCreateWithFunctions(Functions::table()));
    Q_CHECK_PTR(m_reader.get());
    m_reader->privdata = this;
    m_reply = {};
    m_error.reset();
    m_unfinishedBytes = 0;
}

void ReplyReader::fail(const QString &text)
{
    m_error = RedisError{RedisError::Kind::Protocol, text};
}

} // namespace switchboard::redis
