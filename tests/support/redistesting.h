// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <optional>

#include <QByteArray>
#include <QByteArrayList>
#include <QSignalSpy>

#include "redis/redisconnection.h"
#include "redis/redislinkoptions.h"
#include "support/waituntil.h"

namespace switchboard::test {

/// A reply as text, to be compared and read at a glance: nil, 1, +status, -error, "string", [array].
inline QByteArray describe(const redis::RedisReply &reply)
{
    using Type = redis::RedisReply::Type;
    switch (reply.type) {
    case Type::Nil:
        return "nil";
    case Type::Integer:
        return QByteArray::number(reply.integer);
    case Type::Status:
        return '+' + reply.text;
    case Type::Error:
        return '-' + reply.text;
    case Type::String:
        return '"' + reply.text + '"';
    case Type::Array:
        break;
    }
    QByteArrayList elements;
    for (const redis::RedisReply &element : reply.elements) {
        elements.append(describe(element));
    }
    return '[' + elements.join(' ') + ']';
}

/// What became of a command: its reply as above, or the kind of its error.
inline QByteArray describe(const redis::RedisResult &result)
{
    if (result) {
        return describe(*result);
    }
    using Kind = redis::RedisError::Kind;
    switch (result.error().kind) {
    case Kind::Resolve:
        return "Resolve";
    case Kind::Connect:
        return "Connect";
    case Kind::Tls:
        return "Tls";
    case Kind::Auth:
        return "Auth";
    case Kind::Timeout:
        return "Timeout";
    case Kind::Closed:
        return "Closed";
    case Kind::Protocol:
        return "Protocol";
    case Kind::Reply:
        return "Reply: " + result.error().text.toUtf8();
    case Kind::NotConnected:
        return "NotConnected";
    case Kind::Overflow:
        break;
    }
    return "Overflow";
}

/// Keeps what its handlers are called with, in the order of the calls. It must outlive them.
class ReplyLog
{
public:
    /// A handler that adds to this log.
    [[nodiscard]] redis::RedisConnection::ReplyHandler handler()
    {
        return [this](const redis::RedisResult &result) { m_entries.append(describe(result)); };
    }

    [[nodiscard]] const QByteArrayList &entries() const { return m_entries; }
    [[nodiscard]] qsizetype count() const { return m_entries.size(); }

private:
    QByteArrayList m_entries;
};

/// Opens \a connection and waits until it is connected.
inline bool openAndWait(redis::RedisConnection &connection)
{
    connection.open();
    return waitUntil([&connection] { return connection.isConnected() || connection.isClosed(); })
        && connection.isConnected();
}

/// Sends a command and waits for what becomes of it; empty if nothing does.
inline QByteArray ask(redis::RedisConnection &connection, const QByteArrayList &arguments)
{
    const auto answer = std::make_shared<QByteArray>();
    connection.command(arguments, [answer](const redis::RedisResult &result) { *answer = describe(result); });
    waitUntil([&answer] { return !answer->isEmpty(); });
    return *answer;
}

/// Options for a RedisLink with which a test does not wait for long.
inline redis::RedisLinkOptions quickOptions()
{
    using namespace std::chrono_literals;
    redis::RedisLinkOptions options;
    options.backoffMin = 10ms;
    options.backoffMax = 100ms;
    options.pingInterval = 200ms; // deadlines stay long: a busy machine is no dead server
    options.probeChannel = "probe:1";
    return options;
}

/// The last error that a spy on a signal with one has seen; there must be one.
inline redis::RedisError lastError(const QSignalSpy &spy)
{
    return spy.last().first().value<redis::RedisError>();
}

/// How an attempt ends that must not succeed; nothing if it does, or does not end, or ends twice.
inline std::optional<redis::RedisError> failedAttempt(redis::RedisConnection &connection)
{
    QSignalSpy disconnected(&connection, &redis::RedisConnection::disconnected);
    QSignalSpy errors(&connection, &redis::RedisConnection::errorOccurred);
    if (openAndWait(connection) || disconnected.count() != 1 || errors.count() != 1) {
        return {};
    }
    return lastError(disconnected);
}

/// The URL of a server that a test has started.
inline redis::RedisUrl parsedUrl(const QString &text)
{
    return redis::RedisUrl::parse(text).value();
}

} // namespace switchboard::test
