// SPDX-License-Identifier: BSD-3-Clause
#include "client/nodeaddress.h"

#include <QCoreApplication>

namespace switchboard::client {

using namespace Qt::StringLiterals;

namespace {

constexpr int defaultPort = 9001;

struct NodeAddress
{
    Q_DECLARE_TR_FUNCTIONS(NodeAddress)
};

} // namespace

tl::expected<QUrl, QString> parseNodeUrl(const QString &text)
{
    const QString trimmed = text.trimmed();
    if (trimmed.isEmpty()) {
        return tl::unexpected(
            NodeAddress::tr("The address of a node is missing, such as ws://localhost:9001."));
    }
    const bool hasScheme = trimmed.contains("://"_L1);
    QUrl url(hasScheme ? trimmed : "ws://"_L1 + trimmed, QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty()) {
        return tl::unexpected(
            NodeAddress::tr("\"%1\" is no address such as ws://localhost:9001.").arg(trimmed));
    }
    if (url.scheme() != "ws"_L1 && url.scheme() != "wss"_L1) {
        return tl::unexpected(
            NodeAddress::tr("\"%1\" does not start with ws:// or wss://, which a node listens to.")
                .arg(trimmed));
    }
    if (!url.userInfo().isEmpty() || url.hasQuery() || url.hasFragment()) {
        return tl::unexpected(
            NodeAddress::tr("An address holds host, port and path only; a token is given separately."));
    }
    if (url.port() == 0) {
        return tl::unexpected(NodeAddress::tr("Port 0 is no port to connect to."));
    }
    if (url.port() < 0) {
        url.setPort(defaultPort);
    }
    if (url.path().isEmpty() || url.path() == "/"_L1) {
        url.setPath(u"/websockets"_s);
    }
    return url;
}

QUrl siblingUrl(const QUrl &reference, const QString &host, quint16 port)
{
    QUrl url = reference;
    url.setHost(host);
    url.setPort(port);
    return url;
}

QUrl pingUrl(const QUrl &node, protocol::PingNumber number)
{
    QUrl url = node;
    url.setScheme(node.scheme() == "wss"_L1 ? u"https"_s : u"http"_s);
    url.setPath(number == protocol::PingNumber::One ? u"/ping1"_s : u"/ping2"_s);
    return url;
}

QString displayAddress(const QUrl &node)
{
    const QString host = node.host();
    const bool isIpv6 = host.contains(u':');
    return (isIpv6 ? u'[' + host + u']' : host) + u':' + QString::number(node.port(defaultPort));
}

} // namespace switchboard::client
