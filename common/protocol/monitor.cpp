// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/monitor.h"

#include "protocol/relaypayload.h"

namespace switchboard::protocol {

namespace {

// Reads the contents of the one among Events that is called type.
template <typename... Events>
MonitorEventResult readAs(std::variant<Events...> * /*list*/, QByteArrayView type,
                          const std::optional<JsonValue> &contents)
{
    MonitorEventResult result;
    const auto readIfNamed = [&]<typename Event>(Event * /*tag*/) {
        if (type != Event::typeName) {
            return false;
        }
        if (!contents) {
            result = tl::unexpected(QByteArrayLiteral("the key \"contents\" is missing"));
        } else if (auto event = Event::fromContents(*contents)) {
            result = MonitorEvent(std::move(*event));
        } else {
            result = tl::unexpected(event.error());
        }
        return true;
    };
    (readIfNamed(static_cast<Events *>(nullptr)) || ...);
    return result;
}

MonitorEventResult readEvent(QByteArrayView type, const std::optional<JsonValue> &contents)
{
    return readAs(static_cast<MonitorEvent *>(nullptr), type, contents);
}

} // namespace

QByteArrayView typeName(const MonitorEvent &event)
{
    return std::visit([](const auto &known) { return known.typeName; }, event);
}

const QByteArray &nodeId(const MonitorEvent &event)
{
    return std::visit([](const auto &known) -> const QByteArray & { return known.node; }, event);
}

QByteArray toClientMessage(const MonitorEvent &event)
{
    return std::visit(
        [](const auto &known) { return envelope(monitorChannel, known.typeName, known.contents()); }, event);
}

QByteArray toRelayPayload(const MonitorEvent &event)
{
    return std::visit([](const auto &known) { return taggedPayload(known.typeName, known.contents()); },
                      event);
}

QByteArray clientMessageAround(QByteArrayView relayPayload)
{
    JsonWriter writer;
    writer.beginObject().key("channel").string(monitorChannel).key("message").raw(relayPayload).endObject();
    return writer.take();
}

MonitorEventResult parseMonitorEvent(const Envelope &envelope)
{
    return readEvent(envelope.type, envelope.contents);
}

MonitorEventResult monitorEventFromRelayPayload(JsonParser &parser, QByteArrayView payload)
{
    const auto root = parseRelayObject(parser, payload);
    if (!root) {
        return tl::unexpected(root.error());
    }
    const auto type = stringMember(*root, "type");
    if (!type) {
        return tl::unexpected(type.error());
    }
    return readEvent(*type, root->member("contents"));
}

} // namespace switchboard::protocol
