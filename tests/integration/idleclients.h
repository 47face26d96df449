// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include <QByteArray>
#include <QtGlobal>

namespace switchboard::test {

/// WebSocket clients by the thousand that do nothing but be there: they read nothing after the handshake
/// and answer no pings. Daemons that log each of them would have to be read from at the same time.
class IdleClients
{
public:
    IdleClients() = default;
    ~IdleClients();
    Q_DISABLE_COPY_MOVE(IdleClients)

    /// Connects \a count more to \a port of 127.0.0.1, blocking until all are accepted; false, and a warning,
    /// if one is not. \a extraHeaders are whole lines, each with its CR LF.
    bool connectTo(quint16 port, int count, const QByteArray &extraHeaders = {});

    /// Ends the connection of the one that connected last.
    void dropLast();

    qsizetype count() const { return static_cast<qsizetype>(m_sockets.size()); }

private:
    std::vector<int> m_sockets;
};

} // namespace switchboard::test
