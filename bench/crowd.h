// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "bench/connection.h"
#include "bench/dialect.h"
#include "bench/endpoint.h"
#include "bench/frame.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace switchboard::bench {

using Clock = std::chrono::steady_clock;

/// Is given what clients of a Crowd get.
class CrowdListener
{
public:
    virtual ~CrowdListener() = default;

    /// A text message has come for a client. \a message stands only during the call.
    virtual void onMessage(std::size_t client, std::string_view message) = 0;
};

/// A client that is to be.
struct Visitor
{
    std::size_t endpoint = 0; ///< Which of the crowd's.
    std::string room; ///< For dialects in which a room is a path; empty for everybody's chat.
};

/// Many WebSocket clients on one epoll instance, as cheap as they can be: they share one buffer, and copy
/// nothing that came whole. Clients are known by their number, from 0 in the order of opening.
class Crowd
{
public:
    /// What has come for all clients so far.
    struct Figures
    {
        std::uint64_t bytes = 0;
        std::uint64_t reads = 0; ///< Calls of recv(2) that brought something.
    };

    /// Is called now and then with how many clients are open.
    using OpenProgress = std::function<void(std::size_t)>;

    /// Both have to outlive it.
    Crowd(std::span<const Endpoint> endpoints, const Dialect &dialect);
    ~Crowd();
    Crowd(const Crowd &) = delete;
    Crowd &operator=(const Crowd &) = delete;
    Crowd(Crowd &&) = delete;
    Crowd &operator=(Crowd &&) = delete;

    /// Who gets the messages from now on; nullptr for nobody.
    void setListener(CrowdListener *listener) { m_listener = listener; }

    /// Opens a client for each of \a visitors, \a atOnce at a time, and waits until they may speak. The error
    /// says whom a client could not reach, or what was answered.
    [[nodiscard]] tl::expected<void, QString> open(std::span<const Visitor> visitors, std::size_t atOnce,
                                                   const OpenProgress &progress = {});

    /// Sends a text message; does nothing for a client whose connection has ended.
    void send(std::size_t client, std::string_view message);

    /// Takes what has come, waiting for something for at most \a timeout. Returns whether there was anything.
    bool poll(std::chrono::nanoseconds timeout);

    /// Ends all connections at once, without closing handshakes, and forgets the clients.
    void closeAll();

    [[nodiscard]] std::size_t size() const { return m_connections.size(); }
    [[nodiscard]] const Figures &figures() const { return m_figures; }

    /// When the message that the listener is given, or the last one, was read.
    [[nodiscard]] Clock::time_point lastRead() const { return m_lastRead; }

    /// How many connections have ended without closeAll(), and why the first of them did.
    [[nodiscard]] std::size_t ended() const { return m_ended; }
    [[nodiscard]] const QString &firstEnd() const { return m_firstEnd; }

    /// How many TCP segments with data have come for all clients. On one machine a segment is what the server
    /// gave to the kernel at once, if that is less than 64 KiB.
    [[nodiscard]] std::uint64_t segments() const;

private:
    tl::expected<void, QString> start(const Visitor &visitor);
    void onEvent(std::size_t client, std::uint32_t events);
    void onWritable(std::size_t client);
    void read(std::size_t client);
    std::size_t takeBytes(std::size_t client, std::string_view bytes);
    std::size_t takeAnswer(std::size_t client, std::string_view bytes);
    void takeFrame(std::size_t client, const ScannedFrame &frame);
    void takeMessage(std::size_t client, std::string_view message);
    void sendFrame(std::size_t client, Opcode opcode, std::string_view payload);
    void watch(std::size_t client, int operation);
    void becomeOpen(std::size_t client);
    void end(std::size_t client, const QString &reason);

    std::span<const Endpoint> m_endpoints;
    const Dialect &m_dialect;
    CrowdListener *m_listener = nullptr;
    int m_epoll;
    std::vector<Connection> m_connections;
    std::vector<std::size_t> m_endpointOf; // of each client
    std::vector<std::size_t> m_startedAt; // how many connections each endpoint has had
    std::vector<std::string> m_requests; // of handshakes that are not sent yet, by client
    std::vector<char> m_input;
    std::string m_output;
    std::uint32_t m_mask = 0x9E3779B9;
    std::size_t m_open = 0;
    std::size_t m_ended = 0;
    QString m_firstEnd;
    Figures m_figures;
    Clock::time_point m_lastRead;
};

} // namespace switchboard::bench
