// SPDX-License-Identifier: BSD-3-Clause
#include "clientmessages.h"
#include "cluster.h"
#include "support/childprocess.h"
#include "support/filecontents.h"
#include "support/freeport.h"
#include "support/httprequest.h"
#include "support/rawsocket.h"
#include "support/testcertificate.h"

#include <QFile>
#include <QProcess>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslSocket>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <functional>
#include <memory>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

// The words that stand for these in the configurations that are handed out.
struct Places
{
    quint16 plainPort = 0; // a listener that is there for this test alone
    quint16 tlsPort = 0;
    quint16 firstNode = 0;
    quint16 secondNode = 0;
    QString folder;
};

bool writeFile(const QString &path, const QByteArray &contents)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(contents) == contents.size();
}

// Puts each \a to in place of its \a from, which must be there.
bool replaceAll(QByteArray &text, const QList<std::pair<QByteArray, QByteArray>> &changes)
{
    for (const auto &[from, to] : changes) {
        if (!text.contains(from)) {
            qWarning() << "The configuration lacks" << from;
            return false;
        }
        text.replace(from, to);
    }
    return true;
}

QByteArray number(quint16 port)
{
    return QByteArray::number(port);
}

std::optional<QStringList> prepareNginx(const Places &places)
{
    const QByteArray folder = places.folder.toUtf8();
    QByteArray text = contentsOf(QStringLiteral(SWITCHBOARD_PACKAGING "/nginx/switchboard.conf"));
    const bool isReplaced =
        replaceAll(text,
                   {{"listen 443 ssl;",
                     "listen 127.0.0.1:" + number(places.plainPort)
                         + "; listen 127.0.0.1:" + number(places.tlsPort) + " ssl;"},
                    {"listen [::]:443 ssl;", ""},
                    {"/etc/ssl/chat.example.org/fullchain.pem", folder + "/certificate.pem"},
                    {"/etc/ssl/chat.example.org/privkey.pem", folder + "/key.pem"},
                    {"/var/log/nginx", folder},
                    {"127.0.0.1:9000", "127.0.0.1:" + number(places.firstNode)},
                    {"127.0.0.1:9001", "127.0.0.1:" + number(places.secondNode)}});
    QByteArray main =
        "daemon off; pid FOLDER/pid; error_log stderr; events {} http { include FOLDER/switchboard.conf; ";
    for (const char *kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
        main += QByteArray(kind) + "_temp_path FOLDER/" + kind + "; ";
    }
    main.append("}\n").replace("FOLDER", folder);
    if (!isReplaced || !writeFile(places.folder + u"/switchboard.conf"_s, text)
        || !writeFile(places.folder + u"/nginx.conf"_s, main)) {
        return std::nullopt;
    }
    return QStringList{u"-c"_s, places.folder + u"/nginx.conf"_s, u"-e"_s, u"stderr"_s};
}

std::optional<QStringList> prepareHaproxy(const Places &places)
{
    QByteArray text = contentsOf(QStringLiteral(SWITCHBOARD_PACKAGING "/haproxy/haproxy.cfg"));
    const bool isReplaced =
        replaceAll(text,
                   {{"bind :443 ssl",
                     "bind 127.0.0.1:" + number(places.plainPort)
                         + "\n    bind 127.0.0.1:" + number(places.tlsPort) + " ssl"},
                    {"/etc/ssl/chat.example.org/bundle.pem", places.folder.toUtf8() + "/bundle.pem"},
                    {"maxconn 100000", "maxconn 100"},
                    {"127.0.0.1:9000", "127.0.0.1:" + number(places.firstNode)},
                    {"127.0.0.1:9001", "127.0.0.1:" + number(places.secondNode)}});
    if (!isReplaced || !writeFile(places.folder + u"/haproxy.cfg"_s, text)) {
        return std::nullopt;
    }
    return QStringList{u"-db"_s, u"-f"_s, places.folder + u"/haproxy.cfg"_s};
}

} // namespace

/// The configurations of proxies that are handed out in packaging/, with the real proxies.
class ProxiesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data();
    void init();
    void cleanup();
    void clientsOfBothNodesHearEachOther();
    void tls();
    void whatIsForTheFleetIsHidden();
    void clientsOfAStoppedNodeFindTheOther();

private:
    [[nodiscard]] QUrl url() const;

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Cluster> m_cluster;
    std::unique_ptr<QProcess> m_proxy;
    TestCertificate m_certificate;
    Places m_places;
};

void ProxiesTest::initTestCase_data()
{
    QTest::addColumn<QString>("program");
    QTest::newRow("nginx") << u"nginx"_s;
    QTest::newRow("haproxy") << u"haproxy"_s;
}

void ProxiesTest::init()
{
    QFETCH_GLOBAL(const QString, program);
    QString path = QStandardPaths::findExecutable(program);
    if (path.isEmpty()) {
        path = QStandardPaths::findExecutable(program, {u"/usr/sbin"_s});
    }
    if (path.isEmpty()) {
        QSKIP(qPrintable(program + u" is not installed"_s));
    }
    m_folder = std::make_unique<QTemporaryDir>();
    m_cluster = std::make_unique<Cluster>(2);
    QVERIFY(m_cluster->start());
    QVERIFY(m_certificate.make());
    m_places = {freePort(), freePort(), m_cluster->daemon(0).port(), m_cluster->daemon(1).port(),
                m_folder->path()};
    const QByteArray certificate = contentsOf(m_certificate.certificateFile());
    const QByteArray key = contentsOf(m_certificate.keyFile());
    QVERIFY(writeFile(m_folder->filePath(u"certificate.pem"_s), certificate));
    QVERIFY(writeFile(m_folder->filePath(u"key.pem"_s), key));
    QVERIFY(writeFile(m_folder->filePath(u"bundle.pem"_s), certificate + key));
    const auto arguments = program == u"nginx"_s ? prepareNginx(m_places) : prepareHaproxy(m_places);
    QVERIFY(arguments);
    m_proxy = std::make_unique<QProcess>();
    m_proxy->setProcessChannelMode(QProcess::ForwardedErrorChannel);
    dieWithParent(*m_proxy);
    m_proxy->start(path, *arguments);
    QVERIFY(
        waitUntil([this] { return httpRequest(m_places.plainPort, "GET", "/readyz").status == 200; }, 20s));
}

void ProxiesTest::cleanup()
{
    if (m_proxy) {
        m_proxy->terminate(); // nginx takes its workers with it
        QVERIFY(waitForProcessEnd(*m_proxy, 10s));
    }
    m_proxy.reset();
    m_cluster.reset();
    m_folder.reset();
}

QUrl ProxiesTest::url() const
{
    return QUrl(u"ws://127.0.0.1:%1/websockets"_s.arg(m_places.plainPort));
}

void ProxiesTest::clientsOfBothNodesHearEachOther()
{
    constexpr int count = 8;
    Clients clients;
    for (int i = 0; i < count; ++i) {
        QVERIFY(clients.emplace_back().connectTo(url()));
    }
    for (DaemonProcess &daemon : m_cluster->daemons()) {
        QVERIFY(waitUntil([&] { return daemon.standardOutput().count("Connected from") >= count / 4; }));
    }
    QVERIFY(chatReaches(clients.front(), clients, "through a proxy"));
    QVERIFY(chatReaches(clients.back(), clients, "and back"));
}

void ProxiesTest::tls()
{
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setCaCertificates(QSslCertificate::fromPath(m_certificate.certificateFile()));
    QSslSocket socket;
    socket.setSslConfiguration(configuration);
    socket.connectToHostEncrypted(u"127.0.0.1"_s, m_places.tlsPort);
    QVERIFY2(waitUntil([&] { return socket.isEncrypted(); }), qPrintable(socket.errorString()));
    socket.write(RawSocket::handshake());
    QByteArray answer;
    QVERIFY(waitUntil([&] {
        answer += socket.readAll();
        return answer.contains("\r\n\r\n");
    }));
    QVERIFY2(answer.startsWith("HTTP/1.1 101 "), answer.constData());
}

void ProxiesTest::whatIsForTheFleetIsHidden()
{
    for (const char *path : {"/metrics", "/api/v1/nodes"}) {
        QCOMPARE(httpRequest(m_places.plainPort, "GET", path).status, 404);
    }
    QCOMPARE(httpRequest(m_places.plainPort, "GET", "/ping1").status, 200);
}

void ProxiesTest::clientsOfAStoppedNodeFindTheOther()
{
    constexpr int count = 6;
    Clients clients;
    for (int i = 0; i < count; ++i) {
        QVERIFY(clients.emplace_back().connectTo(url()));
    }
    m_cluster->daemon(0).terminate();
    const auto closed = [&] {
        return std::count_if(clients.begin(), clients.end(),
                             [](const WsClient &client) { return client.closeCode() != 0; });
    };
    QVERIFY(waitUntil([&] { return !m_cluster->daemon(0).isRunning(); }, 20s));
    QVERIFY(waitUntil([&] { return closed() > 0; }));
    for (WsClient &client : clients) {
        if (client.closeCode() != 0) {
            QCOMPARE(client.closeCode(), 1001);
            QVERIFY2(client.connectTo(url()), qPrintable(client.errorString()));
        }
    }
    QVERIFY(chatReaches(clients.front(), clients, "all are here"));
}

QTEST_GUILESS_MAIN(ProxiesTest)

#include "tst_proxies.moc"
