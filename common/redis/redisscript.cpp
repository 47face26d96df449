// SPDX-License-Identifier: BSD-3-Clause
#include "redis/redisscript.h"

#include <QCryptographicHash>
#include <QPointer>

namespace switchboard::redis {

namespace {

QList<QByteArray> callOf(const QByteArray &command, const QByteArray &script, const QList<QByteArray> &keys,
                         const QList<QByteArray> &arguments)
{
    return QList<QByteArray>{command, script, QByteArray::number(keys.size())} + keys + arguments;
}

} // namespace

RedisScript::RedisScript(QByteArray source)
    : m_source(std::move(source))
    , m_sha1(QCryptographicHash::hash(m_source, QCryptographicHash::Sha1).toHex())
{ }

void RedisScript::load(RedisLink &link) const
{
    link.command({"SCRIPT", "LOAD", m_source});
}

void RedisScript::run(RedisLink &link, const QList<QByteArray> &keys, const QList<QByteArray> &arguments,
                      RedisLink::ReplyHandler handler) const
{
    link.command(callOf("EVALSHA", m_sha1, keys, arguments),
                 [link = QPointer<RedisLink>(&link), source = m_source, keys, arguments,
                  handler = std::move(handler)](const RedisResult &result) {
                     const bool isUnknown = !result && result.error().kind == RedisError::Kind::Reply
                         && result.error().text.startsWith(u"NOSCRIPT");
                     if (isUnknown && link) {
                         link->command(callOf("EVAL", source, keys, arguments), handler);
                     } else if (handler) {
                         handler(result);
                     }
                 });
}

} // namespace switchboard::redis
