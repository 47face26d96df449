// SPDX-License-Identifier: BSD-3-Clause
#include <csignal>
#include <cstdio>

#include <QFileInfo>
#include <QTest>

#include "support/cannedserver.h"
#include "support/rawsocket.h"
#include "support/redislistener.h"
#include "support/redisprobe.h"
#include "support/redisserver.h"
#include "support/tcpproxy.h"
#include "support/waituntil.h"

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

const QByteArray Pong = QByteArrayLiteral("PONG");
const char *const CrashVariable = "SWITCHBOARD_TEST_CRASH";

} // namespace

class TestSupportTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void redisServerStartsAndDies();
    void redisServerRestartsEmptyOnTheSamePort();
    void redisServerPausesAndResumes();
    void redisServerDiesWithItsTest();
    void redisServerWithPassword();
    void redisServerThatCannotStart();
    void redisRepliesOfAllKinds();
    void redisListenerHearsWhatIsPublished();
    void redisListenerHearsPatterns();
    void proxyPassesAndSpoils();
    void proxyPassesTheEndOn();
    void proxyRefusesWhileStopped();
    void proxyHidesWhatHappensBehindIt();
};

/// Where redisServerDiesWithItsTest() asks for it, this is a test that crashes.
void TestSupportTest::initTestCase()
{
    if (qEnvironmentVariableIsSet(CrashVariable)) {
        RedisServer redis;
        QVERIFY(redis.start());
        std::printf("port=%d\n", redis.port());
        std::fflush(stdout);
        std::raise(SIGKILL);
    }
}

void TestSupportTest::redisServerStartsAndDies()
{
    RedisServer redis;
    QVERIFY(redis.start());
    QVERIFY(redis.pid() > 0);
    QVERIFY(QFileInfo::exists(redis.socketPath()));
    QCOMPARE(redis.url(), u"redis://127.0.0.1:%1"_s.arg(redis.port()));
    QCOMPARE(redisCommand(redis.port(), {"PING"}).toByteArray(), Pong);

    RedisProbe probe(redis.port());
    QVERIFY(probe.connectToServer());
    const qint64 pid = redis.pid();
    redis.kill();
    QCOMPARE(redis.pid(), 0);
    QCOMPARE(::kill(static_cast<pid_t>(pid), 0), -1);
    QVERIFY(!probe.command({"PING"}).isValid());
    QVERIFY(!probe.errorString().isEmpty());
}

void TestSupportTest::redisServerRestartsEmptyOnTheSamePort()
{
    RedisServer redis;
    QVERIFY(redis.start());
    const quint16 port = redis.port();
    const qint64 pid = redis.pid();
    QCOMPARE(redisCommand(port, {"SET", "key", "value"}).toByteArray(), QByteArray("OK"));

    QVERIFY(redis.restart());
    QCOMPARE(redis.port(), port);
    QVERIFY(redis.pid() != pid);
    QVERIFY(redisCommand(port, {"GET", "key"}).isNull());

    redis.kill();
    QVERIFY(redis.start());
    QCOMPARE(redis.port(), port);
}

void TestSupportTest::redisServerPausesAndResumes()
{
    RedisServer redis;
    QVERIFY(redis.start());
    RedisProbe probe(redis.port());
    QCOMPARE(probe.command({"PING"}).toByteArray(), Pong);

    redis.pause();
    probe.send({"PING"});
    QVERIFY(!probe.takeReply(50ms).isValid());
    redis.resume();
    QCOMPARE(redisCommand(redis.port(), {"PING"}).toByteArray(), Pong);

    redis.pause(); // it must end frozen as well
}

void TestSupportTest::redisServerDiesWithItsTest()
{
    QProcess test;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QString::fromLatin1(CrashVariable), u"1"_s);
    test.setProcessEnvironment(environment);
    test.start(QCoreApplication::applicationFilePath(), QStringList());
    QVERIFY(waitUntil([&] { return test.state() == QProcess::NotRunning; }));
    QCOMPARE(test.exitStatus(), QProcess::CrashExit);
    const QByteArray output = test.readAllStandardOutput();
    const quint16 port = output.sliced(output.indexOf("port=") + 5).split('\n').first().toUShort();
    QVERIFY(port != 0);
    QVERIFY(waitUntil([port] { return !RedisProbe(port).connectToServer(); }));
}

void TestSupportTest::redisServerWithPassword()
{
    RedisServer redis({u"--requirepass"_s, u"secret"_s});
    QVERIFY(redis.start());

    RedisProbe stranger(redis.port());
    QVERIFY(stranger.command({"GET", "key"}).canConvert<RespError>());
    QVERIFY(stranger.errorString().startsWith("NOAUTH"));

    RedisProbe friendly(redis.port(), "secret");
    QCOMPARE(friendly.command({"PING"}).toByteArray(), Pong);

    RedisListener listener(redis.port(), "secret");
    QVERIFY(listener.subscribe({"channel"}));
    QVERIFY(!RedisListener(redis.port(), "wrong").subscribe({"channel"}, 100ms));
}

void TestSupportTest::redisServerThatCannotStart()
{
    RedisServer redis({u"--no-such-setting"_s, u"1"_s});
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"redis-server does not start"_s));
    QVERIFY(!redis.start());
    QCOMPARE(redis.pid(), 0);
    QVERIFY(redis.log().contains("no-such-setting"));
}

void TestSupportTest::redisRepliesOfAllKinds()
{
    RedisServer redis;
    QVERIFY(redis.start());
    RedisProbe probe(redis.port());

    QCOMPARE(probe.command({"RPUSH", "list", "a", "", "line\r\nend"}), QVariant(3LL));
    QCOMPARE(toByteArrays(probe.command({"LRANGE", "list", "0", "-1"})),
             (QList<QByteArray>{"a", "", "line\r\nend"}));
    QCOMPARE(toByteArrays(probe.command({"LRANGE", "none", "0", "-1"})), QList<QByteArray>());
    QVERIFY(probe.command({"GET", "none"}).isNull());
    QVERIFY(probe.errorString().isEmpty());
    QVERIFY(probe.command({"GET", "list"}).canConvert<RespError>());
    QVERIFY(probe.errorString().startsWith("WRONGTYPE"));
    const QByteArray large(1 << 20, 'x');
    QCOMPARE(probe.command({"ECHO", large}).toByteArray(), large);
    QCOMPARE(probe.command({"COMMAND", "INFO", "get"}).toList().size(), 1);
}

void TestSupportTest::redisListenerHearsWhatIsPublished()
{
    RedisServer redis;
    QVERIFY(redis.start());
    RedisListener listener(redis.port());
    QVERIFY(listener.subscribe({"one", "two"}));

    QCOMPARE(redisCommand(redis.port(), {"PUBLISH", "one", "first"}), QVariant(1LL));
    QCOMPARE(redisCommand(redis.port(), {"PUBLISH", "two", "second"}), QVariant(1LL));
    QCOMPARE(redisCommand(redis.port(), {"PUBLISH", "three", "third"}), QVariant(0LL));
    QVERIFY(listener.waitForMessages(2));
    QCOMPARE(listener.messages(), (QList<RedisMessage>{{"one", "first"}, {"two", "second"}}));
    QCOMPARE(listener.payloads("two"), QList<QByteArray>{"second"});

    QVERIFY(listener.subscribe({"three"}));
    QCOMPARE(redisCommand(redis.port(), {"PUBLISH", "three", "third"}), QVariant(1LL));
    QVERIFY(listener.waitForMessage([](const RedisMessage &message) { return message.payload == "third"; }));

    redis.kill();
    QVERIFY(waitUntil([&] { return !listener.isConnected(); }));
    QVERIFY(redis.restart());
    QVERIFY(listener.subscribe({"one"}));
}

void TestSupportTest::redisListenerHearsPatterns()
{
    RedisServer redis;
    QVERIFY(redis.start());
    RedisListener listener(redis.port());
    QVERIFY(listener.subscribePatterns({"chat-room-*"}));
    redisCommand(redis.port(), {"PUBLISH", "chat-room-7", "hello"});
    QVERIFY(listener.waitForMessages(1));
    QCOMPARE(listener.messages(), (QList<RedisMessage>{{"chat-room-7", "hello"}}));
}

void TestSupportTest::proxyPassesAndSpoils()
{
    RedisServer redis;
    QVERIFY(redis.start());
    TcpProxy proxy(redis.port());
    QVERIFY(proxy.start());

    RedisProbe probe(proxy.port());
    QCOMPARE(probe.command({"PING"}).toByteArray(), Pong);
    QCOMPARE(proxy.connectionCount(), 1);

    proxy.setClientToServerFilter([](QByteArray bytes) { return bytes.replace("white", "black"); });
    QCOMPARE(probe.command({"ECHO", "white"}).toByteArray(), QByteArray("black"));
    proxy.setServerToClientFilter([](QByteArray bytes) { return bytes.replace("black", "green"); });
    QCOMPARE(probe.command({"ECHO", "white"}).toByteArray(), QByteArray("green"));
    proxy.setClientToServerFilter({});
    proxy.setServerToClientFilter({});

    proxy.setForwarding(false);
    QVERIFY(!probe.command({"PING"}, 50ms).isValid());
    proxy.setForwarding(true);
    QCOMPARE(probe.command({"PING"}).toByteArray(), Pong);

    proxy.dropConnections();
    QCOMPARE(proxy.connectionCount(), 0);
    QVERIFY(!probe.command({"PING"}, 1s).isValid());
    QCOMPARE(probe.command({"PING"}).toByteArray(), Pong);
    QCOMPARE(proxy.acceptedCount(), 3);
}

void TestSupportTest::proxyPassesTheEndOn()
{
    const QByteArray answer(1 << 20, 'x');
    CannedServer server(answer);
    TcpProxy proxy(server.port());
    QVERIFY(proxy.start());
    RawSocket client;
    QVERIFY(client.connectTo(proxy.port()));
    client.write("go");
    QCOMPARE(client.readAll(), answer);
    QVERIFY(!client.isConnected());
    QVERIFY(waitUntil([&] { return proxy.connectionCount() == 0; }));

    TcpProxy toNobody(1);
    QVERIFY(toNobody.start());
    QVERIFY(client.connectTo(toNobody.port()));
    QVERIFY(client.waitForClosed());
}

void TestSupportTest::proxyRefusesWhileStopped()
{
    RedisServer redis;
    QVERIFY(redis.start());
    TcpProxy proxy(redis.port());
    QVERIFY(proxy.start());
    const quint16 port = proxy.port();
    RedisProbe before(port);
    QCOMPARE(before.command({"PING"}).toByteArray(), Pong);

    proxy.stop();
    RedisProbe refused(port);
    QVERIFY(!refused.connectToServer());
    QCOMPARE(before.command({"PING"}).toByteArray(), Pong);

    QVERIFY(proxy.start());
    QCOMPARE(proxy.port(), port);
    QCOMPARE(refused.command({"PING"}).toByteArray(), Pong);
}

void TestSupportTest::proxyHidesWhatHappensBehindIt()
{
    RedisServer redis;
    QVERIFY(redis.start());
    TcpProxy proxy(redis.port());
    QVERIFY(proxy.start());
    RawSocket client;
    QVERIFY(client.connectTo(proxy.port()));
    client.write("PING\r\n");
    QCOMPARE(client.readUntil("\r\n"), QByteArray("+PONG\r\n"));

    proxy.setForwarding(false);
    redis.kill();
    QVERIFY(!client.waitForClosed(50ms));
    proxy.setForwarding(true);
    QVERIFY(client.waitForClosed());
    QCOMPARE(proxy.connectionCount(), 0);
}

QTEST_GUILESS_MAIN(TestSupportTest)
#include "tst_testsupport.moc"
