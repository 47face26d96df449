// SPDX-License-Identifier: BSD-3-Clause
#include "clientmessages.h"
#include "cluster.h"
#include "support/rawsocket.h"
#include "support/testcertificate.h"

#include <QFile>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslSocket>
#include <QTest>

#include <csignal>
#include <deque>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

// A client on TLS that trusts one certificate.
class TlsClient
{
public:
    bool connectTo(quint16 port, const TestCertificate &trusted)
    {
        QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
        configuration.setCaCertificates(QSslCertificate::fromPath(trusted.certificateFile()));
        m_socket.setSslConfiguration(configuration);
        m_socket.connectToHostEncrypted(u"127.0.0.1"_s, port);
        return waitUntil([this] {
                   return m_socket.isEncrypted() || m_socket.state() == QAbstractSocket::UnconnectedState;
               })
            && m_socket.isEncrypted();
    }

    bool openWebSocket(quint16 port, const TestCertificate &trusted)
    {
        if (!connectTo(port, trusted)) {
            return false;
        }
        write(RawSocket::handshake());
        return readUntil("\r\n\r\n").startsWith("HTTP/1.1 101 ");
    }

    void write(const QByteArray &bytes) { m_socket.write(bytes); }

    QByteArray readUntil(const QByteArray &needle)
    {
        if (!waitUntil([&] {
                m_buffer += m_socket.readAll();
                return m_buffer.contains(needle);
            })) {
            return {};
        }
        const QByteArray taken = m_buffer.first(m_buffer.indexOf(needle) + needle.size());
        m_buffer.remove(0, taken.size());
        return taken;
    }

    std::optional<RawFrame> readFrame()
    {
        std::optional<RawFrame> frame;
        waitUntil([&] {
            m_buffer += m_socket.readAll();
            frame = RawFrame::takeFrom(m_buffer);
            return frame.has_value();
        });
        return frame;
    }

    bool waitForClosed()
    {
        return waitUntil([this] { return m_socket.state() == QAbstractSocket::UnconnectedState; });
    }

    QSslSocket &socket() { return m_socket; }

private:
    QSslSocket m_socket;
    QByteArray m_buffer;
};

QStringList tlsArguments(const TestCertificate &certificate, const QString &engine = u"lean"_s)
{
    return {u"--tls-cert"_s, certificate.certificateFile(),
            u"--tls-key"_s,  certificate.keyFile(),
            u"--engine"_s,   engine};
}

bool replaceFile(const QString &path, const QString &by)
{
    return QFile::remove(path) && QFile::copy(by, path);
}

} // namespace

/// The port on TLS.
class TlsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void httpAndWebSocket_data();
    void httpAndWebSocket();
    void muchInBothDirections_data();
    void muchInBothDirections();
    void closesAreTold_data();
    void closesAreTold();
    void plainClientsAreRefused();
    void reloads();
    void badReloadChangesNothing();
    void badStarts_data();
    void badStarts();

private:
    static void engines();

    TestCertificate m_certificate;
    TestCertificate m_other;
};

void TlsTest::initTestCase()
{
    QVERIFY(m_certificate.make());
    QVERIFY(m_other.make());
}

void TlsTest::engines()
{
    QTest::addColumn<QString>("engine");
    QTest::newRow("lean") << u"lean"_s;
    QTest::newRow("qt") << u"qt"_s;
}

void TlsTest::httpAndWebSocket_data()
{
    engines();
}

void TlsTest::httpAndWebSocket()
{
    QFETCH(const QString, engine);
    RedisServer redis;
    QVERIFY(redis.start());
    DaemonProcess daemon(tlsArguments(m_certificate, engine) << u"--redis-url"_s << redis.url());
    QVERIFY(daemon.start());
    std::deque<TlsClient> clients(2);
    for (TlsClient &client : clients) {
        QVERIFY(client.openWebSocket(daemon.port(), m_certificate));
    }
    TlsClient http;
    QVERIFY(http.connectTo(daemon.port(), m_certificate));
    QVERIFY(waitUntil([&] {
        http.write("GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n");
        const QByteArray answer = http.readUntil("\n\r\n");
        return http.readUntil("\n").startsWith("ready") && answer.startsWith("HTTP/1.1 200 ");
    }));
    http.write("GET /ping2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    QVERIFY(http.readUntil("\r\n\r\n").startsWith("HTTP/1.1 200 "));
    QVERIFY(http.waitForClosed());
    for (TlsClient &client : clients) {
        const auto frame = client.readFrame();
        QVERIFY(frame);
        QCOMPARE(frame->payload, pingFrame(2));
    }
}

void TlsTest::muchInBothDirections_data()
{
    engines();
}

void TlsTest::muchInBothDirections()
{
    QFETCH(const QString, engine);
    RedisServer redis;
    QVERIFY(redis.start());
    DaemonProcess daemon(tlsArguments(m_certificate, engine)
                         << u"--redis-url"_s << redis.url() << u"--max-queued-bytes"_s << u"100000000"_s);
    QVERIFY(daemon.start());
    QVERIFY(daemon.waitForOutput("all subscriptions are confirmed"));
    TlsClient client;
    QVERIFY(client.openWebSocket(daemon.port(), m_certificate));
    constexpr int count = 200;
    for (int i = 0; i < count; ++i) {
        client.write(
            RawSocket::frame(RawFrame::Text, submitMessage(QByteArray::number(i) + QByteArray(30000, 'x'))));
    }
    for (int i = 0; i < count; ++i) {
        const auto frame = client.readFrame();
        QVERIFY(frame);
        const auto message = parseChatMessage(frame->payload);
        QVERIFY(message);
        QVERIFY(message->content.startsWith(QByteArray::number(i) + 'x'));
        QVERIFY(message->content.size() > 30000);
    }
}

void TlsTest::closesAreTold_data()
{
    engines();
}

void TlsTest::closesAreTold()
{
    QFETCH(const QString, engine);
    DaemonProcess daemon(tlsArguments(m_certificate, engine));
    QVERIFY(daemon.start());
    TlsClient polite;
    QVERIFY(polite.openWebSocket(daemon.port(), m_certificate));
    polite.write(RawSocket::closeFrame(3000, "bye"));
    auto frame = polite.readFrame();
    QVERIFY(frame);
    QCOMPARE(frame->closeCode(), 3000);
    QVERIFY(polite.waitForClosed());

    TlsClient rude;
    QVERIFY(rude.openWebSocket(daemon.port(), m_certificate));
    rude.write(RawSocket::frame(RawFrame::Text, "\xFF"));
    frame = rude.readFrame();
    QVERIFY(frame);
    QCOMPARE(frame->closeCode(), 1007);
    QVERIFY(rude.waitForClosed());

    TlsClient last;
    QVERIFY(last.openWebSocket(daemon.port(), m_certificate));
    daemon.terminate();
    frame = last.readFrame();
    QVERIFY(frame);
    QCOMPARE(frame->closeCode(), 1001);
    last.write(RawSocket::closeFrame(1001));
    QVERIFY(daemon.waitForExit());
    QCOMPARE(daemon.exitCode(), 0);
}

void TlsTest::plainClientsAreRefused()
{
    DaemonProcess daemon(tlsArguments(m_certificate));
    QVERIFY(daemon.start());
    RawSocket plain;
    QVERIFY(plain.connectTo(daemon.port()));
    plain.write("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
    QVERIFY(plain.waitForClosed());
    QVERIFY(!plain.buffer().contains("200"));
    TlsClient distrusting;
    QVERIFY(!distrusting.connectTo(daemon.port(), m_other));
    TlsClient client;
    QVERIFY(client.openWebSocket(daemon.port(), m_certificate));
}

void TlsTest::reloads()
{
    TestCertificate changing;
    QVERIFY(changing.make());
    DaemonProcess daemon(tlsArguments(changing) << u"--workers"_s << u"2"_s);
    QVERIFY(daemon.start());
    TlsClient early;
    QVERIFY(early.openWebSocket(daemon.port(), changing));
    QVERIFY(replaceFile(changing.certificateFile(), m_other.certificateFile()));
    QVERIFY(replaceFile(changing.keyFile(), m_other.keyFile()));
    QCOMPARE(::kill(static_cast<pid_t>(daemon.pid()), SIGHUP), 0);
    QVERIFY(daemon.waitForOutput("certificate is reloaded"));
    for (int i = 0; i < 10; ++i) { // of any worker
        TlsClient late;
        QVERIFY(late.openWebSocket(daemon.port(), m_other));
    }
    early.write(RawSocket::frame(RawFrame::Ping, "still here"));
    const auto pong = early.readFrame();
    QVERIFY(pong);
    QCOMPARE(pong->payload, "still here");
}

void TlsTest::badReloadChangesNothing()
{
    TestCertificate changing;
    QVERIFY(changing.make());
    const QByteArray before = QSslCertificate::fromPath(changing.certificateFile()).value(0).toPem();
    DaemonProcess daemon(tlsArguments(changing));
    QVERIFY(daemon.start());
    QVERIFY(replaceFile(changing.keyFile(), m_other.keyFile()));
    QCOMPARE(::kill(static_cast<pid_t>(daemon.pid()), SIGHUP), 0);
    QVERIFY(daemon.waitForOutput("Not reloaded: the key in"));
    TlsClient client;
    QVERIFY(client.openWebSocket(daemon.port(), changing));
    QCOMPARE(client.socket().peerCertificate().toPem(), before);
}

void TlsTest::badStarts_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("error");
    const QString certificate = m_certificate.certificateFile();
    const QString key = m_certificate.keyFile();
    QTest::newRow("no key") << QStringList{u"--tls-cert"_s, certificate}
                            << QByteArray("one is given and the other is missing");
    QTest::newRow("no certificate") << QStringList{u"--tls-key"_s, key}
                                    << QByteArray("one is given and the other is missing");
    QTest::newRow("no such file") << QStringList{u"--tls-cert"_s, u"/nowhere/c.pem"_s, u"--tls-key"_s, key}
                                  << QByteArray("is not a file that can be read");
    QTest::newRow("swapped") << QStringList{u"--tls-cert"_s, key, u"--tls-key"_s, certificate}
                             << QByteArray("holds no certificate");
    QTest::newRow("certificate as key")
        << QStringList{u"--tls-cert"_s, certificate, u"--tls-key"_s, certificate}
        << QByteArray("holds no private key");
    QTest::newRow("key of another") << QStringList{u"--tls-cert"_s, certificate, u"--tls-key"_s,
                                                   m_other.keyFile()}
                                    << QByteArray("is not that of the first certificate");
}

void TlsTest::badStarts()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const QByteArray, error);
    DaemonProcess daemon(arguments);
    daemon.launch();
    QVERIFY(daemon.waitForExit());
    QCOMPARE(daemon.exitCode(), 2);
    QVERIFY2(daemon.standardError().contains(error), daemon.standardError().constData());
    QCOMPARE(daemon.standardError().count('\n'), 1);
    QVERIFY(!daemon.standardError().contains("PRIVATE KEY"));
}

QTEST_GUILESS_MAIN(TlsTest)

#include "tst_tls.moc"
