// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <chrono>

#include <QByteArray>
#include <QList>
#include <QPair>

#include "support/waituntil.h"

namespace switchboard::test {

using HttpHeaders = QList<QPair<QByteArray, QByteArray>>;

/// One answer of an HTTP server.
struct HttpReply
{
    int status = 0; ///< 0 if no answer came
    QByteArray reason;
    HttpHeaders headers;
    QByteArray body;
    bool complete = false; ///< whether the body came whole, as far as the answer tells its length

    /// The value of the first header of this name, in whatever case; null if there is none.
    QByteArray header(const QByteArray &name) const;
};

/**
 * Sends one request to \a port of 127.0.0.1 on a connection of its own and waits for the answer.
 *
 * "Host" and "Connection: close" are sent unless \a headers name them, "Content-Length" where there
 * is a body.
 */
HttpReply httpRequest(quint16 port, const QByteArray &method, const QByteArray &path,
                      const QByteArray &body = {}, const HttpHeaders &headers = {},
                      std::chrono::milliseconds timeout = DefaultTimeout);

} // namespace switchboard::test
