// SPDX-License-Identifier: BSD-3-Clause
#include "net/flushqueue.h"

#include "net/websocketsession.h"

#include <QCoreApplication>
#include <QEvent>

#include <algorithm>

namespace switchboard {

FlushQueue::FlushQueue(QObject *parent)
    : QObject(parent)
{ }

void FlushQueue::add(WebSocketSession &session)
{
    m_touched.push_back(&session);
    if (!m_isScheduled) {
        m_isScheduled = true;
        // A dispatcher delivers posted events after all sockets that were ready in this turn were handled;
        // the low priority puts this one behind whatever else they posted.
        QCoreApplication::postEvent(this, new QEvent(QEvent::User), Qt::LowEventPriority);
    }
}

void FlushQueue::remove(WebSocketSession &session)
{
    // The place is kept: the queue may be being flushed.
    std::replace(m_touched.begin(), m_touched.end(), &session, static_cast<WebSocketSession *>(nullptr));
}

void FlushQueue::customEvent(QEvent *)
{
    m_isScheduled = false;
    // By index: flushing may end a session, and its end may give frames to others.
    // NOLINTNEXTLINE(modernize-loop-convert)
    for (std::size_t i = 0; i < m_touched.size(); ++i) {
        if (WebSocketSession *session = m_touched[i]) {
            session->flushQueued(m_joiner);
        }
    }
    m_touched.clear();
    m_joiner.clear();
}

} // namespace switchboard
