// SPDX-License-Identifier: BSD-3-Clause
#include "bench/crowd.h"

#include "bench/handshake.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace switchboard::bench {

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

constexpr std::size_t readSize = std::size_t{256} * 1024;
constexpr auto openTimeout = 15s; // without one more client

QString systemError(int error)
{
    return QString::fromLocal8Bit(std::strerror(error));
}

timespec toTimespec(std::chrono::nanoseconds duration)
{
    const auto seconds = std::chrono::floor<std::chrono::seconds>(duration);
    return {seconds.count(), (duration - seconds).count()};
}

// What a close frame says (RFC 6455, section 5.5.1).
QString closeText(std::string_view payload)
{
    if (payload.size() < 2) {
        return u"the server closed it"_s;
    }
    const int code = static_cast<std::uint8_t>(payload[0]) << 8 | static_cast<std::uint8_t>(payload[1]);
    return u"the server closed it with %1 \"%2\""_s.arg(code).arg(
        QString::fromUtf8(payload.data() + 2, static_cast<qsizetype>(payload.size() - 2)));
}

} // namespace

Crowd::Crowd(std::span<const Endpoint> endpoints, const Dialect &dialect)
    : m_endpoints(endpoints)
    , m_dialect(dialect)
    , m_epoll(::epoll_create1(EPOLL_CLOEXEC))
    , m_startedAt(endpoints.size(), 0)
    , m_input(readSize)
{ }

Crowd::~Crowd()
{
    ::close(m_epoll);
}

tl::expected<void, QString> Crowd::open(std::span<const Visitor> visitors, std::size_t atOnce,
                                        const OpenProgress &progress)
{
    const std::size_t wanted = m_connections.size() + visitors.size();
    m_connections.reserve(wanted);
    std::size_t next = 0;
    std::size_t openBefore = m_open;
    auto lastProgress = Clock::now();
    while (m_open < wanted) {
        while (next < visitors.size() && m_connections.size() - m_open < atOnce) {
            if (auto started = start(visitors[next++]); !started) {
                return started;
            }
        }
        poll(100ms);
        if (m_ended > 0) {
            return tl::make_unexpected(m_firstEnd);
        }
        const auto now = Clock::now();
        if (m_open > openBefore) {
            openBefore = m_open;
            lastProgress = now;
        } else if (now - lastProgress > openTimeout) {
            return tl::make_unexpected(
                u"%1 of %2 clients are connected, and no other was for %3 seconds"_s.arg(m_open)
                    .arg(wanted)
                    .arg(openTimeout.count()));
        }
        if (progress) {
            progress(m_open);
        }
    }
    return {};
}

tl::expected<void, QString> Crowd::start(const Visitor &visitor)
{
    const Endpoint &endpoint = m_endpoints[visitor.endpoint];
    const auto descriptor = startConnection(endpoint, m_startedAt[visitor.endpoint]++);
    if (!descriptor) {
        return tl::make_unexpected(
            u"%1: cannot connect: %2"_s.arg(QString::fromStdString(endpoint.url), descriptor.error()));
    }
    m_connections.emplace_back(*descriptor);
    m_endpointOf.push_back(visitor.endpoint);
    m_requests.push_back(handshakeRequest(endpoint.host, m_dialect.path(endpoint.path, visitor.room)));
    watch(m_connections.size() - 1, EPOLL_CTL_ADD);
    return {};
}

void Crowd::watch(std::size_t client, int operation)
{
    const Connection &connection = m_connections[client];
    epoll_event event = {};
    event.events = EPOLLIN;
    if (connection.state == Connection::State::Connecting || connection.hasUnsent()) {
        event.events |= EPOLLOUT;
    }
    event.data.u64 = client;
    ::epoll_ctl(m_epoll, operation, connection.descriptor(), &event);
}

bool Crowd::poll(std::chrono::nanoseconds timeout)
{
    std::array<epoll_event, 1024> events{};
    const timespec wait = toTimespec(std::max(timeout, 0ns));
    const int count = ::epoll_pwait2(m_epoll, events.data(), static_cast<int>(events.size()), &wait, nullptr);
    for (int i = 0; i < count; ++i) {
        const epoll_event &event = events[static_cast<std::size_t>(i)];
        onEvent(static_cast<std::size_t>(event.data.u64), event.events);
    }
    return count > 0;
}

void Crowd::onEvent(std::size_t client, std::uint32_t events)
{
    if (m_connections[client].state == Connection::State::Connecting) {
        onWritable(client);
        return;
    }
    if ((events & EPOLLOUT) != 0) {
        onWritable(client);
    }
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0
        && m_connections[client].state != Connection::State::Closed) {
        read(client);
    }
}

void Crowd::onWritable(std::size_t client)
{
    Connection &connection = m_connections[client];
    bool isWritten = false;
    if (connection.state == Connection::State::Connecting) {
        if (!connection.isEstablished()) {
            end(client, u"cannot connect: %1"_s.arg(systemError(errno)));
            return;
        }
        connection.state = Connection::State::Shaking;
        isWritten = connection.write(std::exchange(m_requests[client], {}));
    } else {
        isWritten = connection.flush();
    }
    if (!isWritten) {
        end(client, systemError(errno));
        return;
    }
    if (!connection.hasUnsent()) {
        watch(client, EPOLL_CTL_MOD);
    }
}

// Bytes that were left from the last time are put in front of the new ones. Mostly there are none.
void Crowd::read(std::size_t client)
{
    Connection &connection = m_connections[client];
    const std::size_t kept = connection.unread.size();
    if (m_input.size() < kept + readSize) {
        m_input.resize(2 * (kept + readSize));
    }
    std::copy(connection.unread.begin(), connection.unread.end(), m_input.begin());
    const ssize_t count = ::recv(connection.descriptor(), m_input.data() + kept, readSize, 0);
    if (count <= 0) {
        if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
            end(client, count == 0 ? u"the server closed the TCP connection"_s : systemError(errno));
        }
        return;
    }
    m_lastRead = Clock::now();
    m_figures.bytes += static_cast<std::uint64_t>(count);
    ++m_figures.reads;
    const std::string_view bytes(m_input.data(), kept + static_cast<std::size_t>(count));
    const std::size_t taken = takeBytes(client, bytes);
    connection.unread.assign(bytes.substr(taken));
}

std::size_t Crowd::takeBytes(std::size_t client, std::string_view bytes)
{
    const Connection &connection = m_connections[client];
    std::size_t taken = 0;
    if (connection.state == Connection::State::Shaking) {
        taken = takeAnswer(client, bytes);
        if (taken == 0) {
            return 0;
        }
    }
    while (connection.state != Connection::State::Closed) {
        const ScannedFrame frame = scanFrame(bytes.substr(taken));
        if (frame.state != ScannedFrame::State::Whole) {
            if (frame.state == ScannedFrame::State::Broken) {
                end(client, u"the server sent what is no WebSocket frame"_s);
            }
            break;
        }
        taken += frame.size;
        takeFrame(client, frame);
    }
    return taken;
}

std::size_t Crowd::takeAnswer(std::size_t client, std::string_view bytes)
{
    const auto size = scanHandshakeAnswer(bytes);
    if (!size) {
        end(client, size.error());
        return 0;
    }
    if (*size > 0) {
        if (m_dialect.greets()) {
            m_connections[client].state = Connection::State::Greeting;
        } else {
            becomeOpen(client);
        }
    }
    return *size;
}

void Crowd::becomeOpen(std::size_t client)
{
    m_connections[client].state = Connection::State::Open;
    ++m_open;
}

void Crowd::takeFrame(std::size_t client, const ScannedFrame &frame)
{
    switch (frame.opcode) {
    case Opcode::Text:
        takeMessage(client, frame.payload);
        break;
    case Opcode::Ping:
        sendFrame(client, Opcode::Pong, frame.payload);
        break;
    case Opcode::Close:
        end(client, closeText(frame.payload));
        break;
    case Opcode::Continuation:
    case Opcode::Binary:
    case Opcode::Pong:
        break;
    }
}

void Crowd::takeMessage(std::size_t client, std::string_view message)
{
    if (const std::string_view answer = m_dialect.answerTo(message); !answer.empty()) {
        send(client, answer);
    } else if (m_connections[client].state == Connection::State::Greeting && m_dialect.isGreeting(message)) {
        becomeOpen(client);
    } else if (m_listener != nullptr) {
        m_listener->onMessage(client, message);
    }
}

void Crowd::send(std::size_t client, std::string_view message)
{
    sendFrame(client, Opcode::Text, message);
}

void Crowd::sendFrame(std::size_t client, Opcode opcode, std::string_view payload)
{
    Connection &connection = m_connections[client];
    if (connection.state == Connection::State::Closed) {
        return;
    }
    m_mask = m_mask * 1664525 + 1013904223;
    m_output.clear();
    appendClientFrame(m_output, opcode, payload, m_mask);
    const bool isWatched = connection.hasUnsent();
    if (!connection.write(m_output)) {
        end(client, systemError(errno));
    } else if (connection.hasUnsent() && !isWatched) {
        watch(client, EPOLL_CTL_MOD);
    }
}

void Crowd::end(std::size_t client, const QString &reason)
{
    Connection &connection = m_connections[client];
    if (connection.state == Connection::State::Open) {
        --m_open;
    }
    connection.close();
    if (m_ended++ == 0) {
        m_firstEnd = u"%1: %2"_s.arg(QString::fromStdString(m_endpoints[m_endpointOf[client]].url), reason);
    }
}

void Crowd::closeAll()
{
    for (Connection &connection : m_connections) {
        connection.close(true);
    }
    m_connections.clear();
    m_endpointOf.clear();
    m_requests.clear();
    m_open = 0;
}

std::uint64_t Crowd::segments() const
{
    std::uint64_t sum = 0;
    for (const Connection &connection : m_connections) {
        sum += connection.segments();
    }
    return sum;
}

} // namespace switchboard::bench
