// SPDX-License-Identifier: BSD-3-Clause
#include "net/auth/monitoraccess.h"

#include "net/auth/authenticator.h"
#include "net/localorigin.h"

namespace switchboard {

MonitorAccess::MonitorAccess(Authenticator &authenticator)
    : m_authenticator(authenticator)
{ }

bool MonitorAccess::allows(const ClaimsPtr &claims, bool isLocal,
                           const std::optional<QByteArray> &token) const
{
    if (claims && claims->mayWatch) {
        return true;
    }
    return m_authenticator.hasMonitorToken() ? token && m_authenticator.isMonitorToken(*token) : isLocal;
}

bool MonitorAccess::allows(const ClientInfo &client, const std::optional<QByteArray> &token) const
{
    return allows(client.claims, client.isLocal, token);
}

tl::expected<void, HttpReply> MonitorAccess::admit(const HttpHead &head, const QHostAddress &peer) const
{
    const QList<QByteArray> tokens = bearerTokens(head);
    const std::optional<QByteArray> token =
        tokens.size() == 1 ? std::optional(tokens.constFirst()) : std::nullopt;
    const auto claims = m_authenticator.authenticate(head, Authenticator::TokenPlace::Header);
    if (!claims) {
        return tl::unexpected(claims.error());
    }
    if (allows(*claims, isLocalRequest(head, peer), token)) {
        return {};
    }
    if (!m_authenticator.hasMonitorToken() || *claims) {
        return tl::unexpected(HttpReply{403, refusal() + '\n'});
    }
    return tl::unexpected(bearerChallenge(refusal(), tokens.isEmpty() ? QByteArray() : "invalid_token"));
}

QByteArray MonitorAccess::refusal() const
{
    return m_authenticator.hasMonitorToken()
        ? QByteArrayLiteral("the token is missing or wrong")
        : QByteArrayLiteral("only clients on this machine may watch: no token is configured");
}

} // namespace switchboard
