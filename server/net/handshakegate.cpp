// SPDX-License-Identifier: BSD-3-Clause
#include "net/handshakegate.h"

#include "net/auth/authenticator.h"
#include "net/sessionregistry.h"

#include <QUrl>

#include <algorithm>

namespace switchboard {

namespace {

tl::unexpected<HttpReply> refused(int status, const QByteArray &text)
{
    return tl::unexpected(HttpReply{status, text});
}

} // namespace

HandshakeGate::HandshakeGate(const SessionRegistry &registry, Authenticator &authenticator,
                             AdmissionLimits limits, QObject *parent)
    : QObject(parent)
    , m_registry(registry)
    , m_authenticator(authenticator)
    , m_limits(std::move(limits))
{
    connect(&registry, &SessionRegistry::sessionAdded, this, &HandshakeGate::countIn);
    connect(&registry, &SessionRegistry::sessionRemoved, this, &HandshakeGate::countOut);
}

void HandshakeGate::setLimits(AdmissionLimits limits)
{
    const bool didCount = countsAddresses();
    m_limits = std::move(limits);
    if (countsAddresses() == didCount) {
        return;
    }
    m_clientsByAddress.clear();
    for (const WebSocketSession *session : m_registry.sessions()) {
        countIn(session);
    }
}

void HandshakeGate::countIn(const WebSocketSession *session)
{
    if (countsAddresses()) {
        ++m_clientsByAddress[session->info().address];
    }
}

void HandshakeGate::countOut(const WebSocketSession *session)
{
    const auto found = m_clientsByAddress.find(session->info().address);
    if (found != m_clientsByAddress.end() && --*found == 0) {
        m_clientsByAddress.erase(found);
    }
}

tl::expected<ClaimsPtr, HttpReply> HandshakeGate::admit(const HttpHead &head,
                                                        const QHostAddress &address) const
{
    const auto origin = head.field("Origin");
    if (origin && !m_limits.allowedOrigins.empty()) {
        const auto normal = normalOrigin(*origin);
        if (!normal || std::ranges::find(m_limits.allowedOrigins, *normal) == m_limits.allowedOrigins.end()) {
            return refused(403, "Pages of this origin may not connect.\n");
        }
    }
    auto claims = m_authenticator.authenticate(head, Authenticator::TokenPlace::HeaderOrQuery);
    if (!claims) {
        return claims;
    }
    const auto clients = static_cast<qsizetype>(m_registry.sessions().size());
    if (m_limits.maxClients > 0 && clients >= m_limits.maxClients) {
        return refused(503, "The node has as many clients as it may.\n");
    }
    if (m_limits.maxClientsPerAddress > 0
        && m_clientsByAddress.value(address) >= m_limits.maxClientsPerAddress) {
        return refused(503, "There are as many clients from your address as there may be.\n");
    }
    return claims;
}

std::optional<QByteArray> normalOrigin(const QByteArray &text)
{
    const QUrl url(QString::fromUtf8(text), QUrl::StrictMode);
    const bool isOrigin = url.isValid() && !url.scheme().isEmpty() && !url.host().isEmpty()
        && url.path().isEmpty() && !url.hasQuery() && !url.hasFragment() && url.userInfo().isEmpty();
    if (!isOrigin) {
        return std::nullopt;
    }
    const int ownPort = url.scheme() == u"https" ? 443 : url.scheme() == u"http" ? 80 : -1;
    QByteArray origin = url.scheme().toLatin1() + "://" + url.host(QUrl::FullyEncoded).toLatin1();
    if (url.port() != -1 && url.port() != ownPort) {
        origin += ':' + QByteArray::number(url.port());
    }
    return origin;
}

} // namespace switchboard
