// SPDX-License-Identifier: BSD-3-Clause
#include "node/clientfigures.h"

#include "channels/chatroomchannel.h"
#include "net/websocketsession.h"

namespace switchboard {

protocol::ClientFigures figuresOf(const WebSocketSession &session)
{
    const Traffic &traffic = session.traffic();
    protocol::ClientFigures figures{.received = static_cast<qint64>(traffic.messagesReceived),
                                    .sent = static_cast<qint64>(traffic.messagesSent),
                                    .queuedBytes = static_cast<qint64>(session.queuedBytes())};
    if (const auto roundTrip = session.roundTrip()) {
        figures.roundTripMicros = roundTrip->count();
    }
    return figures;
}

protocol::NodeSnapshot::Client describeClient(const WebSocketSession &session, const ChatRoomChannel &rooms)
{
    const ClientInfo &info = session.info();
    const QSet<QByteArray> joined = rooms.roomsOf(info.id);
    return {
        .client = info.idText(),
        .address = info.address.toString().toUtf8(),
        // A header field may be any bytes.
        .userAgent = QString::fromUtf8(info.userAgent).toUtf8(),
        .connectedAt = info.connectedAt,
        .rooms = std::vector<QByteArray>(joined.begin(), joined.end()),
        .figures = figuresOf(session),
        .user = info.user(),
    };
}

} // namespace switchboard
