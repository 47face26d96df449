// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "redis/pendingcommands.h"
#include "redis/rediserror.h"
#include "redis/redisurl.h"
#include "redis/replyreader.h"

#include <QByteArray>
#include <QList>
#include <QObject>
#include <QSslConfiguration>
#include <QTimer>
#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace switchboard::redis {

class RedisSocket;

/// One connection to a Redis server (RESP2), over TCP, TLS or a Unix socket.
///
/// open() connects, logs in and selects the database; connected() says that commands are welcome.
/// Every open() that ends, whether or not it was connected, ends with exactly one disconnected().
/// The connection does not come back by itself: call open() again, or use RedisLink.
///
/// Commands are pipelined: those of one event-loop turn leave in one write, and replies come in the
/// order of the commands. Each command has a deadline; because replies are in order, one that is
/// overdue holds up all behind it, so the connection is then dropped.
///
/// Handlers:
///  - Each handler is called exactly once, unless the connection is destroyed first: a destructor
///    calls no handler and emits no signal.
///  - A handler is never called from inside the function it was given to. What cannot be sent
///    (NotConnected, Overflow, Protocol) is answered from the event loop.
///  - close() does call the handlers of what is pending (with Closed) before it returns.
///  - A handler, and a slot connected directly to a signal, may call any function of this class and
///    may delete the connection, at once or with deleteLater().
///
/// All of it needs a running event loop in the object's thread and is not thread-safe.
class RedisConnection : public QObject
{
    Q_OBJECT

public:
    using ReplyHandler = std::function<void(const RedisResult &)>;
    using Clock = std::chrono::steady_clock;

    /// Connects nothing yet, see open().
    explicit RedisConnection(RedisUrl url, QObject *parent = nullptr);
    ~RedisConnection() override;
    Q_DISABLE_COPY_MOVE(RedisConnection)

    /// How long open() may take, from name lookup to the last reply of the login, until it is given up
    /// with Timeout. Positive; 3 s unless set. Counts from the next open().
    void setConnectDeadline(std::chrono::milliseconds deadline) { m_connectDeadline = deadline; }

    /// How long the reply of a command may take if the command does not say otherwise, counted from the
    /// call. Positive; 3 s unless set. Counts from the next command.
    void setCommandDeadline(std::chrono::milliseconds deadline) { m_commandDeadline = deadline; }

    /// Certificates and rules for rediss://. QSslConfiguration::defaultConfiguration() unless set.
    void setSslConfiguration(const QSslConfiguration &configuration) { m_sslConfiguration = configuration; }

    /// How many bytes of commands may wait to be sent or answered; a command that would exceed it is
    /// answered with Overflow and not sent. Positive and up to 1 GiB; 64 MiB unless set.
    void setMaximumPendingBytes(qint64 bytes);

    /// How large one reply or one message may be, in bytes on the wire; a larger one drops the
    /// connection (Protocol). Positive; 64 MiB unless set.
    void setMaximumReplyBytes(qint64 bytes) { m_reader.setMaximumReplyBytes(bytes); }

    [[nodiscard]] const RedisUrl &url() const { return m_url; }

    /// Starts to connect; does nothing unless closed. Nothing is emitted before control returns to the
    /// event loop.
    void open();

    /// Ends the connection at once. What is pending or not yet sent gets Closed, then disconnected() is
    /// emitted, both before this returns. Does nothing if already closed.
    void close();

    /// Whether commands are welcome: connected and logged in.
    [[nodiscard]] bool isConnected() const { return m_state == State::Connected; }

    /// Whether neither connected nor on the way.
    [[nodiscard]] bool isClosed() const { return m_state == State::Closed; }

    /// Sends \a arguments, the first of which is the command's name, and calls \a handler with its reply.
    ///
    /// Arguments are bytes of any content. A \a deadline of zero means commandDeadline. Commands that
    /// change what replies mean cannot be sent this way and are answered with Protocol: MONITOR, HELLO,
    /// RESET, CLIENT REPLY, SYNC, PSYNC, and all of the SUBSCRIBE family (use subscribe() and
    /// unsubscribe()).
    /// While anything is subscribed the server itself refuses all but PING and QUIT with an error reply;
    /// the reply of PING is then the same as otherwise.
    void command(const QList<QByteArray> &arguments, ReplyHandler handler = {},
                 std::chrono::milliseconds deadline = std::chrono::milliseconds::zero());

    /// PUBLISH, https://redis.io/commands/publish/: the reply is an integer, the number of receivers.
    void publish(const QByteArray &channel, const QByteArray &payload, ReplyHandler handler = {});

    /// SUBSCRIBE, https://redis.io/commands/subscribe/: subscribed() comes for each channel, then
    /// \a handler gets an integer, the number of channels this connection is subscribed to. A server
    /// that refuses (NOPERM) refuses all of \a channels. An empty list is answered with Protocol.
    void subscribe(const QList<QByteArray> &channels, ReplyHandler handler = {});

    /// UNSUBSCRIBE, https://redis.io/commands/unsubscribe/: like subscribe(). Channels that are not
    /// subscribed are confirmed like the others. An empty list is answered with Protocol: it does not
    /// mean all.
    void unsubscribe(const QList<QByteArray> &channels, ReplyHandler handler = {});

    /// How many commands wait for their reply.
    [[nodiscard]] qsizetype pendingCommands() const { return m_pending.count(); }

    /// How many bytes of commands wait to be sent or answered.
    [[nodiscard]] qint64 pendingBytes() const { return m_pending.bytes(); }

    /// When bytes last came from the server; the time of connecting if none did.
    [[nodiscard]] Clock::time_point lastReceived() const { return m_lastReceived; }

Q_SIGNALS:
    void connected();
    /// The open() that began this has ended: by close(), by the server, by a deadline or by a failure.
    void disconnected(const switchboard::redis::RedisError &reason);
    void messageReceived(const QByteArray &channel, const QByteArray &payload);
    /// The server confirmed a subscription, one signal for each channel named in subscribe().
    void subscribed(const QByteArray &channel);
    void unsubscribed(const QByteArray &channel);
    /// Just before disconnected() if it was not by close(); and for an error reply (Kind::Reply) to a
    /// command that was sent without a handler.
    void errorOccurred(const switchboard::redis::RedisError &error);

private:
    enum class State { Closed, Opening, LoggingIn, Connected };
    struct Refusal
    {
        ReplyHandler handler;
        RedisError error;
    };

    void startAttempt(quint64 attempt);
    void logIn();
    void onLoginAnswered(const QByteArray &name, bool isLast, const RedisResult &result);

    void sendSubscription(PendingCommand::Kind kind, const QList<QByteArray> &channels,
                          ReplyHandler &&handler);
    void send(std::span<const QByteArrayView> arguments, PendingCommand &&pending);
    void append(std::span<const QByteArrayView> arguments, PendingCommand &&pending);
    void refuse(ReplyHandler &&handler, RedisError::Kind kind, const QString &text);
    void deliverRefusals();
    void flush();

    void readReplies();
    void dispatch(RedisReply &reply);
    [[nodiscard]] bool dispatchPush(RedisReply &reply);
    void confirm(PendingCommand::Kind kind, const QByteArray &channel, qint64 subscriptions);
    void completeHead(RedisReply &&reply);

    void armTimer(Clock::time_point due);
    void onTimer();
    void fail(const RedisError &reason);
    void end(const RedisError &reason, bool isFailure);

    RedisUrl m_url;
    std::optional<QSslConfiguration> m_sslConfiguration;
    std::chrono::milliseconds m_connectDeadline{3000};
    std::chrono::milliseconds m_commandDeadline{3000};
    qint64 m_maximumPendingBytes = 64LL * 1024 * 1024;

    State m_state = State::Closed;
    quint64 m_attempt = 0; ///< counts every open() and every end: what was begun before is then stale
    RedisSocket *m_socket = nullptr;
    ReplyReader m_reader;
    PendingCommands m_pending;
    QByteArray m_output;
    std::vector<Refusal> m_refusals;
    qint64 m_subscriptions = 0; ///< as the server counts them
    Clock::time_point m_lastReceived;
    Clock::time_point m_connectBy;
    Clock::time_point m_timerDue;
    QTimer m_timer{this};
    bool m_flushQueued = false;
    bool m_reading = false;
    bool m_overdueSeen = false;
};

} // namespace switchboard::redis
