// SPDX-License-Identifier: BSD-3-Clause
#include "integration/monitorevents.h"

#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace switchboard::test {

QByteArray monitorMessage(const QByteArray &type, const QByteArray &contents)
{
    return R"({"channel":"monitor","message":{"type":")" + type + R"(","contents":)" + contents + "}}";
}

std::optional<MonitorEvent> parseMonitorEvent(const QByteArray &frame)
{
    const QJsonObject root = QJsonDocument::fromJson(frame).object();
    if (root["channel"_L1].toString() != "monitor"_L1) {
        return std::nullopt;
    }
    const QJsonObject message = root["message"_L1].toObject();
    return MonitorEvent{message["type"_L1].toString(), message["contents"_L1].toObject()};
}

EventFilter isOf(const QString &key, const QString &value)
{
    return [=](const QJsonObject &contents) { return contents[key].toString() == value; };
}

QJsonObject waitForEvent(WsClient &monitor, const QString &type, const EventFilter &wanted)
{
    QJsonObject found;
    monitor.waitForMessage([&](const QByteArray &frame) {
        const auto event = parseMonitorEvent(frame);
        if (!event || event->type != type || (wanted && !wanted(event->contents))) {
            return false;
        }
        found = event->contents;
        return true;
    });
    return found;
}

} // namespace switchboard::test
