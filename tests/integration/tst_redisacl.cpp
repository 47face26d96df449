// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <memory>

#include <QFile>
#include <QTest>

#include "integration/clientmessages.h"
#include "integration/monitorevents.h"
#include "integration/roomclient.h"
#include "support/httprequest.h"
#include "support/redisprobe.h"

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

/// What the user may do that docs/OPERATIONS.md recommends.
QStringList documentedRules()
{
    QFile file(QStringLiteral(SWITCHBOARD_OPERATIONS_MD));
    if (!file.open(QFile::ReadOnly)) {
        return {};
    }
    const QByteArray start = "    ACL SETUSER switchboard on >PASSWORD ";
    const QList<QByteArray> lines = file.readAll().split('\n');
    const auto line = std::find_if(lines.cbegin(), lines.cend(),
                                   [&start](const QByteArray &each) { return each.startsWith(start); });
    return line == lines.cend() ? QStringList() : QString::fromUtf8(line->mid(start.size())).split(u' ');
}

/// A Redis on which the user "switchboard" has some rights, one "admin" has all, and nobody else any.
class GuardedRedis
{
public:
    explicit GuardedRedis(const QStringList &rules)
        : m_server(
            u"--user default off --user admin on >admin ~* &* +@all --user switchboard on >secret"_s.split(
                u' ')
            + rules)
    { }

    bool start()
    {
        if (!m_server.start()) {
            return false;
        }
        m_admin = std::make_unique<RedisProbe>(m_server.port());
        return m_admin->command({"AUTH", "admin", "admin"}).toByteArray() == "OK";
    }

    QStringList daemonArguments() const
    {
        return {u"--redis-url"_s, u"redis://switchboard:secret@127.0.0.1:%1"_s.arg(m_server.port()),
                u"--drain-seconds"_s, u"0"_s};
    }

    QVariant command(const QList<QByteArray> &command) { return m_admin->command(command); }

    /// What was refused to anybody: commands, keys and channels.
    QStringList refused()
    {
        QStringList objects;
        const QVariantList entries = command({"ACL", "LOG"}).toList();
        for (const QVariant &entry : entries) {
            const QVariantList fields = entry.toList();
            objects.append(QString::fromUtf8(fields.value(7).toByteArray()));
        }
        return objects;
    }

private:
    RedisServer m_server;
    std::unique_ptr<RedisProbe> m_admin;
};

} // namespace

/// The user of docs/OPERATIONS.md may do what daemons need, and nothing else.
class RedisAclTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void everythingWorks();
    void eachRuleIsNeeded_data();
    void eachRuleIsNeeded();

private:
    static void live(GuardedRedis &redis);

    QStringList m_rules;
};

void RedisAclTest::initTestCase()
{
    m_rules = documentedRules();
    QVERIFY(m_rules.contains(u"+publish"_s));
}

void RedisAclTest::everythingWorks()
{
    const QByteArray room = "#haskell";
    GuardedRedis redis(m_rules);
    QVERIFY(redis.start());
    std::deque<DaemonProcess> daemons;
    RoomClients clients;
    for (int i = 0; i < 2; ++i) {
        DaemonProcess &daemon = daemons.emplace_back(redis.daemonArguments());
        QVERIFY(daemon.start() && daemon.waitUntilReady(30s));
    }
    for (const DaemonProcess &daemon : daemons) {
        QVERIFY(clients.emplace_back().connectTo(daemon.webSocketUrl()));
    }
    QVERIFY(joinAll(clients, room));
    QVERIFY(settle(clients));
    clients.back().say(room, "hi");
    QVERIFY(clients.front().waitFor(room, newMessageFrame(room, clients.back().id(), "hi")));
    QCOMPARE(httpRequest(daemons.back().port(), "GET", "/ping2").status, 200);
    QVERIFY(clients.front().socket().waitForMessage(pingFrame(2)));

    for (const char *path :
         {"/api/v1/nodes", "/api/v1/clients", "/api/v1/rooms", "/api/v1/rooms/%23haskell/members"}) {
        const HttpReply reply = httpRequest(daemons.front().port(), "GET", path);
        QCOMPARE(reply.status, 200);
        QVERIFY2(!reply.body.contains("\"missing\":[\""), reply.body);
    }

    WsClient monitor;
    QVERIFY(monitor.connectTo(daemons.front().webSocketUrl()));
    monitor.sendText(monitorMessage("Subscribe"));
    for (const DaemonProcess &daemon : daemons) {
        const auto isIt = [&daemon](const QJsonObject &contents) {
            return contents[u"port"_s].toInt() == daemon.port();
        };
        QVERIFY(!waitForEvent(monitor, u"NodeSnapshot"_s, isIt).isEmpty());
    }
    monitor.sendText(monitorMessage("DisconnectClient",
                                    R"({"client":")" + clients.back().id() + R"("})")); // of the other daemon
    QVERIFY(clients.back().socket().waitForClose());
    QCOMPARE(clients.back().socket().closeCode(), 4003);

    QVERIFY(clients.back().connectTo(daemons.back().webSocketUrl()));
    QVERIFY(clients.back().joinAndWait(room));
    const QByteArray dead = clients.back().id();
    QVERIFY(clients.front().waitFor(room, joinedFrame(room, dead)));
    daemons.back().kill();
    QVERIFY(clients.front().waitFor(room, leftFrame(room, dead), 40s));

    daemons.front().terminate();
    QVERIFY(daemons.front().waitForExit());
    QCOMPARE(toByteArrays(redis.command({"KEYS", "*"})), QList<QByteArray>());
    QCOMPARE(redis.refused(), QStringList());
}

void RedisAclTest::eachRuleIsNeeded_data()
{
    QTest::addColumn<QString>("rule");
    for (const QString &rule : std::as_const(m_rules)) {
        if (rule.startsWith(u'+') || rule.startsWith(u'&') || rule.startsWith(u'~')) {
            QTest::newRow(qPrintable(rule)) << rule;
        }
    }
}

/// All that a daemon does with Redis from its start to its end, or as much as it may.
void RedisAclTest::live(GuardedRedis &redis)
{
    DaemonProcess daemon(redis.daemonArguments());
    const auto isRefused = [&redis] { return !redis.refused().isEmpty(); };
    const auto subscribers = [&redis](const QByteArray &channel) {
        return redis.command({"PUBSUB", "NUMSUB", channel}).toList().value(1).toInt();
    };
    QVERIFY(daemon.start());
    QVERIFY(waitUntil([&] { return isRefused() || daemon.waitUntilReady(100ms); }, 30s));
    WsClient client;
    QVERIFY(client.connectTo(daemon.webSocketUrl()));
    client.sendText(joinRoom("r"));
    QVERIFY(waitUntil([&] { return isRefused() || client.messages().size() == 2; }));
    QVERIFY(isRefused() || httpRequest(daemon.port(), "GET", "/ping1").status == 200);
    QVERIFY(isRefused() || httpRequest(daemon.port(), "GET", "/ping2").status == 200);
    redis.command({"SCRIPT", "FLUSH"});
    client.sendText(submitMessage("hello"));
    client.sendText(leaveRoom("r"));
    QVERIFY(waitUntil([&] {
        return isRefused()
            || (subscribers("chat-room-r") == 0 && redis.command({"EXISTS", "switchboard:room:r"}) == 0
                && chatContents(client.messages()).contains("hello"));
    }));
    client.clear();
    client.sendText(joinRoom("r"));
    QVERIFY(waitUntil([&] { return isRefused() || client.messages().size() == 2; }));
    // What a connection that broke may leave behind, so that there is something to take back in the end.
    const QByteArray ghost(36, 'g');
    const QByteArray node = toByteArrays(redis.command({"SMEMBERS", "switchboard:nodes"})).value(0);
    redis.command({"HSET", "switchboard:room:r", ghost, node});
    redis.command({"SADD", "switchboard:members:" + node, ghost + "r"});
    daemon.terminate();
    QVERIFY(daemon.waitForExit(30s));
}

void RedisAclTest::eachRuleIsNeeded()
{
    QFETCH(const QString, rule);
    QStringList rules = m_rules;
    rules.removeOne(rule);
    GuardedRedis redis(rules);
    QVERIFY(redis.start());
    live(redis);
    QVERIFY(!redis.refused().isEmpty());
}

QTEST_GUILESS_MAIN(RedisAclTest)
#include "tst_redisacl.moc"
