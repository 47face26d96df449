// SPDX-License-Identifier: BSD-3-Clause
#include "api/problem.h"

#include "protocol/json.h"

namespace switchboard {

namespace {

const HttpReply::Field &notToBeKept()
{
    static const HttpReply::Field field{"Cache-Control", "no-store"};
    return field;
}

} // namespace

HttpReply problem(int status, const QByteArray &detail, const QList<HttpReply::Field> &fields)
{
    protocol::JsonWriter writer;
    // Without a type, which is then "about:blank", the title is to be the status in words.
    writer.beginObject().key("detail").string(detail.trimmed()).key("status").integer(status);
    writer.key("title").string(reasonPhrase(status)).endObject();
    return {.status = status,
            .body = writer.take() + '\n',
            .contentType = "application/problem+json",
            .fields = fields + QList{notToBeKept()}};
}

HttpReply jsonReply(int status, const QByteArray &json)
{
    return {
        .status = status, .body = json + '\n', .contentType = "application/json", .fields = {notToBeKept()}};
}

} // namespace switchboard
