// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <optional>

#include <QByteArrayList>

#include "support/deflatestream.h"
#include "support/rawsocket.h"

namespace switchboard::test {

/// A message that the daemon answers with outcome `answer NAME` (it names a channel that there is none of),
/// \a size bytes long if that is more than it takes.
QByteArray question(const QByteArray &name, qsizetype size = 0);

/// An opening handshake; \a offer is the value of Sec-WebSocket-Extensions, none if it is empty.
QByteArray handshakeOffering(const QByteArray &offer);

/// Frames as a client may send them, right or wrong, and what becomes of them.
class WsConversation
{
public:
    /// Opens a connection; \a offer is the value of Sec-WebSocket-Extensions, none if it is empty.
    bool open(quint16 port, const QByteArray &offer = {});

    /// As above with \a handshake, whole or in parts, which may have more behind it.
    bool openWith(quint16 port, const QByteArrayList &handshake);

    /// What the daemon has agreed on: the value of Sec-WebSocket-Extensions, null if there is none.
    QByteArray agreement() const { return m_agreement; }

    void send(const QByteArray &bytes) { m_socket.write(bytes); }
    /// Each byte by itself.
    void sendOctetWise(const QByteArray &bytes);
    /// In two parts, the second when the first has been taken by the kernel.
    void sendInTwo(const QByteArray &bytes, qsizetype at);

    /**
     * Asks a last question and takes all that comes before its answer or before the end of the connection,
     * each as one line: "answer NAME", "pong PAYLOAD", "close CODE", "end", or what else it is.
     */
    QByteArrayList outcome();

    /// The payload bytes of the last compressed message; 0 while none came.
    qsizetype compressedBytes() const { return m_compressedBytes; }

    RawSocket &socket() { return m_socket; }

private:
    bool readAnswer();
    QByteArray describe(const RawFrame &frame);

    RawSocket m_socket;
    std::optional<InflateStream> m_inflate; // with the window that was agreed on
    QByteArray m_agreement;
    qsizetype m_compressedBytes = 0;
};

} // namespace switchboard::test
