// SPDX-License-Identifier: BSD-3-Clause
#include "net/websocketsession.h"

#include "net/flushqueue.h"

namespace switchboard {

namespace {

constexpr quint8 pingsBeforeCut = 2;

} // namespace

WebSocketSession::WebSocketSession(ClientInfo info, SessionServices &services)
    : m_info(std::move(info))
    , m_services(services)
    , m_deadline(services.wheel, [this] { onDeadline(); })
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
    const auto isTooMuch = [&] {
        return queuedBytes() > 0 && queuedBytes() + frame.size() > limits().maxQueuedBytes;
    };
    if (isTooMuch()) {
        // One turn may bring more than the bound for a client that reads well.
        writeOut();
        if (!m_isOpen) {
            return;
        }
        if (isTooMuch()) {
            ++m_services.slowConsumers;
            m_outbox.clear();
            close(CloseCode::SlowConsumer, "too much unread output");
            return;
        }
    }
    m_outbox.push(frame);
    for (Traffic *traffic : {&m_traffic, &m_services.totals}) {
        ++traffic->messagesSent;
        traffic->bytesSent += static_cast<quint64>(frame.size());
    }
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
    sendClose(code, reason);
}

void WebSocketSession::abort()
{
    m_isOpen = false;
    cut();
}

void WebSocketSession::flushQueued()
{
    m_isQueued = false;
    writeOut();
}

void WebSocketSession::deliver(QByteArrayView message)
{
    noteAlive();
    for (Traffic *traffic : {&m_traffic, &m_services.totals}) {
        ++traffic->messagesReceived;
        traffic->bytesReceived += static_cast<quint64>(message.size());
    }
    if (m_listener && m_isOpen) {
        m_listener->sessionMessage(*this, message);
    }
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
    if (m_unansweredPings >= pingsBeforeCut) {
        m_outbox.clear();
        close(CloseCode::NoPong, "no answer to pings");
        return;
    }
    ++m_unansweredPings;
    sendPing();
    m_deadline.start(limits().keepalive);
}

} // namespace switchboard
