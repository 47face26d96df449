// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/clientids.h"
#include "net/connectiongreeter.h"
#include "net/httpconnection.h"
#include "net/websocket/leanengine.h"
#include "net/websocketsession.h"

#include <QAbstractHttpServer>
#include <QByteArray>
#include <QHash>
#include <QHostAddress>
#include <QSslConfiguration>

#include <functional>
#include <map>
#include <memory>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace switchboard {

class HandshakeGate;
class HttpListener;
class SessionRegistry;

/// The daemon's one port. HTTP requests go to the routes by their path; the WebSocket path is upgraded and
/// its clients go to the registry. It knows nothing of what routes and clients mean.
class HttpFront : public QAbstractHttpServer, private ConnectionGreeter::Host
{
    Q_OBJECT

public:
    /// Answers a request through the responder, at once or later on the same event loop.
    using Handler = std::function<void(const HttpRequest &request, const HttpResponder &responder)>;

    /// Clients of \a webSocketPath that \a gate lets in become sessions in \a registry: of \a leanEngine, or
    /// without one of QtWebSockets.
    HttpFront(QByteArray webSocketPath, SessionRegistry &registry, SessionServices &services,
              const HandshakeGate &gate, const HttpLimits &limits, LeanEngine *leanEngine = nullptr,
              QObject *parent = nullptr);
    ~HttpFront() override;

    /// Requests for \a path, with any method, go to \a handler. Everything without a route is answered 404.
    void route(const QByteArray &path, const Handler &handler);

    /// Requests for \a path and for all below it go to \a handler, where no route() is for them.
    void routeBelow(const QByteArray &path, const Handler &handler);

    /// Serves who connects to \a listenSocket, which listens already.
    void start(FileDescriptor listenSocket);

    /// From now on new connections are TLS by \a configuration.
    void setTls(const QSslConfiguration &configuration);

    /// Stops accepting; HTTP connections end behind the answers that they are owed.
    void stop();

    /// Whether no HTTP connection is there; WebSocket clients do not count.
    [[nodiscard]] bool isIdle() const;

    /// How many handshakes were refused since the start, by the status of the answer.
    [[nodiscard]] const std::map<int, quint64> &refusedHandshakes() const { return m_refusedHandshakes; }
    /// How many connections were turned away since the start because no descriptor was left for them.
    [[nodiscard]] quint64 turnedAway() const;

Q_SIGNALS:
    /// The last HTTP connection has gone.
    void idle();

protected:
    bool handleRequest(const QHttpServerRequest &request, QTcpSocket *socket) override;
    void missingHandler(const QHttpServerRequest &request, QTcpSocket *socket) override;

private:
    enum class Outcome { NotUnderstood, Handled, Refused, Upgraded };

    struct Upgrade
    {
        ClientInfo info;
        QTcpSocket *socket;
        QByteArray surplus; // behind the handshake
    };

    [[nodiscard]] std::optional<LeanEngine::Handshake> accepted(const HttpHead &head,
                                                                const Peer &peer) const override;
    void takeHandshake(const HttpHead &head, const Peer &peer, const LeanEngine::Handshake &handshake,
                       FileDescriptor descriptor, QByteArray surplus) override;
    void takeConnection(FileDescriptor descriptor, const QByteArray &bytes) override;

    void onRequestReady(HttpConnection *connection);
    [[nodiscard]] Handler handlerFor(const QByteArray &path) const;
    [[nodiscard]] tl::expected<ClaimsPtr, HttpReply> admit(const HttpHead &head, const Peer &peer) const;
    void takeOver(HttpConnection *connection, const LeanEngine::Handshake &handshake);
    void beginSession(std::unique_ptr<LeanSession> session, const LeanEngine::Handshake &handshake,
                      QByteArray surplus);
    void expectWebSocket(HttpConnection *connection);
    void onNewWebSocketConnection();

    QByteArray m_webSocketPath;
    SessionRegistry &m_registry;
    SessionServices &m_services;
    const HandshakeGate &m_gate;
    LeanEngine *m_leanEngine;
    ClientIds m_clientIds;
    HttpListener *m_listener;
    QHash<QByteArray, Handler> m_routes;
    std::vector<std::pair<QByteArray, Handler>> m_subtrees; // by what their paths begin with
    HttpConnection *m_current = nullptr; // while Qt parses and handles its request
    Outcome m_outcome = Outcome::NotUnderstood;
    ClaimsPtr m_claims; // of the handshake that was Upgraded
    std::map<int, quint64> m_refusedHandshakes;
    // Accepted handshakes that Qt answers on the next turn of the loop, by the peer's address and port, which
    // is all that the QWebSocket and its socket have in common.
    QHash<std::pair<QHostAddress, quint16>, Upgrade> m_upgrades;
};

} // namespace switchboard
