// SPDX-License-Identifier: BSD-3-Clause
#include "channels/relayedchannel.h"

#include "net/logging.h"
#include "net/sessionregistry.h"
#include "relay/relay.h"

namespace switchboard {

RelayedChannel::RelayedChannel(Relay &relay, SessionRegistry &registry)
    : m_relay(relay)
    , m_registry(registry)
{ }

void RelayedChannel::publishFor(const WebSocketSession &session, QByteArrayView type,
                                const QByteArray &relayChannel, const QByteArray &payload)
{
    m_relay.publish(
        relayChannel, payload,
        [this, id = session.id(), type = type.toByteArray()](const std::optional<QString> &fault) {
            if (WebSocketSession *sender = fault ? m_registry.find(id) : nullptr) {
                reject(*sender, type,
                       {protocol::RejectCode::RelayUnavailable,
                        "the message was not relayed: " + fault->toUtf8()});
            }
        },
        Relay::Echo::Timed);
}

void RelayedChannel::reject(WebSocketSession &session, QByteArrayView type, protocol::Rejected rejected)
{
    m_rejections.note(rejected.code);
    rejected.channel = name().toByteArray();
    rejected.type = type.toByteArray();
    qCInfo(lcWebSocket, "[%s] Rejected %s %s (%s): %s", session.info().idText().constData(),
           rejected.channel.constData(), rejected.type.constData(),
           protocol::rejectCodeName(rejected.code).constData(), rejected.reason.constData());
    session.send(Frame::text(rejected.toClientMessage()));
}

} // namespace switchboard
