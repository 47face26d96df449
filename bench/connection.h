// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace switchboard::bench {

/// One client's TCP connection, and what it still has to read or write of it. Closes it when it is destroyed.
class Connection
{
public:
    enum class State : std::uint8_t {
        Connecting, ///< TCP.
        Shaking, ///< The opening handshake of WebSocket.
        Greeting, ///< What a dialect wants before a client may speak.
        Open,
        Closed,
    };

    explicit Connection(int descriptor)
        : m_descriptor(descriptor)
    { }
    ~Connection();
    Connection(Connection &&other) noexcept;
    Connection &operator=(Connection &&) = delete;
    Connection(const Connection &) = delete;
    Connection &operator=(const Connection &) = delete;

    State state = State::Connecting;
    std::string unread; ///< The beginning of a frame whose rest has not come yet.

    [[nodiscard]] int descriptor() const { return m_descriptor; }

    /// Whether the kernel has not taken everything yet; flush() goes on when it can be written to.
    [[nodiscard]] bool hasUnsent() const { return !m_unsent.empty(); }

    /// Writes \a bytes, or keeps what the kernel does not take. False if the connection is broken.
    [[nodiscard]] bool write(std::string_view bytes);
    [[nodiscard]] bool flush();

    /// Closes it. With \a reset it ends without the handshake of TCP, which leaves no port taken for a
    /// minute.
    void close(bool reset = false);

    /// Whether connect(2) has succeeded; else errno says why not.
    [[nodiscard]] bool isEstablished() const;

    /// How many TCP segments with data have come.
    [[nodiscard]] std::uint64_t segments() const;

private:
    int m_descriptor;
    std::string m_unsent;
};

} // namespace switchboard::bench
