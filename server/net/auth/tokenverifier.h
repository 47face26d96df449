// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/auth/claims.h"
#include "protocol/json.h"

#include <QByteArray>
#include <QByteArrayView>

#include <optional>
#include <tl/expected.hpp>

namespace switchboard {

/// Checks JSON Web Tokens (RFC 7519) in compact serialisation that are signed with HMAC SHA-256 (`HS256`,
/// RFC 7518 section 3.2), and with nothing else. Of the claims it reads those of Claims and `nbf`; `exp` and
/// `nbf` are taken to the letter, without leeway. No claim is looked at before the signature proves right.
/// One serves one event loop.
class TokenVerifier
{
public:
    /// The least that a secret must have, in bytes (RFC 7518 section 3.2).
    static constexpr qsizetype minSecretBytes = 32;
    /// The longest token that is looked at, in bytes.
    static constexpr qsizetype maxTokenBytes = 4096;
    /// The longest `sub`, in bytes.
    static constexpr qsizetype maxUserBytes = 255;

    /// Tokens are signed with \a secret.
    explicit TokenVerifier(QByteArray secret);

    /// The claims of \a token where it is valid at \a now; else what is wrong with it: a sentence for a
    /// person, without any of the token.
    [[nodiscard]] tl::expected<Claims, QByteArray> verify(QByteArrayView token, TokenTime now);

private:
    [[nodiscard]] tl::expected<protocol::JsonValue, QByteArray> decode(QByteArrayView part,
                                                                       const QByteArray &name);
    [[nodiscard]] std::optional<QByteArray> headerFault(QByteArrayView header);
    [[nodiscard]] bool isSigned(QByteArrayView text, QByteArrayView signature) const;

    QByteArray m_secret;
    protocol::JsonParser m_parser;
};

} // namespace switchboard
