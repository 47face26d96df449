// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "channels/relayedchannel.h"

#include "protocol/chat.h"
#include "relay/relay.h"

#include <QByteArrayView>
#include <QObject>

namespace switchboard {

class Broadcaster;

/// The global chat: what one client submits reaches every client of every node.
class ChatChannel : public QObject, public RelayedChannel
{
    Q_OBJECT

public:
    ChatChannel(Relay &relay, SessionRegistry &registry, Broadcaster &broadcaster, QObject *parent = nullptr);

    [[nodiscard]] QByteArrayView name() const override;
    [[nodiscard]] ChannelResult handle(WebSocketSession &session, const protocol::Envelope &message) override;

    /// Says \a message for one who is no client. \a handler is told whether Redis took it, see
    /// Relay::publish().
    void post(const protocol::NewMessageReceived &message, Relay::PublishHandler handler);

Q_SIGNALS:
    /// A client of this node, or with the nil UUID one who is none, said something, which is on its way to
    /// Redis.
    void messageTaken(const QUuid &client, const switchboard::protocol::NewMessageReceived &message);

private:
    void onRelayed(QByteArrayView payload);

    Broadcaster &m_broadcaster;
    protocol::JsonParser m_parser;
};

} // namespace switchboard
