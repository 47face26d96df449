// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <chrono>
#include <functional>

#include <QByteArray>
#include <QList>
#include <QTcpSocket>

#include "support/respreader.h"
#include "support/waituntil.h"

namespace switchboard::test {

/// A message that Redis pushed.
struct RedisMessage
{
    QByteArray channel;
    QByteArray payload;

    friend bool operator==(const RedisMessage &, const RedisMessage &) = default;
};

/// Listens to channels of a Redis on 127.0.0.1 and keeps what it hears, in order.
class RedisListener
{
public:
    using Predicate = std::function<bool(const RedisMessage &)>;

    /// \param password sent as AUTH on connecting where it is not empty
    explicit RedisListener(quint16 port, QByteArray password = {});
    ~RedisListener();
    Q_DISABLE_COPY_MOVE(RedisListener)

    /// Subscribes, connecting first where needed, and waits until Redis confirms every channel.
    bool subscribe(const QList<QByteArray> &channels, std::chrono::milliseconds timeout = DefaultTimeout);

    /// As subscribe(), to all channels that match these patterns ("chat-room-*").
    bool subscribePatterns(const QList<QByteArray> &patterns,
                           std::chrono::milliseconds timeout = DefaultTimeout);

    const QList<RedisMessage> &messages() const { return m_messages; }

    /// The payloads heard on one channel, in order.
    QList<QByteArray> payloads(const QByteArray &channel) const;

    /// Waits until there are at least \a count messages.
    bool waitForMessages(qsizetype count, std::chrono::milliseconds timeout = DefaultTimeout);

    /// Waits until there is a message that is \a wanted; one that is there already counts.
    bool waitForMessage(const Predicate &wanted, std::chrono::milliseconds timeout = DefaultTimeout);

    /// Forgets the messages so far.
    void clear() { m_messages.clear(); }

    bool isConnected() const { return m_socket.state() == QAbstractSocket::ConnectedState; }

private:
    bool connectToServer(std::chrono::milliseconds timeout);
    bool sendSubscription(const QByteArray &command, const QList<QByteArray> &names,
                          std::chrono::milliseconds timeout);
    void collect();
    void take(const QVariant &reply);

    QTcpSocket m_socket;
    RespReader m_reader;
    QByteArray m_password;
    QList<RedisMessage> m_messages;
    QList<QByteArray> m_confirmed;
    quint16 m_port;
};

} // namespace switchboard::test
