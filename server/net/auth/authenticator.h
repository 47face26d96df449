// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/auth/claims.h"
#include "net/auth/tokenverifier.h"
#include "net/httprequest.h"

#include <QByteArray>
#include <QList>

#include <optional>
#include <tl/expected.hpp>

namespace switchboard {

/// Finds out who sends a request by the bearer token in it (RFC 6750), where the node asks for one.
class Authenticator
{
public:
    /// Where a token may stand.
    enum class TokenPlace {
        Header, ///< `Authorization: Bearer …`
        HeaderOrQuery, ///< or `?token=…`: pages in browsers cannot set a field of a WebSocket handshake.
    };

    /// Tokens are signed with \a secret, see TokenVerifier; with an empty one nobody needs a token. In the
    /// header \a monitorToken is as good as a token, unless it is empty: that of an operator, who may watch.
    explicit Authenticator(const QByteArray &secret, const QByteArray &monitorToken = {});

    /// From now on tokens are signed with another \a secret, or with an empty one nobody needs a token.
    /// Clients that are there stay.
    void setSecret(const QByteArray &secret);
    /// From now on this is the operator's token; an empty one is none.
    void setMonitorToken(const QByteArray &token) { m_monitorToken = token; }
    /// Whether there is an operator's token.
    [[nodiscard]] bool hasMonitorToken() const { return !m_monitorToken.isEmpty(); }
    /// Whether \a token is the operator's.
    [[nodiscard]] bool isMonitorToken(const QByteArray &token) const;

    /// Who sends the request with \a head; null where nobody needs a token. The error is the answer that
    /// refuses it (401), which says what is wrong without the token.
    [[nodiscard]] tl::expected<ClaimsPtr, HttpReply> authenticate(const HttpHead &head, TokenPlace place);

private:
    std::optional<TokenVerifier> m_verifier; // none: nobody needs a token
    QByteArray m_monitorToken;
};

/// The tokens in the fields `Authorization: Bearer …` of a request; other schemes are for somebody else, such
/// as a proxy on the way.
[[nodiscard]] QList<QByteArray> bearerTokens(const HttpHead &head);

/// The answer 401 that asks for a bearer token (RFC 6750 section 3). \a text is for a person; \a error is
/// empty where no token came.
[[nodiscard]] HttpReply bearerChallenge(const QByteArray &text, const QByteArray &error);

} // namespace switchboard
