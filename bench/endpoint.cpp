// SPDX-License-Identifier: BSD-3-Clause
#include "bench/endpoint.h"

#include <cerrno>
#include <cstdint>
#include <cstring>

#include <QUrl>

#include <linux/tcp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <unistd.h>

namespace switchboard::bench {

using namespace Qt::StringLiterals;

namespace {

// Fewer than the ports from 32768 to 60999 that Linux gives out, as some are taken.
constexpr std::size_t connectionsPerSource = 25'000;
constexpr int defaultPort = 80;

// Takes connection number \a index from an address of its own where it is one too many for the first.
void chooseSource(int descriptor, const Endpoint &endpoint, std::size_t index)
{
    const std::size_t source = index / connectionsPerSource;
    if (source == 0 || endpoint.address.ss_family != AF_INET) {
        return;
    }
    sockaddr_in address = {};
    std::memcpy(&address, &endpoint.address, sizeof address);
    if (ntohl(address.sin_addr.s_addr) >> 24 != IN_LOOPBACKNET) {
        return;
    }
    address.sin_port = 0;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + static_cast<std::uint32_t>(source));
    const int on = 1;
    // The port is chosen by connect(2), which knows that it may be used towards several servers.
    ::setsockopt(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    // If it cannot, connect(2) will say so when ports run out.
    static_cast<void>(::bind(descriptor, reinterpret_cast<const sockaddr *>(&address), sizeof address));
}

} // namespace

tl::expected<Endpoint, QString> Endpoint::parse(const QString &text)
{
    const QUrl url(text, QUrl::StrictMode);
    if (!url.isValid() || url.scheme() != "ws"_L1 || url.host().isEmpty()) {
        return tl::make_unexpected(u"a URL like ws://127.0.0.1:9000/websockets (TLS is not supported)"_s);
    }
    Endpoint endpoint;
    const int port = url.port(defaultPort);
    endpoint.url = text.toStdString();
    endpoint.host = url.authority(QUrl::FullyEncoded).toStdString();
    endpoint.path = url.path(QUrl::FullyEncoded).toStdString();
    if (endpoint.path.empty()) {
        endpoint.path = "/";
    }
    if (url.hasQuery()) {
        endpoint.path += "?" + url.query(QUrl::FullyEncoded).toStdString();
    }
    addrinfo hints = {};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo *found = nullptr;
    const int error =
        ::getaddrinfo(url.host().toUtf8().constData(), QByteArray::number(port).constData(), &hints, &found);
    if (error != 0) {
        return tl::make_unexpected(u"a host that can be looked up (%1: %2)"_s.arg(
            url.host(), QString::fromLocal8Bit(gai_strerror(error))));
    }
    std::memcpy(&endpoint.address, found->ai_addr, found->ai_addrlen);
    endpoint.addressSize = found->ai_addrlen;
    ::freeaddrinfo(found);
    return endpoint;
}

tl::expected<int, QString> startConnection(const Endpoint &endpoint, std::size_t index)
{
    const int descriptor =
        ::socket(endpoint.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) {
        return tl::make_unexpected(QString::fromLocal8Bit(std::strerror(errno)));
    }
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    chooseSource(descriptor, endpoint, index);
    if (::connect(descriptor, reinterpret_cast<const sockaddr *>(&endpoint.address), endpoint.addressSize)
            != 0
        && errno != EINPROGRESS) {
        const int error = errno;
        ::close(descriptor);
        return tl::make_unexpected(QString::fromLocal8Bit(std::strerror(error)));
    }
    return descriptor;
}

} // namespace switchboard::bench
