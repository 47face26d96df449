// SPDX-License-Identifier: BSD-3-Clause
#include "channels/sessionchannel.h"

#include "net/websocketsession.h"
#include "protocol/session.h"

namespace switchboard {

SessionChannel::SessionChannel(const QUuid &nodeId)
    : m_node(nodeId.toByteArray(QUuid::WithoutBraces))
{ }

void SessionChannel::setAddress(const QByteArray &host, quint16 port, int worker)
{
    m_host = host;
    m_port = port;
    m_worker = worker;
}

QByteArrayView SessionChannel::name() const
{
    return protocol::sessionChannel;
}

ChannelResult SessionChannel::handle(WebSocketSession &session, const protocol::Envelope &message)
{
    if (message.type != protocol::describeTypeName) {
        return unknownType(protocol::describeTypeName);
    }
    const protocol::Session answer{
        .client = session.info().idText(),
        .host = m_host,
        .node = m_node,
        .port = m_port,
        .user = session.info().user(),
        .worker = m_worker,
    };
    session.send(Frame::text(answer.toClientMessage()));
    return {};
}

} // namespace switchboard
