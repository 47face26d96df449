// SPDX-License-Identifier: BSD-3-Clause
#include "net/sessionregistry.h"

#include <QMetaObject>

namespace switchboard {

SessionRegistry::SessionRegistry(QObject *parent)
    : QObject(parent)
{ }

SessionRegistry::~SessionRegistry()
{
    for (const auto &session : m_owned) {
        session->setListener(nullptr);
    }
}

void SessionRegistry::add(std::unique_ptr<WebSocketSession> session)
{
    WebSocketSession *added = session.get();
    added->setRegistryIndex(m_sessions.size());
    added->setListener(this);
    m_byId.insert(added->id(), added);
    m_sessions.push_back(added);
    m_owned.push_back(std::move(session));
    Q_EMIT sessionAdded(added);
}

WebSocketSession *SessionRegistry::find(const QUuid &id) const
{
    return m_byId.value(id);
}

void SessionRegistry::closeAll(CloseCode code, QByteArrayView reason)
{
    // A copy: a session whose peer is gone already may end inside close().
    const std::vector<WebSocketSession *> sessions = m_sessions;
    for (WebSocketSession *session : sessions) {
        session->close(code, reason);
    }
}

void SessionRegistry::abortAll()
{
    const std::vector<WebSocketSession *> sessions = m_sessions;
    for (WebSocketSession *session : sessions) {
        session->abort();
    }
}

void SessionRegistry::sessionMessage(WebSocketSession &session, QByteArrayView message, Opcode type)
{
    Q_EMIT messageReceived(&session, message, type);
}

void SessionRegistry::sessionOverRate(WebSocketSession &session)
{
    Q_EMIT messageOverRate(&session);
}

void SessionRegistry::sessionClosed(WebSocketSession &session, const CloseStatus &status)
{
    const std::size_t index = session.registryIndex();
    if (m_gone.empty()) {
        // It is in the middle of telling us.
        QMetaObject::invokeMethod(
            this, [this] { m_gone.clear(); }, Qt::QueuedConnection);
    }
    m_byId.remove(session.id());
    m_gone.push_back(std::move(m_owned[index]));
    m_owned[index] = std::move(m_owned.back());
    m_owned.pop_back();
    m_sessions[index] = m_sessions.back();
    m_sessions.pop_back();
    if (index < m_sessions.size()) {
        m_sessions[index]->setRegistryIndex(index);
    }
    Q_EMIT sessionRemoved(&session, status);
}

} // namespace switchboard
