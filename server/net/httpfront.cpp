// SPDX-License-Identifier: BSD-3-Clause
#include "net/httpfront.h"

#include "net/handshakegate.h"
#include "net/httplistener.h"
#include "net/localorigin.h"
#include "net/logging.h"
#include "net/qtwebsocketsession.h"
#include "net/sessionregistry.h"
#include "net/websocket/leanengine.h"
#include "net/websocket/leansession.h"
#include "net/websocket/sockettransport.h"
#include "net/websockethandshake.h"

#include <QHttpServerRequest>
#include <QSslSocket>
#include <QTcpSocket>
#include <QWebSocket>

#include <algorithm>
#include <fcntl.h>

namespace switchboard {

namespace {

const HttpReply &notFound()
{
    static const HttpReply reply{404, "invalid path"};
    return reply;
}

ClientInfo describeClient(const QUuid &id, const HttpHead &head, const Peer &peer, const ClaimsPtr &claims)
{
    return {id,
            peer.address,
            peer.port,
            head.field("User-Agent").value_or(QByteArray()),
            protocol::Timestamp::now(),
            isLocalRequest(head, peer.address),
            claims};
}

Peer peerOf(const QTcpSocket &socket)
{
    return {plainAddress(socket.peerAddress()), socket.peerPort()};
}

} // namespace

HttpFront::HttpFront(QByteArray webSocketPath, SessionRegistry &registry, SessionServices &services,
                     const HandshakeGate &gate, const HttpLimits &limits, LeanEngine *leanEngine,
                     QObject *parent)
    : QAbstractHttpServer(parent)
    , m_webSocketPath(std::move(webSocketPath))
    , m_registry(registry)
    , m_services(services)
    , m_gate(gate)
    , m_leanEngine(leanEngine)
    , m_listener(new HttpListener(services.wheel, limits, this))
{
    if (m_leanEngine) {
        m_listener->greetFor(*this, m_leanEngine->poller());
    }
    connect(m_listener, &HttpListener::requestReady, this, &HttpFront::onRequestReady);
    connect(m_listener, &HttpListener::idle, this, &HttpFront::idle);
    connect(this, &QAbstractHttpServer::newWebSocketConnection, this, &HttpFront::onNewWebSocketConnection);
}

HttpFront::~HttpFront() = default;

void HttpFront::route(const QByteArray &path, const Handler &handler)
{
    m_routes.insert(path, handler);
}

void HttpFront::routeBelow(const QByteArray &path, const Handler &handler)
{
    m_routes.insert(path, handler);
    m_subtrees.emplace_back(path + '/', handler);
}

HttpFront::Handler HttpFront::handlerFor(const QByteArray &path) const
{
    if (const auto route = m_routes.constFind(path); route != m_routes.constEnd()) {
        return *route;
    }
    const auto subtree =
        std::ranges::find_if(m_subtrees, [&](const auto &entry) { return path.startsWith(entry.first); });
    return subtree == m_subtrees.end() ? Handler() : subtree->second;
}

void HttpFront::start(FileDescriptor listenSocket)
{
    m_listener->start(std::move(listenSocket));
    bind(m_listener);
}

void HttpFront::setTls(const QSslConfiguration &configuration)
{
    m_listener->setTls(configuration);
}

void HttpFront::stop()
{
    m_listener->finish();
}

bool HttpFront::isIdle() const
{
    return m_listener->isIdle();
}

quint64 HttpFront::turnedAway() const
{
    return m_listener->turnedAway();
}

std::optional<LeanEngine::Handshake> HttpFront::accepted(const HttpHead &head, const Peer &peer) const
{
    if (!m_leanEngine || head.path() != m_webSocketPath) {
        return std::nullopt;
    }
    auto handshake = m_leanEngine->accept(head);
    if (!handshake) {
        return std::nullopt;
    }
    auto claims = m_gate.admit(head, peer.address);
    if (!claims) {
        return std::nullopt;
    }
    handshake->claims = *std::move(claims);
    return *std::move(handshake);
}

void HttpFront::takeHandshake(const HttpHead &head, const Peer &peer, const LeanEngine::Handshake &handshake,
                              FileDescriptor descriptor, QByteArray surplus)
{
    beginSession(m_leanEngine->makeSession(describeClient(m_clientIds.next(), head, peer, handshake.claims),
                                           handshake, std::move(descriptor)),
                 handshake, std::move(surplus));
}

void HttpFront::beginSession(std::unique_ptr<LeanSession> session, const LeanEngine::Handshake &handshake,
                             QByteArray surplus)
{
    LeanSession *begun = session.get();
    m_registry.add(std::move(session));
    begun->begin(handshake.answer, std::move(surplus));
}

void HttpFront::takeConnection(FileDescriptor descriptor, const QByteArray &bytes)
{
    m_listener->adopt(std::move(descriptor), bytes);
}

void HttpFront::takeOver(HttpConnection *connection, const LeanEngine::Handshake &handshake)
{
    const HttpHead head = connection->head();
    QTcpSocket *socket = connection->socket();
    const Peer peer = peerOf(*socket);
    socket->skip(connection->requestBytes());
    QByteArray surplus = socket->read(socket->bytesAvailable());
    connection->deleteLater();
    socket->disconnect();
    if (qobject_cast<QSslSocket *>(socket)) {
        auto transport = std::make_unique<SocketTransport>(socket, m_services, m_listener);
        beginSession(
            m_leanEngine->makeSession(describeClient(m_clientIds.next(), head, peer, handshake.claims),
                                      handshake, std::move(transport)),
            handshake, std::move(surplus));
        return;
    }
    // Qt keeps its descriptor to itself; this one stays when the socket goes.
    FileDescriptor descriptor(::fcntl(static_cast<int>(socket->socketDescriptor()), F_DUPFD_CLOEXEC, 0));
    socket->flush();
    const bool areAnswersOut = socket->bytesToWrite() == 0;
    socket->abort();
    socket->deleteLater();
    if (descriptor.isValid() && areAnswersOut) {
        takeHandshake(head, peer, handshake, std::move(descriptor), std::move(surplus));
    }
}

tl::expected<ClaimsPtr, HttpReply> HttpFront::admit(const HttpHead &head, const Peer &peer) const
{
    if (const auto fault = checkWebSocketHandshake(head)) {
        return tl::unexpected(*fault);
    }
    if (m_leanEngine) {
        if (const auto handshake = m_leanEngine->accept(head); !handshake) {
            return tl::unexpected(handshake.error());
        }
    }
    return m_gate.admit(head, peer.address);
}

void HttpFront::onRequestReady(HttpConnection *connection)
{
    if (const auto handshake = accepted(connection->head(), peerOf(*connection->socket()))) {
        takeOver(connection, *handshake);
        return;
    }
    QTcpSocket *socket = connection->socket();
    const qint64 expectedRest = socket->bytesAvailable() - connection->requestBytes();
    m_current = connection;
    m_outcome = Outcome::NotUnderstood;

    // QAbstractHttpServer connects to the socket's readyRead and, on this one, parses the request and calls
    // handleRequest(). Then it is taken off again: what comes next is looked at by the guard first.
    m_listener->handOver(socket);
    Q_EMIT socket->readyRead();
    m_current = nullptr;
    if (m_outcome == Outcome::Upgraded) {
        expectWebSocket(connection);
        return;
    }
    disconnect(socket, &QTcpSocket::readyRead, this, nullptr);
    const bool isAgreed = m_outcome == Outcome::Refused || socket->bytesAvailable() == expectedRest;
    if (m_outcome == Outcome::NotUnderstood || !isAgreed) {
        // Where two parsers disagree on where a request ends, the next one may be somebody else's.
        qCWarning(lcHttp, "A request from %ls was understood in two ways; its connection is cut",
                  qUtf16Printable(socket->peerAddress().toString()));
        socket->abort();
    }
}

bool HttpFront::handleRequest(const QHttpServerRequest &request, QTcpSocket *socket)
{
    if (!m_current || m_current->socket() != socket) {
        return false;
    }
    const HttpHead &head = m_current->head();
    const QByteArray path = head.path();
    const HttpResponder responder(m_current);
    m_outcome = Outcome::Handled;
    if (path == m_webSocketPath || isWebSocketUpgrade(head)) {
        auto claims = path == m_webSocketPath ? admit(head, peerOf(*socket)) : tl::unexpected(notFound());
        if (claims) {
            m_outcome = Outcome::Upgraded;
            m_claims = *std::move(claims);
            return true;
        }
        m_outcome = Outcome::Refused;
        ++m_refusedHandshakes[claims.error().status];
        // Qt closes the connection of an upgrade that is not accepted.
        m_current->finish();
        responder.send(claims.error());
        return !isWebSocketUpgrade(head);
    }
    const Handler handler = handlerFor(path);
    if (!handler) {
        responder.send(notFound());
        return true;
    }
    handler(HttpRequest{head, request.body(), plainAddress(socket->peerAddress()), socket->peerPort()},
            responder);
    return true;
}

void HttpFront::missingHandler(const QHttpServerRequest &, QTcpSocket *)
{
    // handleRequest() has answered; QAbstractHttpServer closes a refused upgrade by itself.
}

void HttpFront::expectWebSocket(HttpConnection *connection)
{
    QTcpSocket *socket = connection->socket();
    const std::pair peer(socket->peerAddress(), socket->peerPort());
    ClientInfo info = describeClient(m_clientIds.next(), connection->head(), peerOf(*socket),
                                     std::exchange(m_claims, nullptr));
    // Qt would take frames of a client that did not wait for the answer before anybody listens. They are kept
    // here, and no more are let in, until the session is there.
    const QByteArray handshake = socket->read(connection->requestBytes());
    QByteArray surplus = socket->read(socket->bytesAvailable());
    HttpListener::putBack(socket, handshake);
    socket->setReadBufferSize(handshake.size());
    m_upgrades.insert(peer, {std::move(info), socket, std::move(surplus)});
    connect(socket, &QObject::destroyed, this, [this, peer] { m_upgrades.remove(peer); });
    connection->deleteLater();
}

void HttpFront::onNewWebSocketConnection()
{
    std::unique_ptr<QWebSocket> webSocket = nextPendingWebSocketConnection();
    if (!webSocket) {
        return;
    }
    const auto found = m_upgrades.find({webSocket->peerAddress(), webSocket->peerPort()});
    if (found == m_upgrades.end()) {
        return;
    }
    Upgrade upgrade = std::move(*found);
    m_upgrades.erase(found);
    QTcpSocket *socket = upgrade.socket;
    disconnect(socket, &QObject::destroyed, this, nullptr);
    m_registry.add(std::make_unique<QtWebSocketSession>(std::move(upgrade.info), m_services,
                                                        std::move(webSocket), socket));
    if (!upgrade.surplus.isEmpty()) {
        HttpListener::putBack(socket, upgrade.surplus);
        QMetaObject::invokeMethod(socket, &QTcpSocket::readyRead, Qt::QueuedConnection);
    }
}

} // namespace switchboard
