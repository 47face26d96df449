// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/filedescriptor.h"
#include "net/httprequest.h"
#include "net/websocket/deflatenegotiation.h"
#include "net/websocket/deflater.h"
#include "net/websocket/inflater.h"
#include "net/websocket/socketpoller.h"
#include "net/websocketsession.h"

#include <array>
#include <memory>
#include <span>

namespace switchboard {

class LeanSession;
class Transport;

/// What the sessions of the engine of our own share on one event loop: the poller of their descriptors, the
/// buffer that they read into, and the contexts that compress for all of them.
class LeanEngine
{
public:
    /// An accepted handshake.
    struct Handshake
    {
        /// The answer, with status 101.
        QByteArray answer;
        std::optional<DeflateAgreement> deflate;
        /// What the client's token says, once that has been looked at.
        ClaimsPtr claims = {};
    };

    LeanEngine(SessionServices &services, DeflateMode deflateMode);
    ~LeanEngine();
    Q_DISABLE_COPY_MOVE(LeanEngine)

    /// Checks a handshake by RFC 6455 section 4.2. The error is the answer that refuses it.
    [[nodiscard]] tl::expected<Handshake, HttpReply> accept(const HttpHead &head) const;

    /// Makes a session of the connection that \a handshake came on.
    [[nodiscard]] std::unique_ptr<LeanSession> makeSession(ClientInfo info, const Handshake &handshake,
                                                           FileDescriptor descriptor);
    /// Likewise over any \a transport.
    [[nodiscard]] std::unique_ptr<LeanSession> makeSession(ClientInfo info, const Handshake &handshake,
                                                           std::unique_ptr<Transport> transport);

    [[nodiscard]] SessionServices &services() { return m_services; }
    [[nodiscard]] SocketPoller &poller() { return m_poller; }
    /// What one read brings lies here until the next one.
    [[nodiscard]] std::span<char> readBuffer() { return m_readBuffer; }
    [[nodiscard]] InflateWorkspace &inflateWorkspace() { return m_workspace; }
    /// For clients whose messages do not refer to earlier ones.
    [[nodiscard]] Inflater &sharedInflater() { return m_inflater; }
    /// \a frame compressed for a window of so many bits, by itself; the same one for all who ask for it.
    [[nodiscard]] Frame compressed(const Frame &frame, int windowBits);

private:
    static constexpr std::size_t readBytes = std::size_t{64} * 1024;
    static constexpr int leastWindowBits = 8;
    static constexpr int mostWindowBits = 15;

    SessionServices &m_services;
    DeflateMode m_deflateMode;
    SocketPoller m_poller;
    InflateWorkspace m_workspace;
    Inflater m_inflater;
    std::array<std::unique_ptr<Deflater>, mostWindowBits - leastWindowBits + 1> m_deflaters;
    std::array<char, readBytes> m_readBuffer;
};

} // namespace switchboard
