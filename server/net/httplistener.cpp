// SPDX-License-Identifier: BSD-3-Clause
#include "net/httplistener.h"

#include "net/logging.h"

#include <QSslSocket>
#include <QTcpSocket>
#include <QTimer>

#include <algorithm>
#include <array>
#include <climits>
#include <sys/resource.h>
#include <sys/socket.h>

namespace switchboard {

namespace {

// Without descriptors accept() fails at once and for ever; trying again later keeps the loop from spinning.
constexpr std::chrono::seconds acceptPause(1);
// Descriptors that are left for Redis, the log and the like; the kernel gives out the lowest ones first.
constexpr int spareDescriptors = 32;

int descriptorLimit()
{
    rlimit limit = {};
    return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? static_cast<int>(qMin<rlim_t>(limit.rlim_cur, INT_MAX))
                                                   : INT_MAX;
}

// Answers without another word a connection that there is no room for.
void turnAway(FileDescriptor connection)
{
    static const QByteArray answer =
        HttpReply{503, "The node has no room for another connection.\n"}.encode(true, false);
    std::array<char, 4096> waste;
    // What lies there unread would make the kernel take the answer back.
    while (::recv(connection.get(), waste.data(), waste.size(), MSG_DONTWAIT) > 0) { }
    ::send(connection.get(), answer.constData(), static_cast<std::size_t>(answer.size()),
           MSG_DONTWAIT | MSG_NOSIGNAL);
}

} // namespace

HttpListener::HttpListener(TimingWheel &wheel, const HttpLimits &limits, QObject *parent)
    : QTcpServer(parent)
    , m_wheel(wheel)
    , m_limits(limits)
    , m_descriptorLimit(descriptorLimit())
{
    connect(this, &QTcpServer::acceptError, this, &HttpListener::onAcceptError);
}

HttpListener::~HttpListener() = default;

void HttpListener::start(FileDescriptor listenSocket)
{
    if (setSocketDescriptor(listenSocket.get())) {
        (void)listenSocket.release();
    } else {
        qCCritical(lcHttp, "Cannot listen: %ls", qUtf16Printable(errorString()));
    }
}

void HttpListener::greetFor(ConnectionGreeter::Host &host, SocketPoller &poller)
{
    m_greeter = std::make_unique<ConnectionGreeter>(host, poller, m_wheel, m_limits.requestTimeout);
}

void HttpListener::finish()
{
    close();
    if (m_greeter) {
        m_greeter->dismissAll();
    }
    const auto connections = findChildren<HttpConnection *>();
    for (HttpConnection *connection : connections) {
        connection->finish();
    }
}

void HttpListener::incomingConnection(qintptr descriptor)
{
    FileDescriptor connection(static_cast<int>(descriptor));
    if (connection.get() >= m_descriptorLimit - spareDescriptors) {
        ++m_turnedAway;
        turnAway(std::move(connection));
    } else if (m_greeter && !m_tls) {
        m_greeter->greet(std::move(connection));
    } else {
        adopt(std::move(connection));
    }
}

void HttpListener::adopt(FileDescriptor descriptor, const QByteArray &bytes)
{
    QTcpSocket *socket = makeSocket();
    if (!socket->setSocketDescriptor(descriptor.get())) {
        qCWarning(lcHttp, "Cannot take a connection: %ls", qUtf16Printable(socket->errorString()));
        delete socket;
        return;
    }
    (void)descriptor.release();
    auto *connection = new HttpConnection(socket, m_wheel, m_limits);
    ++m_connectionCount;
    connect(connection, &HttpConnection::requestReady, this,
            [this, connection] { Q_EMIT requestReady(connection); });
    connect(connection, &QObject::destroyed, this, [this] {
        if (--m_connectionCount == 0) {
            Q_EMIT idle();
        }
    });
    if (auto *encrypted = qobject_cast<QSslSocket *>(socket)) {
        encrypted->startServerEncryption();
    }
    if (!bytes.isEmpty()) {
        putBack(socket, bytes);
        QMetaObject::invokeMethod(socket, &QTcpSocket::readyRead, Qt::QueuedConnection);
    }
}

void HttpListener::putBack(QTcpSocket *socket, const QByteArray &bytes)
{
    std::for_each(bytes.crbegin(), bytes.crend(), [socket](char byte) { socket->ungetChar(byte); });
}

QTcpSocket *HttpListener::makeSocket()
{
    if (!m_tls) {
        return new QTcpSocket(this);
    }
    auto *socket = new QSslSocket(this);
    socket->setSslConfiguration(*m_tls);
    return socket;
}

void HttpListener::onAcceptError()
{
    qCWarning(lcHttp, "Cannot accept connections: %ls; trying again in a second",
              qUtf16Printable(errorString()));
    QTimer::singleShot(acceptPause, this, &QTcpServer::resumeAccepting);
}

} // namespace switchboard
