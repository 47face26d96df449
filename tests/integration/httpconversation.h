// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <chrono>
#include <optional>

#include <QByteArray>
#include <QList>

#include "support/rawsocket.h"

namespace switchboard::test {

/// One answer of the daemon's HTTP port, which tells the length of every body.
struct HttpAnswer
{
    int status = 0;
    QByteArray head; ///< status line and fields, with the empty line
    QByteArray body;

    /// The value of the first field of that name; null if there is none.
    QByteArray field(const QByteArray &name) const;

    /// Whether it says that the connection ends with it.
    bool isLast() const { return field("Connection").compare("close", Qt::CaseInsensitive) == 0; }

    /// Takes the first answer off \a bytes; nothing, and \a bytes as they were, if there is no whole one.
    static std::optional<HttpAnswer> takeFrom(QByteArray &bytes, bool hasBody = true);
};

/// Waits for the next answer on \a socket and takes it; nothing if none comes.
std::optional<HttpAnswer> readAnswer(RawSocket &socket, bool hasBody = true,
                                     std::chrono::milliseconds timeout = DefaultTimeout);

/// All that came on a connection until its end.
struct HttpExchange
{
    QList<HttpAnswer> answers;
    QByteArray rest; ///< what is no answer
    bool isClosed = false; ///< whether the daemon ended it
};

/// Takes what comes on \a socket until the daemon closes it.
HttpExchange readExchange(RawSocket &socket, std::chrono::milliseconds timeout = DefaultTimeout);

/// Sends \a bytes on a connection of their own and takes what comes until the daemon closes it.
HttpExchange exchange(quint16 port, const QByteArray &bytes,
                      std::chrono::milliseconds timeout = DefaultTimeout);

/// A request without a body; \a fields are whole lines, each with its CR LF. Host is there already.
QByteArray request(const QByteArray &method, const QByteArray &target, const QByteArray &fields = {});

} // namespace switchboard::test
