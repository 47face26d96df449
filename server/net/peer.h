// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QHostAddress>

namespace switchboard {

/// Who is at the other end of a connection.
struct Peer
{
    QHostAddress address;
    quint16 port = 0;
};

/// The peer of a connected TCP socket.
[[nodiscard]] Peer peerOf(int descriptor);

/// \a address as people know it: on a socket for both families, IPv4 peers come as ::ffff:a.b.c.d.
[[nodiscard]] QHostAddress plainAddress(const QHostAddress &address);

} // namespace switchboard
