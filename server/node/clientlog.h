// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QObject>

namespace switchboard {

class SessionRegistry;
class WebSocketSession;
struct CloseStatus;

/// Writes the log lines of clients that come and go, each with the list of those that are there.
class ClientLog : public QObject
{
    Q_OBJECT

public:
    /// Watches \a registry, which must outlive it.
    explicit ClientLog(const SessionRegistry &registry, QObject *parent = nullptr);

private:
    void onAdded(const WebSocketSession *session) const;
    void onRemoved(const WebSocketSession *session, const CloseStatus &status) const;
    void logClients() const;

    const SessionRegistry &m_registry;
};

} // namespace switchboard
