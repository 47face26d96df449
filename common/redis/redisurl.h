// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QString>
#include <tl/expected.hpp>

namespace switchboard::redis {

/// Where a Redis server is and how to log in, as a URL says it.
///
///     redis://[[user]:password@][host][:port][/database]
///     rediss://…                                      the same over TLS
///     unix://[[user]:password@]/path[?db=database]
///
/// An IPv6 address stands in brackets. User name, password and socket path are percent-encoded.
/// A user name needs the colon even where the password is empty (`user:@`). See
/// https://www.iana.org/assignments/uri-schemes/prov/redis.
struct RedisUrl
{
    enum class Transport {
        Tcp, ///< redis://
        Tls, ///< rediss://
        Unix, ///< unix://
    };

    Transport transport = Transport::Tcp;
    QString host = QStringLiteral("127.0.0.1"); ///< name or address without brackets; Tcp and Tls only
    quint16 port = 6379; ///< Tcp and Tls only
    QString path; ///< absolute path of the socket; Unix only
    QString user; ///< empty: Redis' user "default"
    QString password; ///< both empty: no AUTH is sent
    int database = 0; ///< 0 or more

    /// Reads \a text. An error says what is wrong and what would be right, and repeats nothing of
    /// \a text but its scheme, because anything else could be a misplaced password.
    [[nodiscard]] static tl::expected<RedisUrl, QString> parse(const QString &text);

    /// The URL for logs and screens: "***" stands for a password.
    [[nodiscard]] QString toDisplayString() const;

    friend bool operator==(const RedisUrl &, const RedisUrl &) = default;
};

} // namespace switchboard::redis
