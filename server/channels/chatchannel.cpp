// SPDX-License-Identifier: BSD-3-Clause
#include "channels/chatchannel.h"

#include "channels/excerpt.h"
#include "net/logging.h"
#include "net/websocketsession.h"
#include "relay/broadcaster.h"
#include "relay/logging.h"

namespace switchboard {

ChatChannel::ChatChannel(Relay &relay, SessionRegistry &registry, Broadcaster &broadcaster, QObject *parent)
    : QObject(parent)
    , RelayedChannel(relay, registry)
    , m_broadcaster(broadcaster)
{
    relay.listen(protocol::chatRelayChannel.toByteArray(),
                 [this](QByteArrayView payload) { onRelayed(payload); });
}

QByteArrayView ChatChannel::name() const
{
    return protocol::chatChannel;
}

ChannelResult ChatChannel::handle(WebSocketSession &session, const protocol::Envelope &message)
{
    if (message.type != protocol::SubmitMessage::typeName) {
        return unknownType(protocol::SubmitMessage::typeName);
    }
    const auto submitted = protocol::SubmitMessage::fromContents(message.contents);
    if (!submitted) {
        return invalidContents(submitted.error());
    }
    qCInfo(lcWebSocket, "[%s] chat SubmitMessage \"%s\"", session.info().idText().constData(),
           excerpt(submitted->content).constData());
    const protocol::NewMessageReceived received{submitted->content, protocol::Timestamp::now()};
    publishFor(session, message.type, protocol::chatRelayChannel.toByteArray(), received.toRelayPayload());
    Q_EMIT messageTaken(session.id(), received);
    return {};
}

void ChatChannel::post(const protocol::NewMessageReceived &message, Relay::PublishHandler handler)
{
    qCInfo(lcHttp, "chat \"%s\"", excerpt(message.content).constData());
    relay().publish(protocol::chatRelayChannel.toByteArray(), message.toRelayPayload(), std::move(handler));
    Q_EMIT messageTaken(QUuid(), message);
}

void ChatChannel::onRelayed(QByteArrayView payload)
{
    const auto message = protocol::NewMessageReceived::fromRelayPayload(m_parser, payload);
    if (!message) {
        qCWarning(lcRedis, "[%s] Skipped a payload: %s; it was: %s", protocol::chatRelayChannel.data(),
                  message.error().constData(), excerpt(payload).constData());
        return;
    }
    m_broadcaster.sendToAll(Frame::text(message->toClientMessage()));
}

} // namespace switchboard
