// SPDX-License-Identifier: BSD-3-Clause
#include "net/listensocket.h"

#include <QtEndian>

#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace switchboard {

namespace {

// A storm of reconnecting clients waits in the kernel instead of being refused (listen(2); capped by
// net.core.somaxconn).
constexpr int backlog = 4096;
// A peer that takes nothing for so long is gone (tcp(7)).
constexpr unsigned userTimeoutMillis = 60'000;

struct SocketAddress
{
    sockaddr_storage storage = {};
    socklen_t size = 0;

    [[nodiscard]] const sockaddr *get() const { return reinterpret_cast<const sockaddr *>(&storage); }
};

SocketAddress ipv4Address(const QHostAddress &address, quint16 port)
{
    sockaddr_in ipv4 = {};
    ipv4.sin_family = AF_INET;
    ipv4.sin_port = qToBigEndian(port);
    ipv4.sin_addr.s_addr = qToBigEndian(address.toIPv4Address());
    SocketAddress result;
    std::memcpy(&result.storage, &ipv4, sizeof ipv4);
    result.size = sizeof ipv4;
    return result;
}

SocketAddress ipv6Address(const QHostAddress &address, quint16 port)
{
    sockaddr_in6 ipv6 = {};
    ipv6.sin6_family = AF_INET6;
    ipv6.sin6_port = qToBigEndian(port);
    const Q_IPV6ADDR bytes = address.toIPv6Address();
    std::memcpy(&ipv6.sin6_addr, &bytes, sizeof bytes);
    ipv6.sin6_scope_id = address.scopeId().toUInt();
    SocketAddress result;
    std::memcpy(&result.storage, &ipv6, sizeof ipv6);
    result.size = sizeof ipv6;
    return result;
}

tl::unexpected<QString> systemError()
{
    return tl::unexpected(qt_error_string(errno));
}

void setFlag(int descriptor, int level, int option, bool isOn)
{
    const int value = isOn ? 1 : 0;
    ::setsockopt(descriptor, level, option, &value, sizeof value);
}

tl::expected<FileDescriptor, QString> listenOn(const SocketAddress &address, bool isBothFamilies, PortUse use)
{
    const int family = address.storage.ss_family;
    FileDescriptor descriptor(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!descriptor.isValid()) {
        return systemError();
    }
    // Connections of an earlier daemon that are still dying do not keep the port.
    setFlag(descriptor.get(), SOL_SOCKET, SO_REUSEADDR, true);
    setFlag(descriptor.get(), SOL_SOCKET, SO_REUSEPORT, use == PortUse::Shared);
    // Connections have these from the socket that they were accepted from (tcp(7)).
    setFlag(descriptor.get(), IPPROTO_TCP, TCP_NODELAY, true);
    setFlag(descriptor.get(), SOL_SOCKET, SO_KEEPALIVE, true);
    ::setsockopt(descriptor.get(), IPPROTO_TCP, TCP_USER_TIMEOUT, &userTimeoutMillis,
                 sizeof userTimeoutMillis);
    // Who says something at once is accepted with what was said; who does not, after a second.
    setFlag(descriptor.get(), IPPROTO_TCP, TCP_DEFER_ACCEPT, true);
    if (family == AF_INET6) {
        setFlag(descriptor.get(), IPPROTO_IPV6, IPV6_V6ONLY, !isBothFamilies);
    }
    if (::bind(descriptor.get(), address.get(), address.size) != 0
        || ::listen(descriptor.get(), backlog) != 0) {
        return systemError();
    }
    return descriptor;
}

} // namespace

tl::expected<FileDescriptor, QString> openListenSocket(const QHostAddress &address, quint16 port, PortUse use)
{
    const bool isAny = address.protocol() == QAbstractSocket::AnyIPProtocol;
    if (isAny) {
        auto both = listenOn(ipv6Address(QHostAddress(QHostAddress::AnyIPv6), port), true, use);
        if (both || errno != EAFNOSUPPORT) {
            return both;
        }
    }
    const bool isIpv4 = isAny || address.protocol() == QAbstractSocket::IPv4Protocol;
    return listenOn(isIpv4 ? ipv4Address(address, port) : ipv6Address(address, port), false, use);
}

quint16 localPort(int descriptor)
{
    sockaddr_storage address = {};
    socklen_t size = sizeof address;
    if (::getsockname(descriptor, reinterpret_cast<sockaddr *>(&address), &size) != 0) {
        return 0;
    }
    return qFromBigEndian(address.ss_family == AF_INET6
                              ? reinterpret_cast<const sockaddr_in6 &>(address).sin6_port
                              : reinterpret_cast<const sockaddr_in &>(address).sin_port);
}

} // namespace switchboard
