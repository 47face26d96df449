// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QByteArray>
#include <QList>

#include <utility>

namespace switchboard {

/// An HTTP answer (RFC 9110).
struct HttpReply
{
    using Field = std::pair<QByteArray, QByteArray>;

    int status = 200;
    QByteArray body = {};
    QByteArray contentType = QByteArrayLiteral("text/plain; charset=utf-8");
    /// Beside Content-Length, Content-Type, Date and Connection, which encode() writes.
    QList<Field> fields = {};

    /// The answer as it goes out. \a withBody false leaves the body out but tells its length, as HEAD wants
    /// it (RFC 9110 section 9.3.2). \a keepAlive false announces that the connection is closed behind it.
    [[nodiscard]] QByteArray encode(bool withBody, bool keepAlive) const;
};

/// The reason phrase of a status (RFC 9110 section 15); empty where this daemon never answers with it.
[[nodiscard]] QByteArray reasonPhrase(int status);

} // namespace switchboard
