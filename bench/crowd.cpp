// SPDX-License-Identifier: BSD-3-Clause
#include "bench/crowd.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace switchboard::bench {

namespace {

constexpr unsigned char ExtendedLength16 = 126;
constexpr unsigned char ExtendedLength64 = 127;

/// The bytes of a frame's head, of which \a second is the second.
std::size_t headLength(unsigned char second)
{
    const unsigned char length = second & 0x7F;
    return length == ExtendedLength64 ? 10 : length == ExtendedLength16 ? 4 : 2;
}

bool writeAll(int descriptor, const QByteArray &bytes)
{
    qsizetype written = 0;
    while (written < bytes.size()) {
        const ssize_t count = ::send(descriptor, bytes.constData() + written,
                                     static_cast<std::size_t>(bytes.size() - written), MSG_NOSIGNAL);
        if (count < 0 && errno != EAGAIN && errno != EINTR) {
            return false;
        }
        written += std::max<ssize_t>(count, 0);
    }
    return true;
}

bool shakeHands(int descriptor)
{
    if (!writeAll(descriptor,
                  "GET /websockets HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
                  "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                  "Sec-WebSocket-Version: 13\r\n\r\n")) {
        return false;
    }
    QByteArray answer;
    char byte = 0;
    while (!answer.endsWith("\r\n\r\n") && ::recv(descriptor, &byte, 1, 0) == 1) {
        answer.append(byte);
    }
    return answer.startsWith("HTTP/1.1 101 ");
}

} // namespace

Crowd::Crowd()
    : m_epoll(::epoll_create1(EPOLL_CLOEXEC))
{ }

Crowd::~Crowd()
{
    for (const Client &client : m_clients) {
        if (client.descriptor >= 0) {
            ::close(client.descriptor);
        }
    }
    ::close(m_epoll);
}

bool Crowd::connect(quint16 port)
{
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(descriptor, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0
        || !shakeHands(descriptor)) {
        ::close(descriptor);
        return false;
    }
    ::fcntl(descriptor, F_SETFL, O_NONBLOCK);
    epoll_event event = {};
    event.events = EPOLLIN;
    event.data.u64 = m_clients.size();
    ::epoll_ctl(m_epoll, EPOLL_CTL_ADD, descriptor, &event);
    m_clients.emplace_back().descriptor = descriptor;
    return true;
}

void Crowd::send(std::size_t client, const QByteArray &message)
{
    // Masked as the protocol wants it, with a mask that changes nothing.
    QByteArray frame;
    frame.append('\x81');
    if (message.size() < ExtendedLength16) {
        frame.append(static_cast<char>(0x80 | message.size()));
    } else {
        frame.append(static_cast<char>(0x80 | ExtendedLength16));
        frame.append(static_cast<char>(message.size() >> 8)).append(static_cast<char>(message.size()));
    }
    frame.append(4, '\0').append(message);
    writeAll(m_clients[client].descriptor, frame);
}

void Crowd::poll(std::chrono::milliseconds timeout)
{
    std::array<epoll_event, 1024> events{};
    const int count = ::epoll_wait(m_epoll, events.data(), static_cast<int>(events.size()),
                                   static_cast<int>(timeout.count()));
    for (int i = 0; i < count; ++i) {
        read(m_clients[events[static_cast<std::size_t>(i)].data.u64]);
    }
}

void Crowd::read(Client &client)
{
    static std::array<char, 256 * 1024> buffer;
    const ssize_t size = ::recv(client.descriptor, buffer.data(), buffer.size(), 0);
    if (size > 0) {
        take(client, buffer.data(), static_cast<std::size_t>(size));
    } else if (size == 0 || (errno != EAGAIN && errno != EINTR)) {
        ::close(client.descriptor);
        client.descriptor = -1;
        ++m_closed;
    }
}

void Crowd::take(Client &client, const char *bytes, std::size_t size)
{
    while (size > 0) {
        if (!client.isInPayload) {
            client.isInPayload = takeHead(client, *bytes);
            ++bytes;
            --size;
        } else {
            const auto part = static_cast<std::size_t>(std::min<quint64>(size, client.payloadLeft));
            takePayload(client, bytes, part);
            bytes += part;
            size -= part;
        }
        if (client.isInPayload && client.payloadLeft == 0) {
            finishFrame(client);
        }
    }
}

bool Crowd::takeHead(Client &client, char byte)
{
    client.head[client.headSize++] = static_cast<unsigned char>(byte);
    if (client.headSize < 2 || client.headSize < headLength(client.head[1])) {
        return false;
    }
    client.payloadLeft = client.headSize == 2 ? client.head[1] : 0;
    for (std::size_t i = 2; i < client.headSize; ++i) {
        client.payloadLeft = client.payloadLeft << 8 | client.head[i];
    }
    return true;
}

void Crowd::takePayload(Client &client, const char *bytes, std::size_t size)
{
    client.payloadLeft -= size;
    const std::size_t capacity = client.tail.size();
    const std::size_t added = std::min(size, capacity);
    const std::size_t kept = std::min(client.tailSize, capacity - added);
    std::memmove(client.tail.data(), client.tail.data() + client.tailSize - kept, kept);
    std::memcpy(client.tail.data() + kept, bytes + size - added, added);
    client.tailSize = kept + added;
}

void Crowd::finishFrame(Client &client)
{
    const std::string_view tail(client.tail.data(), client.tailSize);
    qint64 Counts::*kind = &Counts::others;
    if (tail.ends_with("\"MemberList\"}}")) {
        kind = &Counts::lists;
    } else if (tail.ends_with("\"JoinedRoom\"}}")) {
        kind = &Counts::joined;
    } else if (tail.ends_with("\"LeftRoom\"}}")) {
        kind = &Counts::left;
    } else if (tail.ends_with("\"Rejected\"}}")) {
        kind = &Counts::rejected;
    }
    ++(client.counts.*kind);
    ++(m_total.*kind);
    client.headSize = 0;
    client.tailSize = 0;
    client.isInPayload = false;
}

} // namespace switchboard::bench
