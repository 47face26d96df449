// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/websocket/deflatenegotiation.h"
#include "net/websocket/messagereader.h"
#include "net/websocket/transport.h"
#include "net/websocketsession.h"

#include <memory>
#include <optional>

namespace switchboard {

class Deflater;
class Inflater;
class LeanEngine;

/// The engine of our own: RFC 6455 and RFC 7692 from the handshake's answer on, over a Transport. It holds
/// nothing for a client at rest but itself.
class LeanSession final : public WebSocketSession, private Transport::Listener, private MessageReader::Sink
{
public:
    /// Takes a \a transport whose handshake is accepted with \a deflate.
    LeanSession(ClientInfo info, LeanEngine &engine, std::unique_ptr<Transport> transport,
                const std::optional<DeflateAgreement> &deflate);
    ~LeanSession() override;

    /// Sends \a answer, the 101 to the handshake, and reads \a surplus, what came behind the handshake. To be
    /// called once, when somebody listens.
    void begin(const QByteArray &answer, QByteArray surplus);

private:
    // From the opening handshake to the end of the connection (RFC 6455 section 7).
    enum class Phase : quint8 {
        Open,
        CloseSent, // the peer's close frame is awaited
        Finishing, // both are through, or nothing more is read: it ends behind what is to be sent
        Ended,
    };

    [[nodiscard]] qsizetype transportBytes() const override;
    [[nodiscard]] Frame encoded(const Frame &frame) override;
    void writeOut() override;
    void sendPing() override;
    void sendClose(CloseCode code, QByteArrayView reason) override;
    void cut() override;

    void transportReadable() override;
    void transportWritable() override;

    void messageRead(Opcode type, QByteArrayView payload) override;
    void pingRead(QByteArrayView payload) override;
    void pongRead(QByteArrayView payload) override;
    void closeRead(quint16 code, QByteArrayView reason) override;

    void read(std::span<char> bytes);
    void push(const Frame &frame);
    void finish();

    LeanEngine &m_engine;
    std::unique_ptr<Transport> m_transport;
    std::unique_ptr<Deflater> m_deflater; // with a context of its own
    std::unique_ptr<Inflater> m_inflater; // likewise
    MessageReader m_reader;
    CloseStatus m_status;
    QByteArray m_latestPing; // of those that came when too many were unanswered
    qint64 m_pingSentAt = 0; // nanoseconds of the steady clock
    quint32 m_pingNumber = 0;
    Phase m_phase = Phase::Open;
    quint8 m_unsentPongs = 0;
    bool m_owesPong = false; // to m_latestPing
    quint8 m_windowBits = 0; // of what it gets compressed; 0: nothing
};

} // namespace switchboard
