// SPDX-License-Identifier: BSD-3-Clause
#include "clientmessages.h"
#include "cluster.h"
#include "monitorevents.h"
#include "support/httprequest.h"
#include "support/testcertificate.h"
#include "support/webtoken.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <deque>

using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

// A daemon with a configuration file, alone with a Redis.
class ConfiguredDaemon
{
public:
    explicit ConfiguredDaemon(const QByteArray &config, const QStringList &arguments = {})
        : m_arguments(arguments)
    {
        write(config);
    }

    bool start()
    {
        if (!m_redis.start()) {
            return false;
        }
        m_daemon = std::make_unique<DaemonProcess>(
            QStringList{u"--config"_s, path(), u"--redis-url"_s, m_redis.url()} + m_arguments);
        return m_daemon->start() && m_daemon->waitUntilReady();
    }

    void write(const QByteArray &config) { writeFile(u"switchboard.toml"_s, config); }

    void writeFile(const QString &name, const QByteArray &contents)
    {
        QFile file(m_folder.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(contents) != contents.size()) {
            qFatal("cannot write a temporary file");
        }
    }

    // Whether it says this of the reload, and of no earlier one.
    bool reload(const QByteArray &saying)
    {
        const qsizetype before = m_daemon->standardOutput().size();
        if (::kill(static_cast<pid_t>(m_daemon->pid()), SIGHUP) != 0) {
            return false;
        }
        return waitUntil([&] { return m_daemon->standardOutput().mid(before).contains(saying); });
    }

    // Whether all workers answer a page of this origin so that it may connect.
    bool letsIn(const QString &origin)
    {
        constexpr int attempts = 16; // the kernel chooses the worker
        int accepted = 0;
        for (int i = 0; i < attempts; ++i) {
            WsClient client;
            accepted += client.connectTo(m_daemon->webSocketUrl(), origin) ? 1 : 0;
        }
        return accepted == attempts;
    }

    DaemonProcess &daemon() { return *m_daemon; }
    QString path() const { return filePath(u"switchboard.toml"_s); }
    QString filePath(const QString &name) const { return m_folder.filePath(name); }

private:
    QTemporaryDir m_folder;
    QStringList m_arguments;
    RedisServer m_redis;
    std::unique_ptr<DaemonProcess> m_daemon;
};

} // namespace

/// A running daemon whose configuration file changes.
class ReloadTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyWorkerChanges();
    void clientsThatAreThereCount();
    void limitsOfClientsThatAreThere();
    void secrets();
    void monitorToken();
    void log();
    void whatTakesARestart();
    void badFileChangesNothing_data();
    void badFileChangesNothing();
    void nothingHasChanged();
    void flagsStillWin();
};

void ReloadTest::everyWorkerChanges()
{
    ConfiguredDaemon daemon("allow-origin = [\"https://a\"]\n", {u"--workers"_s, u"2"_s});
    QVERIFY(daemon.start());
    QVERIFY(daemon.letsIn(u"https://a"_s));
    WsClient early;
    QVERIFY(early.connectTo(daemon.daemon().webSocketUrl(), u"https://a"_s));
    daemon.write("allow-origin = [\"https://b\", \"https://c\"]\n");
    QVERIFY(daemon.reload("Reloaded: allow-origin = https://b,https://c\n"));
    QVERIFY(waitUntil([&] { return daemon.letsIn(u"https://b"_s); }));
    QVERIFY(daemon.letsIn(u"https://c"_s));
    WsClient late;
    QVERIFY(!late.connectTo(daemon.daemon().webSocketUrl(), u"https://a"_s));
    early.sendText(submitMessage("still here"));
    QVERIFY(early.waitForMessages(1));
    // Without the setting there is no limit.
    daemon.write("");
    QVERIFY(daemon.reload("Reloaded: allow-origin\n"));
    QVERIFY(waitUntil([&] { return daemon.letsIn(u"https://a"_s); }));
}

void ReloadTest::clientsThatAreThereCount()
{
    ConfiguredDaemon daemon("");
    QVERIFY(daemon.start());
    const QUrl url = daemon.daemon().webSocketUrl();
    const auto isRefused = [&] {
        WsClient client;
        return !client.connectTo(url);
    };
    std::deque<WsClient> clients(3);
    for (WsClient &client : clients) {
        QVERIFY(client.connectTo(url));
    }
    for (const QByteArray name : {"max-clients", "max-clients-per-address"}) {
        daemon.write(name + " = 3\n");
        QVERIFY(daemon.reload("Reloaded: "));
        QVERIFY(waitUntil(isRefused));
        daemon.write(name + " = 4\n");
        QVERIFY(daemon.reload("Reloaded: " + name + " = 4\n"));
        QVERIFY(waitUntil([&] { return !isRefused(); }));
        daemon.write(name + " = 2\n");
        QVERIFY(daemon.reload("Reloaded: " + name + " = 2\n"));
        QVERIFY(waitUntil(isRefused));
        for (const WsClient &client : clients) {
            QVERIFY(client.isConnected());
        }
    }
    daemon.write("");
    QVERIFY(daemon.reload("Reloaded: max-clients-per-address = 0\n"));
    QVERIFY(waitUntil([&] { return !isRefused(); }));
}

void ReloadTest::limitsOfClientsThatAreThere()
{
    ConfiguredDaemon daemon("rate-limit = 0\n");
    QVERIFY(daemon.start());
    WsClient client;
    QVERIFY(client.connectTo(daemon.daemon().webSocketUrl()));
    daemon.write("rate-limit = 1\nmax-rooms = 0\n");
    QVERIFY(daemon.reload("Reloaded: rate-limit = 1, max-rooms = 0\n"));
    const auto isRejected = [&](const QByteArray &message, const QByteArray &code) {
        client.clear();
        client.sendText(message);
        const auto rejection = parseRejection(client.takeMessage());
        return rejection && rejection->code == code;
    };
    QVERIFY(waitUntil([&] { return isRejected(submitMessage("fast"), "rate-limited"); }));
    daemon.write("max-rooms = 0\nrate-limit = 1000\n");
    QVERIFY(daemon.reload("Reloaded: rate-limit = 1000\n"));
    const QByteArray join =
        R"({"channel":"chat-room","message":{"type":"JoinRoom","contents":{"room":"r"}}})";
    QVERIFY(waitUntil([&] { return isRejected(join, "too-many-rooms"); }));
}

void ReloadTest::secrets()
{
    ConfiguredDaemon daemon("");
    daemon.writeFile(u"secret"_s, TokenSecret);
    daemon.write("auth-secret-file = \"" + daemon.filePath(u"secret"_s).toUtf8() + "\"\n");
    QVERIFY(daemon.start());
    const QByteArray claims = R"({"sub":"alice"})";
    const auto isLetIn = [&](const QByteArray &secret) {
        WsClient client;
        return client.connectTo(daemon.daemon().webSocketUrl(), {},
                                {{"Authorization", "Bearer " + webToken(claims, secret)}});
    };
    const QByteArray other = "another secret of more than 32 bytes, hunter2";
    QVERIFY(isLetIn(TokenSecret));
    QVERIFY(!isLetIn(other));
    daemon.writeFile(u"secret"_s, other);
    QVERIFY(daemon.reload("Reloaded: auth-secret-file\n"));
    QVERIFY(waitUntil([&] { return isLetIn(other); }));
    QVERIFY(!isLetIn(TokenSecret));
    // Too short a secret is none, and not taken for none.
    daemon.writeFile(u"secret"_s, "hunter2");
    QVERIFY(daemon.reload("auth-secret-file: the secret has 7 bytes, it needs at least 32; "));
    QVERIFY(isLetIn(other));
    QVERIFY(!daemon.daemon().standardOutput().contains("hunter2"));
}

void ReloadTest::monitorToken()
{
    ConfiguredDaemon daemon("");
    daemon.writeFile(u"token"_s, "the first one");
    daemon.write("monitor-token-file = \"" + daemon.filePath(u"token"_s).toUtf8() + "\"\n");
    QVERIFY(daemon.start());
    const auto mayWatch = [&](const QByteArray &token) {
        WsClient client;
        if (!client.connectTo(daemon.daemon().webSocketUrl())) {
            return false;
        }
        client.sendText(monitorMessage("Subscribe", R"({"token":")" + token + R"("})"));
        return !parseRejection(client.takeMessage());
    };
    QVERIFY(mayWatch("the first one"));
    QVERIFY(!mayWatch("the second one"));
    daemon.writeFile(u"token"_s, "the second one");
    QVERIFY(daemon.reload("Reloaded: monitor-token-file\n"));
    QVERIFY(waitUntil([&] { return mayWatch("the second one"); }));
    QVERIFY(!mayWatch("the first one"));
}

void ReloadTest::log()
{
    ConfiguredDaemon daemon("");
    QVERIFY(daemon.start());
    daemon.write("log-format = \"json\"\n");
    QVERIFY(daemon.reload("\"message\":\"Reloaded: log-format = json\"}\n"));
    daemon.write("log-level = \"debug\"\n");
    QVERIFY(daemon.reload("Reloaded: log-level = debug, log-format = human\n"));
    WsClient client;
    QVERIFY(client.connectTo(daemon.daemon().webSocketUrl()));
    client.sendText(submitMessage("hello"));
    QVERIFY(client.waitForMessages(1));
    daemon.write("log-level = \"warning\"\nkeepalive = 1\n");
    const qsizetype before = daemon.daemon().standardOutput().size();
    QVERIFY(daemon.reload("a restart is needed"));
    QVERIFY(!daemon.daemon().standardOutput().mid(before).contains("Reloaded"));
}

void ReloadTest::whatTakesARestart()
{
    ConfiguredDaemon daemon("max-rooms = 5\nkeepalive = 30\n");
    QVERIFY(daemon.start());
    daemon.write("max-rooms = 6\nkeepalive = 31\nworkers = 4\nredis-url = \"redis://:hunter2@h\"\n");
    const QByteArray warning =
        "warning: Changed, but a restart is needed for it: workers = 4, keepalive = 31\n";
    QVERIFY(daemon.reload(warning));
    QVERIFY(daemon.daemon().standardOutput().contains("Reloaded: max-rooms = 6\n"));
    // Once more, for who has missed it.
    QVERIFY(daemon.reload(warning));
    QVERIFY(!daemon.daemon().standardOutput().contains("hunter2"));
    // TLS is nothing that a port could begin to speak.
    TestCertificate certificate;
    QVERIFY(certificate.make());
    daemon.write("max-rooms = 6\ntls-cert = \"" + certificate.certificateFile().toUtf8() + "\"\ntls-key = \""
                 + certificate.keyFile().toUtf8() + "\"\n");
    QVERIFY(daemon.reload("a restart is needed for it: tls-cert = "));
    QCOMPARE(httpRequest(daemon.daemon().port(), "GET", "/readyz").status, 200);
}

void ReloadTest::badFileChangesNothing_data()
{
    QTest::addColumn<QByteArray>("config");
    QTest::addColumn<QByteArray>("fault");
    QTest::newRow("no TOML") << "allow-origin = \n"_ba
                             << ":1:16: "_ba;
    QTest::newRow("unknown") << "allow-origin = []\nmax-room = 1\n"_ba
                             << R"(:2:1: unknown key "max-room"; did you mean "max-rooms"?; )"_ba;
    QTest::newRow("wrong") << "max-rooms = 1\nkeepalive = -1\nworkers = 0\n"_ba
                           << R"(:2:13: keepalive: "-1" is not a number of seconds from 0 to 3600; )"_ba;
    QTest::newRow("one of two") << "tls-cert = \"/etc/hostname\"\n"_ba
                                << "--tls-cert and --tls-key: one is given and the other is missing; "_ba;
}

void ReloadTest::badFileChangesNothing()
{
    QFETCH(const QByteArray, config);
    QFETCH(const QByteArray, fault);
    ConfiguredDaemon daemon("allow-origin = \"https://a\"\n");
    QVERIFY(daemon.start());
    daemon.write(config);
    const qsizetype before = daemon.daemon().standardOutput().size();
    QVERIFY(daemon.reload("the configuration of before stays\n"));
    const QByteArray said = daemon.daemon().standardOutput().mid(before);
    QVERIFY2(said.contains("warning: Not reloaded: ") && said.contains(fault), said.constData());
    QVERIFY2(!said.contains("Reloaded"), said.constData());
    QVERIFY(daemon.letsIn(u"https://a"_s));
    WsClient other;
    QVERIFY(!other.connectTo(daemon.daemon().webSocketUrl(), u"https://b"_s));
    // And the next file is read as ever.
    daemon.write("allow-origin = \"https://b\"\n");
    QVERIFY(daemon.reload("Reloaded: allow-origin = https://b\n"));
}

void ReloadTest::nothingHasChanged()
{
    ConfiguredDaemon daemon("max-rooms = 5\n");
    QVERIFY(daemon.start());
    daemon.write("# the same in other words\n'max-rooms' = 0x5\nkeepalive = 30\n");
    QVERIFY(daemon.reload("Reloaded: no setting has changed\n"));
}

void ReloadTest::flagsStillWin()
{
    ConfiguredDaemon daemon("max-rooms = 5\n", {u"--max-rooms"_s, u"7"_s});
    QVERIFY(daemon.start());
    daemon.write("max-rooms = 6\nmax-clients = 9\n");
    QVERIFY(daemon.reload("Reloaded: max-clients = 9\n"));
}

QTEST_GUILESS_MAIN(ReloadTest)

#include "tst_reload.moc"
