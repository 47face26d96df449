// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QSslConfiguration>
#include <QString>

#include <tl/expected.hpp>

namespace switchboard {

/// Reads what a server on TLS shows and proves itself with: \a certificateFile, the certificate and the chain
/// behind it, and \a keyFile, its private key (RSA or EC, without a password), both in PEM. The configuration
/// speaks TLS 1.2 and later. The error names the file and says what would be right; no part of a key is in
/// it.
[[nodiscard]] tl::expected<QSslConfiguration, QString> loadTlsIdentity(const QString &certificateFile,
                                                                       const QString &keyFile);

} // namespace switchboard
