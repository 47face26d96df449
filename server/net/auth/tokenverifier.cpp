// SPDX-License-Identifier: BSD-3-Clause
#include "net/auth/tokenverifier.h"

#include "net/auth/secretcomparison.h"

#include <QMessageAuthenticationCode>

#include <algorithm>

namespace switchboard {

namespace {

using protocol::JsonValue;

tl::unexpected<QByteArray> fault(const QByteArray &what)
{
    return tl::unexpected(what);
}

// RFC 7515 section 2: without padding.
std::optional<QByteArray> fromBase64Url(QByteArrayView text)
{
    constexpr QByteArray::Base64Options options =
        QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals;
    const auto decoded =
        QByteArray::fromBase64Encoding(text.toByteArray(), options | QByteArray::AbortOnBase64DecodingErrors);
    // Qt takes padding, and bits behind the last byte, so that one token could be written in several ways.
    if (!decoded || decoded.decoded.toBase64(options) != text) {
        return std::nullopt;
    }
    return decoded.decoded;
}

// A NumericDate (RFC 7519 section 2): seconds since 1970, perhaps with a fraction.
tl::expected<std::optional<TokenTime>, QByteArray> readDate(const JsonValue &claims, const QByteArray &name)
{
    const auto value = claims.member(name);
    if (!value) {
        return std::nullopt;
    }
    const auto seconds = value->number();
    if (!seconds) {
        return fault("The claim \"" + name + "\" of the token must be a number of seconds.");
    }
    constexpr double farAway = 253402300800; // the year 10000
    const std::chrono::duration<double> sinceEpoch(std::clamp(*seconds, -farAway, farAway));
    return TokenTime(std::chrono::floor<std::chrono::milliseconds>(sinceEpoch));
}

tl::expected<QByteArray, QByteArray> readUser(const JsonValue &claims)
{
    const auto value = claims.member("sub");
    const QByteArrayView user = value ? value->text() : QByteArrayView();
    if (user.isEmpty() || user.size() > TokenVerifier::maxUserBytes) {
        return fault("The claim \"sub\" of the token must be a string of 1 to "
                     + QByteArray::number(TokenVerifier::maxUserBytes) + " bytes.");
    }
    return user.toByteArray();
}

tl::expected<std::optional<std::vector<QByteArray>>, QByteArray> readRooms(const JsonValue &claims)
{
    const auto value = claims.member("rooms");
    if (!value) {
        return std::nullopt;
    }
    std::vector<QByteArray> rooms;
    bool areStrings = value->isArray();
    for (qsizetype i = 0; areStrings && i < value->size(); ++i) {
        const auto room = value->at(i).string();
        areStrings = room.has_value();
        rooms.push_back(room.value_or(QByteArray()));
    }
    if (!areStrings) {
        return fault("The claim \"rooms\" of the token must be an array of strings.");
    }
    return rooms;
}

tl::expected<bool, QByteArray> readMonitor(const JsonValue &claims)
{
    const auto value = claims.member("monitor");
    const auto mayWatch = value ? value->boolean() : std::optional(false);
    if (!mayWatch) {
        return fault("The claim \"monitor\" of the token must be true or false.");
    }
    return *mayWatch;
}

tl::expected<Claims, QByteArray> readClaims(const JsonValue &payload, TokenTime now)
{
    const auto expiresAt = readDate(payload, "exp");
    if (!expiresAt) {
        return fault(expiresAt.error());
    }
    if (*expiresAt && now >= **expiresAt) {
        return fault("The token has expired.");
    }
    const auto notBefore = readDate(payload, "nbf");
    if (!notBefore) {
        return fault(notBefore.error());
    }
    if (*notBefore && now < **notBefore) {
        return fault("The token is not valid yet.");
    }
    const auto user = readUser(payload);
    if (!user) {
        return fault(user.error());
    }
    const auto rooms = readRooms(payload);
    if (!rooms) {
        return fault(rooms.error());
    }
    const auto mayWatch = readMonitor(payload);
    if (!mayWatch) {
        return fault(mayWatch.error());
    }
    return Claims{*user, *expiresAt, *rooms, *mayWatch};
}

} // namespace

TokenVerifier::TokenVerifier(QByteArray secret)
    : m_secret(std::move(secret))
{ }

tl::expected<Claims, QByteArray> TokenVerifier::verify(QByteArrayView token, TokenTime now)
{
    if (token.size() > maxTokenBytes) {
        return fault("The token is longer than " + QByteArray::number(maxTokenBytes) + " bytes.");
    }
    if (token.count('.') != 2) {
        return fault("The token is not three parts with dots between them.");
    }
    const qsizetype first = token.indexOf('.');
    const qsizetype last = token.lastIndexOf('.');
    if (const auto wrong = headerFault(token.first(first))) {
        return fault(*wrong);
    }
    if (!isSigned(token.first(last), token.sliced(last + 1))) {
        return fault("The signature of the token is not right.");
    }
    const auto payload = decode(token.sliced(first + 1, last - first - 1), "payload");
    if (!payload) {
        return fault(payload.error());
    }
    return readClaims(*payload, now);
}

tl::expected<JsonValue, QByteArray> TokenVerifier::decode(QByteArrayView part, const QByteArray &name)
{
    const auto text = fromBase64Url(part);
    if (!text) {
        return fault("The " + name + " of the token is not base64url without padding.");
    }
    const auto value = m_parser.parse(*text);
    if (!value || !value->isObject()) {
        return fault("The " + name + " of the token is not a JSON object.");
    }
    return *value;
}

std::optional<QByteArray> TokenVerifier::headerFault(QByteArrayView header)
{
    const auto parsed = decode(header, "header");
    if (!parsed) {
        return parsed.error();
    }
    const auto algorithm = parsed->member("alg");
    if (!algorithm || algorithm->text() != QByteArrayView("HS256")) {
        return "The algorithm of the token must be HS256.";
    }
    if (parsed->member("crit")) {
        // Whoever does not know what it names must refuse it (RFC 7515 section 4.1.11).
        return "The token asks for an extension that is not known here.";
    }
    return std::nullopt;
}

bool TokenVerifier::isSigned(QByteArrayView text, QByteArrayView signature) const
{
    const QByteArray right =
        QMessageAuthenticationCode::hash(text.toByteArray(), m_secret, QCryptographicHash::Sha256);
    const auto given = fromBase64Url(signature);
    return given && equalsSecret(*given, right);
}

} // namespace switchboard
