// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/filedescriptor.h"
#include "net/httprequest.h"
#include "net/peer.h"
#include "net/timingwheel.h"
#include "net/websocket/leanengine.h"

#include <QByteArray>

#include <chrono>
#include <memory>
#include <optional>
#include <unordered_map>

namespace switchboard {

/// Stands at the door: a new connection is nothing but its descriptor until its first request can be looked
/// at. Most are WebSocket handshakes, and those never need more. Everything else, whatever is wrong with it,
/// goes on as an HTTP connection.
class ConnectionGreeter
{
public:
    /// Where connections go.
    class Host
    {
    public:
        virtual ~Host() = default;
        /// Accepts a WebSocket handshake; nothing for any other request, and for one to refuse.
        [[nodiscard]] virtual std::optional<LeanEngine::Handshake> accepted(const HttpHead &head,
                                                                            const Peer &peer) const = 0;
        /// A connection whose accepted handshake is read; \a surplus came behind it.
        virtual void takeHandshake(const HttpHead &head, const Peer &peer,
                                   const LeanEngine::Handshake &handshake, FileDescriptor descriptor,
                                   QByteArray surplus) = 0;
        /// A connection that began with \a bytes, and is for somebody else to read on.
        virtual void takeConnection(FileDescriptor descriptor, const QByteArray &bytes) = 0;
    };

    /// Waits for a connection's first byte at most \a patience. \a host, \a poller and \a wheel must outlive
    /// it.
    ConnectionGreeter(Host &host, SocketPoller &poller, TimingWheel &wheel,
                      std::chrono::milliseconds patience);
    ~ConnectionGreeter();
    Q_DISABLE_COPY_MOVE(ConnectionGreeter)

    /// Takes a new connection, which must not block.
    void greet(FileDescriptor descriptor);

    /// How many have not said anything yet.
    [[nodiscard]] std::size_t count() const { return m_guests.size(); }
    /// Closes those.
    void dismissAll();

private:
    class Guest;
    enum class Look { Nothing, Gone, Handshake, Other };

    [[nodiscard]] Look look(int descriptor);
    void pass(FileDescriptor descriptor, Look look);
    void onReadable(Guest &guest);
    void onDeadline(Guest &guest);
    [[nodiscard]] FileDescriptor release(Guest &guest);

    Host &m_host;
    SocketPoller &m_poller;
    TimingWheel &m_wheel;
    std::chrono::milliseconds m_patience;
    std::unordered_map<int, std::unique_ptr<Guest>> m_guests; // by descriptor
    QByteArray m_buffer;
    qsizetype m_readBytes = 0; // in the buffer
    qsizetype m_headBytes = 0; // of these
    HttpHead m_head;
    Peer m_peer;
    std::optional<LeanEngine::Handshake> m_handshake;
};

} // namespace switchboard
