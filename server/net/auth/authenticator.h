// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/auth/claims.h"
#include "net/auth/tokenverifier.h"
#include "net/httprequest.h"

#include <QByteArray>

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

    /// Tokens are signed with \a secret, see TokenVerifier; with an empty one nobody needs a token.
    explicit Authenticator(const QByteArray &secret);

    /// From now on tokens are signed with another \a secret, or with an empty one nobody needs a token.
    void setSecret(const QByteArray &secret);

    /// Who sends the request with \a head; null where nobody needs a token. The error is the answer that
    /// refuses it (401), which says what is wrong without the token.
    [[nodiscard]] tl::expected<ClaimsPtr, HttpReply> authenticate(const HttpHead &head, TokenPlace place);

private:
    std::optional<TokenVerifier> m_verifier; // none: nobody needs a token
};

} // namespace switchboard
