// SPDX-License-Identifier: BSD-3-Clause
#include "bench/connection.h"

#include <cerrno>
#include <utility>

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace switchboard::bench {

Connection::~Connection()
{
    close();
}

Connection::Connection(Connection &&other) noexcept
    : state(std::exchange(other.state, State::Closed))
    , unread(std::move(other.unread))
    , m_descriptor(std::exchange(other.m_descriptor, -1))
    , m_unsent(std::move(other.m_unsent))
{ }

bool Connection::write(std::string_view bytes)
{
    if (!m_unsent.empty()) {
        m_unsent.append(bytes);
        return true;
    }
    const ssize_t sent = ::send(m_descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) {
        return false;
    }
    bytes.remove_prefix(sent < 0 ? 0 : static_cast<std::size_t>(sent));
    m_unsent.append(bytes);
    return true;
}

bool Connection::flush()
{
    const std::string bytes = std::exchange(m_unsent, {});
    return write(bytes);
}

void Connection::close(bool reset)
{
    if (m_descriptor < 0) {
        return;
    }
    if (reset) {
        const linger now = {1, 0};
        ::setsockopt(m_descriptor, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    }
    ::close(m_descriptor);
    m_descriptor = -1;
    state = State::Closed;
}

bool Connection::isEstablished() const
{
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(m_descriptor, SOL_SOCKET, SO_ERROR, &error, &size) == 0) {
        errno = error;
    }
    return error == 0;
}

std::uint64_t Connection::segments() const
{
    tcp_info info = {};
    socklen_t size = sizeof info;
    ::getsockopt(m_descriptor, IPPROTO_TCP, TCP_INFO, &info, &size);
    return info.tcpi_data_segs_in;
}

} // namespace switchboard::bench
