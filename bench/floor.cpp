// SPDX-License-Identifier: BSD-3-Clause
#include "bench/descriptorlimit.h"
#include "bench/scenarios.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace switchboard::bench {

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

constexpr auto warmUp = 500ms;
constexpr std::uint64_t roundsAhead = 2;

/// A process that writes to all of its sockets, again and again, each time that it is told to.
struct Writer
{
    pid_t pid = -1;
    int orders = -1; // a pipe: a byte for each round
    std::size_t sockets = 0;
    std::uint64_t ordered = 0; // rounds
    std::uint64_t read = 0; // bytes that came from it
};

int listenOnLoopback(sockaddr_in &address)
{
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener, reinterpret_cast<const sockaddr *>(&address), size) != 0
        || ::listen(listener, SOMAXCONN) != 0
        || ::getsockname(listener, reinterpret_cast<sockaddr *>(&address), &size) != 0) {
        ::close(listener);
        return -1;
    }
    return listener;
}

// What the process of a Writer does. Blocks where the reader is slow.
[[noreturn]] void writeRounds(const sockaddr_in &address, std::size_t count, std::size_t writeBytes,
                              int orders)
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    std::vector<int> sockets;
    for (std::size_t i = 0; i < count; ++i) {
        const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
        if (::connect(descriptor, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0) {
            ::_exit(1);
        }
        // As a server's are: without it the kernel joins writes on its own.
        const int on = 1;
        ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        sockets.push_back(descriptor);
    }
    const std::vector<char> bytes(writeBytes, 'x');
    char order = 0;
    while (::read(orders, &order, 1) == 1) {
        for (const int descriptor : sockets) {
            for (std::size_t sent = 0; sent < writeBytes;) {
                const ssize_t size = ::send(descriptor, bytes.data() + sent, writeBytes - sent, MSG_NOSIGNAL);
                if (size < 0) {
                    ::_exit(1);
                }
                sent += static_cast<std::size_t>(size);
            }
        }
    }
    ::_exit(0);
}

/// Writers, and the reading end of all their sockets.
class Floor
{
public:
    Floor()
        : m_epoll(::epoll_create1(EPOLL_CLOEXEC))
        , m_input(std::size_t{256} * 1024)
    { }
    ~Floor();
    Q_DISABLE_COPY_MOVE(Floor)

    tl::expected<void, QString> start(const Options &options);

    /// Has all writers write for so long, and reads it all.
    tl::expected<void, QString> run(std::chrono::nanoseconds duration);

    [[nodiscard]] std::vector<WatchedProcess> processes() const;
    [[nodiscard]] std::uint64_t bytes() const;

private:
    bool accept(int listener, std::size_t writer);
    void order();
    bool takeWhatCame();
    [[nodiscard]] bool isAllRead() const;

    int m_epoll;
    std::vector<int> m_sockets;
    std::vector<Writer> m_writers;
    std::vector<char> m_input;
    std::size_t m_writeBytes = 0;
    bool m_isBroken = false;
};

Floor::~Floor()
{
    for (const Writer &writer : m_writers) {
        ::kill(writer.pid, SIGKILL);
        ::waitpid(writer.pid, nullptr, 0);
        ::close(writer.orders);
    }
    for (const int descriptor : m_sockets) {
        ::close(descriptor);
    }
    ::close(m_epoll);
}

tl::expected<void, QString> Floor::start(const Options &options)
{
    m_writeBytes = options.writeBytes;
    if (auto allowed = allowConnections(options.clients); !allowed) {
        return allowed;
    }
    for (std::uint32_t i = 0; i < options.nodes; ++i) {
        sockaddr_in address = {};
        const int listener = listenOnLoopback(address);
        int orders[2] = {-1, -1};
        if (listener < 0 || ::pipe2(orders, O_CLOEXEC) != 0) {
            return tl::make_unexpected(QString::fromLocal8Bit(std::strerror(errno)));
        }
        const std::size_t sockets =
            options.clients / options.nodes + (i < options.clients % options.nodes ? 1 : 0);
        const pid_t pid = ::fork();
        if (pid == 0) {
            ::close(orders[1]);
            writeRounds(address, sockets, m_writeBytes, orders[0]);
        }
        ::close(orders[0]);
        m_writers.push_back({pid, orders[1], sockets});
        const bool isAccepted = accept(listener, i);
        ::close(listener);
        if (!isAccepted) {
            return tl::make_unexpected(u"a process could not connect all its sockets"_s);
        }
    }
    return {};
}

bool Floor::accept(int listener, std::size_t writer)
{
    const timeval timeout = {5, 0};
    ::setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    for (std::size_t i = 0; i < m_writers[writer].sockets; ++i) {
        const int descriptor = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (descriptor < 0) {
            return false;
        }
        epoll_event event = {};
        event.events = EPOLLIN;
        event.data.u64 = std::uint64_t{writer} << 32 | static_cast<std::uint32_t>(descriptor);
        ::epoll_ctl(m_epoll, EPOLL_CTL_ADD, descriptor, &event);
        m_sockets.push_back(descriptor);
    }
    return true;
}

// Keeps each writer a round ahead of what has been read.
void Floor::order()
{
    for (Writer &writer : m_writers) {
        const std::uint64_t done = writer.read / (writer.sockets * m_writeBytes);
        while (writer.ordered < done + roundsAhead) {
            const char go = 0;
            m_isBroken = m_isBroken || ::write(writer.orders, &go, 1) != 1;
            ++writer.ordered;
        }
    }
}

bool Floor::takeWhatCame()
{
    epoll_event events[1024];
    const int count = ::epoll_wait(m_epoll, events, 1024, 1000);
    for (int i = 0; i < count; ++i) {
        const int descriptor = static_cast<int>(events[i].data.u64 & 0xFFFFFFFF);
        const ssize_t size = ::recv(descriptor, m_input.data(), m_input.size(), 0);
        if (size <= 0) {
            m_isBroken = true;
            return false;
        }
        m_writers[events[i].data.u64 >> 32].read += static_cast<std::uint64_t>(size);
    }
    return count > 0;
}

bool Floor::isAllRead() const
{
    return std::all_of(m_writers.begin(), m_writers.end(), [&](const Writer &writer) {
        return writer.read == writer.ordered * writer.sockets * m_writeBytes;
    });
}

tl::expected<void, QString> Floor::run(std::chrono::nanoseconds duration)
{
    const auto end = Clock::now() + duration;
    while (Clock::now() < end || !isAllRead()) {
        if (Clock::now() < end) {
            order();
        }
        if (!takeWhatCame() || m_isBroken) {
            return tl::make_unexpected(u"a process that was to write has ended"_s);
        }
    }
    return {};
}

std::vector<WatchedProcess> Floor::processes() const
{
    std::vector<WatchedProcess> all;
    for (const Writer &writer : m_writers) {
        all.push_back({u"server"_s, writer.pid});
    }
    return all;
}

std::uint64_t Floor::bytes() const
{
    std::uint64_t sum = 0;
    for (const Writer &writer : m_writers) {
        sum += writer.read;
    }
    return sum;
}

} // namespace

Outcome runFloor(const Options &options, Progress &progress)
{
    Floor floor;
    if (const auto started = floor.start(options).and_then([&] { return floor.run(warmUp); }); !started) {
        return tl::make_unexpected(started.error());
    }
    progress.update(u"measuring"_s, 0, 1);
    const std::uint64_t bytesBefore = floor.bytes();
    CpuMeter meter(floor.processes());
    const auto done = meter.start().and_then([&] { return floor.run(options.duration); }).and_then([&] {
        return meter.stop();
    });
    if (!done) {
        return tl::make_unexpected(done.error());
    }
    const auto bytes = static_cast<double>(floor.bytes() - bytesBefore);
    const double deliveries = bytes / static_cast<double>(options.messageBytes);
    Report report(u"floor"_s);
    report.add(u"clients"_s, u"sockets"_s, options.clients);
    report.add(u"bytesPerSegment"_s, u"bytes per write"_s, static_cast<double>(options.writeBytes));
    report.add(u"deliveries"_s, u"deliveries"_s, deliveries);
    report.addCpu(meter.times(), deliveries, u"delivery"_s);
    return report;
}

} // namespace switchboard::bench
