// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QList>
#include <QString>

#include "support/daemonprocess.h"
#include "support/httprequest.h"

namespace switchboard::test {

/// GET of a path of the HTTP API, behind `/api/v1`.
HttpReply apiGet(const DaemonProcess &daemon, const QByteArray &path);

/// POST of a JSON text to a path of the HTTP API, behind `/api/v1`.
HttpReply apiPost(const DaemonProcess &daemon, const QByteArray &path, const QByteArray &json);

/// The object that is the body of \a reply.
QJsonObject objectIn(const HttpReply &reply);

/// The values that \a key has in the elements of an array, as texts.
QList<QByteArray> valuesIn(const QJsonValue &array, const QString &key);

/// The id of the node \a daemon, by what \a asked tells of the cluster; empty if that does not know it.
QByteArray nodeIdOf(const DaemonProcess &daemon, const DaemonProcess &asked);

} // namespace switchboard::test
