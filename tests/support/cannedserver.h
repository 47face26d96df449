// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QByteArray>
#include <QTcpServer>

namespace switchboard::test {

/**
 * Listens on 127.0.0.1 and answers the first bytes on every connection with bytes given beforehand, then
 * closes it.
 */
class CannedServer
{
public:
    explicit CannedServer(QByteArray answer);

    quint16 port() const { return m_server.serverPort(); }

    /// All it was sent so far.
    QByteArray received() const { return m_received; }

private:
    QTcpServer m_server;
    QByteArray m_answer;
    QByteArray m_received;
};

} // namespace switchboard::test
