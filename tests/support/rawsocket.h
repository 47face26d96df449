// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <chrono>
#include <optional>

#include <QByteArray>
#include <QTcpSocket>

#include "support/rawframe.h"
#include "support/waituntil.h"

namespace switchboard::test {

/// Ends a connection by RST, as a crashed host or one that gave up would.
void resetConnection(QTcpSocket &socket);

/// A TCP client that sends exactly the bytes it is told: for HTTP and WebSocket as no library would send
/// them.
class RawSocket
{
public:
    RawSocket();
    ~RawSocket();
    Q_DISABLE_COPY_MOVE(RawSocket)

    /// Connects to \a port of 127.0.0.1 and waits for it.
    bool connectTo(quint16 port, std::chrono::milliseconds timeout = DefaultTimeout);

    /// connectTo(), then handshake(): whether 101 with the right Sec-WebSocket-Accept was answered.
    bool openWebSocket(quint16 port, const QByteArray &path = "/websockets",
                       const QByteArray &extraHeaders = {},
                       std::chrono::milliseconds timeout = DefaultTimeout);

    bool isConnected() const;
    void write(const QByteArray &bytes);

    /// Takes all up to and with \a needle; empty, and nothing taken, if it does not come.
    QByteArray readUntil(const QByteArray &needle, std::chrono::milliseconds timeout = DefaultTimeout);

    /// Takes \a count bytes; empty, and nothing taken, if they do not come.
    QByteArray readExactly(qsizetype count, std::chrono::milliseconds timeout = DefaultTimeout);

    /// Takes all that comes until the other side closes, or until the time is over.
    QByteArray readAll(std::chrono::milliseconds timeout = DefaultTimeout);

    /// What has come and was not taken yet.
    const QByteArray &buffer() const { return m_buffer; }

    /// Takes the next WebSocket frame; nothing if none comes or the connection ends first.
    std::optional<RawFrame> readFrame(std::chrono::milliseconds timeout = DefaultTimeout);

    /**
     * Waits for the end of the connection. Bytes that come before it can still be taken.
     *
     * Not while reading is off: the end comes after what was not read.
     */
    bool waitForClosed(std::chrono::milliseconds timeout = DefaultTimeout);

    /// Stops or resumes taking bytes from the kernel: a client that does not read.
    void setReading(bool reading);

    /// Asks for a kernel receive buffer of this size, so that a client that does not read is noticed soon.
    /// Reading goes slowly with a small one.
    void setReceiveBufferSize(int bytes);

    /// Ends our sending side, keeps reading (FIN).
    void shutdownWrite();

    /// Closes in an orderly way.
    void close();

    /// resetConnection()
    void reset() { resetConnection(m_socket); }

    QTcpSocket *socket() { return &m_socket; }

    /// A WebSocket opening handshake; \a extraHeaders are whole lines, each with its CR LF.
    static QByteArray handshake(const QByteArray &path = "/websockets", const QByteArray &extraHeaders = {});

    /// A WebSocket frame; \a mask as clients must.
    static QByteArray frame(quint8 opcode, const QByteArray &payload, bool fin = true, bool mask = true);

    /// A close frame with a code and a reason.
    static QByteArray closeFrame(quint16 code, const QByteArray &reason = {}, bool mask = true);

private:
    void collect();

    QTcpSocket m_socket;
    QByteArray m_buffer;
    bool m_reading = true;
};

} // namespace switchboard::test
