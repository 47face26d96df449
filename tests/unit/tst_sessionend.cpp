// SPDX-License-Identifier: BSD-3-Clause
#include "fakesession.h"
#include "manualwheel.h"

#include <QCoreApplication>
#include <QTest>

using namespace std::chrono_literals;
using namespace switchboard;
using namespace switchboard::test;

namespace {

// All that a session needs, over a clock that runs by hand; the session is to end before this does.
class Loop
{
public:
    FlushQueue queue;
    ManualWheel wheel;
    SessionServices services{queue, wheel, {}};
};

class Listener : public WebSocketSession::Listener
{
public:
    void sessionMessage(WebSocketSession &, QByteArrayView message, Opcode) override
    {
        messages.append(message.toByteArray());
    }
    void sessionOverRate(WebSocketSession &) override { ++overRate; }
    void sessionClosed(WebSocketSession &, const CloseStatus &status) override
    {
        codes.append(status.code);
        reasons.append(status.reason);
    }

    QByteArrayList messages;
    int overRate = 0;
    QList<quint16> codes;
    QByteArrayList reasons;
};

void turn()
{
    QCoreApplication::processEvents();
}

} // namespace

class SessionEndTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void deliversWhileOpen();
    void closesOnce();
    void closeLeavesFramesToItsEngine();
    void endIsToldOnce();
    void cutsWhenClosingTakesTooLong_data();
    void cutsWhenClosingTakesTooLong();
    void abortsWithoutAWord();
    void pingsWhileAnswered();
    void anySignOfLifeCounts_data();
    void anySignOfLifeCounts();
    void cutsSilentClient();
    void noPingsWithoutKeepalive();
    void noPingsWhileClosing();
};

void SessionEndTest::deliversWhileOpen()
{
    Loop loop;
    Listener listener;
    FakeSession session(loop.services);
    session.deliver("to nobody");
    session.setListener(&listener);
    session.deliver("one");
    session.deliver("");
    session.close(CloseCode::Normal, "");
    session.deliver("late");
    QCOMPARE(listener.messages, QByteArrayList({"one", ""}));
    // What comes while it is closing came nevertheless.
    QCOMPARE(session.traffic().messagesReceived, quint64(4));
}

void SessionEndTest::closesOnce()
{
    Loop loop;
    FakeSession session(loop.services);
    QVERIFY(session.isOpen());
    session.close(CloseCode::GoingAway, "bye");
    QVERIFY(!session.isOpen());
    session.close(CloseCode::PolicyViolation, "again");
    session.send(Frame::text("late"));
    turn();
    QCOMPARE(session.closeCodes, QList<quint16>{1001});
    QCOMPARE(session.closeReasons, QByteArrayList{"bye"});
    QCOMPARE(session.written.size(), 0);

    FakeSession ended(loop.services);
    ended.noteClosed({1000, {}});
    ended.close(CloseCode::GoingAway, "bye");
    QCOMPARE(ended.closeCodes.size(), 0);

    // The client was first.
    FakeSession closing(loop.services);
    closing.noteClosing();
    QVERIFY(!closing.isOpen());
    closing.close(CloseCode::GoingAway, "bye");
    QCOMPARE(closing.closeCodes.size(), 0);
}

void SessionEndTest::closeLeavesFramesToItsEngine()
{
    Loop loop;
    FakeSession session(loop.services);
    session.room = 0;
    session.send(Frame::text("first"));
    session.close(CloseCode::GoingAway, "bye");
    QCOMPARE(session.closeCodes, QList<quint16>{1001});
    QCOMPARE(session.queuedBytes(), 7);
    session.room = 100;
    turn();
    QCOMPARE(session.written,
             QByteArrayList{"\x81\x05"
                            "first"});
}

void SessionEndTest::endIsToldOnce()
{
    Loop loop;
    Listener listener;
    FakeSession session(loop.services);
    session.setListener(&listener);
    session.send(Frame::text("never read"));
    session.noteClosed({4999, "their reason"});
    session.noteClosed({1000, "another"});
    QCOMPARE(listener.codes, QList<quint16>{4999});
    QCOMPARE(listener.reasons, QByteArrayList{"their reason"});
    QVERIFY(!session.isOpen());
    QCOMPARE(session.queuedBytes(), 0);
    // Nothing is done with it any more.
    turn();
    loop.wheel.run(1h);
    QCOMPARE(session.written.size(), 0);
    QCOMPARE(session.pings, 0);
    QCOMPARE(session.cuts, 0);
    QCOMPARE(listener.codes.size(), 1);

    FakeSession abnormal(loop.services);
    abnormal.setListener(&listener);
    abnormal.noteClosed({});
    QCOMPARE(listener.codes.last(), quint16(1006));
}

void SessionEndTest::cutsWhenClosingTakesTooLong_data()
{
    QTest::addColumn<bool>("isOurs");
    QTest::newRow("our close") << true;
    QTest::newRow("the client's close") << false;
}

void SessionEndTest::cutsWhenClosingTakesTooLong()
{
    QFETCH(const bool, isOurs);
    Loop loop;
    loop.services.limits.closeTimeout = 3s;
    FakeSession session(loop.services);
    FakeSession prompt(loop.services);
    for (FakeSession *closing : {&session, &prompt}) {
        if (isOurs) {
            closing->close(CloseCode::Normal, "");
        } else {
            closing->noteClosing();
        }
    }
    loop.wheel.run(2900ms);
    prompt.noteClosed({1000, {}});
    QCOMPARE(session.cuts, 0);
    loop.wheel.run(200ms);
    QCOMPARE(session.cuts, 1);
    QCOMPARE(prompt.cuts, 0);
    session.noteClosed({});
    loop.wheel.run(1min);
    QCOMPARE(session.cuts, 1);
}

void SessionEndTest::abortsWithoutAWord()
{
    Loop loop;
    Listener listener;
    FakeSession session(loop.services);
    session.setListener(&listener);
    session.endsAtOnce = true;
    session.send(Frame::text("never read"));
    session.abort();
    QCOMPARE(session.cuts, 1);
    QVERIFY(!session.isOpen());
    QCOMPARE(session.closeCodes.size(), 0);
    QCOMPARE(listener.codes, QList<quint16>{1006});
    turn();
    QCOMPARE(session.written.size(), 0);

    // It takes nothing more, even if its end takes a while.
    FakeSession aborted(loop.services);
    aborted.abort();
    QVERIFY(!aborted.isOpen());

    // In the middle of a closing handshake too.
    FakeSession closing(loop.services);
    closing.close(CloseCode::Normal, "");
    closing.abort();
    QCOMPARE(closing.cuts, 1);
    QCOMPARE(closing.closeCodes.size(), 1);
}

void SessionEndTest::pingsWhileAnswered()
{
    Loop loop;
    loop.services.limits.keepalive = 1s;
    FakeSession session(loop.services);
    loop.wheel.run(900ms);
    QCOMPARE(session.pings, 0);
    for (int i = 1; i <= 100; ++i) {
        loop.wheel.run(i == 1 ? 100ms : 1s);
        QCOMPARE(session.pings, i);
        session.noteAlive();
    }
    QVERIFY(session.isOpen());
}

void SessionEndTest::anySignOfLifeCounts_data()
{
    QTest::addColumn<bool>("isMessage");
    QTest::newRow("a pong") << false;
    QTest::newRow("a message") << true;
}

void SessionEndTest::anySignOfLifeCounts()
{
    QFETCH(const bool, isMessage);
    Loop loop;
    loop.services.limits.keepalive = 1s;
    FakeSession session(loop.services);
    for (int i = 1; i <= 10; ++i) {
        // Just before it would be cut.
        loop.wheel.run(2s);
        QCOMPARE(session.pings, 2 * i);
        if (isMessage) {
            session.deliver("here");
        } else {
            session.noteAlive();
        }
        QVERIFY(session.isOpen());
    }
    loop.wheel.run(3s);
    QVERIFY(!session.isOpen());
}

void SessionEndTest::cutsSilentClient()
{
    Loop loop;
    loop.services.limits.keepalive = 1s;
    loop.services.limits.closeTimeout = 500ms;
    FakeSession session(loop.services);
    session.room = 0;
    session.send(Frame::text("never read"));
    loop.wheel.run(2900ms);
    QCOMPARE(session.pings, 2);
    QVERIFY(session.isOpen());
    loop.wheel.run(100ms);
    QVERIFY(!session.isOpen());
    QCOMPARE(session.pings, 2);
    QCOMPARE(session.closeCodes, QList<quint16>{4408});
    QCOMPARE(session.queuedBytes(), 0);
    QCOMPARE(session.cuts, 0);
    loop.wheel.run(500ms);
    QCOMPARE(session.cuts, 1);
}

void SessionEndTest::noPingsWithoutKeepalive()
{
    Loop loop;
    loop.services.limits.keepalive = 0ms;
    FakeSession session(loop.services);
    loop.wheel.run(24h);
    QCOMPARE(session.pings, 0);
    QVERIFY(session.isOpen());
    // The closing handshake has its bound all the same.
    session.close(CloseCode::Normal, "");
    loop.wheel.run(loop.services.limits.closeTimeout);
    QCOMPARE(session.cuts, 1);
}

void SessionEndTest::noPingsWhileClosing()
{
    Loop loop;
    loop.services.limits.keepalive = 1s;
    loop.services.limits.closeTimeout = 10s;
    FakeSession session(loop.services);
    session.close(CloseCode::Normal, "");
    loop.wheel.run(9900ms);
    QCOMPARE(session.pings, 0);
    QCOMPARE(session.cuts, 0);
    QCOMPARE(session.closeCodes.size(), 1);
}

QTEST_GUILESS_MAIN(SessionEndTest)
#include "tst_sessionend.moc"
