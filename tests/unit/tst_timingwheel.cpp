// SPDX-License-Identifier: BSD-3-Clause
#include "manualwheel.h"

#include <QAbstractEventDispatcher>
#include <QElapsedTimer>
#include <QTest>

#include <memory>
#include <vector>

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using switchboard::Deadline;
using switchboard::TimingWheel;
using switchboard::test::ManualWheel;

namespace {

constexpr milliseconds tick = TimingWheel::tick;
// After this the wheel comes to the same slot again.
constexpr milliseconds wholeTurn = 512 * tick;

// A deadline that counts.
class Counter
{
public:
    explicit Counter(TimingWheel &wheel)
        : deadline(wheel, [this] { ++count; })
    { }

    Deadline deadline;
    int count = 0;
};

qsizetype timersOf(QObject *object)
{
    return QAbstractEventDispatcher::instance()->registeredTimers(object).size();
}

} // namespace

class TimingWheelTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void runsOutNeitherEarlyNorLate_data();
    void runsOutNeitherEarlyNorLate();
    void keepsOrder_data();
    void keepsOrder();
    void sharedSlotWaitsForItsTurn();
    void sharedSlotForgetsWhoIsStopped();
    void longStallLosesNothing();
    void restartMoves();
    void restartsFromItsCallback();
    void restartWithoutDelayWaitsForNextTick();
    void wholeTurnFromCallbackWaitsForWholeTurn();
    void stops();
    void stopsWhenDestroyed();
    void mayDestroyItself();
    void callbackMayTouchOthers_data();
    void callbackMayTouchOthers();
    void timerStandsStillWhenEmpty();
    void runsByItself();
};

void TimingWheelTest::runsOutNeitherEarlyNorLate_data()
{
    QTest::addColumn<milliseconds>("delay");
    QTest::addColumn<milliseconds>("phase");
    QTest::addColumn<milliseconds>("timerPhase");
    for (const milliseconds delay : {-1ms, 0ms, 1ms, 99ms, 100ms, 101ms, 250ms, 30000ms, 51100ms, 51199ms,
                                     51200ms, 51201ms, 51300ms, 102400ms, 3600000ms}) {
        for (const milliseconds phase : {0ms, 1ms, 50ms, 99ms}) {
            for (const milliseconds timerPhase : {0ms, 37ms}) {
                QTest::addRow("%lld ms, %lld ms into a tick, timer %lld ms into it",
                              static_cast<long long>(delay.count()), static_cast<long long>(phase.count()),
                              static_cast<long long>(timerPhase.count()))
                    << delay << phase << timerPhase;
            }
        }
    }
}

void TimingWheelTest::runsOutNeitherEarlyNorLate()
{
    QFETCH(const milliseconds, delay);
    QFETCH(const milliseconds, phase);
    QFETCH(const milliseconds, timerPhase);
    ManualWheel wheel;
    // With this one the timer is running already, so it does not begin when the next one starts.
    Counter other(wheel);
    other.deadline.start(24h);
    wheel.wait(phase);
    Counter counter(wheel);
    counter.deadline.start(delay);
    QVERIFY(counter.deadline.isActive());

    milliseconds passed = phase < timerPhase ? timerPhase - phase : tick + timerPhase - phase;
    wheel.leap(passed);
    while (counter.count == 0 && passed < delay + 5 * tick) {
        wheel.leap(tick);
        passed += tick;
    }
    QCOMPARE(counter.count, 1);
    QVERIFY(!counter.deadline.isActive());
    QVERIFY2(passed >= delay, qPrintable(QString::number(passed.count())));
    QVERIFY2(passed < qMax(delay, 1ms) + 2 * tick, qPrintable(QString::number(passed.count())));
}

void TimingWheelTest::keepsOrder_data()
{
    QTest::addColumn<bool>("isStalled");
    QTest::newRow("tick by tick") << false;
    QTest::newRow("after a stall") << true;
}

void TimingWheelTest::keepsOrder()
{
    QFETCH(const bool, isStalled);
    ManualWheel wheel;
    QList<int> order;
    std::vector<std::unique_ptr<Deadline>> deadlines;
    for (const int delay : {700, 300, 2000, 100, 1500}) {
        deadlines.push_back(std::make_unique<Deadline>(wheel, [&order, delay] { order.append(delay); }));
        deadlines.back()->start(milliseconds(delay));
    }
    if (isStalled) {
        wheel.leap(3s);
    } else {
        wheel.run(3s);
    }
    QCOMPARE(order, QList<int>({100, 300, 700, 1500, 2000}));
}

void TimingWheelTest::sharedSlotWaitsForItsTurn()
{
    ManualWheel wheel;
    std::vector<std::unique_ptr<Counter>> counters;
    for (int turn = 0; turn < 4; ++turn) {
        counters.push_back(std::make_unique<Counter>(wheel));
        counters.back()->deadline.start(tick + turn * wholeTurn);
    }
    wheel.run(2 * tick);
    for (std::size_t turn = 0; turn < counters.size(); ++turn) {
        for (std::size_t i = 0; i < counters.size(); ++i) {
            QCOMPARE(counters[i]->count, i <= turn ? 1 : 0);
        }
        wheel.run(wholeTurn);
    }
}

void TimingWheelTest::sharedSlotForgetsWhoIsStopped()
{
    ManualWheel wheel;
    Counter later(wheel);
    Counter sooner(wheel);
    later.deadline.start(tick + wholeTurn);
    sooner.deadline.start(tick);
    wheel.run(2 * tick);
    QCOMPARE(sooner.count, 1);
    later.deadline.stop();
    sooner.deadline.start(wholeTurn + tick);
    wheel.run(2 * wholeTurn);
    QCOMPARE(later.count, 0);
    QCOMPARE(sooner.count, 2);
}

void TimingWheelTest::longStallLosesNothing()
{
    ManualWheel wheel;
    std::vector<std::unique_ptr<Counter>> counters;
    // In every slot, and in some of them twice.
    for (milliseconds delay = tick; delay <= wholeTurn + 3 * tick; delay += tick) {
        counters.push_back(std::make_unique<Counter>(wheel));
        counters.back()->deadline.start(delay);
    }
    Counter later(wheel);
    later.deadline.start(301s);

    wheel.leap(300s);
    for (const auto &counter : counters) {
        QCOMPARE(counter->count, 1);
    }
    QCOMPARE(later.count, 0);
    wheel.leap(2s);
    QCOMPARE(later.count, 1);
}

void TimingWheelTest::restartMoves()
{
    ManualWheel wheel;
    Counter later(wheel);
    Counter sooner(wheel);
    later.deadline.start(200ms);
    sooner.deadline.start(10s);
    wheel.leap(100ms);
    later.deadline.start(1s);
    sooner.deadline.start(500ms);
    wheel.run(800ms);
    QCOMPARE(later.count, 0);
    QCOMPARE(sooner.count, 1);
    wheel.run(400ms);
    QCOMPARE(later.count, 1);
    wheel.run(20s);
    QCOMPARE(later.count, 1);
    QCOMPARE(sooner.count, 1);
}

void TimingWheelTest::restartsFromItsCallback()
{
    ManualWheel wheel;
    int count = 0;
    std::unique_ptr<Deadline> deadline;
    deadline = std::make_unique<Deadline>(wheel, [&] {
        ++count;
        deadline->start(1s);
    });
    deadline->start(1s);
    wheel.run(10s);
    QCOMPARE(count, 10);
    QVERIFY(deadline->isActive());
}

void TimingWheelTest::restartWithoutDelayWaitsForNextTick()
{
    ManualWheel wheel;
    int count = 0;
    std::unique_ptr<Deadline> deadline;
    deadline = std::make_unique<Deadline>(wheel, [&] {
        ++count;
        deadline->start(0ms);
    });
    deadline->start(0ms);
    wheel.leap(tick);
    QCOMPARE(count, 1);
    wheel.leap(0ms);
    QCOMPARE(count, 1);
    wheel.leap(tick);
    QCOMPARE(count, 2);
}

void TimingWheelTest::wholeTurnFromCallbackWaitsForWholeTurn()
{
    ManualWheel wheel;
    int count = 0;
    std::unique_ptr<Deadline> deadline;
    // The slot that it is put into is the one that is being emptied.
    deadline = std::make_unique<Deadline>(wheel, [&] {
        ++count;
        deadline->start(wholeTurn);
    });
    deadline->start(tick);
    wheel.leap(tick);
    QCOMPARE(count, 1);
    wheel.run(wholeTurn - tick);
    QCOMPARE(count, 1);
    wheel.leap(tick);
    QCOMPARE(count, 2);
}

void TimingWheelTest::stops()
{
    ManualWheel wheel;
    Counter stopped(wheel);
    Counter other(wheel);
    stopped.deadline.stop();
    QVERIFY(!stopped.deadline.isActive());
    stopped.deadline.start(200ms);
    other.deadline.start(200ms);
    stopped.deadline.stop();
    QVERIFY(!stopped.deadline.isActive());
    stopped.deadline.stop();
    wheel.run(2 * wholeTurn);
    QCOMPARE(stopped.count, 0);
    QCOMPARE(other.count, 1);
}

void TimingWheelTest::stopsWhenDestroyed()
{
    ManualWheel wheel;
    int count = 0;
    auto deadline = std::make_unique<Deadline>(wheel, [&] { ++count; });
    deadline->start(200ms);
    deadline.reset();
    wheel.run(1s);
    QCOMPARE(count, 0);
}

void TimingWheelTest::mayDestroyItself()
{
    ManualWheel wheel;
    Counter other(wheel);
    int count = 0;
    std::unique_ptr<Deadline> deadline;
    deadline = std::make_unique<Deadline>(wheel, [&count, &deadline] {
        ++count;
        deadline.reset();
    });
    deadline->start(200ms);
    other.deadline.start(200ms);
    wheel.run(1s);
    QCOMPARE(count, 1);
    QVERIFY(!deadline);
    QCOMPARE(other.count, 1);
}

void TimingWheelTest::callbackMayTouchOthers_data()
{
    QTest::addColumn<QString>("action");
    QTest::addColumn<int>("victim");
    for (const char *action : {"stop", "destroy", "restart"}) {
        for (int victim = 0; victim < 4; ++victim) {
            QTest::addRow("%s %d", action, victim) << QString::fromLatin1(action) << victim;
        }
    }
}

// Of five that are due in the same slot, the first that is called does something to one of the others.
void TimingWheelTest::callbackMayTouchOthers()
{
    QFETCH(const QString, action);
    QFETCH(const int, victim);
    ManualWheel wheel;
    constexpr std::size_t count = 5;
    std::vector<std::unique_ptr<Deadline>> deadlines;
    std::vector<std::size_t> called;
    std::size_t touched = count;
    const auto touchAnother = [&](std::size_t caller) {
        touched = (caller + 1 + static_cast<std::size_t>(victim)) % count;
        if (action == QStringLiteral("stop")) {
            deadlines[touched]->stop();
        } else if (action == QStringLiteral("destroy")) {
            deadlines[touched].reset();
        } else {
            deadlines[touched]->start(1s);
        }
    };
    for (std::size_t i = 0; i < count; ++i) {
        deadlines.push_back(std::make_unique<Deadline>(wheel, [&, i] {
            called.push_back(i);
            if (called.size() == 1) {
                touchAnother(i);
            }
        }));
        deadlines.back()->start(200ms);
    }
    wheel.run(500ms);
    QCOMPARE(called.size(), count - 1);
    QVERIFY(touched < count);
    QCOMPARE(std::count(called.begin(), called.end(), touched), 0);
    wheel.run(1s);
    QCOMPARE(std::count(called.begin(), called.end(), touched), action == QStringLiteral("restart") ? 1 : 0);
    QCOMPARE(timersOf(&wheel), 0);
}

void TimingWheelTest::timerStandsStillWhenEmpty()
{
    ManualWheel wheel;
    Counter first(wheel);
    Counter second(wheel);
    QCOMPARE(timersOf(&wheel), 0);
    first.deadline.start(100ms);
    second.deadline.start(1s);
    QCOMPARE(timersOf(&wheel), 1);
    first.deadline.stop();
    QCOMPARE(timersOf(&wheel), 1);
    second.deadline.stop();
    QCOMPARE(timersOf(&wheel), 0);

    // What starts after a long rest counts from then on.
    wheel.wait(10 * wholeTurn);
    first.deadline.start(1s);
    QCOMPARE(timersOf(&wheel), 1);
    wheel.run(900ms);
    QCOMPARE(first.count, 0);
    wheel.run(200ms);
    QCOMPARE(first.count, 1);
    QCOMPARE(timersOf(&wheel), 0);
}

void TimingWheelTest::runsByItself()
{
    TimingWheel wheel;
    Counter counter(wheel);
    QElapsedTimer time;
    time.start();
    counter.deadline.start(150ms);
    QTRY_COMPARE(counter.count, 1);
    QVERIFY2(time.elapsed() >= 150, qPrintable(QString::number(time.elapsed())));
    QCOMPARE(timersOf(&wheel), 0);
}

QTEST_GUILESS_MAIN(TimingWheelTest)
#include "tst_timingwheel.moc"
