// SPDX-License-Identifier: BSD-3-Clause
#include "net/localorigin.h"

#include <QTest>

using namespace Qt::StringLiterals;
using switchboard::isLocalRequest;
using switchboard::parseHttpHead;

class LocalOriginTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void trusts_data();
    void trusts();
    void distrusts_data();
    void distrusts();
    void distrustsWithoutHost();
};

namespace {

bool isLocal(const QString &peer, const QByteArray &host, const QByteArray &fields)
{
    const auto head = parseHttpHead("GET / HTTP/1.1\r\nHost: " + host + "\r\n" + fields + "\r\n");
    if (!head) {
        qFatal("%s", head.error().body.constData());
    }
    return isLocalRequest(*head, QHostAddress(peer));
}

void addColumns()
{
    QTest::addColumn<QString>("peer");
    QTest::addColumn<QByteArray>("host");
    QTest::addColumn<QByteArray>("fields");
}

void row(const char *name, const char *peer, const char *host, const char *fields = "")
{
    QTest::newRow(name) << QString::fromLatin1(peer) << QByteArray(host) << QByteArray(fields);
}

} // namespace

void LocalOriginTest::trusts_data()
{
    addColumns();
    row("by name", "127.0.0.1", "localhost:9001");
    row("by name without port", "127.0.0.1", "localhost");
    row("by name in capitals", "127.0.0.1", "LocalHost:9001");
    row("by address", "127.0.0.1", "127.0.0.1:9001");
    row("by another loopback address", "127.0.0.2", "127.0.0.2:9001");
    row("by IPv6", "::1", "[::1]:9001");
    row("by IPv4 on a socket for both", "::ffff:127.0.0.1", "127.0.0.1:9001");
    row("own page", "127.0.0.1", "localhost:9001", "Origin: http://localhost:9001\r\n");
    row("own page by address", "127.0.0.1", "127.0.0.1:9001", "Origin: http://127.0.0.1:9001\r\n");
    row("own page by IPv6", "::1", "[::1]:9001", "Origin: http://[::1]:9001\r\n");
    row("own page on the usual port", "127.0.0.1", "localhost", "Origin: http://localhost\r\n");
    row("own page on the usual port, named", "127.0.0.1", "localhost:80", "Origin: http://localhost\r\n");
}

void LocalOriginTest::trusts()
{
    QFETCH(const QString, peer);
    QFETCH(const QByteArray, host);
    QFETCH(const QByteArray, fields);
    QVERIFY(isLocal(peer, host, fields));
}

void LocalOriginTest::distrusts_data()
{
    addColumns();
    row("another machine", "192.0.2.1", "localhost:9001");
    row("another machine by IPv6", "2001:db8::1", "localhost:9001");
    row("any address", "0.0.0.0", "localhost:9001");
    row("no address", "", "localhost:9001");
    for (const char *field : {"Forwarded: for=192.0.2.1\r\n", "X-Forwarded-For: 192.0.2.1\r\n",
                              "x-real-ip: 127.0.0.1\r\n", "Via: 1.1 proxy\r\n", "Via:\r\n"}) {
        row(QByteArray(field).trimmed().constData(), "127.0.0.1", "localhost:9001", field);
    }
    // A page of a stranger, whose name leads here.
    row("another name", "127.0.0.1", "evil.example:9001");
    row("another name with its page", "127.0.0.1", "evil.example:9001",
        "Origin: http://evil.example:9001\r\n");
    row("no name", "127.0.0.1", "");
    row("name that begins alike", "127.0.0.1", "localhost.evil.example");
    row("name that ends alike", "127.0.0.1", "evil.localhost");
    row("name behind a user", "127.0.0.1", "localhost@evil.example");
    row("address that is not loopback", "127.0.0.1", "192.0.2.1:9001");
    // A page of a stranger, which calls here.
    row("another origin", "127.0.0.1", "localhost:9001", "Origin: http://evil.example\r\n");
    row("no origin to speak of", "127.0.0.1", "localhost:9001", "Origin: null\r\n");
    row("empty origin", "127.0.0.1", "localhost:9001", "Origin:\r\n");
    row("another port", "127.0.0.1", "localhost:9001", "Origin: http://localhost:9002\r\n");
    row("the usual port", "127.0.0.1", "localhost:9001", "Origin: http://localhost\r\n");
    row("the usual port of TLS", "127.0.0.1", "localhost:80", "Origin: https://localhost\r\n");
    row("another loopback name", "127.0.0.1", "localhost:9001", "Origin: http://127.0.0.1:9001\r\n");
    row("origin that begins alike", "127.0.0.1", "localhost:9001",
        "Origin: http://localhost:9001.evil.example\r\n");
    row("origin behind a user", "127.0.0.1", "localhost:9001",
        "Origin: http://localhost:9001@evil.example\r\n");
    row("file", "127.0.0.1", "localhost:9001", "Origin: file://\r\n");
}

void LocalOriginTest::distrusts()
{
    QFETCH(const QString, peer);
    QFETCH(const QByteArray, host);
    QFETCH(const QByteArray, fields);
    QVERIFY(!isLocal(peer, host, fields));
}

void LocalOriginTest::distrustsWithoutHost()
{
    const auto head = parseHttpHead("GET / HTTP/1.0\r\n\r\n");
    QVERIFY(head);
    QVERIFY(!isLocalRequest(*head, QHostAddress(QHostAddress::LocalHost)));
}

QTEST_APPLESS_MAIN(LocalOriginTest)
#include "tst_localorigin.moc"
