// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QByteArray>
#include <QNetworkRequest>

namespace switchboard::client {

/// Puts \a token into \a request as a bearer token (RFC 6750 section 2.1), which nodes with authentication
/// ask for. Nothing is put where it is empty or has characters that such a token cannot have.
void authorize(QNetworkRequest &request, const QByteArray &token);

} // namespace switchboard::client
