// SPDX-License-Identifier: BSD-3-Clause
#include "support/clientframes.h"
#include "wiredsession.h"

#include <QTest>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using namespace switchboard;
using namespace switchboard::test;

namespace {

constexpr quint16 normal = 1000;
constexpr quint16 noStatus = 1005;
constexpr quint16 abnormal = 1006;

SessionLimits limitsOf(qsizetype maxQueuedBytes)
{
    SessionLimits limits;
    limits.maxQueuedBytes = maxQueuedBytes;
    return limits;
}

Frame largeFrame()
{
    return Frame::text(QByteArray(10'000, 'x'));
}

// Sends to a peer that does not read until that is too much.
bool overfill(WiredSession &wired)
{
    wired.peer().setReading(false);
    for (int i = 0; i < 10'000 && wired.session().isOpen(); ++i) {
        wired.session().send(largeFrame());
    }
    return !wired.session().isOpen();
}

} // namespace

/// How a session of the lean engine ends (RFC 6455 section 7), over either transport.
class LeanSessionCloseTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data();
    void closesFromHere();
    void closesBehindWhatIsQueued();
    void cutsAPeerThatDoesNotAnswerAClose();
    void ignoresMessagesBehindItsClose();
    void closesFromThePeer_data();
    void closesFromThePeer();
    void ignoresWhatFollowsAClose();
    void closesOnceWhenBothClose();
    void closesOnFaults_data();
    void closesOnFaults();
    void aFaultEndsTheWaitForAClose();
    void peerVanishes_data();
    void peerVanishes();
    void peerVanishesWhileItIsOwed();
    void slowReaderGetsWholeFrames();
    void slowReaderIsCut();
    void abortSaysNothing();
    void closeFrameReachesAPeerThatStillSends_data();
    void closeFrameReachesAPeerThatStillSends();
};

void LeanSessionCloseTest::initTestCase_data()
{
    QTest::addColumn<Wire>("wire");
    QTest::newRow("descriptor") << Wire::Descriptor;
    QTest::newRow("tls") << Wire::Tls;
}

void LeanSessionCloseTest::closesFromHere()
{
    QFETCH_GLOBAL(const Wire, wire);
    SessionLoop loop;
    WiredSession wired(loop, wire);
    QVERIFY(wired.isConnected());
    wired.session().close(CloseCode::DisconnectedByOperator, "by the operator");
    QVERIFY(!wired.session().isOpen());
    QCOMPARE(wired.peer().takeFrames(1),
             QByteArrayList{"8 \x0F\xA3"_ba
                            "by the operator"});
    QVERIFY(!wired.heard.hasEnded());
    QVERIFY(!wired.peer().hasEnded());
    wired.peer().write(closeFrame(1001, "leaving too"));
    QVERIFY(turnUntil([&] { return wired.heard.hasEnded(); }));
    QCOMPARE(wired.heard.codes, QList<quint16>{4003});
    QCOMPARE(wired.heard.reasons, QByteArrayList{"by the operator"});
    QVERIFY(wired.peer().waitForEnd());
    QCOMPARE(wired.peer().buffer(), QByteArray());
    QVERIFY(turnUntil([&] { return loop.services.lingering == 0; }));
}

void LeanSessionCloseTest::closesBehindWhatIsQueued()
{
    QFETCH_GLOBAL(const Wire, wire);
    SessionLoop loop;
    WiredSession wired(loop, wire);
    QVERIFY(wired.isConnected());
    wired.session().send(Frame::text("one"));
    wired.session().send(Frame::text("two"));
    wired.session().close(CloseCode::GoingAway, {});
    wired.session().close(CloseCode::PolicyViolation, "a second time");
    wired.session().send(Frame::text("too late"));
    QCOMPARE(wired.peer().takeFrames(3), (QByteArrayList{"1 one", "1 two", "8 \x03\xE9"}));
    wired.peer().write(closeFrame(1001));
    QVERIFY(wired.peer().waitForEnd());
    QCOMPARE(wired.peer().buffer(), QByteArray());
    QCOMPARE(wired.heard.codes, QList<quint16>{1001});
}

void LeanSessionCloseTest::cutsAPeerThatDoesNotAnswerAClose()
{
    QFETCH_GLOBAL(const Wire, wire);
    SessionLoop loop;
    WiredSession wired(loop, wire);
    QVERIFY(wired.isConnected());
    loop.wheel.run(10s);
    wired.session().close(CloseCode::GoingAway, "bye");
    QVERIFY(wired.peer().takeFrame());
    loop.wheel.run(4900ms);
    QVERIFY(!wired.heard.hasEnded());
    loop.wheel.run(300ms);
    QCOMPARE(wired.heard.codes, QList<quint16>{1001});
    QCOMPARE(wired.heard.reasons, QByteArrayList{"bye"});
    QVERIFY(wired.peer().waitForEnd());
}

void LeanSessionCloseTest::ignoresMessagesBehindItsClose()
{
    QFETCH_GLOBAL(const Wire, wire);
    SessionLoop loop;
    WiredSession wired(loop, wire);
    QVERIFY(wired.isConnected());
    wired.session().close(CloseCode::GoingAway, {});
    wired.peer().write(textFrame("under way") + clientFrame(RawFrame::Ping, "p") + closeFrame(normal));
    QVERIFY(turnUntil([&] { return wired.heard.hasEnded(); }));
    QCOMPARE(wired.heard.messages, QByteArrayList());
    QCOMPARE(wired.peer().takeFrames(2), QByteArrayList{"8 \x03\xE9"});
}

void LeanSessionCloseTest::closesFromThePeer_data()
{
    QTest::addColumn<QByteArray>("frame");
    QTest::addColumn<quint16>("code");
    QTest::addColumn<QByteArray>("reason");
    QTest::addColumn<QByteArray>("echo");
    const QByteArray longest = QByteArray(120, 'r') + "€";
    QTest::newRow("with a code") << closeFrame(normal) << normal << QByteArray() << "8 \x03\xE8"_ba;
    QTest::newRow("with a reason") << closeFrame(4999, "Grüße") << quint16(4999) << "Grüße"_ba
                                   << "8 \x13\x87Grüße"_ba;
    QTest::newRow("with the longest reason")
        << closeFrame(3000, longest) << quint16(3000) << longest << "8 \x0B\xB8"_ba + longest;
    // As the prototype answers.
    QTest::newRow("without a code") << clientFrame(RawFrame::Close, {}) << noStatus << QByteArray()
                                    << "8 \x03\xE8"_ba;
}

void LeanSessionCloseTest::closesFromThePeer()
{
    QFETCH_GLOBAL(const Wire, wire);
    QFETCH(const QByteArray, frame);
    QFETCH(const quint16, code);
    QFETCH(const QByteArray, reason);
    QFETCH(const QByteArray, echo);
    SessionLoop loop;
    WiredSession wired(loop, wire);
    QVERIFY(wired.isConnected());
    wired.heard.onMessage = [](WebSocketSession &session) { session.send(Frame::text("answer")); };
    wired.peer().write(textFrame("last words") + frame);
    QCOMPARE(wired.peer().takeFrames(3), (QByteArrayList{"1 answer", echo}));
    QVERIFY(wired.peer().hasEnded()); // the server ends it first (RFC 6455 section 7.1.1)
    QCOMPARE(wired.heard.messages, QByteArrayList{"last words"});
    QCOMPARE(wired.heard.codes, QList<quint16>{code});
    QCOMPARE(wired.heard.reasons, QByteArrayList{reason});
    QVERIFY(turnUntil([&] { return loop.services.lingering == 0; }));
}

void LeanSessionCloseTest::ignoresWhatFollowsAClose()
{
    QFETCH_GLOBAL(const Wire, wire);
    SessionLoop loop;
    WiredSession wired(loop, wire);
    QVERIFY(wired.isConnected());
    wired.peer().write(closeFrame(normal) + textFrame("behind") + clientFrame(RawFrame::Ping, "p")
                       + closeFrame(1001) + "\xFF\xFF");
    QCOMPARE(wired.peer().takeFrames(2), QByteArrayList{"8 \x03\xE8"});
    QCOMPARE(wired.heard.messages, QByteArrayList());
    QCOMPARE(wired.heard.codes, QList<quint16>{normal});
}

void LeanSessionCloseTest::closesOnceWhenBothClose()
{
    QFETCH_GLOBAL(const Wire, wire);
    SessionLoop loop;
    WiredSession wired(loop, wire);
    QVERIFY(wired.isConnected());
    wired.peer().write(closeFrame(normal));
    wired.session().close(CloseCode::GoingAway, {});
    QCOMPARE(wired.peer().takeFrames(2), QByteArrayList{"8 \x03\xE9"});
    QVERIFY(wired.peer().hasEnded());
    QCOMPARE(wired.heard.codes, QList<quint16>{1001});
}

void LeanSessionCloseTest::closesOnFaults_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<quint16>("code");
    QTest::newRow("no mask") << RawFrame{.payload = "x"}.encode() << quint16(1002);
    QTest::newRow("reserved bit") << clientFrame(RawFrame::Text, "x", true, 4) << quint16(1002);
    QTest::newRow("invalid close code") << closeFrame(1005) << quint16(1002);
    QTest::newRow("bad text") << textFrame("\xFF") << quint16(1007);
    QTest::newRow("bad reason") << closeFrame(normal, "\xFF") << quint16(1007);
    QTest::newRow("too long") << textFrame(QByteArray(65537, 'x')) << quint16(1009);
}

void LeanSessionCloseTest::closesOnFaults()
{
    QFETCH_GLOBAL(const Wire, wire);
    QFETCH(const QByteArray, bytes);
    QFETCH(const quint16, code);
    SessionLoop loop;
    WiredSession wired(loop, wire);
    QVERIFY(wired.isConnected());
    wired.session().send(Frame::text("queued"));
    wired.peer().write(textFrame("good") + bytes + textFrame("behind"));
    QCOMPARE(wired.peer().takeFrames(1), QByteArrayList{"1 queued"});
    const auto frame = wired.peer().takeFrame();
    QVERIFY(frame);
    QCOMPARE(frame->opcode, quint8(RawFrame::Close));
    QCOMPARE(frame->closeCode(), int(code));
    QVERIFY(wired.peer().waitForEnd()); // without an answer
    QCOMPARE(wired.peer().buffer(), QByteArray());
    QCOMPARE(wired.heard.messages, QByteArrayList{"good"});
    QCOMPARE(wired.heard.codes, QList<quint16>{code});
}

void LeanSessionCloseTest::aFaultEndsTheWaitForAClose()
{
    QFETCH_GLOBAL(const Wire, wire);
    SessionLoop loop;
    WiredSession wired(loop, wire);
    QVERIFY(wired.isConnected());
    wired.session().close(CloseCode::GoingAway, {});
    QCOMPARE(wired.peer().takeFrames(1), QByteArrayList{"8 \x03\xE9"});
    wired.peer().write(RawFrame{.payload = "no mask"}.encode());
    QVERIFY(wired.peer().waitForEnd());
    QCOMPARE(wired.peer().buffer(), QByteArray());
    QCOMPARE(wired.heard.codes, QList<quint16>{1001});
}

void LeanSessionCloseTest::peerVanishes_data()
{
    QTest::addColumn<QByteArray>("lastBytes");
    QTest::addColumn<bool>("isReset");
    for (const bool isReset : {false, true}) {
        const char *how = isReset ? "reset" : "fin";
        QTest::addRow("%s", how) << QByteArray() << isReset;
        QTest::addRow("%s inside a frame", how) << textFrame("half").chopped(2) << isReset;
        QTest::addRow("%s inside a message", how) << openFrame(RawFrame::Text, "half") << isReset;
    }
}

void LeanSessionCloseTest::peerVanishes()
{
    QFETCH_GLOBAL(const Wire, wire);
    QFETCH(const QByteArray, lastBytes);
    QFETCH(const bool, isReset);
    SessionLoop loop;
    WiredSession wired(loop, wire);
    QVERIFY(wired.isConnected());
    wired.peer().write(textFrame("whole") + lastBytes);
    QVERIFY(turnUntil([&] { return !wired.heard.messages.isEmpty(); }));
    if (isReset) {
        wired.peer().reset();
    } else {
        wired.peer().shutdownWrite();
    }
    QVERIFY(turnUntil([&] { return wired.heard.hasEnded(); }));
    QCOMPARE(wired.heard.codes, QList<quint16>{abnormal});
    QCOMPARE(wired.heard.messages, QByteArrayList{"whole"});
    QVERIFY(wired.peer().waitForEnd());
    QCOMPARE(wired.peer().buffer(), QByteArray()); // no close frame
}

void LeanSessionCloseTest::peerVanishesWhileItIsOwed()
{
    QFETCH_GLOBAL(const Wire, wire);
    SessionLoop loop(limitsOf(qsizetype{64} << 20));
    WiredSession wired(loop, wire);
    QVERIFY(wired.isConnected());
    wired.peer().setReading(false);
    wired.session().send(Frame::text(QByteArray(10'000'000, 'x')));
    turnUntil([] { return true; });
    QVERIFY(wired.session().queuedBytes() > 0);
    wired.peer().reset();
    QVERIFY(turnUntil([&] { return wired.heard.hasEnded(); }));
    QCOMPARE(wired.heard.codes, QList<quint16>{abnormal});
    QCOMPARE(wired.session().queuedBytes(), 0);
}

void LeanSessionCloseTest::slowReaderGetsWholeFrames()
{
    QFETCH_GLOBAL(const Wire, wire);
    SessionLoop loop(limitsOf(500'000));
    WiredSession wired(loop, wire);
    QVERIFY(wired.isConnected());
    QVERIFY(overfill(wired));
    QCOMPARE(loop.services.slowConsumers, quint64(1));
    wired.peer().setReading(true);
    for (;;) {
        const auto frame = wired.peer().takeFrame();
        QVERIFY(frame);
        if (frame->opcode == RawFrame::Close) {
            QCOMPARE(frame->closeCode(), 4008);
            break;
        }
        QCOMPARE(frame->payload, QByteArray(10'000, 'x'));
    }
    wired.peer().write(closeFrame(4008));
    QVERIFY(wired.peer().waitForEnd());
    QCOMPARE(wired.peer().buffer(), QByteArray());
    QCOMPARE(wired.heard.codes, QList<quint16>{4008});
}

void LeanSessionCloseTest::slowReaderIsCut()
{
    QFETCH_GLOBAL(const Wire, wire);
    SessionLoop loop(limitsOf(500'000));
    WiredSession wired(loop, wire);
    QVERIFY(wired.isConnected());
    QVERIFY(overfill(wired));
    loop.wheel.run(4900ms);
    QVERIFY(!wired.heard.hasEnded());
    loop.wheel.run(300ms);
    QCOMPARE(wired.heard.codes, QList<quint16>{4008});
    QCOMPARE(wired.session().queuedBytes(), 0);
}

void LeanSessionCloseTest::abortSaysNothing()
{
    QFETCH_GLOBAL(const Wire, wire);
    SessionLoop loop;
    WiredSession wired(loop, wire);
    QVERIFY(wired.isConnected());
    wired.session().send(Frame::text("never sent"));
    wired.session().abort();
    QCOMPARE(wired.heard.codes, QList<quint16>{abnormal});
    wired.session().close(CloseCode::Normal, {});
    QVERIFY(wired.peer().waitForEnd());
    QCOMPARE(wired.peer().buffer(), QByteArray());
    QCOMPARE(wired.heard.codes.size(), 1);
}

void LeanSessionCloseTest::closeFrameReachesAPeerThatStillSends_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("code");
    QTest::newRow("fault") << textFrame("\xFF") << 1007;
    QTest::newRow("too long") << textFrame(QByteArray(65537, 'x')) << 1009;
    QTest::newRow("close") << closeFrame(normal) << 1000;
}

// Closing a connection over what lies there unread makes the kernel reset it and forget what is not sent yet.
void LeanSessionCloseTest::closeFrameReachesAPeerThatStillSends()
{
    QFETCH_GLOBAL(const Wire, wire);
    QFETCH(const QByteArray, bytes);
    QFETCH(const int, code);
    SessionLoop loop;
    WiredSession wired(loop, wire);
    QVERIFY(wired.isConnected());
    // Of this frame the kernel on this side keeps the most, because the other side's takes so little.
    wired.peer().setReading(false);
    wired.peer().socket().setSocketOption(QAbstractSocket::ReceiveBufferSizeSocketOption, 20'000);
    const QByteArray large(220'000, 'x');
    wired.session().send(Frame::text(large));
    QVERIFY(turnUntil([&] { return wired.session().queuedBytes() == 0; }));
    wired.peer().write(bytes + QByteArray(3'000'000, 'x'));
    QVERIFY(turnUntil([&] { return wired.heard.hasEnded(); }));
    wired.peer().setReading(true);
    const auto queued = wired.peer().takeFrame();
    QVERIFY(queued);
    QCOMPARE(queued->payload.size(), large.size());
    const auto frame = wired.peer().takeFrame();
    QVERIFY(frame);
    QCOMPARE(frame->closeCode(), code);
    QVERIFY(wired.peer().waitForEnd());
    QCOMPARE(wired.peer().buffer(), QByteArray());
    QVERIFY(turnUntil([&] { return loop.services.lingering == 0; }));
}

QTEST_GUILESS_MAIN(LeanSessionCloseTest)
#include "tst_leansessionclose.moc"
