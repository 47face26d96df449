// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <functional>
#include <utility>

#include <QByteArray>
#include <QList>
#include <QTcpServer>

QT_FORWARD_DECLARE_CLASS(QTcpSocket)

namespace switchboard::test {

/**
 * Passes TCP connections on to a port of 127.0.0.1, and can spoil them on the way.
 *
 * It runs in the event loop of the thread that made it. When one side closes, the other is closed once
 * it has what was sent; a side that closes only its sending direction is not told apart from that.
 */
class TcpProxy
{
public:
    /// Gets bytes as they come, in pieces of any size; what it returns is passed on.
    using Filter = std::function<QByteArray(const QByteArray &)>;

    explicit TcpProxy(quint16 targetPort);
    ~TcpProxy();
    Q_DISABLE_COPY_MOVE(TcpProxy)

    /// Listens; after stop() on the same port as before.
    bool start();

    /// Listens no more: new connections are refused, those there are stay.
    void stop();

    quint16 port() const { return m_port; }

    void setClientToServerFilter(Filter filter) { m_clientToServer = std::move(filter); }
    void setServerToClientFilter(Filter filter) { m_serverToClient = std::move(filter); }

    /**
     * Off, it swallows all bytes both ways and hides it when a side closes: the half-open connection
     * of a path that broke. Connections that lost a side meanwhile are dropped when it is on again.
     */
    void setForwarding(bool forwarding);

    /// Resets every connection, on both sides.
    void dropConnections();

    qsizetype connectionCount() const { return m_connections.size(); }

    /// Connections accepted since it was made.
    qsizetype acceptedCount() const { return m_accepted; }

private:
    struct Connection
    {
        QTcpSocket *client;
        QTcpSocket *server;
    };

    void accept();
    void pass(QTcpSocket &from, QTcpSocket &to, const Filter &filter);
    void onEnded(const Connection &connection);
    void remove(const Connection &connection);

    QTcpServer m_listener;
    QList<Connection> m_connections;
    Filter m_clientToServer;
    Filter m_serverToClient;
    qsizetype m_accepted = 0;
    quint16 m_targetPort;
    quint16 m_port = 0;
    bool m_forwarding = true;
};

} // namespace switchboard::test
