// SPDX-License-Identifier: BSD-3-Clause
#include "dispatchertesting.h"

#include <QAbstractEventDispatcher>
#include <QEventLoop>
#include <QPointer>
#include <QSemaphore>
#include <QSocketNotifier>
#include <QTest>
#include <QThread>
#include <QTimer>

#include <atomic>
#include <functional>
#include <limits>
#include <memory>
#include <vector>

using namespace std::chrono_literals;
using namespace switchboard::test;

/// Timers, posted events and loops on the dispatcher on epoll.
class TestEpollEvents : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isInstalled();
    void timersFireInOrder_data() { addDispatchers(); }
    void timersFireInOrder();
    void timerTypesAreListed_data() { addDispatchers(); }
    void timerTypesAreListed();
    void remainingTime_data() { addDispatchers(); }
    void remainingTime();
    void zeroTimersLetOthersRun_data() { addDispatchers(); }
    void zeroTimersLetOthersRun();
    void timerKilledByAnother_data() { addDispatchers(); }
    void timerKilledByAnother();
    void timerFiresInNestedLoop_data() { addDispatchers(); }
    void timerFiresInNestedLoop();
    void timerIsNotReentered_data() { addDispatchers(); }
    void timerIsNotReentered();
    void longIntervals();
    void postedEventsFromThreads_data() { addDispatchers(); }
    void postedEventsFromThreads();
    void postedEventsBounce_data() { addDispatchers(); }
    void postedEventsBounce();
    void interruptFromThread_data() { addDispatchers(); }
    void interruptFromThread();
    void awakeAndAboutToBlock_data() { addDispatchers(); }
    void awakeAndAboutToBlock();
    void nestedLoopsExit_data() { addDispatchers(); }
    void nestedLoopsExit();
    void deleteLater_data() { addDispatchers(); }
    void deleteLater();
};

void TestEpollEvents::isInstalled()
{
    runInThread(true, [] {
        QCOMPARE(QAbstractEventDispatcher::instance()->metaObject()->className(),
                 "switchboard::EpollEventDispatcher");
    });
}

void TestEpollEvents::timersFireInOrder()
{
    runOnDispatcher([] {
        QList<int> order;
        QTimer::singleShot(60ms, Qt::PreciseTimer, [&] { order.append(3); });
        QTimer::singleShot(20ms, Qt::PreciseTimer, [&] { order.append(1); });
        QTimer::singleShot(40ms, Qt::PreciseTimer, [&] { order.append(2); });
        QVERIFY(spinUntil([&] { return order.size() == 3; }));
        QCOMPARE(order, (QList<int>{1, 2, 3}));
    });
}

void TestEpollEvents::timerTypesAreListed()
{
    runOnDispatcher([] {
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

void TestEpollEvents::remainingTime()
{
    runOnDispatcher([] {
        QAbstractEventDispatcher *dispatcher = QAbstractEventDispatcher::instance();
        QObject object;
        const int id = dispatcher->registerTimer(10000, Qt::PreciseTimer, &object);
        const int left = dispatcher->remainingTime(id);
        QVERIFY(left > 5000 && left <= 10000);
        QVERIFY(dispatcher->unregisterTimer(id));
        QVERIFY(!dispatcher->unregisterTimer(id));
    });
}

void TestEpollEvents::zeroTimersLetOthersRun()
{
    runOnDispatcher([] {
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

void TestEpollEvents::timerKilledByAnother()
{
    runOnDispatcher([] {
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

void TestEpollEvents::timerFiresInNestedLoop()
{
    runOnDispatcher([] {
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

void TestEpollEvents::timerIsNotReentered()
{
    runOnDispatcher([] {
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

void TestEpollEvents::longIntervals()
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

void TestEpollEvents::postedEventsFromThreads()
{
    runOnDispatcher([] {
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

void TestEpollEvents::postedEventsBounce()
{
    runOnDispatcher([] {
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

void TestEpollEvents::interruptFromThread()
{
    runOnDispatcher([] {
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

void TestEpollEvents::awakeAndAboutToBlock()
{
    runOnDispatcher([] {
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

void TestEpollEvents::nestedLoopsExit()
{
    runOnDispatcher([] {
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

void TestEpollEvents::deleteLater()
{
    runOnDispatcher([] {
        QPointer<QObject> object(new QObject);
        object->deleteLater();
        QVERIFY(spinUntil([&] { return !object; }));
    });
}

QTEST_GUILESS_MAIN(TestEpollEvents)
#include "tst_epollevents.moc"
