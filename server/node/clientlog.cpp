// SPDX-License-Identifier: BSD-3-Clause
#include "node/clientlog.h"

#include "channels/excerpt.h"
#include "net/logging.h"
#include "net/sessionregistry.h"

namespace switchboard {

namespace {

// A list of all would make the log grow with the square of the clients.
constexpr std::size_t listedClients = 20;

} // namespace

ClientLog::ClientLog(const SessionRegistry &registry, QObject *parent)
    : QObject(parent)
    , m_registry(registry)
{
    connect(&registry, &SessionRegistry::sessionAdded, this, &ClientLog::onAdded);
    connect(&registry, &SessionRegistry::sessionRemoved, this, &ClientLog::onRemoved);
}

void ClientLog::onAdded(const WebSocketSession *session) const
{
    const ClientInfo &info = session->info();
    const QByteArray user = info.claims ? ", user \"" + excerpt(info.user()) + '"' : QByteArray();
    qCInfo(lcWebSocket, "[%s] Connected from %ls port %d, user agent \"%s\"%s", info.idText().constData(),
           qUtf16Printable(info.address.toString()), info.port, excerpt(info.userAgent).constData(),
           user.constData());
    logClients();
}

void ClientLog::onRemoved(const WebSocketSession *session, const CloseStatus &status) const
{
    qCInfo(lcWebSocket, "[%s] Disconnected with %d \"%s\"", session->info().idText().constData(), status.code,
           status.reason.constData());
    logClients();
}

void ClientLog::logClients() const
{
    if (!lcWebSocket().isInfoEnabled()) {
        return;
    }
    const auto &sessions = m_registry.sessions();
    const std::size_t count = qMin(sessions.size(), listedClients);
    QByteArray list;
    for (std::size_t i = 0; i < count; ++i) {
        list.append(i > 0 ? "," : "").append(sessions[i]->info().idText());
    }
    if (count < sessions.size()) {
        list.append(" and " + QByteArray::number(static_cast<qulonglong>(sessions.size() - count)) + " more");
    }
    qCInfo(lcWebSocket, "New Client List: [%s]", list.constData());
}

} // namespace switchboard
