// SPDX-License-Identifier: BSD-3-Clause
#include "relay/clusterevents.h"

#include "relay/logging.h"
#include "relay/relay.h"

#include <algorithm>

namespace switchboard {

namespace {

// With so many messages waiting for Redis, what clients say goes first.
constexpr qsizetype busyRelay = 2000;

} // namespace

ClusterEvents::ClusterEvents(Relay &relay, const QUuid &nodeId, QObject *parent)
    : QObject(parent)
    , m_relay(relay)
    , m_node(nodeId.toByteArray(QUuid::WithoutBraces))
{
    m_lease.setSingleShot(true);
    connect(&m_lease, &QTimer::timeout, this, [this] { Q_EMIT watchedChanged(false); });
    m_relay.listen(protocol::controlRelayChannel.toByteArray(),
                   [this](QByteArrayView payload) { onControl(payload); });
}

bool ClusterEvents::isBusy() const
{
    return m_relay.unconfirmed() > busyRelay;
}

void ClusterEvents::publish(const protocol::MonitorEvent &event)
{
    if (!isWatched()) {
        return;
    }
    if (isBusy()) {
        ++m_leftOut;
        return;
    }
    send(protocol::eventsRelayChannel.toByteArray(), protocol::toRelayPayload(event));
}

void ClusterEvents::publishSampled(const protocol::MonitorEvent &event)
{
    if (!m_second.isValid() || m_second.hasExpired(1000)) {
        m_second.start();
        m_sampledInSecond = 0;
    }
    if (m_sampledInSecond == sampledPerSecond) {
        ++m_leftOut;
        return;
    }
    ++m_sampledInSecond;
    publish(event);
}

void ClusterEvents::requestEvents(bool wantsSnapshot)
{
    send(protocol::controlRelayChannel.toByteArray(),
         protocol::toRelayPayload(protocol::WatchLease{m_node, leaseDuration.count(), wantsSnapshot}));
}

void ClusterEvents::requestDisconnect(const QUuid &client)
{
    send(protocol::controlRelayChannel.toByteArray(),
         protocol::toRelayPayload(protocol::DisconnectClient{client.toByteArray(QUuid::WithoutBraces)}));
}

void ClusterEvents::answer(const QByteArray &node, const protocol::ClusterAnswer &answer)
{
    send(protocol::repliesRelayChannel(node), answer.toRelayPayload());
}

void ClusterEvents::send(const QByteArray &channel, const QByteArray &payload)
{
    // Nobody is promised an event: what is lost with Redis is made up for by the next snapshot.
    m_relay.publish(channel, payload, [](const std::optional<QString> &) {});
}

void ClusterEvents::onControl(QByteArrayView payload)
{
    const auto message = protocol::controlMessageFromRelayPayload(m_parser, payload);
    if (!message) {
        qCWarning(lcRedis, "[%s] Skipped a payload: %s", protocol::controlRelayChannel.data(),
                  message.error().constData());
        return;
    }
    if (!message->has_value()) {
        return;
    }
    if (const auto *disconnection = std::get_if<protocol::DisconnectClient>(&**message)) {
        Q_EMIT disconnectRequested(QUuid::fromString(QLatin1StringView(disconnection->client)));
        return;
    }
    if (const auto *query = std::get_if<protocol::ClusterQuery>(&**message)) {
        Q_EMIT queried(*query);
        return;
    }
    const auto &lease = std::get<protocol::WatchLease>(**message);
    const bool isNew = !isWatched();
    // A day at most: a lease that does not end is no lease.
    const qint64 seconds = std::clamp<qint64>(lease.seconds, 1, 86400);
    m_lease.start(std::chrono::seconds(seconds));
    if (isNew) {
        Q_EMIT watchedChanged(true);
    }
    if (isNew || lease.wantsSnapshot) {
        Q_EMIT snapshotRequested();
    }
}

} // namespace switchboard
