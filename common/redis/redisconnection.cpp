// SPDX-License-Identifier: BSD-3-Clause
#include "redis/redisconnection.h"

#include "redis/commandencoder.h"
#include "redis/logging.h"
#include "redis/redislogin.h"
#include "redis/redissocket.h"

#include <QPointer>
#include <QVarLengthArray>
#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

namespace switchboard::redis {

using namespace std::chrono_literals;

using Kind = RedisError::Kind;

RedisConnection::RedisConnection(RedisUrl url, QObject *parent)
    : QObject(parent)
    , m_url(std::move(url))
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &RedisConnection::onTimer);
}

RedisConnection::~RedisConnection()
{
    if (m_socket) {
        m_socket->release();
    }
}

void RedisConnection::setMaximumPendingBytes(qint64 bytes)
{
    m_maximumPendingBytes = std::min(bytes, maximumCommandBytes);
}

void RedisConnection::open()
{
    if (m_state != State::Closed) {
        return;
    }
    m_state = State::Opening;
    const quint64 attempt = ++m_attempt;
    m_connectBy = Clock::now() + m_connectDeadline;
    armTimer(m_connectBy);
    // A local socket connects or fails at once: not inside open().
    QMetaObject::invokeMethod(
        this, [this, attempt] { startAttempt(attempt); }, Qt::QueuedConnection);
}

void RedisConnection::close()
{
    if (m_state != State::Closed) {
        end({Kind::Closed, QStringLiteral("closed by this side")}, false);
    }
}

void RedisConnection::startAttempt(quint64 attempt)
{
    if (attempt != m_attempt) {
        return;
    }
    m_socket = new RedisSocket(this);
    connect(m_socket, &RedisSocket::opened, this, &RedisConnection::logIn);
    connect(m_socket, &RedisSocket::readyRead, this, &RedisConnection::readReplies);
    connect(m_socket, &RedisSocket::failed, this, &RedisConnection::fail);
    m_socket->open(m_url, m_sslConfiguration);
}

// All of the login leaves in one write; the replies are judged one by one.
void RedisConnection::logIn()
{
    m_state = State::LoggingIn;
    m_lastReceived = Clock::now();
    const QList<QList<QByteArray>> commands = loginCommands(m_url);
    for (const QList<QByteArray> &arguments : commands) {
        const bool isLast = &arguments == &commands.last();
        auto handler = [this, isLast, name = arguments.first(),
                        attempt = m_attempt](const RedisResult &result) {
            if (attempt == m_attempt) {
                onLoginAnswered(name, isLast, result);
            }
        };
        const QVarLengthArray<QByteArrayView, 4> views(arguments.cbegin(), arguments.cend());
        // No deadline of its own: m_connectBy limits the whole of it.
        append(views, {.handler = std::move(handler), .deadline = Clock::time_point::max()});
    }
}

void RedisConnection::onLoginAnswered(const QByteArray &name, bool isLast, const RedisResult &result)
{
    if (!result) {
        fail(loginError(name, result.error().text));
    } else if (isLast) {
        m_state = State::Connected;
        m_timer.stop();
        m_overdueSeen = false;
        qCDebug(redisLog) << "connected to" << m_url.toDisplayString();
        Q_EMIT connected();
    }
}

void RedisConnection::command(const QList<QByteArray> &arguments, ReplyHandler handler,
                              std::chrono::milliseconds deadline)
{
    if (arguments.isEmpty() || changesReplies(arguments)) {
        refuse(std::move(handler), Kind::Protocol, QStringLiteral("not a command for command()"));
        return;
    }
    const QVarLengthArray<QByteArrayView, 16> views(arguments.cbegin(), arguments.cend());
    const Clock::time_point due = Clock::now() + (deadline > 0ms ? deadline : m_commandDeadline);
    send(views, {.handler = std::move(handler), .deadline = due});
}

void RedisConnection::publish(const QByteArray &channel, const QByteArray &payload, ReplyHandler handler)
{
    send(std::array<QByteArrayView, 3>{"PUBLISH", channel, payload},
         {.handler = std::move(handler), .deadline = Clock::now() + m_commandDeadline});
}

void RedisConnection::subscribe(const QList<QByteArray> &channels, ReplyHandler handler)
{
    sendSubscription(PendingCommand::Kind::Subscribe, channels, std::move(handler));
}

void RedisConnection::unsubscribe(const QList<QByteArray> &channels, ReplyHandler handler)
{
    sendSubscription(PendingCommand::Kind::Unsubscribe, channels, std::move(handler));
}

void RedisConnection::sendSubscription(PendingCommand::Kind kind, const QList<QByteArray> &channels,
                                       ReplyHandler &&handler)
{
    if (channels.isEmpty()) {
        refuse(std::move(handler), Kind::Protocol, QStringLiteral("no channel named"));
        return;
    }
    QVarLengthArray<QByteArrayView, 64> views;
    views.append(kind == PendingCommand::Kind::Subscribe ? "SUBSCRIBE" : "UNSUBSCRIBE");
    std::copy(channels.cbegin(), channels.cend(), std::back_inserter(views));
    send(views,
         {.handler = std::move(handler),
          .deadline = Clock::now() + m_commandDeadline,
          .confirmations = channels.size(),
          .kind = kind});
}

void RedisConnection::send(std::span<const QByteArrayView> arguments, PendingCommand &&pending)
{
    const auto add = [](qint64 sum, QByteArrayView argument) { return sum + argument.size(); };
    const qint64 bytes = std::accumulate(arguments.begin(), arguments.end(), qint64(0), add);
    if (m_state != State::Connected) {
        refuse(std::move(pending.handler), Kind::NotConnected, QStringLiteral("not connected"));
    } else if (bytes > m_maximumPendingBytes - m_pending.bytes()) {
        refuse(std::move(pending.handler), Kind::Overflow, QStringLiteral("too many bytes are pending"));
    } else {
        append(arguments, std::move(pending));
    }
}

void RedisConnection::append(std::span<const QByteArrayView> arguments, PendingCommand &&pending)
{
    pending.bytes = appendCommand(m_output, arguments);
    armTimer(pending.deadline);
    m_pending.append(std::move(pending));
    if (!std::exchange(m_flushQueued, true)) {
        QMetaObject::invokeMethod(this, &RedisConnection::flush, Qt::QueuedConnection);
    }
}

void RedisConnection::refuse(ReplyHandler &&handler, RedisError::Kind kind, const QString &text)
{
    if (!handler) {
        return;
    }
    if (m_refusals.empty()) {
        QMetaObject::invokeMethod(this, &RedisConnection::deliverRefusals, Qt::QueuedConnection);
    }
    m_refusals.push_back({std::move(handler), {kind, text}});
}

void RedisConnection::deliverRefusals()
{
    const QPointer<RedisConnection> self(this);
    const std::vector<Refusal> refusals = std::exchange(m_refusals, {});
    for (const Refusal &refusal : refusals) {
        refusal.handler(tl::make_unexpected(refusal.error));
        if (!self) {
            return;
        }
    }
}

void RedisConnection::flush()
{
    m_flushQueued = false;
    if (m_socket && !m_output.isEmpty()) {
        // Taken out first: the write may fail, end this connection and call anything.
        m_socket->write(std::exchange(m_output, {}));
    }
}

void RedisConnection::readReplies()
{
    if (m_reading || !m_socket) {
        return; // a nested event loop inside a handler: the outer call goes on reading
    }
    m_reading = true;
    const QPointer<RedisConnection> self(this);
    const quint64 attempt = m_attempt;
    std::array<char, ReplyReader::chunkSize> chunk; // NOLINT(*-member-init): filled by read()
    for (qint64 size = 0; (size = m_socket->read(chunk.data(), chunk.size())) > 0;) {
        m_lastReceived = Clock::now();
        m_reader.feed(chunk.data(), size);
        while (RedisReply *reply = m_reader.next()) {
            dispatch(*reply);
            if (!self || attempt != m_attempt) {
                return; // ended by a handler, and perhaps begun anew
            }
        }
        if (m_reader.error()) {
            fail(RedisError(*m_reader.error())); // a copy: end() resets the reader
            return;
        }
    }
    m_reading = false;
}

// What dispatch() calls may end or destroy this connection: nothing of it is touched after a callback
// without looking.
void RedisConnection::dispatch(RedisReply &reply)
{
    const bool mayBePush = m_subscriptions > 0
        || (!m_pending.isEmpty() && m_pending.head().kind != PendingCommand::Kind::Command);
    if (!mayBePush || !reply.isArray() || !dispatchPush(reply)) {
        completeHead(std::move(reply));
    }
}

bool RedisConnection::dispatchPush(RedisReply &reply)
{
    QList<RedisReply> &elements = reply.elements;
    if (elements.size() < 2) {
        return false;
    }
    const QByteArray &kind = elements.at(0).text;
    if (elements.size() == 3 && kind == "message") {
        const QByteArray channel = std::exchange(elements[1].text, {});
        const QByteArray payload = std::exchange(elements[2].text, {});
        Q_EMIT messageReceived(channel, payload);
        return true;
    }
    if (elements.size() == 3 && (kind == "subscribe" || kind == "unsubscribe")) {
        const QByteArray channel = elements.at(1).text;
        confirm(kind == "subscribe" ? PendingCommand::Kind::Subscribe : PendingCommand::Kind::Unsubscribe,
                channel, elements.at(2).integer);
        return true;
    }
    if (kind == "pong") { // what PING gets while subscribed; made what it gets otherwise
        const QByteArray text = elements.at(1).text;
        reply = text.isEmpty() ? RedisReply{RedisReply::Type::Status, 0, "PONG", {}}
                               : RedisReply{RedisReply::Type::String, 0, text, {}};
    }
    return false;
}

void RedisConnection::confirm(PendingCommand::Kind kind, const QByteArray &channel, qint64 subscriptions)
{
    m_subscriptions = subscriptions;
    const bool isComplete =
        !m_pending.isEmpty() && m_pending.head().kind == kind && --m_pending.head().confirmations == 0;
    const QPointer<RedisConnection> self(this);
    const quint64 attempt = m_attempt;
    if (kind == PendingCommand::Kind::Subscribe) {
        Q_EMIT subscribed(channel);
    } else {
        Q_EMIT unsubscribed(channel);
    }
    if (isComplete && self && attempt == m_attempt) {
        const PendingCommand command = m_pending.takeHead();
        if (command.handler) {
            command.handler(RedisReply{RedisReply::Type::Integer, subscriptions, {}, {}});
        }
    }
}

void RedisConnection::completeHead(RedisReply &&reply)
{
    if (m_pending.isEmpty()) {
        fail({Kind::Protocol,
              QStringLiteral("a reply that no command asked for: ") + QString::fromUtf8(reply.text)});
        return;
    }
    const PendingCommand command = m_pending.takeHead();
    if (reply.isError()) {
        const RedisError error{Kind::Reply, QString::fromUtf8(reply.text)};
        if (command.handler) {
            command.handler(tl::make_unexpected(error));
        } else {
            Q_EMIT errorOccurred(error);
        }
    } else if (command.handler) {
        command.handler(std::move(reply));
    }
}

void RedisConnection::armTimer(Clock::time_point due)
{
    if (due == Clock::time_point::max() || (m_timer.isActive() && m_timerDue <= due)) {
        return;
    }
    m_timerDue = due;
    m_timer.start(std::max(1ms, std::chrono::ceil<std::chrono::milliseconds>(due - Clock::now())));
}

void RedisConnection::onTimer()
{
    const Clock::time_point now = Clock::now();
    const bool isConnecting = m_state != State::Connected;
    if (isConnecting ? now >= m_connectBy : m_pending.isOverdue(now)) {
        if (!m_overdueSeen) {
            // If it was this process that was busy, the replies may be here, unread: one more turn for them.
            m_overdueSeen = true;
            m_timer.start(0);
            return;
        }
        fail({Kind::Timeout,
              isConnecting ? QStringLiteral("not connected in time") : QStringLiteral("no reply in time")});
        return;
    }
    m_overdueSeen = false;
    if (isConnecting) {
        armTimer(m_connectBy);
    } else if (const auto next = m_pending.nextDeadline()) {
        armTimer(*next);
    }
}

void RedisConnection::fail(const RedisError &reason)
{
    qCDebug(redisLog) << "lost" << m_url.toDisplayString() << ':' << reason.text;
    end(reason, true);
}

// Everything is as closed before the first callback, so that callbacks may do what they like.
void RedisConnection::end(const RedisError &reason, bool isFailure)
{
    ++m_attempt;
    m_state = State::Closed;
    m_timer.stop();
    m_overdueSeen = false;
    m_reading = false;
    m_subscriptions = 0;
    m_output.clear();
    m_reader.reset();
    if (m_socket) {
        std::exchange(m_socket, nullptr)->release();
    }

    const QPointer<RedisConnection> self(this);
    const std::deque<PendingCommand> pending = m_pending.takeAll();
    const Clock::time_point now = Clock::now();
    for (const PendingCommand &command : pending) {
        const bool isOverdue = reason.kind == Kind::Timeout && command.deadline <= now;
        if (command.handler) {
            command.handler(
                tl::make_unexpected(RedisError{isOverdue ? Kind::Timeout : Kind::Closed, reason.text}));
        }
        if (!self) {
            return;
        }
    }
    if (isFailure) {
        Q_EMIT errorOccurred(reason);
        if (!self) {
            return;
        }
    }
    Q_EMIT disconnected(reason);
}

} // namespace switchboard::redis
