// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <functional>
#include <optional>

#include <QByteArray>
#include <QJsonObject>
#include <QString>

#include "support/wsclient.h"

namespace switchboard::test {

// What monitors send and are told, written and read without the code that the daemon uses for it.

/// A message on the channel `monitor`.
QByteArray monitorMessage(const QByteArray &type, const QByteArray &contents = "{}");

/// What a monitor is told.
struct MonitorEvent
{
    QString type;
    QJsonObject contents;
};

/// Reads such a frame; nothing if \a frame is something else that a client hears.
std::optional<MonitorEvent> parseMonitorEvent(const QByteArray &frame);

/// Whether an event with these contents is meant.
using EventFilter = std::function<bool(const QJsonObject &contents)>;

/// Events whose \a key has that \a value.
EventFilter isOf(const QString &key, const QString &value);

/// Waits until \a monitor has been told such an event; its contents, or an empty object.
QJsonObject waitForEvent(WsClient &monitor, const QString &type, const EventFilter &wanted = {});

} // namespace switchboard::test
