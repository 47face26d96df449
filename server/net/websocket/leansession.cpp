// SPDX-License-Identifier: BSD-3-Clause
#include "net/websocket/leansession.h"

#include "net/websocket/deflater.h"
#include "net/websocket/inflater.h"
#include "net/websocket/leanengine.h"

#include <algorithm>
#include <chrono>

namespace switchboard {

namespace {

// So many pings at a time are answered one by one; of more, the latest (RFC 6455 section 5.5.3).
constexpr quint8 pongsAtATime = 16;
// Below this, compressing costs more than it saves.
constexpr qsizetype leastCompressedBytes = 64;

qint64 steadyNanoseconds()
{
    return std::chrono::steady_clock::now().time_since_epoch().count();
}

std::unique_ptr<Inflater> makeInflater(const std::optional<DeflateAgreement> &deflate, LeanEngine &engine)
{
    const bool isOwn = deflate && deflate->clientKeepsContext;
    return isOwn ? std::make_unique<Inflater>(deflate->clientWindowBits, true, engine.inflateWorkspace())
                 : nullptr;
}

} // namespace

LeanSession::LeanSession(ClientInfo info, LeanEngine &engine, std::unique_ptr<Transport> transport,
                         const std::optional<DeflateAgreement> &deflate)
    : WebSocketSession(std::move(info), engine.services())
    , m_engine(engine)
    , m_transport(std::move(transport))
    , m_inflater(makeInflater(deflate, engine))
    , m_reader(limits().maxMessageBytes,
               !deflate         ? nullptr
                   : m_inflater ? m_inflater.get()
                                : &engine.sharedInflater())
{
    if (deflate) {
        m_windowBits = static_cast<quint8>(deflate->serverWindowBits);
        if (deflate->serverKeepsContext) {
            m_deflater = std::make_unique<Deflater>(deflate->serverWindowBits, true);
        }
    }
    m_transport->setListener(this);
}

LeanSession::~LeanSession() = default;

void LeanSession::begin(const QByteArray &answer, QByteArray surplus)
{
    push(Frame::verbatim(answer));
    if (!surplus.isEmpty()) {
        read({surplus.data(), static_cast<std::size_t>(surplus.size())});
    }
}

qsizetype LeanSession::transportBytes() const
{
    return m_transport->bytesToWrite();
}

Frame LeanSession::encoded(const Frame &frame)
{
    if (m_windowBits == 0 || frame.payload().size() < leastCompressedBytes) {
        return frame;
    }
    if (m_deflater) {
        return Frame::compressedMessage(frame.type(), m_deflater->deflate(frame.payload()));
    }
    return m_engine.compressed(frame, m_windowBits);
}

void LeanSession::push(const Frame &frame)
{
    outbox().push(frame);
    queueFlush();
}

void LeanSession::writeOut()
{
    if (m_phase == Phase::Ended) {
        return;
    }
    if (!outbox().isEmpty() && m_transport->write(outbox()) == Outbox::WriteResult::Failed) {
        cut();
        return;
    }
    if (!outbox().isEmpty()) {
        return;
    }
    m_unsentPongs = 0;
    if (m_phase == Phase::Finishing) {
        finish();
    } else if (std::exchange(m_owesPong, false)) {
        push(Frame::control(Opcode::Pong, std::exchange(m_latestPing, {})));
    }
}

void LeanSession::sendPing()
{
    m_pingSentAt = steadyNanoseconds();
    push(Frame::control(Opcode::Ping, QByteArray::number(++m_pingNumber)));
}

void LeanSession::sendClose(CloseCode code, QByteArrayView reason)
{
    m_status = {static_cast<quint16>(code), reason.toByteArray()};
    m_phase = Phase::CloseSent;
    outbox().push(Frame::close(m_status.code, reason));
    writeOut();
}

void LeanSession::cut()
{
    if (m_phase != Phase::Ended) {
        m_phase = Phase::Ended;
        m_reader.stop();
        m_transport->abort();
        noteClosed(m_status);
    }
}

void LeanSession::finish()
{
    m_phase = Phase::Ended;
    m_reader.stop();
    m_transport->finish();
    noteClosed(m_status);
}

void LeanSession::transportReadable()
{
    const std::span<char> buffer = m_engine.readBuffer();
    const Transport::ReadResult result = m_transport->read(buffer);
    if (result.bytes > 0) {
        noteAlive();
        read(buffer.first(static_cast<std::size_t>(result.bytes)));
    }
    if (result.isEnded) {
        cut();
    }
}

void LeanSession::transportWritable()
{
    writeOut();
}

void LeanSession::read(std::span<char> bytes)
{
    const auto result = m_reader.read(bytes, *this);
    if (!result && m_phase != Phase::Ended) {
        // Nothing is expected of a peer that broke the protocol (RFC 6455 section 7.1.7).
        close(result.error().code, result.error().reason);
        if (m_phase == Phase::CloseSent) {
            m_phase = Phase::Finishing;
            writeOut();
        }
    }
}

void LeanSession::messageRead(Opcode type, QByteArrayView payload)
{
    deliver(payload, type);
}

void LeanSession::pingRead(QByteArrayView payload)
{
    if (m_phase != Phase::Open || !admit()) {
        return;
    }
    if (m_unsentPongs < pongsAtATime) {
        ++m_unsentPongs;
        push(Frame::control(Opcode::Pong, payload));
    } else {
        m_owesPong = true;
        m_latestPing = payload.toByteArray();
    }
}

void LeanSession::pongRead(QByteArrayView payload)
{
    noteAlive();
    if (m_pingSentAt != 0 && payload == QByteArray::number(m_pingNumber)) {
        noteRoundTrip(std::chrono::nanoseconds(steadyNanoseconds() - std::exchange(m_pingSentAt, 0)));
    }
}

void LeanSession::closeRead(quint16 code, QByteArrayView reason)
{
    if (m_phase == Phase::Open) {
        m_status = {code, reason.toByteArray()};
        noteClosing();
        // One without a code is answered as the prototype does.
        const bool hasCode = code != static_cast<quint16>(CloseCode::NoStatus);
        outbox().push(Frame::close(hasCode ? code : static_cast<quint16>(CloseCode::Normal), reason));
    }
    if (m_phase != Phase::Ended) {
        m_phase = Phase::Finishing;
        writeOut();
    }
}

} // namespace switchboard
