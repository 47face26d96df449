// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/websocket/framedecoder.h"
#include "net/websocket/utf8validator.h"

#include <QByteArrayView>

#include <memory>
#include <optional>
#include <span>
#include <tl/expected.hpp>

namespace switchboard {

class Inflater;

/// Makes messages out of what a client sends (RFC 6455 sections 5 to 8, RFC 7692 section 6), and holds it to
/// all the rules. For a client at rest it keeps nothing but itself; what it keeps of an unfinished message
/// grows with what has arrived, never with what was announced.
class MessageReader
{
public:
    /// Takes what was read. All views end when the call returns. A call may stop() the reader, but neither
    /// destroy it nor call read().
    class Sink
    {
    public:
        virtual ~Sink() = default;

        /// A whole message, Opcode::Text (of valid UTF-8) or Opcode::Binary.
        virtual void messageRead(Opcode type, QByteArrayView payload) = 0;
        virtual void pingRead(QByteArrayView payload) = 0;
        virtual void pongRead(QByteArrayView payload) = 0;
        /// \a code is 1005 when the frame had none, \a reason valid UTF-8. Nothing is read any more.
        virtual void closeRead(quint16 code, QByteArrayView reason) = 0;
    };

    /// \a maxMessageBytes bounds a message, inflated if it came compressed. \a inflater stays where it is
    /// while the reader lives; without one no message may be compressed.
    explicit MessageReader(qsizetype maxMessageBytes, Inflater *inflater = nullptr);
    ~MessageReader();
    Q_DISABLE_COPY_MOVE(MessageReader)

    /// Reads on with \a bytes, as they were received, and gives all that is whole to \a sink. The bytes are
    /// unmasked in place; a message that lies in them in one plain frame is given on without a copy.
    ///
    /// A fault stops the reader: 1002 for a breach of the protocol; 1007 for text that is no UTF-8, at its
    /// first wrong byte, and for a compressed message that cannot be inflated or whose text is none; 1009 for
    /// a message that is too long, once the header of a frame announces it.
    [[nodiscard]] tl::expected<void, ProtocolFault> read(std::span<char> bytes, Sink &sink);

    /// Ignores everything from now on, and keeps nothing.
    void stop();
    /// Whether it was stopped: by stop(), a fault, or a close frame.
    [[nodiscard]] bool isStopped() const { return m_isStopped; }

    /// The bytes that are kept of a message and of a control frame that are not whole yet.
    [[nodiscard]] qsizetype unfinishedBytes() const;

private:
    struct Unfinished;
    using Fault = std::optional<ProtocolFault>;

    [[nodiscard]] Fault readFrame(std::span<char> &bytes, Sink &sink);
    [[nodiscard]] Fault beginData(const FrameHeader &frame);
    [[nodiscard]] Fault readData(std::span<char> piece, Sink &sink);
    [[nodiscard]] Fault finishMessage(QByteArrayView lastPiece, Sink &sink);
    [[nodiscard]] Fault giveInflated(QByteArrayView compressed, Sink &sink);
    [[nodiscard]] Fault readControl(std::span<char> piece, Sink &sink);
    [[nodiscard]] Fault giveControl(QByteArrayView payload, Sink &sink);
    [[nodiscard]] Fault giveClose(QByteArrayView payload, Sink &sink);
    [[nodiscard]] Unfinished &unfinished();

    std::unique_ptr<Unfinished> m_unfinished;
    Inflater *m_inflater;
    qsizetype m_maxMessageBytes;
    FrameDecoder m_decoder;
    Utf8Validator m_validator;
    // Of the message that was begun and not finished:
    Opcode m_type = Opcode::Text;
    bool m_isInMessage = false;
    bool m_isCompressed = false;

    bool m_isInFrame = false;
    bool m_isStopped = false;
};

// One for every client: what is added here is paid that many times.
static_assert(sizeof(MessageReader) <= 96);

} // namespace switchboard
