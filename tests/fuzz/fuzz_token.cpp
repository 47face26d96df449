// SPDX-License-Identifier: BSD-3-Clause
//
// Any bytes may come as a token. Of an input the part up to the first line end is a header and the rest a
// payload; so that they are looked at, they are signed. The input is a token as it stands, too.
#include "check.h"
#include "net/auth/tokenverifier.h"

#include <QMessageAuthenticationCode>

#include <cstdint>

using namespace switchboard;
using test::check;

namespace {

constexpr TokenTime now(std::chrono::seconds(1'700'000'000));

const QByteArray &secret()
{
    static const QByteArray bytes("a secret of tests, 32 bytes long");
    return bytes;
}

QByteArray base64Url(const QByteArray &bytes)
{
    return bytes.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
}

QByteArray withSignature(const QByteArray &text)
{
    return text + '.'
        + base64Url(QMessageAuthenticationCode::hash(text, secret(), QCryptographicHash::Sha256));
}

void checkClaims(const Claims &claims)
{
    check(!claims.user.isEmpty() && claims.user.size() <= TokenVerifier::maxUserBytes, "a user has a name");
    check(claims.user.isValidUtf8(), "a user's name is text");
    check(!claims.expiresAt || *claims.expiresAt > now, "a token that has expired is worth nothing");
    check(claims.rooms || claims.mayJoin("lobby"), "without patterns all rooms are open");
    if (claims.rooms) {
        for (const QByteArray &room : *claims.rooms) {
            check(claims.mayJoin(room), "a pattern is a room of its own");
        }
    }
}

// Whether the token is good; what is said of it is checked.
bool isGood(TokenVerifier &verifier, const QByteArray &token)
{
    const auto claims = verifier.verify(token, now);
    if (!claims) {
        check(!claims.error().isEmpty() && !claims.error().contains('\n'), "what is wrong is one line");
        return false;
    }
    checkClaims(*claims);
    return true;
}

bool isSigned(const QByteArray &token)
{
    const qsizetype dot = token.lastIndexOf('.');
    return dot >= 0 && token == withSignature(token.first(dot));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray input(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size));
    TokenVerifier verifier(secret());
    check(!isGood(verifier, input) || isSigned(input), "what is not signed is worth nothing");
    (void)isGood(verifier, withSignature(input));

    const qsizetype lineEnd = input.indexOf('\n');
    if (lineEnd < 0) {
        return 0;
    }
    const QByteArray token =
        withSignature(base64Url(input.first(lineEnd)) + '.' + base64Url(input.sliced(lineEnd + 1)));
    if (isGood(verifier, token)) {
        check(isGood(verifier, token), "a token is as good the second time");
        check(!isGood(verifier, token.chopped(1)) && !isGood(verifier, token + '='),
              "a signature can be written in one way only");
    }
    return 0;
}
