// SPDX-License-Identifier: BSD-3-Clause
#include "net/httpconnection.h"

#include <QMetaObject>
#include <QSslSocket>
#include <QTcpSocket>

#include <sys/socket.h>

namespace switchboard {

HttpConnection::HttpConnection(QTcpSocket *socket, TimingWheel &wheel, const HttpLimits &limits)
    : QObject(socket)
    , m_socket(socket)
    , m_limits(limits)
    , m_deadline(wheel, [this] { onDeadline(); })
{
    // Qt goes on reading by itself; this is all that it may hold.
    m_socket->setReadBufferSize(limits.headBytes + limits.bodyBytes);
    connect(m_socket, &QTcpSocket::readyRead, this, &HttpConnection::onReadyRead);
    connect(m_socket, &QTcpSocket::bytesWritten, this, &HttpConnection::onBytesWritten);
    connect(m_socket, &QTcpSocket::disconnected, m_socket, &QObject::deleteLater);
    m_deadline.start(limits.requestTimeout);
}

void HttpConnection::onReadyRead()
{
    switch (m_state) {
    case State::Reading:
        readHead();
        break;
    case State::Handling:
        break;
    case State::Closing:
        m_socket->skip(m_socket->bytesAvailable());
        break;
    }
}

void HttpConnection::readHead()
{
    if (m_headBytes > 0) {
        readBody();
        return;
    }
    // RFC 9112 section 2.2: an empty line before the request line is passed over.
    while (m_socket->peek(2) == "\r\n") {
        m_socket->skip(2);
    }
    if (m_socket->bytesAvailable() == 0) {
        return;
    }
    if (!m_hasBegun) {
        m_hasBegun = true;
        if (m_requestNumber > 0) {
            m_deadline.start(m_limits.requestTimeout);
        }
    }
    const QByteArray available = m_socket->peek(m_limits.headBytes);
    const qsizetype end = available.indexOf("\r\n\r\n");
    if (end < 0) {
        if (available.size() >= m_limits.headBytes) {
            refuse({431,
                    "The request's head is longer than " + QByteArray::number(m_limits.headBytes)
                        + " bytes.\n"});
        } else if (available.contains("\n\n") || available.contains("\n\r\n")) {
            refuse({400, "Lines must end in CR LF.\n"});
        }
        return;
    }
    m_headBytes = end + 4;
    auto head = parseHttpHead(QByteArrayView(available).first(m_headBytes));
    if (!head) {
        refuse(head.error());
        return;
    }
    m_head = std::move(*head);
    if (m_head.contentLength > m_limits.bodyBytes) {
        refuse({413, "The body is longer than " + QByteArray::number(m_limits.bodyBytes) + " bytes.\n"});
        return;
    }
    const bool bodyIsToCome =
        m_head.isChunked || m_socket->bytesAvailable() < m_headBytes + m_head.contentLength;
    if (m_head.expectsContinue && bodyIsToCome) {
        m_socket->write("HTTP/1.1 100 Continue\r\n\r\n");
    }
    readBody();
}

void HttpConnection::readBody()
{
    if (m_head.isChunked) {
        const QByteArray available = m_socket->peek(m_headBytes + m_limits.bodyBytes);
        switch (m_chunks.scan(QByteArrayView(available).sliced(m_headBytes))) {
        case ChunkedBodyScanner::Result::Malformed:
            refuse({400, "The chunked body is malformed.\n"});
            return;
        case ChunkedBodyScanner::Result::Incomplete:
            if (available.size() >= m_headBytes + m_limits.bodyBytes) {
                refuse(
                    {413, "The body is longer than " + QByteArray::number(m_limits.bodyBytes) + " bytes.\n"});
            }
            return;
        case ChunkedBodyScanner::Result::Complete:
            m_bodyBytes = m_chunks.end();
            break;
        }
    } else {
        m_bodyBytes = static_cast<qsizetype>(m_head.contentLength);
        if (m_socket->bytesAvailable() < m_headBytes + m_bodyBytes) {
            return;
        }
    }
    m_state = State::Handling;
    ++m_requestNumber;
    m_deadline.stop();
    Q_EMIT requestReady();
}

void HttpConnection::reply(const HttpReply &reply)
{
    if (m_state != State::Handling) {
        return;
    }
    const bool keepAlive =
        m_head.keepAlive && !m_isFinishing && m_requestNumber < m_limits.requestsPerConnection;
    m_socket->write(reply.encode(m_head.method != "HEAD", keepAlive));
    if (keepAlive) {
        // At once: Qt drops what is unsent when it sees that the client closed its side.
        m_socket->flush();
        awaitNextRequest();
    } else {
        beginClosing();
    }
}

void HttpConnection::finish()
{
    m_isFinishing = true;
    if (m_state != State::Reading) {
        return;
    }
    if (m_hasBegun) {
        refuse({503, "The server is stopping.\n"});
    } else {
        m_socket->disconnectFromHost();
    }
}

void HttpConnection::awaitNextRequest()
{
    m_state = State::Reading;
    m_head = {};
    m_chunks = {};
    m_headBytes = 0;
    m_bodyBytes = 0;
    m_hasBegun = false;
    m_deadline.start(m_limits.idleTimeout);
    // The next request may be there already, but this one is still on the stack.
    QMetaObject::invokeMethod(this, &HttpConnection::onReadyRead, Qt::QueuedConnection);
}

void HttpConnection::refuse(const HttpReply &reply)
{
    m_socket->write(reply.encode(true, false));
    beginClosing();
}

void HttpConnection::beginClosing()
{
    m_state = State::Closing;
    m_deadline.start(m_limits.closeTimeout);
    // What is still being sent is read and thrown away, so that the peer gets the answer and not a reset.
    m_socket->skip(m_socket->bytesAvailable());
    m_socket->flush();
    onBytesWritten();
}

void HttpConnection::onBytesWritten()
{
    if (m_state != State::Closing || m_socket->bytesToWrite() > 0) {
        return;
    }
    if (qobject_cast<QSslSocket *>(m_socket)) {
        // TLS has a goodbye of its own, which only this sends.
        m_socket->disconnectFromHost();
    } else {
        ::shutdown(static_cast<int>(m_socket->socketDescriptor()), SHUT_WR);
    }
}

void HttpConnection::onDeadline()
{
    if (m_state == State::Reading && m_hasBegun) {
        refuse({408, "The request was not complete in time.\n"});
        return;
    }
    if (m_state == State::Closing) {
        m_socket->abort();
    } else {
        m_socket->disconnectFromHost();
    }
}

HttpResponder::HttpResponder(HttpConnection *connection)
    : m_connection(connection)
    , m_requestNumber(connection->requestNumber())
{ }

void HttpResponder::send(const HttpReply &reply) const
{
    if (m_connection && m_connection->requestNumber() == m_requestNumber) {
        m_connection->reply(reply);
    }
}

} // namespace switchboard
