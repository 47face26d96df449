// SPDX-License-Identifier: BSD-3-Clause
#include "net/httpreply.h"

#include <QDateTime>
#include <QLocale>

#include <algorithm>
#include <array>

namespace switchboard {

namespace {

constexpr std::array<std::pair<int, const char *>, 22> reasonPhrases{{
    {200, "OK"},
    {202, "Accepted"},
    {204, "No Content"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {426, "Upgrade Required"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
}};

// RFC 9110 section 5.6.7.
QByteArray httpDate()
{
    return QLocale::c()
               .toString(QDateTime::currentDateTimeUtc(), QStringLiteral("ddd, dd MMM yyyy hh:mm:ss"))
               .toLatin1()
        + " GMT";
}

} // namespace

QByteArray reasonPhrase(int status)
{
    const auto *found = std::find_if(reasonPhrases.begin(), reasonPhrases.end(),
                                     [&](const auto &entry) { return entry.first == status; });
    return found == reasonPhrases.end() ? QByteArray() : QByteArray(found->second);
}

QByteArray HttpReply::encode(bool withBody, bool keepAlive) const
{
    QByteArray text;
    text.reserve(256 + body.size());
    const auto writeField = [&](QByteArrayView name, QByteArrayView value) {
        text.append(name).append(": ").append(value).append("\r\n");
    };
    text.append("HTTP/1.1 ")
        .append(QByteArray::number(status))
        .append(' ')
        .append(reasonPhrase(status))
        .append("\r\n");
    writeField("Date", httpDate());
    // 204 must not tell a length (RFC 9110 section 8.6); that of 304 would be of the answer it stands for.
    if (status != 204 && status != 304) {
        writeField("Content-Length", QByteArray::number(body.size()));
    }
    if (!body.isEmpty()) {
        writeField("Content-Type", contentType);
    }
    for (const Field &field : fields) {
        writeField(field.first, field.second);
    }
    if (!keepAlive) {
        writeField("Connection", "close");
    }
    text.append("\r\n");
    if (withBody) {
        text.append(body);
    }
    return text;
}

} // namespace switchboard
