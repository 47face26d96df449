// SPDX-License-Identifier: BSD-3-Clause
//
// Any text may come from a client where a message should.
#include "check.h"
#include "protocol/chat.h"
#include "protocol/chatroom.h"
#include "protocol/envelope.h"
#include "protocol/monitorrequests.h"

#include <cstdint>

using namespace switchboard::protocol;
using switchboard::test::check;

namespace {

// What was read says the same when it is written and read again.
template <typename Message, typename Write>
void checkRoundTrip(const Message &message, const Write &write)
{
    const QByteArray text = write(message);
    JsonParser parser;
    const auto envelope = parseEnvelope(parser, text);
    check(envelope.has_value(), "what is written has an envelope");
    const auto again = Message::fromContents(envelope->contents);
    check(again && write(*again) == text, "what is written says what was read");
}

template <typename Message>
void readAs(const Envelope &envelope)
{
    if (const auto message = Message::fromContents(envelope.contents)) {
        checkRoundTrip(*message, [](const Message &each) { return each.toClientMessage(); });
    } else {
        check(!message.error().isEmpty(), "what is refused is told why");
    }
}

void readAsRoomRequest(const Envelope &envelope)
{
    if (const auto request = RoomRequest::fromContents(envelope.contents)) {
        check(!roomNameFault(request->room), "a room has a name without fault");
        checkRoundTrip(*request, [](const RoomRequest &each) { return each.toJoinMessage(); });
        checkRoundTrip(*request, [](const RoomRequest &each) { return each.toLeaveMessage(); });
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    JsonParser parser;
    const auto envelope =
        parseEnvelope(parser, {reinterpret_cast<const char *>(data), static_cast<qsizetype>(size)});
    if (!envelope) {
        JsonParser answerParser;
        check(parseEnvelope(answerParser, envelope.error().toClientMessage()).has_value(),
              "what is refused is answered with a message");
        return 0;
    }
    // Whatever type it claims to be.
    readAs<SubmitMessage>(*envelope);
    readAsRoomRequest(*envelope);
    readAs<SendMessage>(*envelope);
    readAs<Subscribe>(*envelope);
    readAs<Unsubscribe>(*envelope);
    readAs<DisconnectClient>(*envelope);
    return 0;
}
