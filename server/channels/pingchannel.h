// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "protocol/json.h"
#include "protocol/ping.h"

#include <QByteArrayView>
#include <QHostAddress>
#include <QObject>
#include <QString>

#include <functional>
#include <optional>

namespace switchboard {

class Broadcaster;
class Relay;

/// Pings: asked for on any node, they reach every client of every node. Clients cannot send on this channel.
class PingChannel : public QObject
{
    Q_OBJECT

public:
    /// Told whether Redis took it, else why not.
    using SentHandler = std::function<void(const std::optional<QString> &fault)>;

    PingChannel(Relay &relay, Broadcaster &broadcaster, QObject *parent = nullptr);

    /// Pings every client of every node; \a asker wants it.
    void send(protocol::PingNumber number, const QHostAddress &asker, SentHandler handler);

    /// Whether pings say when they were sent, which those who watch want to know. At first they do not, and
    /// are letter by letter the prototype's.
    void setTimed(bool timed) { m_isTimed = timed; }

Q_SIGNALS:
    /// A ping that was asked for here is about to be given to Redis.
    void sent(switchboard::protocol::PingNumber number, const QHostAddress &asker,
              const switchboard::protocol::Timestamp &at);
    /// A ping was handed to \a clients clients here.
    void delivered(const switchboard::protocol::Ping &ping, qsizetype clients);

private:
    void onRelayed(protocol::PingNumber number, QByteArrayView payload);

    Relay &m_relay;
    Broadcaster &m_broadcaster;
    bool m_isTimed = false;
    protocol::JsonParser m_parser;
};

} // namespace switchboard
