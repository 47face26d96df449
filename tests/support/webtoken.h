// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QByteArray>

namespace switchboard::test {

/// The secret of 32 bytes that tests sign with.
extern const QByteArray TokenSecret;

/// base64url without padding (RFC 7515, 2).
QByteArray base64Url(const QByteArray &bytes);

/// \a signedText with a dot and its HS256 signature behind it.
QByteArray withSignature(const QByteArray &signedText, const QByteArray &secret = TokenSecret);

/// A JSON Web Token as it is signed by HS256, of a header and a payload that are taken as they are.
QByteArray webToken(const QByteArray &payload, const QByteArray &secret = TokenSecret,
                    const QByteArray &header = R"({"alg":"HS256","typ":"JWT"})");

/// A date of a token, so many seconds from now.
QByteArray secondsFromNow(double seconds);

} // namespace switchboard::test
