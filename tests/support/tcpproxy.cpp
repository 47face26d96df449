// SPDX-License-Identifier: BSD-3-Clause
#include "support/tcpproxy.h"

#include <QHostAddress>
#include <QTcpSocket>

#include "support/freeport.h"
#include "support/rawsocket.h"

namespace switchboard::test {

namespace {

bool hasEnded(const QTcpSocket &socket)
{
    return socket.state() == QAbstractSocket::UnconnectedState;
}

} // namespace

TcpProxy::TcpProxy(quint16 targetPort)
    : m_targetPort(targetPort)
{
    QObject::connect(&m_listener, &QTcpServer::newConnection, &m_listener, [this] { accept(); });
}

TcpProxy::~TcpProxy()
{
    dropConnections();
}

bool TcpProxy::start()
{
    constexpr int Attempts = 10;
    for (int attempt = 0; attempt < Attempts && !m_listener.isListening(); ++attempt) {
        m_listener.listen(QHostAddress::LocalHost, m_port != 0 ? m_port : freePort());
    }
    m_port = m_listener.isListening() ? m_listener.serverPort() : m_port;
    return m_listener.isListening();
}

void TcpProxy::stop()
{
    m_listener.close();
}

void TcpProxy::setForwarding(bool forwarding)
{
    m_forwarding = forwarding;
    if (!forwarding) {
        return;
    }
    const QList<Connection> connections = m_connections;
    for (const Connection &connection : connections) {
        if (hasEnded(*connection.client) || hasEnded(*connection.server)) {
            remove(connection);
        }
    }
}

void TcpProxy::dropConnections()
{
    const QList<Connection> connections = m_connections;
    for (const Connection &connection : connections) {
        remove(connection);
    }
}

void TcpProxy::accept()
{
    while (QTcpSocket *client = m_listener.nextPendingConnection()) {
        ++m_accepted;
        const Connection connection{client, new QTcpSocket(&m_listener)};
        QTcpSocket *server = connection.server;
        m_connections.append(connection);
        QObject::connect(client, &QTcpSocket::readyRead, server,
                         [=, this] { pass(*client, *server, m_clientToServer); });
        QObject::connect(server, &QTcpSocket::readyRead, client,
                         [=, this] { pass(*server, *client, m_serverToClient); });
        for (QTcpSocket *socket : {client, server}) {
            QObject::connect(socket, &QTcpSocket::stateChanged, &m_listener, [=, this] {
                if (hasEnded(*socket)) {
                    onEnded(connection);
                }
            });
        }
        server->connectToHost(QHostAddress::LocalHost, m_targetPort);
        client->setSocketOption(QAbstractSocket::LowDelayOption, 1);
        server->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    }
}

void TcpProxy::pass(QTcpSocket &from, QTcpSocket &to, const Filter &filter)
{
    QByteArray bytes = from.readAll();
    if (!m_forwarding) {
        return;
    }
    if (filter) {
        bytes = filter(bytes);
    }
    if (!hasEnded(to)) { // the filter may have dropped it
        to.write(bytes);
    }
}

void TcpProxy::onEnded(const Connection &connection)
{
    if (!m_forwarding) {
        return;
    }
    if (hasEnded(*connection.client) && hasEnded(*connection.server)) {
        remove(connection);
        return;
    }
    connection.client->disconnectFromHost();
    connection.server->disconnectFromHost();
}

void TcpProxy::remove(const Connection &connection)
{
    const auto isThis = [&connection](const Connection &other) { return other.client == connection.client; };
    for (QTcpSocket *socket : {connection.client, connection.server}) {
        socket->disconnect();
        resetConnection(*socket);
        socket->deleteLater();
    }
    m_connections.removeIf(isThis);
}

} // namespace switchboard::test
