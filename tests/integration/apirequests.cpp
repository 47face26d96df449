// SPDX-License-Identifier: BSD-3-Clause
#include "integration/apirequests.h"

#include <QJsonArray>
#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace switchboard::test {

HttpReply apiGet(const DaemonProcess &daemon, const QByteArray &path)
{
    return httpRequest(daemon.port(), "GET", "/api/v1" + path);
}

HttpReply apiPost(const DaemonProcess &daemon, const QByteArray &path, const QByteArray &json)
{
    return httpRequest(daemon.port(), "POST", "/api/v1" + path, json,
                       {{"Content-Type", "application/json; charset=utf-8"}});
}

QJsonObject objectIn(const HttpReply &reply)
{
    return QJsonDocument::fromJson(reply.body).object();
}

QList<QByteArray> valuesIn(const QJsonValue &array, const QString &key)
{
    QList<QByteArray> found;
    const QJsonArray elements = array.toArray();
    for (const auto &element : elements) {
        found.append(element[key].toVariant().toByteArray());
    }
    return found;
}

QByteArray nodeIdOf(const DaemonProcess &daemon, const DaemonProcess &asked)
{
    const QJsonArray nodes = objectIn(apiGet(asked, "/nodes"))["nodes"_L1].toArray();
    for (const auto &node : nodes) {
        if (node["port"_L1].toInt() == daemon.port()) {
            return node["node"_L1].toString().toUtf8();
        }
    }
    return {};
}

} // namespace switchboard::test
