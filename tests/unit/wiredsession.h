// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "manualwheel.h"
#include "net/flushqueue.h"
#include "net/websocket/leanengine.h"
#include "net/websocket/leansession.h"
#include "support/rawframe.h"

#include <QByteArrayList>
#include <QTcpSocket>

#include <functional>
#include <memory>

namespace switchboard::test {

/// Runs the event loop until \a condition holds, at most some ten seconds. For tests with a ManualWheel:
/// nothing that waits for a timer of the loop would end while the clock stands still.
bool turnUntil(const std::function<bool()> &condition);

/// Keeps what a session says.
class SessionRecorder : public WebSocketSession::Listener
{
public:
    /// Texts as they came, binary messages with "binary " in front.
    QByteArrayList messages;
    QList<quint16> codes;
    QByteArrayList reasons;
    std::function<void(WebSocketSession &)> onMessage;

    void sessionMessage(WebSocketSession &session, QByteArrayView message, Opcode type) override;
    void sessionOverRate(WebSocketSession &) override { }
    void sessionClosed(WebSocketSession &session, const CloseStatus &status) override;

    [[nodiscard]] bool hasEnded() const { return !codes.isEmpty(); }
};

/// All that sessions share, with a clock that goes by hand and no limit of the rate.
class SessionLoop
{
public:
    explicit SessionLoop(const SessionLimits &limits = {});

    FlushQueue queue;
    ManualWheel wheel;
    SessionServices services;
    LeanEngine engine;
};

/// The client at the other end of a session's connection, which sends and gets bytes as they are.
class SessionPeer
{
public:
    explicit SessionPeer(std::unique_ptr<QTcpSocket> socket);
    ~SessionPeer();
    Q_DISABLE_COPY_MOVE(SessionPeer)

    void write(const QByteArray &bytes);
    /// The next frame, waiting for it; nothing when the connection ends first.
    std::optional<RawFrame> takeFrame();
    /// The next frame as it stands on the wire.
    QByteArray takeFrameBytes();
    /// Everything up to and with \a needle.
    QByteArray takeUntil(const QByteArray &needle);
    /// The payloads of the next \a count frames, each behind its opcode and a blank.
    QByteArrayList takeFrames(qsizetype count);

    /// Waits until the other side has closed and all that it sent is here.
    bool waitForEnd();
    [[nodiscard]] bool hasEnded() const;
    /// What came and was not taken.
    [[nodiscard]] const QByteArray &buffer() const { return m_buffer; }

    /// Stops or resumes taking bytes from the kernel.
    void setReading(bool isReading);
    /// Ends the own side (FIN).
    void shutdownWrite();
    /// Ends both by a reset (RST).
    void reset();
    [[nodiscard]] QTcpSocket &socket() { return *m_socket; }

private:
    void collect();

    std::unique_ptr<QTcpSocket> m_socket;
    QByteArray m_buffer;
    bool m_isReading = true;
};

/// What is below a session.
enum class Wire {
    Descriptor, ///< TCP as a DescriptorTransport
    Tls, ///< a QSslSocket in a SocketTransport
};

/// A connection within this process: for one side a Transport, for the other a SessionPeer.
struct WiredPair
{
    std::unique_ptr<Transport> transport;
    std::unique_ptr<SessionPeer> peer;
};

/// Makes one; its two are null where that does not go.
WiredPair makeWiredPair(Wire wire, SessionLoop &loop);

/// A session over such a connection that is through its handshake, and its peer.
class WiredSession
{
public:
    /// \a surplus is what came behind the handshake.
    WiredSession(SessionLoop &loop, Wire wire, const std::optional<DeflateAgreement> &deflate = {},
                 const QByteArray &surplus = {});

    /// Whether the peer has got the answer to its handshake.
    [[nodiscard]] bool isConnected() const { return m_isConnected; }

    LeanSession &session() { return *m_session; }
    SessionPeer &peer() { return *m_peer; }
    SessionRecorder heard;

private:
    std::unique_ptr<SessionPeer> m_peer;
    std::unique_ptr<LeanSession> m_session;
    bool m_isConnected = false;
};

} // namespace switchboard::test

Q_DECLARE_METATYPE(switchboard::test::Wire)
