// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/chunkedbody.h"
#include "net/httprequest.h"
#include "net/timingwheel.h"

#include <QObject>
#include <QPointer>

#include <chrono>

QT_BEGIN_NAMESPACE
class QTcpSocket;
QT_END_NAMESPACE

namespace switchboard {

/// What a stranger may make the daemon hold, and for how long.
struct HttpLimits
{
    /// Request line and header fields together, in bytes.
    qsizetype headBytes = qsizetype{16} * 1024;
    /// A body as it travels, chunk headers included, in bytes.
    qsizetype bodyBytes = qsizetype{64} * 1024;
    /// From a request's first byte (on a new connection: from its start) to its last.
    std::chrono::milliseconds requestTimeout = std::chrono::seconds(10);
    /// Between two requests of one connection.
    std::chrono::milliseconds idleTimeout = std::chrono::seconds(60);
    /// What a connection that is being closed may take to read its last answer.
    std::chrono::milliseconds closeTimeout = std::chrono::seconds(2);
    /// Requests that one connection may make.
    int requestsPerConnection = 100;
};

/// Stands guard over one HTTP connection before QtHttpServer's parser, which bounds nothing: it looks at what
/// has come without taking it, and only when a whole request within the limits is there does it say so. Until
/// that request is answered it looks at nothing further, so answers keep the order of requests.
/// A child of its socket.
class HttpConnection : public QObject
{
    Q_OBJECT

public:
    HttpConnection(QTcpSocket *socket, TimingWheel &wheel, const HttpLimits &limits);

    [[nodiscard]] QTcpSocket *socket() const { return m_socket; }
    /// The request that is being handled.
    [[nodiscard]] const HttpHead &head() const { return m_head; }
    /// Its bytes, head and body, which stand at the front of the socket's buffer.
    [[nodiscard]] qsizetype requestBytes() const { return m_headBytes + m_bodyBytes; }
    /// Which request of this connection it is.
    [[nodiscard]] int requestNumber() const { return m_requestNumber; }

    /// Answers the request that is being handled.
    void reply(const HttpReply &reply);

    /// No further request is served: the connection ends behind the answer that is owed, or at once.
    void finish();

Q_SIGNALS:
    /// A whole request stands in the socket's buffer.
    void requestReady();

private:
    enum class State { Reading, Handling, Closing };

    void onReadyRead();
    void onBytesWritten();
    void onDeadline();
    void readHead();
    void readBody();
    void refuse(const HttpReply &reply);
    void beginClosing();
    void awaitNextRequest();

    QTcpSocket *m_socket;
    HttpLimits m_limits;
    Deadline m_deadline;
    State m_state = State::Reading;
    HttpHead m_head;
    ChunkedBodyScanner m_chunks;
    qsizetype m_headBytes = 0; // 0 until the head is whole
    qsizetype m_bodyBytes = 0;
    int m_requestNumber = 0;
    bool m_isFinishing = false;
    bool m_hasBegun = false; // something of the next request is there
};

/// The right to answer one request, once, now or later. Copies share it. Answering after the client went away
/// does nothing.
class HttpResponder
{
public:
    explicit HttpResponder(HttpConnection *connection);

    /// Sends \a reply unless the request has been answered.
    void send(const HttpReply &reply) const;

private:
    QPointer<HttpConnection> m_connection;
    int m_requestNumber;
};

} // namespace switchboard
