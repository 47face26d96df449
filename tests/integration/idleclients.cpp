// SPDX-License-Identifier: BSD-3-Clause
#include "integration/idleclients.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "support/rawsocket.h"

namespace switchboard::test {

namespace {

// So many handshakes are under way at once: fewer than a server lets wait to be accepted.
constexpr int atOnce = 25;
constexpr timeval patience{30, 0};

int openConnection(quint16 port)
{
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(descriptor, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0) {
        qWarning("Port %d does not accept: %s", port, std::strerror(errno));
    }
    return descriptor;
}

bool isAccepted(int descriptor)
{
    QByteArray answer;
    char byte = 0;
    while (!answer.endsWith("\r\n\r\n") && ::recv(descriptor, &byte, 1, 0) == 1) {
        answer.append(byte);
    }
    return answer.startsWith("HTTP/1.1 101 ");
}

} // namespace

IdleClients::~IdleClients()
{
    for (const int descriptor : m_sockets) {
        ::close(descriptor);
    }
}

bool IdleClients::connectTo(quint16 port, int count, const QByteArray &extraHeaders)
{
    const QByteArray request = RawSocket::handshake("/websockets", extraHeaders);
    for (int begun = 0; begun < count; begun += atOnce) {
        const auto first = static_cast<std::ptrdiff_t>(m_sockets.size());
        for (int i = begun; i < std::min(begun + atOnce, count); ++i) {
            m_sockets.push_back(openConnection(port));
            ::send(m_sockets.back(), request.constData(), static_cast<std::size_t>(request.size()),
                   MSG_NOSIGNAL);
        }
        if (!std::all_of(m_sockets.cbegin() + first, m_sockets.cend(), isAccepted)) {
            qWarning("A client was not accepted: %s", std::strerror(errno));
            return false;
        }
    }
    return true;
}

void IdleClients::dropLast()
{
    ::close(m_sockets.back());
    m_sockets.pop_back();
}

} // namespace switchboard::test
