// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/closecode.h"
#include "net/opcode.h"

#include <QByteArray>
#include <QByteArrayView>

#include <optional>
#include <utility>
#include <vector>

namespace switchboard {

/// A WebSocket frame from server to client, encoded and immutable (RFC 6455 section 5.2). Such a frame is not
/// masked, so it is the same bytes for every client: it is made once and shared by reference.
///
/// Copies count their references without locks: a frame stays on the event loop that made it.
class Frame
{
public:
    /// The longest payload of a control frame, in bytes (RFC 6455 section 5.5).
    static constexpr qsizetype longestControlPayload = 125;

    /// A whole text message of valid UTF-8 in one frame.
    [[nodiscard]] static Frame text(QByteArrayView utf8) { return message(Opcode::Text, utf8); }
    /// A whole message, Opcode::Text or Opcode::Binary, in one frame.
    [[nodiscard]] static Frame message(Opcode type, QByteArrayView payload);
    /// The same message compressed: \a deflated is its payload by RFC 7692 section 7.2.1.
    [[nodiscard]] static Frame compressedMessage(Opcode type, QByteArrayView deflated);
    /// A ping or a pong with at most longestControlPayload bytes.
    [[nodiscard]] static Frame control(Opcode type, QByteArrayView payload);
    /// A close frame. CloseCode::NoStatus makes one without code and reason; of a reason that is too long the
    /// end is cut off.
    [[nodiscard]] static Frame close(quint16 code, QByteArrayView reason);
    /// Bytes that go out as they are: frames that were joined, or the answer to a handshake.
    [[nodiscard]] static Frame verbatim(QByteArray bytes);

    Frame(const Frame &other) noexcept
        : m_data(other.m_data)
    {
        ++m_data->references;
    }
    Frame(Frame &&other) noexcept
        : m_data(std::exchange(other.m_data, nullptr))
    { }
    Frame &operator=(Frame other) noexcept
    {
        std::swap(m_data, other.m_data);
        return *this;
    }
    ~Frame()
    {
        if (m_data && --m_data->references == 0) {
            delete m_data;
        }
    }

    /// Header and payload as they go out.
    [[nodiscard]] const QByteArray &bytes() const { return m_data->bytes; }
    /// The number of those bytes.
    [[nodiscard]] qsizetype size() const { return m_data->bytes.size(); }
    /// What stands behind the header.
    [[nodiscard]] QByteArrayView payload() const
    {
        return QByteArrayView(m_data->bytes).sliced(m_data->headerBytes);
    }
    [[nodiscard]] Opcode type() const { return m_data->type; }

    /// Whether both are one and the same frame, not two of equal bytes.
    [[nodiscard]] bool isSameAs(const Frame &other) const { return m_data == other.m_data; }

    /// This message compressed for a window of so many bits, if keepCompressed() has been told.
    [[nodiscard]] std::optional<Frame> compressed(int windowBits) const;
    /// Keeps \a frame with this one, for the next client that gets it compressed for \a windowBits.
    void keepCompressed(int windowBits, const Frame &frame) const;

private:
    struct Data
    {
        quint32 references = 1;
        Opcode type = Opcode::Text;
        quint8 headerBytes = 0;
        QByteArray bytes;
        std::vector<std::pair<int, Frame>> compressed{}; // by window bits
    };

    explicit Frame(Data *data)
        : m_data(data)
    { }
    [[nodiscard]] static Frame encode(quint8 flags, Opcode type, QByteArrayView payload);

    Data *m_data;
};

} // namespace switchboard
