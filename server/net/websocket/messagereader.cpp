// SPDX-License-Identifier: BSD-3-Clause
#include "net/websocket/messagereader.h"

#include "net/websocket/inflater.h"

#include <QtEndian>

#include <utility>

namespace switchboard {

namespace {

QByteArrayView view(std::span<const char> bytes)
{
    return {bytes.data(), static_cast<qsizetype>(bytes.size())};
}

// Data that cannot be compressed gets longer: with fixed Huffman codes by an eighth, and by some bytes for
// each block.
qsizetype longestCompressed(qsizetype messageBytes)
{
    return messageBytes + messageBytes / 8 + 128;
}

bool isUtf8(QByteArrayView text)
{
    Utf8Validator validator;
    return validator.feed(text) && validator.isComplete();
}

// RFC 6455 section 7.4 and the registry of close codes at IANA: 1004 to 1006 and 1015 are never sent.
bool mayBeSent(quint16 code)
{
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

ProtocolFault protocolError(const char *reason)
{
    return {CloseCode::ProtocolError, reason};
}

constexpr ProtocolFault badText{CloseCode::InvalidData, "text is not UTF-8"};
constexpr ProtocolFault tooLong{CloseCode::MessageTooBig, "message is too long"};
constexpr ProtocolFault badCompression{CloseCode::InvalidData, "compressed message is corrupt"};

} // namespace

/// What has arrived of a message and of a control frame inside it, neither of them whole.
struct MessageReader::Unfinished
{
    QByteArray message; // as it came: compressed if it is
    QByteArray control;
};

MessageReader::MessageReader(qsizetype maxMessageBytes, Inflater *inflater)
    : m_inflater(inflater)
    , m_maxMessageBytes(maxMessageBytes)
{ }

MessageReader::~MessageReader() = default;

tl::expected<void, ProtocolFault> MessageReader::read(std::span<char> bytes, Sink &sink)
{
    while (!bytes.empty() && !m_isStopped) {
        if (const Fault fault = readFrame(bytes, sink)) {
            stop();
            return tl::unexpected(*fault);
        }
    }
    return {};
}

void MessageReader::stop()
{
    m_isStopped = true;
    m_unfinished.reset();
}

qsizetype MessageReader::unfinishedBytes() const
{
    return m_unfinished ? m_unfinished->message.size() + m_unfinished->control.size() : 0;
}

// Goes on with the frame that was begun, or begins one; ends with the frame or with the bytes.
MessageReader::Fault MessageReader::readFrame(std::span<char> &bytes, Sink &sink)
{
    if (!m_isInFrame) {
        const auto header = m_decoder.takeHeader(bytes);
        if (!header) {
            return header.error();
        }
        if (!*header) {
            return std::nullopt;
        }
        if (!(*header)->isControl()) {
            if (const Fault fault = beginData(**header)) {
                return fault;
            }
        }
    }
    const std::span<char> piece = m_decoder.takePayload(bytes);
    m_isInFrame = m_decoder.remainingBytes() > 0;
    return m_decoder.frame().isControl() ? readControl(piece, sink) : readData(piece, sink);
}

MessageReader::Fault MessageReader::beginData(const FrameHeader &frame)
{
    const bool isFirst = frame.opcode != Opcode::Continuation;
    if (isFirst && m_isInMessage) {
        return protocolError("message begins inside another");
    }
    if (!isFirst && !m_isInMessage) {
        return protocolError("continuation of no message");
    }
    if (frame.isCompressed && (!isFirst || m_inflater == nullptr)) {
        return protocolError("RSV1 must be 0");
    }
    if (isFirst) {
        m_type = frame.opcode;
        m_isInMessage = true;
        m_isCompressed = frame.isCompressed;
        m_validator.reset();
    }
    const qsizetype limit = m_isCompressed ? longestCompressed(m_maxMessageBytes) : m_maxMessageBytes;
    const qsizetype kept = m_unfinished ? m_unfinished->message.size() : 0;
    if (frame.payloadBytes > static_cast<quint64>(limit - kept)) {
        return tooLong;
    }
    return std::nullopt;
}

MessageReader::Fault MessageReader::readData(std::span<char> piece, Sink &sink)
{
    if (m_type == Opcode::Text && !m_isCompressed && !m_validator.feed(view(piece))) {
        return badText;
    }
    if (!m_isInFrame && m_decoder.frame().isFinal) {
        return finishMessage(view(piece), sink);
    }
    if (!piece.empty()) {
        unfinished().message.append(view(piece));
    }
    return std::nullopt;
}

MessageReader::Fault MessageReader::finishMessage(QByteArrayView lastPiece, Sink &sink)
{
    m_isInMessage = false;
    QByteArray kept;
    QByteArrayView whole = lastPiece;
    if (m_unfinished) {
        kept = std::move(m_unfinished->message);
        m_unfinished.reset(); // no control frame is unfinished here
        kept.append(lastPiece);
        whole = kept;
    }
    if (m_isCompressed) {
        return giveInflated(whole, sink);
    }
    if (m_type == Opcode::Text && !m_validator.isComplete()) {
        return badText;
    }
    sink.messageRead(m_type, whole);
    return std::nullopt;
}

MessageReader::Fault MessageReader::giveInflated(QByteArrayView compressed, Sink &sink)
{
    const auto message = m_inflater->inflate(compressed, m_maxMessageBytes);
    if (!message) {
        return message.error() == InflateFault::TooBig ? tooLong : badCompression;
    }
    if (m_type == Opcode::Text && !isUtf8(*message)) {
        return badText;
    }
    sink.messageRead(m_type, *message);
    m_inflater->trim();
    return std::nullopt;
}

MessageReader::Fault MessageReader::readControl(std::span<char> piece, Sink &sink)
{
    if (m_isInFrame) {
        unfinished().control.append(view(piece));
        return std::nullopt;
    }
    if (!m_unfinished || m_unfinished->control.isEmpty()) {
        return giveControl(view(piece), sink);
    }
    QByteArray whole = std::move(m_unfinished->control);
    if (m_unfinished->message.isEmpty()) {
        m_unfinished.reset();
    }
    whole.append(view(piece));
    return giveControl(whole, sink);
}

MessageReader::Fault MessageReader::giveControl(QByteArrayView payload, Sink &sink)
{
    switch (m_decoder.frame().opcode) {
    case Opcode::Ping:
        sink.pingRead(payload);
        break;
    case Opcode::Pong:
        sink.pongRead(payload);
        break;
    default:
        return giveClose(payload, sink);
    }
    return std::nullopt;
}

MessageReader::Fault MessageReader::giveClose(QByteArrayView payload, Sink &sink)
{
    auto code = static_cast<quint16>(CloseCode::NoStatus);
    QByteArrayView reason;
    if (!payload.isEmpty()) {
        if (payload.size() < qsizetype(sizeof code)) {
            return protocolError("close frame has half a code");
        }
        code = qFromBigEndian<quint16>(payload.data());
        reason = payload.sliced(sizeof code);
        if (!mayBeSent(code)) {
            return protocolError("close code is not valid");
        }
        if (!isUtf8(reason)) {
            return badText;
        }
    }
    stop();
    sink.closeRead(code, reason);
    return std::nullopt;
}

MessageReader::Unfinished &MessageReader::unfinished()
{
    if (!m_unfinished) {
        m_unfinished = std::make_unique<Unfinished>();
    }
    return *m_unfinished;
}

} // namespace switchboard
