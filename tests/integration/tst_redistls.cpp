// SPDX-License-Identifier: BSD-3-Clause
#include <QSignalSpy>
#include <QSslCertificate>
#include <QTest>

#include "redis/redisconnection.h"
#include "support/freeport.h"
#include "support/redisserver.h"
#include "support/redistesting.h"
#include "support/testcertificate.h"

using namespace switchboard::redis;
using namespace switchboard::test;
using namespace std::chrono_literals;
using Kind = RedisError::Kind;

/// rediss:// with a real server and certificates made for the test.
class TestRedisTls : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void trusted();
    void notTrusted();
    void plainServer();
};

namespace {

// A redis-server that speaks TLS only, with a certificate of its own for 127.0.0.1.
class TlsServer
{
public:
    bool start()
    {
        if (!m_certificate.make()) {
            return false;
        }
        m_port = freePort();
        m_server.emplace(QStringList{QStringLiteral("--tls-port"), QString::number(m_port),
                                     QStringLiteral("--tls-cert-file"), m_certificate.certificateFile(),
                                     QStringLiteral("--tls-key-file"), m_certificate.keyFile(),
                                     QStringLiteral("--tls-auth-clients"), QStringLiteral("no")});
        return m_server->start();
    }

    QString url() const { return QStringLiteral("rediss://127.0.0.1:%1").arg(m_port); }
    RedisServer &server() { return *m_server; }

    QSslConfiguration trusting() const
    {
        QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
        configuration.setCaCertificates(QSslCertificate::fromPath(m_certificate.certificateFile()));
        return configuration;
    }

private:
    TestCertificate m_certificate;
    std::optional<RedisServer> m_server;
    quint16 m_port = 0;
};

} // namespace

void TestRedisTls::trusted()
{
    TlsServer server;
    QVERIFY(server.start());
    RedisConnection connection(parsedUrl(server.url()));
    connection.setSslConfiguration(server.trusting());
    for (int i = 0; i < 2; ++i) {
        QVERIFY(openAndWait(connection));
        const QByteArray large(1'000'000, 'x');
        QCOMPARE(ask(connection, {"SET", "key", large}), "+OK");
        QCOMPARE(ask(connection, {"GET", "key"}), '"' + large + '"');
        QSignalSpy messages(&connection, &RedisConnection::messageReceived);
        QSignalSpy subscribed(&connection, &RedisConnection::subscribed);
        connection.subscribe({"channel"});
        QVERIFY(subscribed.wait());
        RedisConnection publisher(parsedUrl(server.server().url()));
        QVERIFY(openAndWait(publisher));
        QCOMPARE(ask(publisher, {"PUBLISH", "channel", "message"}), "1");
        QTRY_COMPARE(messages.count(), 1);
        connection.close();
    }
    QSignalSpy disconnected(&connection, &RedisConnection::disconnected);
    QVERIFY(openAndWait(connection));
    server.server().kill();
    QTRY_COMPARE(disconnected.count(), 1);
}

void TestRedisTls::notTrusted()
{
    TlsServer server;
    QVERIFY(server.start());
    RedisConnection stranger(parsedUrl(server.url()));
    const auto error = failedAttempt(stranger);
    QVERIFY(error);
    QCOMPARE(error->kind, Kind::Tls);
    QVERIFY2(error->text.contains(QLatin1String("self-signed")), qPrintable(error->text));

    // The certificate is for 127.0.0.1 and for nobody else, trusted or not.
    RedisConnection connection(
        parsedUrl(server.url().replace(QLatin1String("127.0.0.1"), QLatin1String("localhost"))));
    connection.setSslConfiguration(server.trusting());
    const auto otherName = failedAttempt(connection);
    QVERIFY(otherName);
    QCOMPARE(otherName->kind, Kind::Tls);
}

void TestRedisTls::plainServer()
{
    RedisServer server;
    QVERIFY(server.start());
    RedisConnection connection(
        parsedUrl(server.url().replace(QLatin1String("redis:"), QLatin1String("rediss:"))));
    connection.setConnectDeadline(500ms);
    const auto error = failedAttempt(connection);
    QVERIFY(error);
    QVERIFY(error->kind == Kind::Tls || error->kind == Kind::Timeout || error->kind == Kind::Closed);
}

QTEST_GUILESS_MAIN(TestRedisTls)
#include "tst_redistls.moc"
