// SPDX-License-Identifier: BSD-3-Clause
#include "support/cannedserver.h"

#include <utility>

#include <QHostAddress>
#include <QTcpSocket>

namespace switchboard::test {

CannedServer::CannedServer(QByteArray answer)
    : m_answer(std::move(answer))
{
    QObject::connect(&m_server, &QTcpServer::newConnection, &m_server, [this] {
        QTcpSocket *socket = m_server.nextPendingConnection();
        QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, socket] {
            m_received += socket->readAll();
            socket->write(m_answer);
            socket->disconnectFromHost();
        });
    });
    m_server.listen(QHostAddress::LocalHost);
}

} // namespace switchboard::test
