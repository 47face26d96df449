// SPDX-License-Identifier: BSD-3-Clause
//
// Whoever may publish in Redis may publish anything.
#include "check.h"
#include "protocol/chat.h"
#include "protocol/chatroom.h"
#include "protocol/monitor.h"
#include "protocol/monitorcontrol.h"
#include "protocol/ping.h"

#include <cstdint>

using namespace switchboard::protocol;
using switchboard::test::check;

namespace {

// What was read says the same when it is written and read again.
template <typename Read, typename Write>
void checkReader(QByteArrayView payload, const Read &read, const Write &write)
{
    JsonParser parser;
    const auto message = read(parser, payload);
    if (!message) {
        check(!message.error().isEmpty(), "a payload is skipped for a reason");
        return;
    }
    const QByteArray text = write(*message);
    const auto again = read(parser, text);
    check(again && write(*again) == text, "what is written says what was read");
}

// Of types that are not known nothing is read.
template <typename Message>
QByteArray writeKnown(const std::optional<Message> &message)
{
    return message ? toRelayPayload(*message) : QByteArrayLiteral(R"({"contents":{},"type":"Unknown"})");
}

void checkMonitorEvent(QByteArrayView payload)
{
    JsonParser parser;
    const auto event = monitorEventFromRelayPayload(parser, payload);
    if (event && *event) {
        check(clientMessageAround(toRelayPayload(**event)) == toClientMessage(**event),
              "a payload is passed on as if it had been read");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArrayView payload(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size));
    const auto write = [](const auto &message) { return message.toRelayPayload(); };
    checkReader(payload, NewMessageReceived::fromRelayPayload, write);
    checkReader(payload, Ping::fromRelayPayload, write);
    checkReader(payload, roomEventFromRelayPayload,
                [](const RoomEvent &event) { return toRelayPayload(event); });
    checkReader(payload, controlMessageFromRelayPayload, writeKnown<ControlMessage>);
    checkReader(payload, monitorEventFromRelayPayload, writeKnown<MonitorEvent>);
    checkMonitorEvent(payload);
    return 0;
}
