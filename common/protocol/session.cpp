// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/session.h"

#include "protocol/envelope.h"
#include "protocol/json.h"

namespace switchboard::protocol {

QByteArray Session::toClientMessage() const
{
    JsonWriter contents;
    contents.beginObject().key("client").string(client).key("host").string(host);
    contents.key("node").string(node).key("port").integer(port);
    if (!user.isEmpty()) {
        contents.key("user").string(user);
    }
    if (worker > 0) {
        contents.key("worker").integer(worker);
    }
    contents.endObject();
    return envelope(sessionChannel, typeName, contents.take());
}

} // namespace switchboard::protocol
