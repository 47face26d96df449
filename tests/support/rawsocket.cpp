// SPDX-License-Identifier: BSD-3-Clause
#include "support/rawsocket.h"

#include <utility>

#include <QHostAddress>
#include <QtEndian>
#include <sys/socket.h>

namespace switchboard::test {

void resetConnection(QTcpSocket &socket)
{
    const linger noLinger{1, 0};
    ::setsockopt(static_cast<int>(socket.socketDescriptor()), SOL_SOCKET, SO_LINGER, &noLinger,
                 sizeof(noLinger));
    socket.abort();
}

RawSocket::RawSocket()
{
    QObject::connect(&m_socket, &QTcpSocket::readyRead, &m_socket, [this] { collect(); });
}

RawSocket::~RawSocket()
{
    m_socket.disconnect(); // the buffer goes before the socket does
    m_socket.abort();
}

bool RawSocket::connectTo(quint16 port, std::chrono::milliseconds timeout)
{
    m_socket.abort();
    m_buffer.clear();
    setReading(true);
    m_socket.connectToHost(QHostAddress::LocalHost, port);
    waitUntil([this] { return m_socket.state() != QAbstractSocket::ConnectingState; }, timeout);
    if (!isConnected()) {
        m_socket.abort();
        return false;
    }
    m_socket.setSocketOption(QAbstractSocket::LowDelayOption, 1);
    return true;
}

bool RawSocket::openWebSocket(quint16 port, const QByteArray &path, const QByteArray &extraHeaders,
                              std::chrono::milliseconds timeout)
{
    if (!connectTo(port, timeout)) {
        return false;
    }
    write(handshake(path, extraHeaders));
    const QByteArray answer = readUntil("\r\n\r\n", timeout);
    // The answer that RFC 6455, 1.3, works out for the key that handshake() sends.
    return answer.startsWith("HTTP/1.1 101 ") && answer.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n");
}

bool RawSocket::isConnected() const
{
    return m_socket.state() == QAbstractSocket::ConnectedState;
}

void RawSocket::write(const QByteArray &bytes)
{
    m_socket.write(bytes);
    m_socket.flush();
}

QByteArray RawSocket::readUntil(const QByteArray &needle, std::chrono::milliseconds timeout)
{
    waitUntil([&] { return m_buffer.contains(needle) || !isConnected(); }, timeout);
    const qsizetype position = m_buffer.indexOf(needle);
    return position < 0 ? QByteArray() : readExactly(position + needle.size(), {});
}

QByteArray RawSocket::readExactly(qsizetype count, std::chrono::milliseconds timeout)
{
    waitUntil([&] { return m_buffer.size() >= count || !isConnected(); }, timeout);
    if (m_buffer.size() < count) {
        return {};
    }
    QByteArray bytes = m_buffer.first(count);
    m_buffer.remove(0, count);
    return bytes;
}

QByteArray RawSocket::readAll(std::chrono::milliseconds timeout)
{
    waitForClosed(timeout);
    return std::exchange(m_buffer, {});
}

std::optional<RawFrame> RawSocket::readFrame(std::chrono::milliseconds timeout)
{
    std::optional<RawFrame> frame;
    waitUntil(
        [&] {
            const bool connected = isConnected(); // asked first: its last bytes may hold a frame
            frame = RawFrame::takeFrom(m_buffer);
            return frame.has_value() || !connected;
        },
        timeout);
    return frame;
}

bool RawSocket::waitForClosed(std::chrono::milliseconds timeout)
{
    return waitUntil([this] { return m_socket.state() == QAbstractSocket::UnconnectedState; }, timeout);
}

void RawSocket::setReading(bool reading)
{
    m_reading = reading;
    m_socket.setReadBufferSize(reading ? 0 : 1); // 0 means no limit, so 1 is as little as it can be
    if (reading) {
        collect();
    }
}

void RawSocket::setReceiveBufferSize(int bytes)
{
    m_socket.setSocketOption(QAbstractSocket::ReceiveBufferSizeSocketOption, bytes);
}

void RawSocket::shutdownWrite()
{
    m_socket.flush();
    ::shutdown(static_cast<int>(m_socket.socketDescriptor()), SHUT_WR);
}

void RawSocket::close()
{
    m_socket.disconnectFromHost();
}

QByteArray RawSocket::handshake(const QByteArray &path, const QByteArray &extraHeaders)
{
    return "GET " + path
        + " HTTP/1.1\r\n"
          "Host: 127.0.0.1\r\n"
          "Upgrade: websocket\r\n"
          "Connection: Upgrade\r\n"
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
          "Sec-WebSocket-Version: 13\r\n"
        + extraHeaders + "\r\n";
}

QByteArray RawSocket::frame(quint8 opcode, const QByteArray &payload, bool fin, bool mask)
{
    RawFrame frame;
    frame.fin = fin;
    frame.opcode = opcode;
    frame.masked = mask;
    frame.payload = payload;
    return frame.encode();
}

QByteArray RawSocket::closeFrame(quint16 code, const QByteArray &reason, bool mask)
{
    QByteArray payload(sizeof(code), Qt::Uninitialized);
    qToBigEndian(code, payload.data());
    return frame(RawFrame::Close, payload + reason, true, mask);
}

void RawSocket::collect()
{
    if (m_reading && m_socket.isOpen()) {
        m_buffer += m_socket.readAll();
    }
}

} // namespace switchboard::test
