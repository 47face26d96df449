// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <vector>

#include <QByteArray>

namespace switchboard::bench {

/// What the frames of rooms that came so far were.
struct Counts
{
    qint64 lists = 0;
    qint64 joined = 0;
    qint64 left = 0;
    qint64 rejected = 0;
    qint64 others = 0;
    qint64 bytes = 0; ///< of all of them
};

/// Many WebSocket clients on one epoll instance, as lean as they can be: they count what they are told and
/// forget it. Text frames from the daemon are told apart by how they end.
class Crowd
{
public:
    Crowd();
    ~Crowd();
    Q_DISABLE_COPY_MOVE(Crowd)

    /// Connects one more client to \a port of 127.0.0.1 and waits for its handshake; false if that fails.
    bool connect(quint16 port);

    /// Sends \a message from a client in a text frame.
    void send(std::size_t client, const QByteArray &message);

    /// Takes what has come for all of them, waiting for something for at most \a timeout.
    void poll(std::chrono::milliseconds timeout);

    std::size_t size() const { return m_clients.size(); }
    /// What one client was told, and what all were.
    const Counts &counts(std::size_t client) const { return m_clients[client].counts; }
    const Counts &total() const { return m_total; }
    /// How many connections have ended.
    int closed() const { return m_closed; }

private:
    struct Client
    {
        int descriptor = -1;
        Counts counts;
        std::array<unsigned char, 10> head{}; ///< of the frame that is coming in
        std::size_t headSize = 0;
        quint64 payloadLeft = 0;
        std::array<char, 20> tail{}; ///< the last bytes of its payload
        std::size_t tailSize = 0;
        bool isInPayload = false;
    };

    void read(Client &client);
    void take(Client &client, const char *bytes, std::size_t size);
    bool takeHead(Client &client, char byte);
    void takePayload(Client &client, const char *bytes, std::size_t size);
    void finishFrame(Client &client);

    int m_epoll;
    std::vector<Client> m_clients;
    Counts m_total;
    int m_closed = 0;
};

} // namespace switchboard::bench
