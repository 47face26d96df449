// SPDX-License-Identifier: BSD-3-Clause
#include "node/node.h"

#include "net/listensocket.h"
#include "node/logging.h"
#include "web/webpage.h"

#include <QSysInfo>
#include <QTimer>

namespace switchboard {

namespace {

// A control character may be sent as two bytes and leave as six; beside the content a payload has its
// envelope.
constexpr qsizetype escapeGrowth = 3;
constexpr qsizetype envelopeBytes = 4096;
// Between looks at whether the last clients have taken their close frames.
constexpr std::chrono::milliseconds lingeringPause(20);

// What Redis gets to take this node's members back once the time for stopping is over.
constexpr std::chrono::milliseconds retireTimeout(1000);

// Where others find this node: its own address, or the machine's name when it listens on all.
QByteArray reachableHost(const QHostAddress &address)
{
    const bool isAny = address == QHostAddress(QHostAddress::Any)
        || address == QHostAddress(QHostAddress::AnyIPv4) || address == QHostAddress(QHostAddress::AnyIPv6);
    return (isAny ? QSysInfo::machineHostName() : address.toString()).toUtf8();
}

redis::RedisLinkOptions linkOptions(const NodeConfig &config, const QUuid &nodeId)
{
    redis::RedisLinkOptions options;
    options.probeInterval = config.probeInterval;
    options.probeChannel = "switchboard:probe:" + nodeId.toByteArray(QUuid::WithoutBraces);
    return options;
}

} // namespace

Node::Node(const NodeConfig &config, MetricsHub &hub, int worker, QObject *parent)
    : QObject(parent)
    , m_config(config)
    , m_worker(worker)
    , m_id(QUuid::createUuid())
    , m_services{m_flushQueue, m_wheel, config.sessions}
    , m_leanEngine(config.engine == Engine::Lean ? std::make_unique<LeanEngine>(m_services, config.deflate)
                                                 : nullptr)
    , m_clientLog(m_registry)
    , m_link(config.redisUrl, linkOptions(config, m_id))
    , m_relay(m_link, config.sessions.maxMessageBytes * escapeGrowth + envelopeBytes)
    , m_presence(m_relay, m_link, m_id)
    , m_broadcaster(m_registry)
    , m_chat(m_relay, m_registry, m_broadcaster)
    , m_chatRooms(m_relay, m_registry, m_broadcaster, m_presence, config.maxRooms)
    , m_ping(m_relay, m_broadcaster)
    , m_events(m_relay, m_id)
    , m_authenticator(config.authSecret, config.monitorToken)
    , m_monitorAccess(m_authenticator)
    , m_monitor(m_relay, m_registry, m_events, m_monitorAccess)
    , m_session(m_id)
    , m_reporter(m_events, {m_registry, m_services, m_chat, m_chatRooms, m_ping, m_broadcaster, m_link}, m_id)
    , m_api({m_monitorAccess, m_relay, m_presence, m_chat, m_chatRooms, m_wheel, m_services.limits}, m_id)
    , m_sessionExpiry(m_registry, m_wheel)
    , m_gate(m_registry, m_authenticator, config.admission)
    , m_front("/websockets", m_registry, m_services, m_gate, config.http, m_leanEngine.get())
    , m_metrics(
          {m_registry, m_services, m_router, m_chat, m_chatRooms, m_broadcaster, m_front, m_relay, m_link},
          m_id, worker)
    , m_metricsEndpoint(hub, m_metrics, m_monitorAccess, m_wheel)
    , m_drain(m_registry)
    , m_stopDeadline(m_wheel, [this] { onStopDeadline(); })
{
    m_router.add(m_chat);
    m_router.add(m_chatRooms);
    m_router.add(m_monitor);
    m_router.add(m_session);
    connect(&m_registry, &SessionRegistry::messageReceived, this,
            [this](WebSocketSession *session, QByteArrayView message) { m_router.route(*session, message); });
    connect(&m_registry, &SessionRegistry::messageOverRate, this,
            [this](WebSocketSession *session) { m_router.rejectForRate(*session); });
    connect(&m_registry, &SessionRegistry::sessionRemoved, this, &Node::retireWhenEmpty);
    connect(&m_front, &HttpFront::idle, this, &Node::retireWhenEmpty);
    connect(&m_presence, &Presence::settled, this, [this] {
        if (m_phase == Phase::Retiring) {
            finishStopping();
        }
    });
    connect(&m_presence, &Presence::nodeLost, &m_reporter, &NodeReporter::reportDown);
    connect(&m_drain, &Drain::finished, this, [this] { m_stopDeadline.start(m_config.stopTimeout); });
    connect(&m_relay, &Relay::allConfirmed, this, &Node::closeClients);
    connect(&m_relay, &Relay::congestedChanged, this, [this](bool congested) {
        if (m_leanEngine) {
            m_leanEngine->poller().setPaused(congested);
        }
    });
    addRoutes();
}

Node::~Node() = default;

void Node::addRoutes()
{
    if (m_config.hasWebPage) {
        serveWebPage(m_front);
    }
    addPingRoute("/ping1", protocol::PingNumber::One);
    addPingRoute("/ping2", protocol::PingNumber::Two);
    m_front.routeBelow("/api", [this](const HttpRequest &request, const HttpResponder &responder) {
        m_api.handle(request, responder);
    });
    m_front.route("/healthz", [](const HttpRequest &, const HttpResponder &responder) {
        responder.send({200, "ok\n"});
    });
    m_front.route("/metrics", [this](const HttpRequest &request, const HttpResponder &responder) {
        m_metricsEndpoint.handle(request, responder);
    });
    m_front.route("/readyz", [this](const HttpRequest &, const HttpResponder &responder) {
        if (m_phase != Phase::Running) {
            responder.send({503, "The node is stopping.\n"});
        } else if (!m_relay.isReady()) {
            responder.send({503, "Redis is not connected.\n"});
        } else {
            responder.send({200, "ready\n"});
        }
    });
}

void Node::addPingRoute(const QByteArray &path, protocol::PingNumber number)
{
    m_front.route(path, [this, number](const HttpRequest &request, const HttpResponder &responder) {
        const auto asker = m_authenticator.authenticate(request.head, Authenticator::TokenPlace::Header);
        if (!asker) {
            responder.send(asker.error());
            return;
        }
        m_ping.send(number, request.peerAddress, [responder](const std::optional<QString> &fault) {
            if (fault) {
                responder.send({503, "The ping was not relayed: " + fault->toUtf8() + ".\n"});
            } else {
                responder.send({200});
            }
        });
    });
}

void Node::start(FileDescriptor listenSocket)
{
    qCInfo(lcNode, "Node %s relays through %ls", m_id.toByteArray(QUuid::WithoutBraces).constData(),
           qUtf16Printable(m_config.redisUrl.toDisplayString()));
    const QByteArray host = reachableHost(m_config.address);
    const quint16 port = localPort(listenSocket.get());
    const int worker = m_config.workers > 1 ? m_worker : 0;
    m_reporter.setAddress(host, port, worker);
    m_session.setAddress(host, port, worker);
    m_front.start(std::move(listenSocket));
    m_relay.start();
}

void Node::reconfigure(const NodeConfig &config)
{
    m_config = config;
    m_services.limits = config.sessions;
    m_gate.setLimits(config.admission);
    m_authenticator.setSecret(config.authSecret);
    m_authenticator.setMonitorToken(config.monitorToken);
    m_chatRooms.setMaxRooms(config.maxRooms);
}

void Node::stop()
{
    if (m_phase != Phase::Running) {
        return;
    }
    qCInfo(lcNode, "Stopping: %lld clients are told to reconnect",
           static_cast<qlonglong>(m_registry.sessions().size()));
    m_phase = Phase::Confirming;
    m_reporter.reportDown();
    m_stopDeadline.start(m_config.drainTime + m_config.stopTimeout);
    m_front.stop();
    if (m_relay.unconfirmed() == 0) {
        closeClients();
    }
}

std::chrono::milliseconds Node::longestStop(const NodeConfig &config)
{
    // Until Redis has confirmed, and then until the last client is gone.
    return 2 * (config.drainTime + config.stopTimeout) + 2 * retireTimeout;
}

void Node::closeClients()
{
    if (m_phase != Phase::Confirming) {
        return;
    }
    m_phase = Phase::Closing;
    m_drain.start(m_config.drainTime, CloseCode::GoingAway, "the server is stopping");
    retireWhenEmpty();
}

void Node::retireWhenEmpty()
{
    if (m_phase != Phase::Closing || !m_registry.isEmpty() || !m_front.isIdle()) {
        return;
    }
    if (m_services.lingering > 0) {
        QTimer::singleShot(lingeringPause, this, &Node::retireWhenEmpty);
        return;
    }
    retire();
}

void Node::retire()
{
    m_phase = Phase::Retiring;
    m_presence.retire();
    if (m_presence.isSettled()) {
        finishStopping();
    }
}

void Node::onStopDeadline()
{
    if (m_phase == Phase::Retiring) {
        finishStopping();
        return;
    }
    // Clients that do not end must not stay in rooms, where nobody may be left to take them out.
    m_stopDeadline.start(retireTimeout);
    m_phase = Phase::Retiring; // the end of the last client is no cause to retire twice
    m_registry.abortAll();
    retire();
}

void Node::finishStopping()
{
    if (m_phase == Phase::Stopped) {
        return;
    }
    m_phase = Phase::Stopped;
    m_stopDeadline.stop();
    m_registry.abortAll();
    m_relay.stop();
    Q_EMIT stopped();
}

} // namespace switchboard
