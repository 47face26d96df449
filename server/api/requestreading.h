// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "net/httprequest.h"

#include <QByteArray>
#include <QByteArrayView>

#include <tl/expected.hpp>

namespace switchboard {

/// The text that the member \a key has in the JSON object that is the body of \a request. The error is the
/// answer to give: 415 for another media type, 413 for a body above \a maxBytes, 400 for what is not JSON
/// (and where), 422 where the text is not there.
[[nodiscard]] tl::expected<QByteArray, HttpReply> readTextOfBody(const HttpRequest &request,
                                                                 QByteArrayView key, qsizetype maxBytes);

/// Which part of a sorted list is asked for.
struct PageRequest
{
    /// The most elements that one answer has.
    static constexpr qint64 maxLimit = 1000;

    qint64 limit = maxLimit;
    /// Elements behind this one; empty: from the first on.
    QByteArray after;
};

/// Reads `limit` and `after` from the query of a request with \a head; other parameters are ignored. The
/// error is the answer to give (400).
[[nodiscard]] tl::expected<PageRequest, HttpReply> readPageRequest(const HttpHead &head);

} // namespace switchboard
