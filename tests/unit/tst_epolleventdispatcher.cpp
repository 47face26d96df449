// SPDX-License-Identifier: BSD-3-Clause
#include "eventloop/epolleventdispatcher.h"

#include <QAbstractEventDispatcher>
#include <QDeadlineTimer>
#include <QEventLoop>
#include <QProcess>
#include <QSemaphore>
#include <QSignalSpy>
#include <QSocketNotifier>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryFile>
#include <QTest>
#include <QThread>
#include <QTimer>

#include <array>
#include <atomic>
#include <fcntl.h>
#include <functional>
#include <memory>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

using namespace std::chrono_literals;
using switchboard::EpollEventDispatcher;

namespace {

// Runs \a body in a thread with the dispatcher under test, or with the one that Qt brings along.
void runInThread(bool isOurs, const std::function<void()> &body)
{
    QThread thread;
    if (isOurs) {
        thread.setEventDispatcher(new EpollEventDispatcher);
    }
    QObject worker;
    worker.moveToThread(&thread);
    QObject::connect(&thread, &QThread::started, &worker, [&] {
        body();
        thread.quit();
    });
    thread.start();
    QVERIFY2(thread.wait(30s), "the event loop hangs");
}

// Lets the loop of this thread turn until \a condition holds, or for \a time.
bool spinUntil(const std::function<bool()> &condition, std::chrono::milliseconds time = 5s)
{
    const QDeadlineTimer deadline(time);
    while (!condition() && !deadline.hasExpired()) {
        QEventLoop loop;
        QTimer::singleShot(1ms, &loop, &QEventLoop::quit);
        loop.exec();
    }
    return condition();
}

// Two connected sockets; closed with it.
class SocketPair
{
public:
    SocketPair()
    {
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds.data()) != 0) {
            qFatal("no socketpair");
        }
    }
    ~SocketPair()
    {
        closeEnd(0);
        closeEnd(1);
    }
    Q_DISABLE_COPY_MOVE(SocketPair)

    void closeEnd(std::size_t end)
    {
        if (fds.at(end) >= 0) {
            ::close(std::exchange(fds.at(end), -1));
        }
    }
    void send(std::size_t end) const { QCOMPARE(::write(fds.at(end), "x", 1), 1); }

    std::array<int, 2> fds{-1, -1};
};

} // namespace

/// Every case runs on Qt's dispatcher and on ours: what holds for one must hold for the other.
class TestEpollEventDispatcher : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void isInstalled();
    void timersFireInOrder_data() { dispatchers(); }
    void timersFireInOrder();
    void timerTypesAreListed_data() { dispatchers(); }
    void timerTypesAreListed();
    void remainingTime_data() { dispatchers(); }
    void remainingTime();
    void zeroTimersLetOthersRun_data() { dispatchers(); }
    void zeroTimersLetOthersRun();
    void timerKilledByAnother_data() { dispatchers(); }
    void timerKilledByAnother();
    void timerFiresInNestedLoop_data() { dispatchers(); }
    void timerFiresInNestedLoop();
    void timerIsNotReentered_data() { dispatchers(); }
    void timerIsNotReentered();
    void longIntervals();
    void readAndWriteNotifiers_data() { dispatchers(); }
    void readAndWriteNotifiers();
    void hangUpReachesReadAndWrite_data() { dispatchers(); }
    void hangUpReachesReadAndWrite();
    void hangUpWithoutNotifierDoesNotSpin();
    void notifierDeletedBySibling_data() { dispatchers(); }
    void notifierDeletedBySibling();
    void descriptorReusedInOneTurn_data() { dispatchers(); }
    void descriptorReusedInOneTurn();
    void descriptorClosedBeforeNotifier_data() { dispatchers(); }
    void descriptorClosedBeforeNotifier();
    void notifierToggledTwice_data() { dispatchers(); }
    void notifierToggledTwice();
    void exceptionNotifier_data() { dispatchers(); }
    void exceptionNotifier();
    void regularFileIsReady();
    void notifiersCanBeExcluded_data() { dispatchers(); }
    void notifiersCanBeExcluded();
    void postedEventsFromThreads_data() { dispatchers(); }
    void postedEventsFromThreads();
    void postedEventsBounce_data() { dispatchers(); }
    void postedEventsBounce();
    void interruptFromThread_data() { dispatchers(); }
    void interruptFromThread();
    void awakeAndAboutToBlock_data() { dispatchers(); }
    void awakeAndAboutToBlock();
    void nestedLoopsExit_data() { dispatchers(); }
    void nestedLoopsExit();
    void tcpEcho_data() { dispatchers(); }
    void tcpEcho();
    void processOutput_data() { dispatchers(); }
    void processOutput();
    void deleteLater_data() { dispatchers(); }
    void deleteLater();

private:
    static void dispatchers()
    {
        QTest::addColumn<bool>("isOurs");
        QTest::newRow("Qt") << false;
        QTest::newRow("epoll") << true;
    }
    static void run(const std::function<void()> &body)
    {
        QFETCH(bool, isOurs);
        runInThread(isOurs, body);
    }
};

void TestEpollEventDispatcher::initTestCase()
{
    // Ours stands in for Qt's Unix dispatcher; GLib's, the default, has ways of its own.
    qputenv("QT_NO_GLIB", "1");
}

void TestEpollEventDispatcher::isInstalled()
{
    runInThread(true, [] {
        QCOMPARE(QAbstractEventDispatcher::instance()->metaObject()->className(),
                 "switchboard::EpollEventDispatcher");
    });
}

void TestEpollEventDispatcher::timersFireInOrder()
{
    run([] {
        QList<int> order;
        QTimer::singleShot(60ms, Qt::PreciseTimer, [&] { order.append(3); });
        QTimer::singleShot(20ms, Qt::PreciseTimer, [&] { order.append(1); });
        QTimer::singleShot(40ms, Qt::PreciseTimer, [&] { order.append(2); });
        QVERIFY(spinUntil([&] { return order.size() == 3; }));
        QCOMPARE(order, (QList<int>{1, 2, 3}));
    });
}

void TestEpollEventDispatcher::timerTypesAreListed()
{
    run([] {
        QAbstractEventDispatcher *dispatcher = QAbstractEventDispatcher::instance();
        QObject object;
        for (const auto type : {Qt::PreciseTimer, Qt::CoarseTimer, Qt::VeryCoarseTimer}) {
            const int id = dispatcher->registerTimer(3000, type, &object);
            const auto timers = dispatcher->registeredTimers(&object);
            QCOMPARE(timers.size(), 1);
            QCOMPARE(timers[0].timerId, id);
            QCOMPARE(timers[0].interval, 3000);
            QCOMPARE(timers[0].timerType, type);
            QVERIFY(dispatcher->unregisterTimer(id));
            QVERIFY(dispatcher->registeredTimers(&object).isEmpty());
        }
        dispatcher->registerTimer(1000, Qt::CoarseTimer, &object);
        dispatcher->registerTimer(1000, Qt::CoarseTimer, &object);
        QVERIFY(dispatcher->unregisterTimers(&object));
        QVERIFY(!dispatcher->unregisterTimers(&object));
    });
}

void TestEpollEventDispatcher::remainingTime()
{
    run([] {
        QAbstractEventDispatcher *dispatcher = QAbstractEventDispatcher::instance();
        QObject object;
        const int id = dispatcher->registerTimer(10000, Qt::PreciseTimer, &object);
        const int left = dispatcher->remainingTime(id);
        QVERIFY(left > 5000 && left <= 10000);
        QVERIFY(dispatcher->unregisterTimer(id));
        QVERIFY(!dispatcher->unregisterTimer(id));
    });
}

void TestEpollEventDispatcher::zeroTimersLetOthersRun()
{
    run([] {
        QTimer zero;
        int zeros = 0;
        QObject::connect(&zero, &QTimer::timeout, [&] { ++zeros; });
        zero.start(0);
        bool isOther = false;
        QTimer::singleShot(20ms, Qt::PreciseTimer, [&] { isOther = true; });
        SocketPair pair;
        QSocketNotifier notifier(pair.fds[0], QSocketNotifier::Read);
        bool isRead = false;
        QObject::connect(&notifier, &QSocketNotifier::activated, [&] {
            isRead = true;
            notifier.setEnabled(false);
        });
        pair.send(1);
        QVERIFY(spinUntil([&] { return isOther && isRead; }));
        QVERIFY(zeros > 1);
    });
}

void TestEpollEventDispatcher::timerKilledByAnother()
{
    run([] {
        // All are due in one turn; the first to fire ends the others.
        std::vector<std::unique_ptr<QTimer>> timers;
        int fired = 0;
        for (int i = 0; i < 5; ++i) {
            timers.push_back(std::make_unique<QTimer>());
            QTimer *timer = timers.back().get();
            QObject::connect(timer, &QTimer::timeout, [&, timer] {
                ++fired;
                for (auto &other : timers) {
                    if (other.get() != timer) {
                        other.reset();
                    }
                }
                timer->stop();
            });
            timer->start(0);
        }
        QThread::msleep(2);
        QVERIFY(spinUntil([&] { return fired > 0; }));
        QVERIFY(!spinUntil([&] { return fired > 1; }, 50ms));
    });
}

void TestEpollEventDispatcher::timerFiresInNestedLoop()
{
    run([] {
        QTimer periodic;
        int ticks = 0;
        QObject::connect(&periodic, &QTimer::timeout, [&] { ++ticks; });
        periodic.start(5);
        bool isDone = false;
        QTimer::singleShot(20ms, [&] {
            const int before = ticks;
            QEventLoop loop;
            QTimer::singleShot(100ms, &loop, &QEventLoop::quit);
            loop.exec();
            QVERIFY(ticks > before);
            isDone = true;
        });
        QVERIFY(spinUntil([&] { return isDone; }));
    });
}

void TestEpollEventDispatcher::timerIsNotReentered()
{
    run([] {
        QTimer timer;
        int depth = 0;
        int deepest = 0;
        int calls = 0;
        QObject::connect(&timer, &QTimer::timeout, [&] {
            deepest = qMax(deepest, ++depth);
            ++calls;
            QEventLoop loop;
            QTimer::singleShot(20ms, &loop, &QEventLoop::quit);
            loop.exec();
            --depth;
        });
        timer.start(1);
        QVERIFY(spinUntil([&] { return calls >= 3 && depth == 0; }));
        QCOMPARE(deepest, 1);
    });
}

void TestEpollEventDispatcher::longIntervals()
{
    runInThread(true, [] {
        QAbstractEventDispatcher *dispatcher = QAbstractEventDispatcher::instance();
        QObject object;
        // 40 days do not fit into 31 bits of milliseconds; narrowed, they would be due at once.
        const int id = dispatcher->registerTimer(40LL * 24 * 3600 * 1000, Qt::CoarseTimer, &object);
        QCOMPARE(dispatcher->remainingTime(id), std::numeric_limits<int>::max());
        QVERIFY(dispatcher->unregisterTimer(id));
    });
}

void TestEpollEventDispatcher::readAndWriteNotifiers()
{
    run([] {
        SocketPair pair;
        QSocketNotifier reader(pair.fds[0], QSocketNotifier::Read);
        QSocketNotifier writer(pair.fds[0], QSocketNotifier::Write);
        int reads = 0;
        int writes = 0;
        QObject::connect(&reader, &QSocketNotifier::activated, [&] { ++reads; });
        QObject::connect(&writer, &QSocketNotifier::activated, [&] { ++writes; });
        QVERIFY(spinUntil([&] { return writes > 3; }));
        QCOMPARE(reads, 0);
        writer.setEnabled(false);
        const int writesThen = writes;
        pair.send(1);
        // Level-triggered: it is told again as long as it is not read.
        QVERIFY(spinUntil([&] { return reads > 3; }));
        QCOMPARE(writes, writesThen);
    });
}

void TestEpollEventDispatcher::hangUpReachesReadAndWrite()
{
    run([] {
        SocketPair pair;
        QSocketNotifier reader(pair.fds[0], QSocketNotifier::Read);
        QSocketNotifier writer(pair.fds[0], QSocketNotifier::Write);
        bool isRead = false;
        bool isWritten = false;
        QObject::connect(&reader, &QSocketNotifier::activated, [&] { isRead = true; });
        QObject::connect(&writer, &QSocketNotifier::activated, [&] { isWritten = true; });
        pair.closeEnd(1);
        QVERIFY(spinUntil([&] { return isRead && isWritten; }));
    });
}

void TestEpollEventDispatcher::hangUpWithoutNotifierDoesNotSpin()
{
    runInThread(true, [] {
        SocketPair pair;
        QSocketNotifier reader(pair.fds[0], QSocketNotifier::Read);
        spinUntil([] { return false; }, 10ms);
        reader.setEnabled(false);
        pair.closeEnd(1);
        int turns = 0;
        QObject::connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::awake,
                         [&] { ++turns; });
        QEventLoop loop;
        QTimer::singleShot(200ms, &loop, &QEventLoop::quit);
        loop.exec();
        QVERIFY2(turns < 50, qPrintable(QString::number(turns)));
    });
}

void TestEpollEventDispatcher::notifierDeletedBySibling()
{
    run([] {
        SocketPair first;
        SocketPair second;
        auto a = std::make_unique<QSocketNotifier>(first.fds[0], QSocketNotifier::Read);
        auto b = std::make_unique<QSocketNotifier>(second.fds[0], QSocketNotifier::Read);
        int activations = 0;
        QObject::connect(a.get(), &QSocketNotifier::activated, [&] {
            ++activations;
            b.reset();
            a->setEnabled(false);
        });
        QObject::connect(b.get(), &QSocketNotifier::activated, [&] {
            ++activations;
            a.reset();
            b->setEnabled(false);
        });
        first.send(1);
        second.send(1);
        QVERIFY(spinUntil([&] { return activations > 0; }));
        QVERIFY(!spinUntil([&] { return activations > 1; }, 50ms));
    });
}

void TestEpollEventDispatcher::descriptorReusedInOneTurn()
{
    run([] {
        // The handler closes its descriptor and opens another file, which gets the same number.
        auto pair = std::make_unique<SocketPair>();
        SocketPair other;
        auto notifier = std::make_unique<QSocketNotifier>(pair->fds[0], QSocketNotifier::Read);
        const int number = pair->fds[0];
        std::unique_ptr<QSocketNotifier> successor;
        bool isHeard = false;
        QObject::connect(notifier.get(), &QSocketNotifier::activated, [&] {
            notifier->setEnabled(false);
            notifier.release()->deleteLater();
            pair->closeEnd(0);
            QCOMPARE(::fcntl(other.fds[0], F_DUPFD, number), number);
            pair->fds[0] = number;
            successor = std::make_unique<QSocketNotifier>(number, QSocketNotifier::Read);
            QObject::connect(successor.get(), &QSocketNotifier::activated, [&] { isHeard = true; });
        });
        pair->send(1);
        QVERIFY(spinUntil([&] { return successor != nullptr; }));
        QVERIFY(!spinUntil([&] { return isHeard; }, 50ms));
        other.send(1);
        QVERIFY(spinUntil([&] { return isHeard; }));
        successor.reset();
    });
}

void TestEpollEventDispatcher::descriptorClosedBeforeNotifier()
{
    run([] {
        SocketPair pair;
        QSocketNotifier notifier(pair.fds[0], QSocketNotifier::Read);
        spinUntil([] { return false; }, 10ms);
        pair.closeEnd(0);
        notifier.setEnabled(false);
        QVERIFY(!spinUntil([] { return false; }, 20ms));
    });
}

void TestEpollEventDispatcher::notifierToggledTwice()
{
    run([] {
        SocketPair pair;
        QSocketNotifier reader(pair.fds[0], QSocketNotifier::Read);
        QSocketNotifier writer(pair.fds[0], QSocketNotifier::Write);
        int reads = 0;
        QObject::connect(&reader, &QSocketNotifier::activated, [&] {
            ++reads;
            writer.setEnabled(false);
            writer.setEnabled(true);
            reader.setEnabled(false);
            reader.setEnabled(true);
        });
        pair.send(1);
        QVERIFY(spinUntil([&] { return reads > 5; }));
    });
}

void TestEpollEventDispatcher::exceptionNotifier()
{
    run([] {
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        QTcpSocket client;
        client.connectToHost(QHostAddress::LocalHost, server.serverPort());
        QVERIFY(spinUntil([&] { return server.hasPendingConnections(); }));
        const std::unique_ptr<QTcpSocket> peer(server.nextPendingConnection());
        QSocketNotifier urgent(peer->socketDescriptor(), QSocketNotifier::Exception);
        bool isUrgent = false;
        QObject::connect(&urgent, &QSocketNotifier::activated, [&] {
            isUrgent = true;
            urgent.setEnabled(false);
        });
        QCOMPARE(::send(static_cast<int>(client.socketDescriptor()), "!", 1, MSG_OOB), 1);
        QVERIFY(spinUntil([&] { return isUrgent; }));
    });
}

void TestEpollEventDispatcher::regularFileIsReady()
{
    runInThread(true, [] {
        QTemporaryFile file;
        QVERIFY(file.open());
        QSocketNotifier notifier(file.handle(), QSocketNotifier::Read);
        int activations = 0;
        QObject::connect(&notifier, &QSocketNotifier::activated, [&] { ++activations; });
        QVERIFY(spinUntil([&] { return activations > 2; }));
        notifier.setEnabled(false);
        spinUntil([] { return false; }, 5ms);
        const int then = activations;
        QVERIFY(!spinUntil([&] { return activations > then; }, 30ms));
    });
}

void TestEpollEventDispatcher::notifiersCanBeExcluded()
{
    run([] {
        SocketPair pair;
        QSocketNotifier notifier(pair.fds[0], QSocketNotifier::Read);
        int activations = 0;
        QObject::connect(&notifier, &QSocketNotifier::activated, [&] { ++activations; });
        pair.send(1);
        const QDeadlineTimer deadline(50ms);
        while (!deadline.hasExpired()) {
            QAbstractEventDispatcher::instance()->processEvents(QEventLoop::ExcludeSocketNotifiers);
        }
        QCOMPARE(activations, 0);
        QVERIFY(spinUntil([&] { return activations > 0; }));
    });
}

void TestEpollEventDispatcher::postedEventsFromThreads()
{
    run([] {
        constexpr int perThread = 500;
        QObject receiver;
        int received = 0;
        std::vector<std::unique_ptr<QThread>> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back(QThread::create([&] {
                for (int i = 0; i < perThread; ++i) {
                    QMetaObject::invokeMethod(
                        &receiver, [&] { ++received; }, Qt::QueuedConnection);
                    if (i % 50 == 0) {
                        QThread::usleep(200); // long enough for the loop to fall asleep in between
                    }
                }
            }));
            threads.back()->start();
        }
        QEventLoop loop;
        QTimer watch;
        QObject::connect(&watch, &QTimer::timeout, &loop, [&] {
            if (received == 4 * perThread) {
                loop.quit();
            }
        });
        watch.start(5);
        QTimer::singleShot(20s, &loop, &QEventLoop::quit);
        loop.exec();
        for (auto &thread : threads) {
            thread->wait();
        }
        QCOMPARE(received, 4 * perThread);
    });
}

void TestEpollEventDispatcher::postedEventsBounce()
{
    run([] {
        QObject receiver;
        int count = 0;
        QEventLoop loop;
        std::function<void()> bounce = [&] {
            if (++count == 1000) {
                loop.quit();
            } else {
                QMetaObject::invokeMethod(&receiver, bounce, Qt::QueuedConnection);
            }
        };
        QMetaObject::invokeMethod(&receiver, bounce, Qt::QueuedConnection);
        QTimer::singleShot(20s, &loop, &QEventLoop::quit);
        loop.exec();
        QCOMPARE(count, 1000);
    });
}

void TestEpollEventDispatcher::interruptFromThread()
{
    run([] {
        QAbstractEventDispatcher *dispatcher = QAbstractEventDispatcher::instance();
        QSemaphore blocks;
        QObject::connect(dispatcher, &QAbstractEventDispatcher::aboutToBlock, dispatcher,
                         [&] { blocks.release(); });
        std::atomic<bool> isInterrupted = false;
        const std::unique_ptr<QThread> thread(QThread::create([&] {
            blocks.acquire();
            isInterrupted = true;
            dispatcher->interrupt();
        }));
        thread->start();
        // Without a timer, nothing else would end the wait.
        while (!isInterrupted) {
            dispatcher->processEvents(QEventLoop::WaitForMoreEvents);
        }
        QVERIFY(thread->wait(5s));
    });
}

void TestEpollEventDispatcher::awakeAndAboutToBlock()
{
    run([] {
        QAbstractEventDispatcher *dispatcher = QAbstractEventDispatcher::instance();
        QStringList order;
        const auto guard = std::make_unique<QObject>();
        QObject::connect(dispatcher, &QAbstractEventDispatcher::aboutToBlock, guard.get(),
                         [&] { order.append(u"block"_qs); });
        QObject::connect(dispatcher, &QAbstractEventDispatcher::awake, guard.get(),
                         [&] { order.append(u"awake"_qs); });
        QTimer::singleShot(20ms, guard.get(), [&] { order.append(u"timer"_qs); });
        QVERIFY(spinUntil([&] { return order.contains(u"timer"_qs); }));
        const qsizetype timer = order.indexOf(u"timer"_qs);
        QVERIFY(order.mid(0, timer).contains(u"block"_qs));
        QVERIFY(order.mid(0, timer).contains(u"awake"_qs));
    });
}

void TestEpollEventDispatcher::nestedLoopsExit()
{
    run([] {
        QStringList order;
        QEventLoop outer;
        QEventLoop inner;
        QTimer::singleShot(1ms, [&] {
            QTimer::singleShot(10ms, [&] { outer.quit(); });
            QTimer::singleShot(30ms, [&] { inner.quit(); });
            inner.exec();
            order.append(u"inner"_qs);
        });
        outer.exec();
        order.append(u"outer"_qs);
        QCOMPARE(order, (QStringList{u"inner"_qs, u"outer"_qs}));
    });
}

void TestEpollEventDispatcher::tcpEcho()
{
    run([] {
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        QObject::connect(&server, &QTcpServer::newConnection, [&] {
            QTcpSocket *peer = server.nextPendingConnection();
            QObject::connect(peer, &QTcpSocket::readyRead, peer, [peer] { peer->write(peer->readAll()); });
        });
        constexpr int clients = 50;
        const QByteArray message(100'000, 'x');
        std::vector<std::unique_ptr<QTcpSocket>> sockets;
        qsizetype echoed = 0;
        for (int i = 0; i < clients; ++i) {
            sockets.push_back(std::make_unique<QTcpSocket>());
            QTcpSocket *socket = sockets.back().get();
            QObject::connect(socket, &QTcpSocket::connected, [&, socket] { socket->write(message); });
            QObject::connect(socket, &QTcpSocket::readyRead,
                             [&, socket] { echoed += socket->readAll().size(); });
            socket->connectToHost(QHostAddress::LocalHost, server.serverPort());
        }
        QVERIFY(spinUntil([&] { return echoed == clients * message.size(); }, 20s));
    });
}

void TestEpollEventDispatcher::processOutput()
{
    run([] {
        QProcess process;
        process.start(u"/bin/sh"_qs, {u"-c"_qs, u"echo out; echo err >&2; exit 3"_qs});
        QSignalSpy finished(&process, &QProcess::finished);
        QVERIFY(spinUntil([&] { return !finished.isEmpty(); }));
        QCOMPARE(process.exitCode(), 3);
        QCOMPARE(process.readAllStandardOutput(), QByteArray("out\n"));
        QCOMPARE(process.readAllStandardError(), QByteArray("err\n"));
    });
}

void TestEpollEventDispatcher::deleteLater()
{
    run([] {
        QPointer<QObject> object(new QObject);
        object->deleteLater();
        QVERIFY(spinUntil([&] { return !object; }));
    });
}

QTEST_GUILESS_MAIN(TestEpollEventDispatcher)
#include "tst_epolleventdispatcher.moc"
