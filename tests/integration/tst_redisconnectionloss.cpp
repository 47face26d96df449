// SPDX-License-Identifier: BSD-3-Clause
#include <QEventLoop>
#include <QSignalSpy>
#include <QSocketNotifier>
#include <QTest>
#include <thread>

#include "redis/redisconnection.h"
#include "support/redisserver.h"
#include "support/redistesting.h"
#include "support/tcpproxy.h"

using namespace switchboard::redis;
using namespace switchboard::test;
using namespace std::chrono_literals;

/// How a RedisConnection ends: by deadlines, by the server, and by its user in the middle of a callback.
class TestRedisConnectionLoss : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void frozenServerIsNoticed();
    void shorterDeadlineBehindLongerOne();
    void answeredCommandsKeepConnection();
    void busyClientIsNoDeadServer();
    void everyHandlerIsCalledOnce_data();
    void everyHandlerIsCalledOnce();
    void closedPathIsNoticed();
    void closeAnswersPendingBeforeItReturns();
    void closeWhileConnecting();
    void openInsideDisconnected();
    void openInsideHandler();
    void endInsideCallback_data();
    void endInsideCallback();
    void nestedEventLoopInsideHandler();
    void destructionCallsNobody();

private:
    std::unique_ptr<RedisServer> m_server;
};

void TestRedisConnectionLoss::init()
{
    m_server = std::make_unique<RedisServer>();
    QVERIFY(m_server->start());
}

void TestRedisConnectionLoss::frozenServerIsNoticed()
{
    RedisConnection connection(parsedUrl(m_server->url()));
    QVERIFY(openAndWait(connection));
    QSignalSpy disconnected(&connection, &RedisConnection::disconnected);
    m_server->pause();
    QElapsedTimer timer;
    timer.start();
    ReplyLog log;
    connection.command({"PING"}, log.handler());
    connection.command({"PING"}, log.handler(), 20s);
    connection.publish("channel", "message", log.handler());
    QTRY_COMPARE(disconnected.count(), 1);
    QVERIFY2(timer.elapsed() > 2500 && timer.elapsed() < 4500, qPrintable(QString::number(timer.elapsed())));
    QCOMPARE(lastError(disconnected).kind, RedisError::Kind::Timeout);
    QCOMPARE(log.entries(), (QByteArrayList{"Timeout", "Closed", "Timeout"}));
    m_server->resume();
    QVERIFY(openAndWait(connection));
    QCOMPARE(ask(connection, {"PING"}), "+PONG");
}

void TestRedisConnectionLoss::shorterDeadlineBehindLongerOne()
{
    RedisConnection connection(parsedUrl(m_server->url()));
    QVERIFY(openAndWait(connection));
    m_server->pause();
    QSignalSpy disconnected(&connection, &RedisConnection::disconnected);
    ReplyLog log;
    connection.command({"PING"}, log.handler(), 30s);
    connection.command({"PING"}, log.handler(), 200ms);
    connection.command({"PING"}, log.handler(), 20s);
    QVERIFY(disconnected.wait(2000));
    QCOMPARE(log.entries(), (QByteArrayList{"Closed", "Timeout", "Closed"}));
}

void TestRedisConnectionLoss::answeredCommandsKeepConnection()
{
    RedisConnection connection(parsedUrl(m_server->url()));
    connection.setCommandDeadline(400ms);
    QVERIFY(openAndWait(connection));
    QSignalSpy disconnected(&connection, &RedisConnection::disconnected);
    QElapsedTimer timer;
    timer.start();
    int answers = 0;
    while (timer.elapsed() < 2000) { // five deadlines, all of them met
        QCOMPARE(ask(connection, {"PING"}), "+PONG");
        ++answers;
    }
    QVERIFY(answers > 5);
    QVERIFY(!disconnected.wait(500)); // nor does an idle connection miss any
    QCOMPARE(ask(connection, {"PING"}), "+PONG");
}

void TestRedisConnectionLoss::busyClientIsNoDeadServer()
{
    RedisConnection connection(parsedUrl(m_server->url()));
    connection.setCommandDeadline(100ms);
    QVERIFY(openAndWait(connection));
    ReplyLog log;
    connection.command({"PING"}, log.handler());
    bool timersAreThrough = false;
    QTimer::singleShot(100ms, &connection, [&] { timersAreThrough = true; });
    QCoreApplication::processEvents(); // it is sent, and answered while we are busy
    std::this_thread::sleep_for(600ms);
    // Some event loops look at timers first, then at sockets; this one is made to.
    const auto notifiers = connection.findChildren<QSocketNotifier *>();
    QVERIFY(!notifiers.isEmpty());
    QList<QSocketNotifier *> enabled;
    std::copy_if(notifiers.cbegin(), notifiers.cend(), std::back_inserter(enabled),
                 [](auto *notifier) { return notifier->isEnabled(); });
    for (QSocketNotifier *notifier : std::as_const(enabled)) {
        notifier->setEnabled(false);
    }
    while (!timersAreThrough) {
        QCoreApplication::processEvents();
    }
    QVERIFY(connection.isConnected());
    for (QSocketNotifier *notifier : std::as_const(enabled)) {
        notifier->setEnabled(true);
    }
    QTRY_COMPARE(log.count(), 1);
    QCOMPARE(log.entries(), QByteArrayList{"+PONG"});
    QVERIFY(connection.isConnected());
}

void TestRedisConnectionLoss::everyHandlerIsCalledOnce_data()
{
    QTest::addColumn<bool>("isFrozen");
    QTest::newRow("killed") << false;
    QTest::newRow("killed while frozen") << true;
}

void TestRedisConnectionLoss::everyHandlerIsCalledOnce()
{
    QFETCH(bool, isFrozen);
    RedisConnection connection(parsedUrl(m_server->url()));
    QVERIFY(openAndWait(connection));
    QSignalSpy disconnected(&connection, &RedisConnection::disconnected);
    QSignalSpy errors(&connection, &RedisConnection::errorOccurred);
    if (isFrozen) {
        m_server->pause();
    }
    constexpr int count = 1000;
    QList<int> calls(count, 0);
    for (int i = 0; i < count; ++i) {
        connection.command({"INCR", "counter"}, [&calls, i](const RedisResult &) { ++calls[i]; });
        if (i == count / 2) {
            QCoreApplication::processEvents(); // a part is on its way, a part is not yet
        }
    }
    connection.subscribe({"a", "b"}, [&calls](const RedisResult &) { ++calls[0]; });
    m_server->kill();
    QTRY_COMPARE(disconnected.count(), 1);
    QCOMPARE(lastError(disconnected).kind, RedisError::Kind::Closed);
    QCOMPARE(errors.count(), 1);
    QCOMPARE(calls.at(0), 2);
    QCOMPARE(calls.count(1), count - 1);
    QCOMPARE(connection.pendingCommands(), 0);
    QCOMPARE(connection.pendingBytes(), 0);
    QCOMPARE(ask(connection, {"PING"}), "NotConnected");
    QCOMPARE(disconnected.count(), 1);

    connection.open();
    QTRY_COMPARE(disconnected.count(), 2);
    QCOMPARE(lastError(disconnected).kind, RedisError::Kind::Connect);
}

void TestRedisConnectionLoss::closedPathIsNoticed()
{
    TcpProxy proxy(m_server->port());
    QVERIFY(proxy.start());
    RedisConnection connection(parsedUrl(QStringLiteral("redis://127.0.0.1:%1").arg(proxy.port())));
    QSignalSpy disconnected(&connection, &RedisConnection::disconnected);
    QVERIFY(openAndWait(connection));
    proxy.dropConnections();
    QTRY_COMPARE(disconnected.count(), 1);
    QCOMPARE(lastError(disconnected).kind, RedisError::Kind::Closed);

    // A path that swallows everything: only a deadline can tell.
    connection.setCommandDeadline(300ms);
    QVERIFY(openAndWait(connection));
    proxy.setForwarding(false);
    QCOMPARE(ask(connection, {"PING"}), "Timeout");
    QCOMPARE(disconnected.count(), 2);
    QCOMPARE(lastError(disconnected).kind, RedisError::Kind::Timeout);
}

void TestRedisConnectionLoss::closeAnswersPendingBeforeItReturns()
{
    RedisConnection connection(parsedUrl(m_server->url()));
    QVERIFY(openAndWait(connection));
    QSignalSpy disconnected(&connection, &RedisConnection::disconnected);
    ReplyLog log;
    connection.command({"PING"}, log.handler());
    connection.subscribe({"a"}, log.handler());
    connection.command({"PING"});
    connection.close();
    QCOMPARE(log.entries(), (QByteArrayList{"Closed", "Closed"}));
    QCOMPARE(disconnected.count(), 1);
    QVERIFY(openAndWait(connection));
    QCOMPARE(ask(connection, {"PING"}), "+PONG");
    QCOMPARE(log.count(), 2);
}

void TestRedisConnectionLoss::closeWhileConnecting()
{
    RedisConnection connection(parsedUrl(m_server->url()));
    QSignalSpy connected(&connection, &RedisConnection::connected);
    QSignalSpy disconnected(&connection, &RedisConnection::disconnected);
    // Before anything was tried, and again and again at whichever step.
    for (int turns = 0; turns < 20; ++turns) {
        connection.open();
        for (int i = 0; i < turns; ++i) {
            QCoreApplication::processEvents();
        }
        connection.close();
        QCOMPARE(disconnected.count(), turns + 1);
    }
    connected.clear();
    QVERIFY(openAndWait(connection));
    QCOMPARE(ask(connection, {"PING"}), "+PONG");
    QCOMPARE(connected.count(), 1);
    QCOMPARE(disconnected.count(), 20);
}

void TestRedisConnectionLoss::openInsideDisconnected()
{
    RedisConnection connection(parsedUrl(m_server->url()));
    QSignalSpy connected(&connection, &RedisConnection::connected);
    connect(&connection, &RedisConnection::disconnected, &connection, &RedisConnection::open);
    QVERIFY(openAndWait(connection));
    QVERIFY(m_server->restart());
    QTRY_VERIFY(connection.isConnected() && connected.count() >= 2);
    QCOMPARE(ask(connection, {"PING"}), "+PONG");
    connection.close(); // opens again at once, too
    QVERIFY(!connection.isClosed());
    QTRY_VERIFY(connection.isConnected());
    QCOMPARE(ask(connection, {"PING"}), "+PONG");
}

void TestRedisConnectionLoss::openInsideHandler()
{
    RedisConnection connection(parsedUrl(m_server->url()));
    QVERIFY(openAndWait(connection));
    QSignalSpy disconnected(&connection, &RedisConnection::disconnected);
    ReplyLog log;
    connection.command({"ECHO", "a"}, [&](const RedisResult &) {
        connection.close();
        connection.open();
    });
    connection.command({"ECHO", "b"}, log.handler()); // of the old connection: never answered by the new one
    QTRY_COMPARE(disconnected.count(), 1);
    QTRY_VERIFY(connection.isConnected());
    QCOMPARE(log.entries(), QByteArrayList{"Closed"});
    QCOMPARE(ask(connection, {"ECHO", "c"}), "\"c\"");
    QCOMPARE(disconnected.count(), 1);
}

void TestRedisConnectionLoss::endInsideCallback_data()
{
    QTest::addColumn<QByteArray>("callback");
    QTest::addColumn<QByteArray>("action");
    for (const char *callback : {"reply", "error reply", "refusal", "confirmation", "subscribed", "message",
                                 "connected", "closing", "disconnected", "errorOccurred"}) {
        for (const char *action : {"close", "close and open", "deleteLater", "delete"}) {
            QTest::addRow("%s in %s", action, callback) << QByteArray(callback) << QByteArray(action);
        }
    }
}

namespace {

using Action = std::function<void()>;

// Has \a action run inside the callback of that name.
void runInside(const QByteArray &callback, RedisConnection *connection, const Action &action)
{
    if (callback == "connected") {
        QObject::connect(connection, &RedisConnection::connected, connection, action);
    } else if (callback == "disconnected") {
        QObject::connect(connection, &RedisConnection::disconnected, connection, action);
    } else if (callback == "errorOccurred") {
        QObject::connect(connection, &RedisConnection::errorOccurred, connection, action);
    } else if (callback == "subscribed") {
        QObject::connect(connection, &RedisConnection::subscribed, connection, action);
    } else if (callback == "message") {
        QObject::connect(connection, &RedisConnection::messageReceived, connection, action);
    }
}

void sendAll(const QByteArray &callback, RedisConnection *connection, const Action &action)
{
    const auto handler = [action](const RedisResult &) { action(); };
    if (callback == "reply" || callback == "closing") {
        connection->command({"PING"}, handler);
    } else if (callback == "error reply") {
        connection->command({"NOSUCHCOMMAND"}, handler);
    } else if (callback == "refusal") {
        connection->command({}, handler);
        connection->command({}, handler);
    } else if (callback == "confirmation") {
        connection->subscribe({"a"}, handler);
    }
    connection->command({"PING"});
    connection->subscribe({"b", "c"});
    connection->command({"PING"}, [](const RedisResult &) {});
}

} // namespace

// Whatever is done to a connection inside its own callbacks, it ends well; the sanitizers look on.
void TestRedisConnectionLoss::endInsideCallback()
{
    QFETCH(QByteArray, callback);
    QFETCH(QByteArray, action);
    QPointer<RedisConnection> connection(new RedisConnection(parsedUrl(m_server->url()), this));
    int calls = 0;
    bool isFirst = true;
    const Action act = [&] {
        ++calls;
        if (!std::exchange(isFirst, false)) {
            return;
        }
        if (action == "delete") {
            delete connection.data();
        } else if (action == "deleteLater") {
            connection->deleteLater();
        } else {
            connection->close();
            if (action == "close and open") {
                connection->open();
            }
        }
    };
    runInside(callback, connection, act);
    connection->open();
    QTRY_VERIFY(!connection || connection->isConnected() || calls > 0);
    if (connection && callback != "connected") {
        sendAll(callback, connection, act);
        RedisConnection publisher(parsedUrl(m_server->url()));
        QVERIFY(callback == "closing" || openAndWait(publisher));
        publisher.publish("b", "1");
        publisher.publish("b", "2");
        QTRY_VERIFY(calls > 0
                    || QByteArrayList({"closing", "disconnected", "errorOccurred"}).contains(callback));
        if (connection && callback == "errorOccurred") {
            m_server->kill();
        } else if (connection && calls == 0) {
            connection->close();
        }
    }
    QTRY_VERIFY(calls > 0);
    QTRY_VERIFY(!connection || !action.startsWith("delete"));
    QCOMPARE(!connection, action.startsWith("delete"));
    if (action == "close and open" && callback != "errorOccurred") {
        QTRY_VERIFY(connection->isConnected());
        QCOMPARE(ask(*connection, {"PING"}), "+PONG");
    }
    delete connection.data();
}

void TestRedisConnectionLoss::nestedEventLoopInsideHandler()
{
    RedisConnection connection(parsedUrl(m_server->url()));
    QVERIFY(openAndWait(connection));
    QByteArrayList order;
    connection.command({"ECHO", "1"}, [&](const RedisResult &) {
        QEventLoop loop;
        QTimer::singleShot(50ms, &loop, &QEventLoop::quit);
        connection.command({"ECHO", "3"}, [&](const RedisResult &result) { order.append(result->text); });
        loop.exec();
        order.append("1");
    });
    connection.command({"ECHO", "2"}, [&](const RedisResult &result) { order.append(result->text); });
    QTRY_COMPARE(order, (QByteArrayList{"1", "2", "3"}));
}

void TestRedisConnectionLoss::destructionCallsNobody()
{
    auto connection = std::make_unique<RedisConnection>(parsedUrl(m_server->url()));
    QVERIFY(openAndWait(*connection));
    QSignalSpy disconnected(connection.get(), &RedisConnection::disconnected);
    ReplyLog log;
    connection->command({"PING"}, log.handler());
    connection->command({}, log.handler());
    connection.reset();
    QTest::qWait(50);
    QCOMPARE(log.count(), 0);
    QCOMPARE(disconnected.count(), 0);
}

QTEST_GUILESS_MAIN(TestRedisConnectionLoss)
#include "tst_redisconnectionloss.moc"
