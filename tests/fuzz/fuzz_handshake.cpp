// SPDX-License-Identifier: BSD-3-Clause
//
// Any bytes may come where the head of a handshake should.
#include "check.h"
#include "net/httprequest.h"
#include "net/websocket/deflatenegotiation.h"
#include "net/websockethandshake.h"

#include <cstdint>

using namespace switchboard;
using test::check;

namespace {

bool isWindow(int bits)
{
    return bits >= 8 && bits <= 15;
}

void checkRefusal(const HttpReply &reply)
{
    check(reply.status >= 400 && reply.status < 600, "what is refused is answered with an error");
    check(!reply.body.isEmpty(), "an answer that refuses says why");
}

// An agreement, offered as it stands, is what is agreed on.
void checkAgreement(const DeflateAgreement &agreement)
{
    check(isWindow(agreement.serverWindowBits) && isWindow(agreement.clientWindowBits),
          "windows are 8 to 15");
    const QByteArray value = agreement.toHeaderValue();
    HttpHead head;
    head.fields.append({"Sec-WebSocket-Extensions", value});
    const auto again = negotiateDeflate(head, DeflateMode::Dedicated);
    check(again && *again && (*again)->toHeaderValue() == value, "an agreement agrees with itself");
}

void checkNegotiation(const HttpHead &head)
{
    const auto off = negotiateDeflate(head, DeflateMode::Off);
    check(off && !*off, "nothing is agreed on where compression is off");
    const auto dedicated = negotiateDeflate(head, DeflateMode::Dedicated);
    const auto shared = negotiateDeflate(head, DeflateMode::Shared);
    if (!dedicated) {
        checkRefusal(dedicated.error());
    } else if (*dedicated) {
        checkAgreement(**dedicated);
    }
    if (shared && *shared) {
        check(!(*shared)->serverKeepsContext && !(*shared)->clientKeepsContext, "shared means no context");
        checkAgreement(**shared);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray text(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size));
    const auto head = parseHttpHead(text);
    if (!head) {
        checkRefusal(head.error());
        return 0;
    }
    if (const auto refusal = checkWebSocketHandshake(*head)) {
        checkRefusal(*refusal);
    }
    (void)head->path();
    (void)head->query();
    checkNegotiation(*head);
    return 0;
}
