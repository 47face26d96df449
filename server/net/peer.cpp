// SPDX-License-Identifier: BSD-3-Clause
#include "net/peer.h"

#include <QtEndian>

#include <netinet/in.h>
#include <sys/socket.h>

namespace switchboard {

Peer peerOf(int descriptor)
{
    sockaddr_storage address = {};
    socklen_t size = sizeof address;
    auto *generic = reinterpret_cast<sockaddr *>(&address);
    if (::getpeername(descriptor, generic, &size) != 0) {
        return {};
    }
    const quint16 port = address.ss_family == AF_INET6
        ? reinterpret_cast<const sockaddr_in6 &>(address).sin6_port
        : reinterpret_cast<const sockaddr_in &>(address).sin_port;
    return {plainAddress(QHostAddress(generic)), qFromBigEndian(port)};
}

QHostAddress plainAddress(const QHostAddress &address)
{
    bool isIpv4 = false;
    const quint32 ipv4 = address.toIPv4Address(&isIpv4);
    return isIpv4 ? QHostAddress(ipv4) : address;
}

} // namespace switchboard
