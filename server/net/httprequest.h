// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/httpreply.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QHostAddress>
#include <QList>

#include <optional>
#include <tl/expected.hpp>

namespace switchboard {

/// The head of an HTTP/1.x request: request line and header fields (RFC 9112 sections 3 and 5).
struct HttpHead
{
    QByteArray method;
    /// As it came: origin form, absolute form or asterisk.
    QByteArray target;
    /// Of HTTP/1.x.
    int minorVersion = 1;
    /// In their order; the names as they came.
    QList<HttpReply::Field> fields;
    /// From Content-Length; 0 where there is none.
    qint64 contentLength = 0;
    /// The body comes in chunks (RFC 9112 section 7.1).
    bool isChunked = false;
    /// The client waits for a 100 before it sends its body.
    bool expectsContinue = false;
    /// Whether the connection may serve another request.
    bool keepAlive = true;

    /// The value of the first field of that name (in any case); nothing where it is missing.
    [[nodiscard]] std::optional<QByteArray> field(QByteArrayView name) const;
    [[nodiscard]] qsizetype fieldCount(QByteArrayView name) const;
    /// Whether the comma-separated list in the fields of that name has \a token (in any case).
    [[nodiscard]] bool hasToken(QByteArrayView name, QByteArrayView token) const;

    /// The path of the target, percent-decoded once, without query; empty where the target has none.
    [[nodiscard]] QByteArray path() const;
    /// The same before decoding, for where an encoded slash is to stay part of a name.
    [[nodiscard]] QByteArray encodedPath() const;
    /// What stands behind the question mark, as it came.
    [[nodiscard]] QByteArray query() const;
};

/// Parses a head, \a text up to and with its empty line. Strict where leniency lets requests be smuggled:
/// only CRLF ends a line, no white space before a colon, no folded lines, no doubled Host, Content-Length or
/// Transfer-Encoding, no Content-Length beside Transfer-Encoding. What is wrong comes as the answer to give,
/// after which the connection is closed.
[[nodiscard]] tl::expected<HttpHead, HttpReply> parseHttpHead(QByteArrayView text);

/// A request whose head and body have come whole.
struct HttpRequest
{
    HttpHead head;
    QByteArray body;
    QHostAddress peerAddress;
    quint16 peerPort = 0;
};

} // namespace switchboard
