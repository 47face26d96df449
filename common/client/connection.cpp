// SPDX-License-Identifier: BSD-3-Clause
#include "client/connection.h"

#include "client/logging.h"
#include "client/nodeaddress.h"

#include <utility>

namespace switchboard::client {

using namespace Qt::StringLiterals;

namespace {

// Close codes after which coming back unchanged would not help, see docs/PROTOCOL.md.
constexpr int policyViolation = 1008;
constexpr int disconnectedByOperator = 4003;
constexpr int tokenExpired = 4401;

// RFC 9110 section 15.5.2.
constexpr int unauthorized = 401;

} // namespace

Connection::Connection(const ConnectionOptions &options, QObject *parent)
    : QObject(parent)
    , m_options(options)
    , m_plan(options.minRetryDelay, options.maxRetryDelay)
{
    m_retryTimer.setSingleShot(true);
    connect(&m_retryTimer, &QTimer::timeout, this, &Connection::connectNow);
}

Connection::~Connection()
{
    if (m_socket) {
        m_socket->dismiss();
    }
}

void Connection::open(const QList<QUrl> &urls, const QByteArray &token)
{
    m_token = token;
    m_plan.start(urls);
    connectNow();
}

void Connection::close()
{
    m_retryTimer.stop();
    dropSocket();
    m_problem.clear();
    setState(State::Disconnected);
}

void Connection::stop(const QString &reason)
{
    m_retryTimer.stop();
    dropSocket();
    m_problem = reason;
    setState(State::Disconnected);
    Q_EMIT refused(reason);
}

void Connection::reconnect()
{
    if (!url().isEmpty()) {
        connectNow();
    }
}

bool Connection::send(const QByteArray &message)
{
    return m_socket && m_socket->send(message);
}

std::optional<std::chrono::milliseconds> Connection::nextAttemptIn() const
{
    if (m_state != State::Waiting) {
        return std::nullopt;
    }
    return m_retryTimer.remainingTimeAsDuration();
}

void Connection::connectNow()
{
    m_retryTimer.stop();
    dropSocket();
    m_socket = new NodeSocket(m_options.deadlines, this);
    connect(m_socket, &NodeSocket::connected, this, &Connection::onConnected);
    connect(m_socket, &NodeSocket::messageReceived, this, &Connection::messageReceived);
    connect(m_socket, &NodeSocket::ended, this, &Connection::onEnded);
    connect(m_socket, &NodeSocket::latencyMeasured, this, [this](std::chrono::microseconds latency) {
        m_latency = latency;
        Q_EMIT latencyChanged();
    });
    setState(State::Connecting);
    qCInfo(clientLog) << "connecting to" << url().toString();
    m_socket->open(url(), m_token, m_options.userAgent);
}

void Connection::dropSocket()
{
    if (m_socket) {
        m_socket->dismiss();
        m_socket.clear();
    }
    if (std::exchange(m_latency, std::nullopt)) {
        Q_EMIT latencyChanged();
    }
}

void Connection::onConnected()
{
    m_problem.clear();
    setState(State::Connected);
}

void Connection::onEnded(const SocketEnd &end)
{
    m_socket->deleteLater();
    m_socket.clear();
    dropSocket();
    const QString address = displayAddress(url());
    if (end.httpStatus == unauthorized) {
        stop(m_token.isEmpty() ? tr("%1 asks for a token (HTTP status 401)").arg(address)
                               : tr("%1 does not take this token (HTTP status 401)").arg(address));
        return;
    }
    const QString words = end.reason.isEmpty() ? tr("no reason given") : end.reason;
    switch (end.code) {
    case policyViolation:
    case disconnectedByOperator:
    case tokenExpired:
        stop(tr("%1 has sent this client away: %2 (%3)").arg(address, words).arg(end.code));
        return;
    default:
        break;
    }
    m_problem = end.code == NodeSocket::abnormalClosure
        ? u"%1: %2"_s.arg(address, end.reason)
        : tr("%1 closed the connection: %2 (%3)").arg(address, words).arg(end.code);
    qCInfo(clientLog).noquote() << m_problem;
    m_retryTimer.start(m_plan.noteFailure());
    setState(State::Waiting);
}

void Connection::setState(State state)
{
    m_state = state;
    Q_EMIT stateChanged(state);
}

} // namespace switchboard::client
