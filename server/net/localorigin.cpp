// SPDX-License-Identifier: BSD-3-Clause
#include "net/localorigin.h"

#include <QUrl>

namespace switchboard {

namespace {

bool isLoopbackName(const QString &host)
{
    return host.compare(u"localhost", Qt::CaseInsensitive) == 0 || QHostAddress(host).isLoopback();
}

} // namespace

bool isLocalRequest(const HttpHead &head, const QHostAddress &peer)
{
    if (!peer.isLoopback()) {
        return false;
    }
    for (const QByteArrayView name : {"Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"}) {
        if (head.field(name)) {
            return false;
        }
    }
    const QUrl host(QStringLiteral("http://")
                    + QString::fromLatin1(head.field("Host").value_or(QByteArray())));
    if (!isLoopbackName(host.host())) {
        return false;
    }
    const auto origin = head.field("Origin");
    if (!origin) {
        return true;
    }
    const QUrl page(QString::fromLatin1(*origin));
    const int defaultPort = page.scheme() == u"https" ? 443 : 80;
    return page.host() == host.host() && page.port(defaultPort) == host.port(defaultPort);
}

} // namespace switchboard
