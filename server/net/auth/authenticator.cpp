// SPDX-License-Identifier: BSD-3-Clause
#include "net/auth/authenticator.h"

#include "net/auth/secretcomparison.h"

namespace switchboard {

namespace {

tl::unexpected<HttpReply> unauthorized(const QByteArray &text, const QByteArray &error)
{
    return tl::unexpected(bearerChallenge(text, error));
}

// Not percent-decoded: nothing in a token needs it.
QList<QByteArray> tokensInQuery(const HttpHead &head)
{
    QList<QByteArray> tokens;
    constexpr QByteArrayView key = "token=";
    const QList<QByteArray> parameters = head.query().split('&');
    for (const QByteArray &parameter : parameters) {
        if (parameter.startsWith(key)) {
            tokens.append(parameter.sliced(key.size()));
        }
    }
    return tokens;
}

} // namespace

Authenticator::Authenticator(const QByteArray &secret, const QByteArray &monitorToken)
{
    setSecret(secret);
    setMonitorToken(monitorToken);
}

void Authenticator::setSecret(const QByteArray &secret)
{
    m_verifier.reset();
    if (!secret.isEmpty()) {
        m_verifier.emplace(secret);
    }
}

tl::expected<ClaimsPtr, HttpReply> Authenticator::authenticate(const HttpHead &head, TokenPlace place)
{
    if (!m_verifier) {
        return nullptr;
    }
    QList<QByteArray> tokens = bearerTokens(head);
    // An address is written down by proxies, so it is no place for this one.
    const bool isFromOperator = tokens.size() == 1 && isMonitorToken(tokens.constFirst());
    if (place == TokenPlace::HeaderOrQuery) {
        tokens += tokensInQuery(head);
    }
    if (tokens.isEmpty()) {
        return unauthorized(place == TokenPlace::Header
                                ? "A token is needed, in Authorization: Bearer."
                                : "A token is needed, in Authorization: Bearer or in the query's token=.",
                            {});
    }
    if (tokens.size() > 1) {
        return unauthorized("There is more than one token.", "invalid_request");
    }
    if (isFromOperator) {
        return std::make_shared<const Claims>(Claims{.user = "operator", .mayWatch = true});
    }
    auto claims = m_verifier->verify(tokens.constFirst(), currentTokenTime());
    if (!claims) {
        return unauthorized(claims.error(), "invalid_token");
    }
    return std::make_shared<const Claims>(*std::move(claims));
}

bool Authenticator::isMonitorToken(const QByteArray &token) const
{
    return hasMonitorToken() && equalsSecret(token, m_monitorToken);
}

QList<QByteArray> bearerTokens(const HttpHead &head)
{
    QList<QByteArray> tokens;
    constexpr QByteArrayView scheme = "Bearer ";
    for (const auto &[name, value] : head.fields) {
        const bool isBearer = name.compare("Authorization", Qt::CaseInsensitive) == 0
            && value.first(qMin(value.size(), scheme.size())).compare(scheme, Qt::CaseInsensitive) == 0;
        if (isBearer) {
            tokens.append(value.sliced(scheme.size()).trimmed());
        }
    }
    return tokens;
}

HttpReply bearerChallenge(const QByteArray &text, const QByteArray &error)
{
    QByteArray challenge = QByteArrayLiteral("Bearer realm=\"switchboard\"");
    if (!error.isEmpty()) {
        challenge += ", error=\"" + error + '"';
    }
    return {.status = 401, .body = text + '\n', .fields = {{"WWW-Authenticate", challenge}}};
}

} // namespace switchboard
