// SPDX-License-Identifier: BSD-3-Clause
#include "channels/pingchannel.h"

#include "channels/excerpt.h"
#include "relay/broadcaster.h"
#include "relay/logging.h"
#include "relay/relay.h"

namespace switchboard {

PingChannel::PingChannel(Relay &relay, Broadcaster &broadcaster, QObject *parent)
    : QObject(parent)
    , m_relay(relay)
    , m_broadcaster(broadcaster)
{
    for (const auto number : {protocol::PingNumber::One, protocol::PingNumber::Two}) {
        relay.listen(protocol::Ping{number}.relayChannel(),
                     [this, number](QByteArrayView payload) { onRelayed(number, payload); });
    }
}

void PingChannel::send(protocol::PingNumber number, const QHostAddress &asker, SentHandler handler)
{
    const protocol::Timestamp now = protocol::Timestamp::now();
    const protocol::Ping ping{number, m_isTimed ? std::optional(now) : std::nullopt};
    if (m_relay.isReady()) {
        // Before it leaves, so that nobody hears of its delivery first.
        Q_EMIT sent(number, asker, now);
    }
    m_relay.publish(ping.relayChannel(), ping.toRelayPayload(), std::move(handler));
}

void PingChannel::onRelayed(protocol::PingNumber number, QByteArrayView payload)
{
    const protocol::Ping expected{number};
    const auto ping = protocol::Ping::fromRelayPayload(m_parser, payload);
    if (!ping) {
        qCWarning(lcRedis, "[%s] Skipped a payload: %s; it was: %s", expected.relayChannel().constData(),
                  ping.error().constData(), excerpt(payload).constData());
        return;
    }
    // The prototype lets the other ping's payload pass in silence.
    if (ping->number != number) {
        return;
    }
    qCInfo(lcRedis, "[%s] Pong %d", expected.relayChannel().constData(), static_cast<int>(number));
    const qsizetype clients = m_broadcaster.sendToAll(Frame::text(ping->toClientMessage()));
    Q_EMIT delivered(*ping, clients);
}

} // namespace switchboard
