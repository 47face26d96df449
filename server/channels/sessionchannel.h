// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "channels/channel.h"

#include <QByteArray>
#include <QUuid>

namespace switchboard {

/// Tells a client that asks who it is and which node it is on. It says nothing unasked, since clients of the
/// prototype do not know this channel.
class SessionChannel : public Channel
{
public:
    explicit SessionChannel(const QUuid &nodeId);

    /// Where the node listens; \a worker is 0 where it is the only one of its process.
    void setAddress(const QByteArray &host, quint16 port, int worker);

    [[nodiscard]] QByteArrayView name() const override;
    [[nodiscard]] ChannelResult handle(WebSocketSession &session, const protocol::Envelope &message) override;

private:
    QByteArray m_node;
    QByteArray m_host;
    quint16 m_port = 0;
    int m_worker = 0;
};

} // namespace switchboard
