// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/connectiongreeter.h"
#include "net/httpconnection.h"

#include <QSslConfiguration>
#include <QTcpServer>

#include <memory>
#include <optional>

namespace switchboard {

/// Accepts connections and puts an HttpConnection on guard over each. QtHttpServer gets a socket only when a
/// whole request stands in it, through handOver().
class HttpListener : public QTcpServer
{
    Q_OBJECT

public:
    HttpListener(TimingWheel &wheel, const HttpLimits &limits, QObject *parent = nullptr);
    ~HttpListener() override;

    /// Accepts from \a listenSocket, which listens already.
    void start(FileDescriptor listenSocket);

    /// From now on new connections are looked at by a greeter first, and only those that are no WebSocket
    /// handshakes for \a host come here.
    void greetFor(ConnectionGreeter::Host &host, SocketPoller &poller);

    /// New connections are TLS by \a configuration, and are not greeted.
    void setTls(const QSslConfiguration &configuration) { m_tls = configuration; }

    /// Takes a connection, of which \a bytes have been read already.
    void adopt(FileDescriptor descriptor, const QByteArray &bytes = {});

    /// Puts \a bytes that were read to the front of a socket's buffer again.
    static void putBack(QTcpSocket *socket, const QByteArray &bytes);

    /// Gives \a socket to whoever takes pending connections of this server (QAbstractHttpServer::bind()).
    void handOver(QTcpSocket *socket) { addPendingConnection(socket); }

    /// Stops accepting; connections end when they have got the answers that they are owed.
    void finish();

    /// Whether no HTTP connection is there any more; those that became WebSocket clients do not count.
    [[nodiscard]] bool isIdle() const { return m_connectionCount == 0; }

    /// How many connections there was no descriptor left for.
    [[nodiscard]] quint64 turnedAway() const { return m_turnedAway; }

Q_SIGNALS:
    /// The last HTTP connection has gone.
    void idle();
    void requestReady(switchboard::HttpConnection *connection);

protected:
    void incomingConnection(qintptr descriptor) override;

private:
    [[nodiscard]] QTcpSocket *makeSocket();
    void onAcceptError();

    TimingWheel &m_wheel;
    HttpLimits m_limits;
    int m_descriptorLimit; // of the process
    std::unique_ptr<ConnectionGreeter> m_greeter;
    std::optional<QSslConfiguration> m_tls;
    qsizetype m_connectionCount = 0;
    quint64 m_turnedAway = 0;
};

} // namespace switchboard
