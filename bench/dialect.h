// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace switchboard::bench {

/// How a kind of server wants to be spoken to: the requests of clients, and what its messages are. Texts and
/// names of rooms are to need no escapes in JSON.
class Dialect
{
public:
    enum class Kind : std::uint8_t {
        Switchboard, ///< JSON as in docs/PROTOCOL.md.
        SocketIo, ///< Socket.IO 4: Engine.IO 4 over WebSocket, events named like Switchboard's types.
        Nchan, ///< No protocol of its own: rooms are paths, and members get what was sent as it is.
    };

    explicit Dialect(Kind kind)
        : m_kind(kind)
    { }

    /// Where a client that hears only \a room connects to, or everybody's chat for an empty one; \a path is
    /// that of the URL.
    [[nodiscard]] std::string path(std::string_view path, std::string_view room) const;

    /// The message that says \a text to everybody, or to \a room unless that is empty.
    [[nodiscard]] std::string say(std::string_view room, std::string_view text) const;

    /// The requests to enter and leave \a room; empty where they are not made by messages.
    [[nodiscard]] std::string join(std::string_view room) const;
    [[nodiscard]] std::string leave(std::string_view room) const;

    /// Whether a client may not speak before a message for which isGreeting() is true.
    [[nodiscard]] bool greets() const { return m_kind == Kind::SocketIo; }
    [[nodiscard]] bool isGreeting(std::string_view message) const;

    /// What has to be answered to \a message at once; empty for nothing.
    [[nodiscard]] std::string_view answerTo(std::string_view message) const;

    /// Whether \a message tells a client that it has entered a room.
    [[nodiscard]] bool isEntrance(std::string_view message) const;

    /// Whether \a message tells a client that a message of its was refused.
    [[nodiscard]] bool isRejection(std::string_view message) const;

private:
    [[nodiscard]] std::string request(std::string_view channel, std::string_view type,
                                      std::string_view contents) const;

    Kind m_kind;
};

} // namespace switchboard::bench
