// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/websocketsession.h"

#include <QHash>
#include <QObject>

#include <memory>
#include <vector>

namespace switchboard {

/// Owns the sessions of one event loop and tells of their coming, going and messages.
class SessionRegistry : public QObject, private WebSocketSession::Listener
{
    Q_OBJECT

public:
    explicit SessionRegistry(QObject *parent = nullptr);
    ~SessionRegistry() override;

    /// Takes a connected session.
    void add(std::unique_ptr<WebSocketSession> session);

    /// The session of that client, or null when it has gone.
    [[nodiscard]] WebSocketSession *find(const QUuid &id) const;

    /// All sessions in no particular order. The list changes when a session comes or goes.
    [[nodiscard]] const std::vector<WebSocketSession *> &sessions() const { return m_sessions; }

    [[nodiscard]] bool isEmpty() const { return m_sessions.empty(); }

    /// Closes every session; see WebSocketSession::close().
    void closeAll(CloseCode code, QByteArrayView reason);
    /// Ends every connection at once.
    void abortAll();

Q_SIGNALS:
    void sessionAdded(switchboard::WebSocketSession *session);
    /// \a message lives until the slots return; \a type is Opcode::Text or Opcode::Binary.
    void messageReceived(switchboard::WebSocketSession *session, QByteArrayView message,
                         switchboard::Opcode type);
    /// A message came beyond the rate limit and was dropped.
    void messageOverRate(switchboard::WebSocketSession *session);
    /// The session is out of the registry; it is destroyed on the next turn of the event loop.
    void sessionRemoved(switchboard::WebSocketSession *session, const switchboard::CloseStatus &status);

private:
    void sessionMessage(WebSocketSession &session, QByteArrayView message, Opcode type) override;
    void sessionOverRate(WebSocketSession &session) override;
    void sessionClosed(WebSocketSession &session, const CloseStatus &status) override;

    QHash<QUuid, WebSocketSession *> m_byId;
    std::vector<WebSocketSession *> m_sessions;
    std::vector<std::unique_ptr<WebSocketSession>> m_owned; // at the same index
    std::vector<std::unique_ptr<WebSocketSession>> m_gone;
};

} // namespace switchboard
