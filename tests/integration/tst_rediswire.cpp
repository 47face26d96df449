// SPDX-License-Identifier: BSD-3-Clause
#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "redis/redisconnection.h"
#include "support/redistesting.h"

using namespace switchboard::redis;
using namespace switchboard::test;

namespace {

// A peer that answers any login at once and then says only what it is told to: for what a real server
// does not do, and for what only the kernel of the receiving side can tell.
class FakePeer
{
public:
    FakePeer()
    {
        m_server.listen(QHostAddress::LocalHost);
        QObject::connect(&m_server, &QTcpServer::newConnection, &m_server, [this] {
            m_socket = m_server.nextPendingConnection();
            QObject::connect(m_socket, &QTcpSocket::readyRead, m_socket, [this] {
                m_received += m_socket->readAll();
                if (m_received.endsWith("PING\r\n")) {
                    m_socket->write(QByteArray("+OK\r\n").repeated(m_received.count('*') - 1) + "+PONG\r\n");
                }
            });
        });
    }

    RedisUrl url() const
    {
        return parsedUrl(QStringLiteral("redis://127.0.0.1:%1").arg(m_server.serverPort()));
    }

    void write(const QByteArray &bytes) { m_socket->write(bytes); }
    void forget() { m_received.clear(); }
    const QByteArray &received() const { return m_received; }

    // How many TCP segments with data have come. On the loopback, and undelayed, one write is one segment.
    uint segments() const
    {
        tcp_info info{};
        socklen_t size = sizeof info;
        getsockopt(static_cast<int>(m_socket->socketDescriptor()), IPPROTO_TCP, TCP_INFO, &info, &size);
        return info.tcpi_data_segs_in;
    }

private:
    QTcpServer m_server;
    QTcpSocket *m_socket = nullptr;
    QByteArray m_received;
};

} // namespace

/// What a RedisConnection writes, byte by byte and write by write, and what it cannot read.
class TestRedisWire : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void oneTurnIsOneWrite();
    void loginIsOneWrite();
    void brokenStreamEndsConnection_data();
    void brokenStreamEndsConnection();
};

void TestRedisWire::oneTurnIsOneWrite()
{
    FakePeer peer;
    RedisConnection connection(peer.url());
    QVERIFY(openAndWait(connection));
    const uint segmentsBefore = peer.segments();
    for (uint turn = 1; turn <= 3; ++turn) {
        peer.forget();
        for (int i = 0; i < 50; ++i) {
            connection.publish("channel", "payload " + QByteArray::number(i));
            connection.command({"ECHO", "text"});
        }
        connection.subscribe({"last"});
        QTRY_VERIFY(peer.received().endsWith("last\r\n"));
        QCOMPARE(peer.received().count("ECHO"), 50);
        QCOMPARE(peer.segments() - segmentsBefore, turn);
    }
}

void TestRedisWire::loginIsOneWrite()
{
    FakePeer peer;
    RedisUrl url = peer.url();
    url.user = QStringLiteral("user");
    url.password = QStringLiteral("secret");
    url.database = 3;
    RedisConnection connection(url);
    QVERIFY(openAndWait(connection));
    QCOMPARE(peer.received(),
             "*3\r\n$4\r\nAUTH\r\n$4\r\nuser\r\n$6\r\nsecret\r\n*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n"
             "*1\r\n$4\r\nPING\r\n");
    QCOMPARE(peer.segments(), 1U);
}

void TestRedisWire::brokenStreamEndsConnection_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArrayList>("replies");
    QTest::newRow("no RESP") << QByteArray("+first\r\nHTTP/1.1 400\r\n")
                             << QByteArrayList{"+first", "Closed"};
    QTest::newRow("more replies than commands")
        << QByteArray("+first\r\n+second\r\n+third\r\n") << QByteArrayList{"+first", "+second"};
    QTest::newRow("message without subscription")
        << QByteArray("+first\r\n+second\r\n*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nm\r\n")
        << QByteArrayList{"+first", "+second"};
}

void TestRedisWire::brokenStreamEndsConnection()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArrayList, replies);
    FakePeer peer;
    RedisConnection connection(peer.url());
    QVERIFY(openAndWait(connection));
    QSignalSpy disconnected(&connection, &RedisConnection::disconnected);
    QSignalSpy errors(&connection, &RedisConnection::errorOccurred);
    ReplyLog log;
    connection.command({"ONE"}, log.handler());
    connection.command({"TWO"}, log.handler());
    peer.write(bytes);
    QTRY_COMPARE(disconnected.count(), 1);
    QCOMPARE(lastError(disconnected).kind, RedisError::Kind::Protocol);
    QCOMPARE(errors.count(), 1);
    QCOMPARE(log.entries(), replies);
}

QTEST_GUILESS_MAIN(TestRedisWire)
#include "tst_rediswire.moc"
