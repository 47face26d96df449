// SPDX-License-Identifier: BSD-3-Clause
#include "net/localorigin.h"

#include <QUrl>

#include <algorithm>

namespace switchboard {

namespace {

bool isLoopbackName(const QString &host)
{
    return host.compare(u"localhost", Qt::CaseInsensitive) == 0 || QHostAddress(host).isLoopback();
}

// `127.0.0.1` or `localhost`, with or without a port; other ways to write such a host are for QUrl.
bool isPlainLoopback(QByteArrayView host)
{
    for (const QByteArrayView name : {"127.0.0.1", "localhost"}) {
        if (!host.startsWith(name)) {
            continue;
        }
        const QByteArrayView port = host.sliced(name.size());
        return port.isEmpty()
            || (port.startsWith(':')
                && std::all_of(port.begin() + 1, port.end(), [](char c) { return c >= '0' && c <= '9'; }));
    }
    return false;
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
    // Cheap where it is plain: every client comes by here.
    const QByteArray hostField = head.field("Host").value_or(QByteArray());
    const bool isPlainlyLocal = isPlainLoopback(hostField) && !head.field("Origin");
    if (isPlainlyLocal) {
        return true;
    }
    const QUrl host(QStringLiteral("http://") + QString::fromLatin1(hostField));
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
