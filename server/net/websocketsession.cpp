// SPDX-License-Identifier: BSD-3-Clause
#include "net/websocketsession.h"

#include "net/flushqueue.h"

namespace switchboard {

namespace {

constexpr quint8 pingsBeforeCut = 2;

} // namespace

WebSocketSession::WebSocketSession(ClientInfo info, SessionServices &services)
    : m_services(services)
    , m_deadline(services.wheel, [this] { onDeadline(); })
    , m_info(std::move(info))
{
    if (limits().keepalive.count() > 0) {
        m_deadline.start(limits().keepalive);
    }
}

WebSocketSession::~WebSocketSession()
{
    if (m_isQueued) {
        m_services.flushQueue.remove(*this);
    }
}

void WebSocketSession::send(const Frame &frame)
{
    if (!m_isOpen) {
        return;
    }
    const Frame own = encoded(frame);
    const qsizetype bytes = own.size();
    if (queuedBytes() + bytes > limits().maxQueuedBytes && !makeRoom(bytes)) {
        return;
    }
    m_outbox.push(own);
    for (Traffic *traffic : {&m_traffic, &m_services.totals}) {
        ++traffic->messagesSent;
        traffic->bytesSent += static_cast<quint64>(bytes);
    }
    queueFlush();
}

bool WebSocketSession::makeRoom(qsizetype bytes)
{
    const auto isTooMuch = [&] {
        return queuedBytes() > 0 && queuedBytes() + bytes > limits().maxQueuedBytes;
    };
    if (isTooMuch()) {
        // One turn may bring more than the bound for a client that reads well.
        writeOut();
    }
    if (m_isOpen && isTooMuch()) {
        ++m_services.slowConsumers;
        m_outbox.clearUnbegun();
        close(CloseCode::SlowConsumer, "too much unread output");
    }
    return m_isOpen;
}

void WebSocketSession::queueFlush()
{
    if (!m_isQueued) {
        m_isQueued = true;
        m_services.flushQueue.add(*this);
    }
}

void WebSocketSession::close(CloseCode code, QByteArrayView reason)
{
    if (!m_isOpen) {
        return;
    }
    noteClosing();
    noteClosedHere();
    sendClose(code, reason);
}

void WebSocketSession::abort()
{
    m_isOpen = false;
    cut();
}

void WebSocketSession::flushQueued(FrameJoiner &joiner)
{
    m_isQueued = false;
    m_outbox.join(joiner);
    writeOut();
}

void WebSocketSession::deliver(QByteArrayView message, Opcode type)
{
    noteAlive();
    for (Traffic *traffic : {&m_traffic, &m_services.totals}) {
        ++traffic->messagesReceived;
        traffic->bytesReceived += static_cast<quint64>(message.size());
    }
    if (!m_isOpen) {
        return;
    }
    const bool isAdmitted = admit();
    if (m_listener && m_isOpen) {
        if (isAdmitted) {
            m_listener->sessionMessage(*this, message, type);
        } else {
            m_listener->sessionOverRate(*this);
        }
    }
}

bool WebSocketSession::admit()
{
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    switch (m_rateLimiter.take(limits().rate, std::chrono::duration_cast<std::chrono::milliseconds>(now))) {
    case RateLimiter::Verdict::Accepted:
        return true;
    case RateLimiter::Verdict::Refused:
        return false;
    case RateLimiter::Verdict::Abusive:
        close(CloseCode::PolicyViolation, "too many messages");
        return false;
    }
    Q_UNREACHABLE();
}

void WebSocketSession::noteClosing()
{
    m_isOpen = false;
    m_deadline.start(limits().closeTimeout);
}

void WebSocketSession::noteClosed(const CloseStatus &status)
{
    if (m_isEnded) {
        return;
    }
    m_isEnded = true;
    m_isOpen = false;
    m_deadline.stop();
    m_outbox.clear();
    if (m_listener) {
        m_listener->sessionClosed(*this, status);
    }
}

void WebSocketSession::onDeadline()
{
    if (!m_isOpen) {
        cut();
        return;
    }
    m_outbox.releaseMemory();
    if (m_unansweredPings >= pingsBeforeCut) {
        m_outbox.clearUnbegun();
        close(CloseCode::NoPong, "no answer to pings");
        return;
    }
    ++m_unansweredPings;
    sendPing();
    m_deadline.start(limits().keepalive);
}

} // namespace switchboard
