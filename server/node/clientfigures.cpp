// SPDX-License-Identifier: BSD-3-Clause
#include "node/clientfigures.h"

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

} // namespace switchboard
