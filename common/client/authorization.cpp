// SPDX-License-Identifier: BSD-3-Clause
#include "client/authorization.h"

#include <algorithm>

namespace switchboard::client {

namespace {

bool isTokenCharacter(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')
        || QByteArrayView("-._~+/=").contains(c);
}

} // namespace

void authorize(QNetworkRequest &request, const QByteArray &token)
{
    if (!token.isEmpty() && std::all_of(token.begin(), token.end(), isTokenCharacter)) {
        request.setRawHeader("Authorization", "Bearer " + token);
    }
}

} // namespace switchboard::client
