// SPDX-License-Identifier: BSD-3-Clause
#include "channels/monitorchannel.h"

#include "net/auth/monitoraccess.h"
#include "net/logging.h"
#include "net/sessionregistry.h"
#include "protocol/chatroom.h"
#include "protocol/monitor.h"
#include "protocol/monitorcontrol.h"
#include "relay/clusterevents.h"
#include "relay/logging.h"
#include "relay/relay.h"

namespace switchboard {

namespace {

// A monitor that has this much unread is told nothing more until it has read most of it: it is to be neither
// cut off nor a burden.
constexpr qsizetype fullBytes = qsizetype{256} * 1024;
constexpr qsizetype drainedBytes = qsizetype{32} * 1024;

} // namespace

MonitorChannel::MonitorChannel(Relay &relay, SessionRegistry &registry, ClusterEvents &events,
                               const MonitorAccess &access, QObject *parent)
    : QObject(parent)
    , m_relay(relay)
    , m_events(events)
    , m_access(access)
{
    m_renewal.setInterval(ClusterEvents::renewalInterval);
    connect(&m_renewal, &QTimer::timeout, this, [this] { m_events.requestEvents(false); });
    // After Redis was away, events have been missed.
    connect(&relay, &Relay::readyChanged, this, [this](bool ready) {
        if (ready && !m_watchers.isEmpty()) {
            m_events.requestEvents(true);
        }
    });
    connect(&registry, &SessionRegistry::sessionRemoved, this,
            [this](const WebSocketSession *session) { unsubscribe(session->id()); });
}

QByteArrayView MonitorChannel::name() const
{
    return protocol::monitorChannel;
}

ChannelResult MonitorChannel::handle(WebSocketSession &session, const protocol::Envelope &message)
{
    if (message.type == protocol::Subscribe::typeName) {
        return subscribe(session, message);
    }
    if (message.type == protocol::Unsubscribe::typeName) {
        unsubscribe(session.id());
        return {};
    }
    if (message.type == protocol::DisconnectClient::typeName) {
        return disconnectClient(session, message);
    }
    return unknownType("Subscribe, Unsubscribe and DisconnectClient");
}

ChannelResult MonitorChannel::subscribe(WebSocketSession &session, const protocol::Envelope &message)
{
    const auto request = protocol::Subscribe::fromContents(message.contents);
    if (!request) {
        return invalidContents(request.error());
    }
    if (!m_access.allows(session.info(), request->token)) {
        qCWarning(lcWebSocket, "[%s] May not watch the cluster", session.info().idText().constData());
        return unauthorized(m_access.refusal());
    }
    qCInfo(lcWebSocket, "[%s] Watches the cluster", session.info().idText().constData());
    const bool isFirst = m_watchers.isEmpty();
    m_watchers.insert(session.id(), {&session});
    if (!isFirst) {
        m_events.requestEvents(true);
        return {};
    }
    m_renewal.start();
    m_relay.listen(
        protocol::eventsRelayChannel.toByteArray(), [this](QByteArrayView payload) { onEvent(payload); },
        [this] { m_events.requestEvents(true); });
    return {};
}

void MonitorChannel::unsubscribe(const QUuid &client)
{
    if (m_watchers.remove(client) && m_watchers.isEmpty()) {
        m_renewal.stop();
        m_relay.ignore(protocol::eventsRelayChannel.toByteArray());
    }
}

ChannelResult MonitorChannel::disconnectClient(WebSocketSession &session, const protocol::Envelope &message)
{
    const auto request = protocol::DisconnectClient::fromContents(message.contents);
    if (!request) {
        return invalidContents(request.error());
    }
    if (!m_watchers.contains(session.id())) {
        return unauthorized("subscribe first");
    }
    const auto client = protocol::parseClientId(request->client);
    if (!client) {
        return invalidContents("\"client\" must be a client's id");
    }
    if (!m_relay.isReady()) {
        return relayUnavailable();
    }
    qCInfo(lcWebSocket, "[%s] Disconnects %s", session.info().idText().constData(),
           request->client.constData());
    m_events.requestDisconnect(*client);
    return {};
}

void MonitorChannel::onEvent(QByteArrayView payload)
{
    const auto event = protocol::monitorEventFromRelayPayload(m_parser, payload);
    if (!event) {
        qCWarning(lcRedis, "[%s] Skipped a payload: %s", protocol::eventsRelayChannel.data(),
                  event.error().constData());
        return;
    }
    const Frame frame = Frame::text(protocol::clientMessageAround(payload));
    bool isSnapshotNeeded = false;
    // A copy: a session that proves to be broken ends, and is no watcher from then on.
    const QList<Watcher> watchers = m_watchers.values();
    for (const Watcher &watcher : watchers) {
        WebSocketSession &session = *watcher.session;
        if (session.queuedBytes() > fullBytes) {
            // One turn may bring more than that for a monitor that reads well.
            session.flushNow();
        }
        const auto current = m_watchers.find(session.id());
        if (current == m_watchers.end()) {
            continue;
        }
        current->hasGap = session.queuedBytes() > (watcher.hasGap ? drainedBytes : fullBytes);
        if (!current->hasGap) {
            isSnapshotNeeded = isSnapshotNeeded || watcher.hasGap;
            session.send(frame);
        }
    }
    if (isSnapshotNeeded) {
        m_events.requestEvents(true);
    }
}

} // namespace switchboard
