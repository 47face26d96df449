// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/auth/claims.h"
#include "net/closecode.h"
#include "net/outbox.h"
#include "net/ratelimiter.h"
#include "net/timingwheel.h"
#include "protocol/timestamp.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QHostAddress>
#include <QUuid>

#include <chrono>
#include <optional>

namespace switchboard {

class FlushQueue;
class FrameJoiner;

/// What is known of a client from its handshake on.
struct ClientInfo
{
    /// Random, version 4 (RFC 4122).
    QUuid id;
    QHostAddress address;
    quint16 port = 0;
    /// The User-Agent header as it came; not trustworthy.
    QByteArray userAgent;
    protocol::Timestamp connectedAt;
    /// Connected from this very machine, by no proxy and by no page of another site: whoever that is may be
    /// trusted like a local user.
    bool isLocal = false;
    /// What its token says; null where clients need none.
    ClaimsPtr claims = {};

    /// The id as the wire writes it: lower case, with dashes, without braces.
    [[nodiscard]] QByteArray idText() const { return id.toByteArray(QUuid::WithoutBraces); }
    /// Whether its token lets it into \a room.
    [[nodiscard]] bool mayJoin(QByteArrayView room) const { return !claims || claims->mayJoin(room); }
    /// Who its token says it is; empty without one.
    [[nodiscard]] QByteArray user() const { return claims ? claims->user : QByteArray(); }
};

/// How a connection ended: the peer's code or ours, CloseCode::Abnormal without a closing handshake.
struct CloseStatus
{
    quint16 code = static_cast<quint16>(CloseCode::Abnormal);
    /// UTF-8 from the close frame, possibly from the peer.
    QByteArray reason;
};

/// The bounds that every session keeps.
struct SessionLimits
{
    /// The longest message a client may send, in bytes of UTF-8; a longer one ends the connection (1009).
    qsizetype maxMessageBytes = 65536;
    /// The most unread output a client may have, in bytes; beyond it the connection is cut (4008).
    qsizetype maxQueuedBytes = 1 << 20;
    /// Between keepalive pings; a client that leaves two unanswered is cut (4408). 0: no pings.
    std::chrono::milliseconds keepalive = std::chrono::seconds(30);
    /// How long a closing handshake may take before the connection is cut.
    std::chrono::milliseconds closeTimeout = std::chrono::seconds(5);
    /// What a client may send; who goes on beyond it is cut (1008).
    RateLimit rate;
};

/// Counts of messages, and of their bytes on the wire, from and to clients.
struct Traffic
{
    quint64 messagesReceived = 0;
    quint64 messagesSent = 0;
    quint64 bytesReceived = 0;
    quint64 bytesSent = 0;
};

/// What the sessions of one event loop share.
struct SessionServices
{
    FlushQueue &flushQueue;
    TimingWheel &wheel;
    SessionLimits limits;
    /// Of all sessions since the start.
    Traffic totals = {};
    /// Sessions cut off because they did not read.
    quint64 slowConsumers = 0;
    /// Connections of sessions that have ended, which wait for their peers to take the last bytes.
    qsizetype lingering = 0;
};

/// One WebSocket client: the only interface between the rest of the daemon and a connection, whichever engine
/// speaks the protocol. All on the event loop that made it.
class WebSocketSession
{
public:
    /// Who hears of a session. A listener may send and close from inside, but not destroy the session.
    class Listener
    {
    public:
        virtual ~Listener() = default;
        /// A whole message came: valid UTF-8 where \a type is Opcode::Text, any bytes where it is
        /// Opcode::Binary. It lives until this returns.
        virtual void sessionMessage(WebSocketSession &session, QByteArrayView message, Opcode type) = 0;
        /// A message came that is beyond SessionLimits::rate. It is gone.
        virtual void sessionOverRate(WebSocketSession &session) = 0;
        /// The connection is gone; nothing more will come. Called once.
        virtual void sessionClosed(WebSocketSession &session, const CloseStatus &status) = 0;
    };

    WebSocketSession(ClientInfo info, SessionServices &services);
    virtual ~WebSocketSession();
    Q_DISABLE_COPY_MOVE(WebSocketSession)

    void setListener(Listener *listener) { m_listener = listener; }

    [[nodiscard]] const ClientInfo &info() const { return m_info; }
    [[nodiscard]] const QUuid &id() const { return m_info.id; }
    /// Since the client connected.
    [[nodiscard]] const Traffic &traffic() const { return m_traffic; }
    /// Whether it still takes frames: from the handshake until a close() or the end.
    [[nodiscard]] bool isOpen() const { return m_isOpen; }
    /// Whether it was the daemon that began to end the connection.
    [[nodiscard]] bool isClosedHere() const { return m_isClosedHere; }
    /// How long the latest keepalive ping took to come back; nothing before the first.
    [[nodiscard]] std::optional<std::chrono::microseconds> roundTrip() const { return m_roundTrip; }
    /// Bytes that the client is owed and the kernel has not taken.
    [[nodiscard]] qsizetype queuedBytes() const { return m_outbox.bytes() + transportBytes(); }

    /// Queues \a frame; it leaves at the end of this turn of the event loop. A client whose unread output
    /// would pass SessionLimits::maxQueuedBytes is cut with CloseCode::SlowConsumer instead. Ignored when not
    /// open.
    void send(const Frame &frame);

    /// Begins the closing handshake: what is queued goes out, then a close frame with \a code and \a reason
    /// (UTF-8, at most 123 bytes), then the connection ends, at the latest after SessionLimits::closeTimeout.
    void close(CloseCode code, QByteArrayView reason);

    /// Ends the connection at once, without a word.
    void abort();

    /// Writes what is queued as far as the kernel takes it, joined where \a joiner has just seen the same.
    /// Called by FlushQueue.
    void flushQueued(FrameJoiner &joiner);
    /// The same before the end of the turn, for whoever wants to know what queuedBytes() are then left. It
    /// may find the connection broken, and end the session.
    void flushNow() { writeOut(); }

    /// A mark for its registry: where in its list this session stands.
    [[nodiscard]] std::size_t registryIndex() const { return m_registryIndex; }
    void setRegistryIndex(std::size_t index) { m_registryIndex = index; }

protected:
    [[nodiscard]] Outbox &outbox() { return m_outbox; }
    [[nodiscard]] const SessionLimits &limits() const { return m_services.limits; }
    [[nodiscard]] SessionServices &services() const { return m_services; }

    /// For engines: there is something to send that did not come by send().
    void queueFlush();
    /// For engines: whether what has just come is within SessionLimits::rate. Closes a client that goes on
    /// beyond it. deliver() asks by itself.
    [[nodiscard]] bool admit();
    /// For engines: a whole message came.
    void deliver(QByteArrayView message, Opcode type = Opcode::Text);
    /// For engines: the peer is there (it answered a ping or sent something).
    void noteAlive() { m_unansweredPings = 0; }
    /// For engines: a keepalive ping was answered after \a elapsed.
    void noteRoundTrip(std::chrono::nanoseconds elapsed)
    {
        m_roundTrip = std::chrono::duration_cast<std::chrono::microseconds>(elapsed);
    }
    /// For engines: the closing handshake has begun from either side; what is sent from now on is ignored.
    void noteClosing();
    /// For engines that close by themselves: it was the daemon that began.
    void noteClosedHere() { m_isClosedHere = true; }
    /// For engines: the connection is gone.
    void noteClosed(const CloseStatus &status);

private:
    /// Bytes that were handed to the transport and did not leave yet.
    [[nodiscard]] virtual qsizetype transportBytes() const = 0;
    /// \a frame as this client gets it.
    [[nodiscard]] virtual Frame encoded(const Frame &frame) { return frame; }
    /// Writes from outbox() what the kernel takes, and arranges to be called back for the rest.
    virtual void writeOut() = 0;
    virtual void sendPing() = 0;
    /// Sends the close frame behind all that outbox() holds.
    virtual void sendClose(CloseCode code, QByteArrayView reason) = 0;
    virtual void cut() = 0;

    [[nodiscard]] bool makeRoom(qsizetype bytes);
    void onDeadline();

    // What every delivery touches stands together.
    SessionServices &m_services;
    bool m_isOpen = true;
    bool m_isQueued = false;
    bool m_isEnded = false;
    bool m_isClosedHere = false;
    quint8 m_unansweredPings = 0;
    Outbox m_outbox;
    Traffic m_traffic;
    Listener *m_listener = nullptr;
    std::size_t m_registryIndex = 0;
    RateLimiter m_rateLimiter;
    std::optional<std::chrono::microseconds> m_roundTrip;
    Deadline m_deadline;
    ClientInfo m_info;
};

} // namespace switchboard
