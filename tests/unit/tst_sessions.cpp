// SPDX-License-Identifier: BSD-3-Clause
#include "fakesession.h"

#include <QCoreApplication>
#include <QTest>

#include <memory>
#include <utility>
#include <vector>

using namespace switchboard;
using namespace switchboard::test;

namespace {

// All that a session needs; it is to end before this does.
class Loop
{
public:
    FlushQueue queue;
    TimingWheel wheel;
    SessionServices services{queue, wheel, {}};
};

Frame frameOf(qsizetype bytes)
{
    return Frame::text(QByteArray(bytes > 127 ? bytes - 4 : bytes - 2, 'x'));
}

void turn()
{
    QCoreApplication::processEvents();
}

} // namespace

class SessionsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void framesOfOneTurnLeaveTogether();
    void framesLeaveBehindAllEventsOfTheirTurn();
    void countsTraffic();
    void slowClientIsCutAtTheBound_data();
    void slowClientIsCutAtTheBound();
    void oneFrameMayPassTheBound();
    void quickClientMayGetMoreThanTheBound();
    void mayEndInsideSend();
    void queueForgetsDestroyedSession();
    void sessionsMayDieWhileFlushing_data();
    void sessionsMayDieWhileFlushing();
    void framesSentWhileFlushingLeave_data();
    void framesSentWhileFlushingLeave();
};

void SessionsTest::framesOfOneTurnLeaveTogether()
{
    Loop loop;
    FakeSession session(loop.services);
    FakeSession idle(loop.services);
    session.send(Frame::text("a"));
    session.send(Frame::text("b"));
    session.send(Frame::text("c"));
    QCOMPARE(session.writeOuts, 0);
    QCOMPARE(session.queuedBytes(), 9);
    turn();
    QCOMPARE(session.writeOuts, 1);
    QCOMPARE(session.written,
             QByteArrayList({"\x81\x01"
                             "a",
                             "\x81\x01"
                             "b",
                             "\x81\x01"
                             "c"}));
    QCOMPARE(session.queuedBytes(), 0);
    turn();
    QCOMPARE(session.writeOuts, 1);
    session.send(Frame::text("d"));
    turn();
    QCOMPARE(session.writeOuts, 2);
    QCOMPARE(session.written.size(), 4);
    QCOMPARE(idle.writeOuts, 0);
}

void SessionsTest::framesLeaveBehindAllEventsOfTheirTurn()
{
    Loop loop;
    FakeSession session(loop.services);
    session.send(Frame::text("a"));
    // Later than the queue's own event, and yet in time.
    QMetaObject::invokeMethod(
        &loop.queue, [&] { session.send(Frame::text("b")); }, Qt::QueuedConnection);
    turn();
    QCOMPARE(session.written.size(), 2);
    QCOMPARE(session.writeOuts, 1);
}

void SessionsTest::countsTraffic()
{
    Loop loop;
    FakeSession session(loop.services);
    {
        FakeSession other(loop.services);
        other.send(frameOf(50));
        other.deliver("1234");
    }
    session.deliver("12345");
    session.deliver("");
    session.send(frameOf(10));
    session.send(frameOf(200));
    turn();
    session.close(CloseCode::Normal, "");
    session.send(frameOf(1000));
    QCOMPARE(session.traffic().messagesReceived, quint64(2));
    QCOMPARE(session.traffic().bytesReceived, quint64(5));
    QCOMPARE(session.traffic().messagesSent, quint64(2));
    QCOMPARE(session.traffic().bytesSent, quint64(210));
    // The sums keep those who left.
    QCOMPARE(loop.services.totals.messagesReceived, quint64(3));
    QCOMPARE(loop.services.totals.bytesReceived, quint64(9));
    QCOMPARE(loop.services.totals.messagesSent, quint64(3));
    QCOMPARE(loop.services.totals.bytesSent, quint64(260));
}

void SessionsTest::slowClientIsCutAtTheBound_data()
{
    QTest::addColumn<qsizetype>("inTransport");
    QTest::addColumn<qsizetype>("last");
    QTest::addColumn<bool>("isCut");
    QTest::newRow("up to the bound") << qsizetype(0) << qsizetype(400) << false;
    QTest::newRow("one byte more") << qsizetype(0) << qsizetype(401) << true;
    QTest::newRow("up to the bound with the transport") << qsizetype(300) << qsizetype(100) << false;
    QTest::newRow("one byte more with the transport") << qsizetype(300) << qsizetype(101) << true;
}

void SessionsTest::slowClientIsCutAtTheBound()
{
    QFETCH(const qsizetype, inTransport);
    QFETCH(const qsizetype, last);
    QFETCH(const bool, isCut);
    Loop loop;
    loop.services.limits.maxQueuedBytes = 1000;
    FakeSession session(loop.services);
    session.room = 0;
    session.bytesInTransport = inTransport;
    session.send(frameOf(300));
    turn();
    session.send(frameOf(300));
    QVERIFY(session.isOpen());
    const int writeOuts = session.writeOuts;
    session.send(frameOf(last));
    QCOMPARE(session.isOpen(), !isCut);
    QCOMPARE(loop.services.slowConsumers, quint64(isCut ? 1 : 0));
    // It gets one more chance to take what there is.
    QCOMPARE(session.writeOuts - writeOuts, isCut ? 1 : 0);
    QCOMPARE(session.queuedBytes(), inTransport + (isCut ? 0 : 600 + last));
    QCOMPARE(session.closeCodes, isCut ? QList<quint16>{4008} : QList<quint16>());
    QCOMPARE(session.written.size(), 0);
    QCOMPARE(session.traffic().messagesSent, quint64(isCut ? 2 : 3));
}

void SessionsTest::oneFrameMayPassTheBound()
{
    Loop loop;
    loop.services.limits.maxQueuedBytes = 1000;
    FakeSession session(loop.services);
    session.send(frameOf(5000));
    QVERIFY(session.isOpen());
    turn();
    QCOMPARE(session.written.size(), 1);
    // The next may not, while that one waits.
    session.room = 0;
    session.send(frameOf(5000));
    QVERIFY(session.isOpen());
    session.send(frameOf(2));
    QVERIFY(!session.isOpen());
}

void SessionsTest::quickClientMayGetMoreThanTheBound()
{
    Loop loop;
    loop.services.limits.maxQueuedBytes = 1000;
    FakeSession session(loop.services);
    for (int i = 0; i < 100; ++i) {
        session.send(frameOf(300));
        QVERIFY(session.queuedBytes() <= 1000);
    }
    QVERIFY(session.isOpen());
    QVERIFY(session.writeOuts > 0);
    turn();
    QCOMPARE(session.written.size(), 100);
    QCOMPARE(loop.services.slowConsumers, quint64(0));
}

void SessionsTest::mayEndInsideSend()
{
    Loop loop;
    loop.services.limits.maxQueuedBytes = 1000;
    FakeSession session(loop.services);
    session.onWriteOut = [&] { session.noteClosed({}); };
    session.send(frameOf(800));
    session.send(frameOf(800));
    QVERIFY(!session.isOpen());
    QCOMPARE(session.queuedBytes(), 0);
    QCOMPARE(session.closeCodes, QList<quint16>());
    QCOMPARE(loop.services.slowConsumers, quint64(0));
    turn();
    QCOMPARE(session.written.size(), 0);
}

void SessionsTest::queueForgetsDestroyedSession()
{
    Loop loop;
    auto first = std::make_unique<FakeSession>(loop.services);
    FakeSession second(loop.services);
    first->send(Frame::text("a"));
    second.send(Frame::text("b"));
    first->onWriteOut = [] { QFAIL("it is gone"); };
    first.reset();
    turn();
    QCOMPARE(second.written.size(), 1);
}

void SessionsTest::sessionsMayDieWhileFlushing_data()
{
    QTest::addColumn<int>("killer");
    QTest::addColumn<int>("victim");
    for (int killer = 0; killer < 4; ++killer) {
        for (int victim = 0; victim < 4; ++victim) {
            if (victim != killer) {
                QTest::addRow("%d kills %d", killer, victim) << killer << victim;
            }
        }
    }
}

// The one that is flushed destroys another, which has been flushed before it or would be behind it.
void SessionsTest::sessionsMayDieWhileFlushing()
{
    QFETCH(const int, killer);
    QFETCH(const int, victim);
    Loop loop;
    std::vector<std::unique_ptr<FakeSession>> sessions;
    QList<int> flushed;
    for (int i = 0; i < 4; ++i) {
        sessions.push_back(std::make_unique<FakeSession>(loop.services));
        sessions.back()->onWriteOut = [&, i] {
            flushed.append(i);
            if (i == killer) {
                sessions[static_cast<std::size_t>(victim)].reset();
            }
        };
        sessions.back()->send(Frame::text("a"));
    }
    turn();
    QList<int> expected = {0, 1, 2, 3};
    if (victim > killer) {
        expected.removeOne(victim);
    }
    QCOMPARE(flushed, expected);
    // The queue is fit for the next turn.
    flushed.clear();
    for (const auto &session : sessions) {
        if (session) {
            session->onWriteOut = nullptr;
            session->send(Frame::text("b"));
        }
    }
    turn();
    for (const auto &session : sessions) {
        QVERIFY(!session || session->written.size() == 2);
    }
}

void SessionsTest::framesSentWhileFlushingLeave_data()
{
    QTest::addColumn<int>("receiver");
    QTest::newRow("to the one before") << 0;
    QTest::newRow("to itself") << 1;
    QTest::newRow("to the one behind") << 2;
    QTest::newRow("to one that had nothing") << 3;
}

void SessionsTest::framesSentWhileFlushingLeave()
{
    QFETCH(const int, receiver);
    Loop loop;
    std::vector<std::unique_ptr<FakeSession>> sessions;
    for (int i = 0; i < 4; ++i) {
        sessions.push_back(std::make_unique<FakeSession>(loop.services));
        if (i < 3) {
            sessions.back()->send(Frame::text("a"));
        }
    }
    FakeSession &sender = *sessions[1];
    bool hasSent = false;
    sender.onWriteOut = [&] {
        if (!std::exchange(hasSent, true)) {
            sessions[static_cast<std::size_t>(receiver)]->send(Frame::text("b"));
        }
    };
    turn();
    turn();
    for (int i = 0; i < 4; ++i) {
        const FakeSession &session = *sessions[static_cast<std::size_t>(i)];
        QCOMPARE(session.written.size(), (i < 3 ? 1 : 0) + (i == receiver ? 1 : 0));
        QCOMPARE(session.queuedBytes(), 0);
    }
}

QTEST_GUILESS_MAIN(SessionsTest)
#include "tst_sessions.moc"
