// SPDX-License-Identifier: BSD-3-Clause
#include "api/requestreading.h"

#include "api/problem.h"
#include "protocol/envelope.h"
#include "protocol/json.h"

#include <optional>

namespace switchboard {

namespace {

// The type of a Content-Type (RFC 9110 section 8.3), without its parameters.
QByteArray mediaType(const HttpHead &head)
{
    const QByteArray field = head.field("Content-Type").value_or(QByteArray());
    return field.split(';').constFirst().trimmed().toLower();
}

// The first parameter \a key of a query, written as forms and URLSearchParams write it.
std::optional<QByteArray> queryParameter(const HttpHead &head, QByteArrayView key)
{
    const QList<QByteArray> pairs = head.query().split('&');
    for (QByteArray pair : pairs) {
        pair.replace('+', ' ');
        const qsizetype equals = pair.indexOf('=');
        const QByteArray name = QByteArray::fromPercentEncoding(equals < 0 ? pair : pair.first(equals));
        if (name == key) {
            return equals < 0 ? QByteArray() : QByteArray::fromPercentEncoding(pair.sliced(equals + 1));
        }
    }
    return std::nullopt;
}

} // namespace

tl::expected<QByteArray, HttpReply> readTextOfBody(const HttpRequest &request, QByteArrayView key,
                                                   qsizetype maxBytes)
{
    if (mediaType(request.head) != "application/json") {
        return tl::unexpected(problem(415, "The body must be application/json."));
    }
    if (request.body.size() > maxBytes) {
        return tl::unexpected(
            problem(413, "The body is longer than " + QByteArray::number(maxBytes) + " bytes."));
    }
    protocol::JsonParser parser;
    const auto root = parser.parse(request.body);
    if (!root) {
        return tl::unexpected(problem(400,
                                      "The body is not valid JSON at byte "
                                          + QByteArray::number(root.error().offset) + ": "
                                          + root.error().reason));
    }
    if (!root->isObject()) {
        return tl::unexpected(
            problem(422, "The body must be an object, not " + root->kindName().toByteArray() + '.'));
    }
    auto text = protocol::stringMember(*root, key);
    if (!text) {
        return tl::unexpected(problem(422, "In the body, " + text.error() + '.'));
    }
    return *std::move(text);
}

tl::expected<PageRequest, HttpReply> readPageRequest(const HttpHead &head)
{
    PageRequest page;
    if (const auto limit = queryParameter(head, "limit")) {
        bool isNumber = false;
        page.limit = limit->toLongLong(&isNumber);
        if (!isNumber || page.limit < 1 || page.limit > PageRequest::maxLimit) {
            return tl::unexpected(problem(400,
                                          "\"limit\" must be a whole number from 1 to "
                                              + QByteArray::number(PageRequest::maxLimit) + '.'));
        }
    }
    page.after = queryParameter(head, "after").value_or(QByteArray());
    if (!page.after.isValidUtf8()) {
        return tl::unexpected(problem(400, "\"after\" is not UTF-8."));
    }
    return page;
}

} // namespace switchboard
