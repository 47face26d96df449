// SPDX-License-Identifier: BSD-3-Clause
#include "net/httplistener.h"

#include "net/logging.h"

#include <QTcpSocket>
#include <QTimer>

namespace switchboard {

namespace {

// Without descriptors accept() fails at once and for ever; trying again later keeps the loop from spinning.
constexpr std::chrono::seconds acceptPause(1);

} // namespace

HttpListener::HttpListener(TimingWheel &wheel, const HttpLimits &limits, QObject *parent)
    : QTcpServer(parent)
    , m_wheel(wheel)
    , m_limits(limits)
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
    if (m_greeter) {
        m_greeter->greet(std::move(connection));
    } else {
        adopt(std::move(connection));
    }
}

void HttpListener::adopt(FileDescriptor descriptor)
{
    auto *socket = new QTcpSocket(this);
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
}

void HttpListener::onAcceptError()
{
    qCWarning(lcHttp, "Cannot accept connections: %ls; trying again in a second",
              qUtf16Printable(errorString()));
    QTimer::singleShot(acceptPause, this, &QTcpServer::resumeAccepting);
}

} // namespace switchboard
