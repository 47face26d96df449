// SPDX-License-Identifier: BSD-3-Clause
#include "support/clientframes.h"
#include "wiredsession.h"

#include <QTest>

using namespace std::chrono_literals;
using namespace switchboard;
using namespace switchboard::test;

namespace {

const std::vector<qsizetype> sizes{0, 1, 125, 126, 127, 128, 65535, 65536, 100'000};

QByteArray payload(qsizetype size)
{
    QByteArray text(size, Qt::Uninitialized);
    for (qsizetype i = 0; i < size; ++i) {
        text[i] = static_cast<char>('a' + (i + size) % 26);
    }
    return text;
}

SessionLimits generousLimits()
{
    SessionLimits limits;
    limits.maxMessageBytes = qsizetype{1} << 20;
    limits.maxQueuedBytes = qsizetype{64} << 20;
    return limits;
}

QByteArray pings(int first, int count)
{
    QByteArray frames;
    for (int i = first; i < first + count; ++i) {
        frames += clientFrame(RawFrame::Ping, "ping " + QByteArray::number(i));
    }
    return frames;
}

QByteArray pong(int number)
{
    return QByteArray::number(RawFrame::Pong) + " ping " + QByteArray::number(number);
}

} // namespace

/// What a session of the lean engine does while it is open, over either transport.
class LeanSessionTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data();
    void readsMessages();
    void readsOctetWise();
    void readsWhatCameWithTheHandshake();
    void sendsMessages();
    void keepsOrderWhenTheKernelIsFull();
    void readsWhileThePeerDoesNot();
    void answersPings_data();
    void answersPings();
    void answersPingsOfAPeerThatDoesNotRead();
    void pingsWhenItIsQuiet();
    void measuresTheRoundTrip();
    void closesWhenPingsAreNotAnswered();
    void staysOpenForAPeerThatIsThere_data();
    void staysOpenForAPeerThatIsThere();
    void mayCloseInsideAMessage();
};

void LeanSessionTest::initTestCase_data()
{
    QTest::addColumn<Wire>("wire");
    QTest::newRow("descriptor") << Wire::Descriptor;
    QTest::newRow("tls") << Wire::Tls;
}

void LeanSessionTest::readsMessages()
{
    QFETCH_GLOBAL(const Wire, wire);
    SessionLoop loop(generousLimits());
    WiredSession wired(loop, wire);
    QVERIFY(wired.isConnected());
    QByteArrayList expected;
    for (const qsizetype size : sizes) {
        wired.peer().write(textFrame(payload(size)) + clientFrame(RawFrame::Binary, payload(size)));
        expected << payload(size) << "binary " + payload(size);
    }
    wired.peer().write(openFrame(RawFrame::Text, "\xE2\x82") + clientFrame(RawFrame::Continuation, "\xAC"));
    expected << "€";
    QVERIFY(turnUntil([&] { return wired.heard.messages.size() == expected.size(); }));
    QCOMPARE(wired.heard.messages, expected);
    QCOMPARE(wired.session().traffic().messagesReceived, quint64(expected.size()));
}

void LeanSessionTest::readsOctetWise()
{
    QFETCH_GLOBAL(const Wire, wire);
    SessionLoop loop;
    WiredSession wired(loop, wire);
    QVERIFY(wired.isConnected());
    for (const char byte : textFrame("one") + clientFrame(RawFrame::Ping, "p") + textFrame(payload(200))) {
        wired.peer().write(QByteArray(1, byte));
        turnUntil([] { return true; });
    }
    QVERIFY(turnUntil([&] { return wired.heard.messages.size() == 2; }));
    QCOMPARE(wired.heard.messages, (QByteArrayList{"one", payload(200)}));
    QCOMPARE(wired.peer().takeFrames(1), QByteArrayList{"10 p"});
}

void LeanSessionTest::readsWhatCameWithTheHandshake()
{
    QFETCH_GLOBAL(const Wire, wire);
    SessionLoop loop;
    const QByteArray frames = textFrame("one") + clientFrame(RawFrame::Ping, "p") + textFrame("two");
    WiredSession wired(loop, wire, {}, frames.chopped(1));
    QVERIFY(wired.isConnected());
    QCOMPARE(wired.heard.messages, QByteArrayList{"one"});
    QCOMPARE(wired.peer().takeFrames(1), QByteArrayList{"10 p"});
    wired.peer().write(frames.last(1));
    QVERIFY(turnUntil([&] { return wired.heard.messages.size() == 2; }));
    QCOMPARE(wired.heard.messages.last(), "two");
}

void LeanSessionTest::sendsMessages()
{
    QFETCH_GLOBAL(const Wire, wire);
    SessionLoop loop(generousLimits());
    WiredSession wired(loop, wire);
    QVERIFY(wired.isConnected());
    for (const qsizetype size : sizes) {
        wired.session().send(Frame::text(payload(size)));
        wired.session().send(Frame::message(Opcode::Binary, payload(size)));
    }
    for (const qsizetype size : sizes) {
        const auto text = wired.peer().takeFrame();
        const auto binary = wired.peer().takeFrame();
        QVERIFY(text && binary);
        QCOMPARE(text->opcode, quint8(RawFrame::Text));
        QCOMPARE(binary->opcode, quint8(RawFrame::Binary));
        QVERIFY(text->fin && !text->masked && text->reservedBits == 0);
        QCOMPARE(text->payload, payload(size));
        QCOMPARE(binary->payload, payload(size));
    }
    QCOMPARE(wired.session().queuedBytes(), 0);
}

void LeanSessionTest::keepsOrderWhenTheKernelIsFull()
{
    QFETCH_GLOBAL(const Wire, wire);
    SessionLoop loop(generousLimits());
    WiredSession wired(loop, wire);
    QVERIFY(wired.isConnected());
    wired.peer().setReading(false);
    QByteArrayList expected;
    for (int i = 0; i < 2000; ++i) {
        const QByteArray message = QByteArray::number(i) + ' ' + payload(i % 20 == 0 ? 30'000 : i);
        expected << QByteArray::number(RawFrame::Text) + ' ' + message;
        wired.session().send(Frame::text(message));
        if (i % 100 == 0) {
            turnUntil([] { return true; });
        }
    }
    const qsizetype owed = wired.session().queuedBytes();
    QVERIFY2(owed > 1'000'000, QByteArray::number(owed));
    wired.peer().setReading(true);
    QCOMPARE(wired.peer().takeFrames(expected.size()), expected);
    QVERIFY(turnUntil([&] { return wired.session().queuedBytes() == 0; }));
    QCOMPARE(wired.peer().buffer(), QByteArray());
}

void LeanSessionTest::readsWhileThePeerDoesNot()
{
    QFETCH_GLOBAL(const Wire, wire);
    SessionLoop loop(generousLimits());
    WiredSession wired(loop, wire);
    QVERIFY(wired.isConnected());
    wired.peer().setReading(false);
    wired.session().send(Frame::text(payload(3'000'000)));
    wired.session().send(Frame::text("last"));
    QVERIFY(turnUntil([&] { return wired.session().queuedBytes() < 3'000'000; }));
    for (int i = 0; i < 100; ++i) {
        wired.peer().write(textFrame(QByteArray::number(i)));
    }
    QVERIFY(turnUntil([&] { return wired.heard.messages.size() == 100; }));
    QVERIFY(wired.session().queuedBytes() > 0);
    wired.peer().setReading(true);
    QCOMPARE(wired.peer().takeFrames(2).value(1), "1 last");
}

void LeanSessionTest::answersPings_data()
{
    QTest::addColumn<int>("count");
    for (const int count : {1, 2, 15, 16, 17, 40, 500}) {
        QTest::addRow("%d", count) << count;
    }
}

void LeanSessionTest::answersPings()
{
    QFETCH_GLOBAL(const Wire, wire);
    QFETCH(const int, count);
    SessionLoop loop;
    WiredSession wired(loop, wire);
    QVERIFY(wired.isConnected());
    wired.peer().write(pings(0, count));
    QByteArrayList expected;
    for (int i = 0; i < qMin(count, 16); ++i) {
        expected << pong(i);
    }
    if (count > 16) {
        expected << pong(count - 1);
    }
    QCOMPARE(wired.peer().takeFrames(expected.size()), expected);
    // And as before when those are out.
    wired.peer().write(pings(1000, 2));
    QCOMPARE(wired.peer().takeFrames(2), (QByteArrayList{pong(1000), pong(1001)}));
    QVERIFY(wired.session().isOpen());
}

void LeanSessionTest::answersPingsOfAPeerThatDoesNotRead()
{
    QFETCH_GLOBAL(const Wire, wire);
    SessionLoop loop(generousLimits());
    WiredSession wired(loop, wire);
    QVERIFY(wired.isConnected());
    wired.peer().setReading(false);
    wired.session().send(Frame::text(payload(3'000'000)));
    QVERIFY(turnUntil([&] { return wired.session().queuedBytes() < 3'000'000; }));
    for (int i = 0; i < 1000; ++i) {
        wired.peer().write(pings(i, 1));
    }
    wired.peer().write(textFrame("behind"));
    QVERIFY(turnUntil([&] { return !wired.heard.messages.isEmpty(); }));
    wired.peer().setReading(true);
    QCOMPARE(wired.peer().takeFrames(1).value(0).size(), 3'000'002);
    QByteArrayList expected;
    for (int i = 0; i < 16; ++i) {
        expected << pong(i);
    }
    expected << pong(999);
    QCOMPARE(wired.peer().takeFrames(17), expected);
}

void LeanSessionTest::pingsWhenItIsQuiet()
{
    QFETCH_GLOBAL(const Wire, wire);
    SessionLoop loop;
    WiredSession wired(loop, wire);
    QVERIFY(wired.isConnected());
    loop.wheel.run(29s);
    for (int i = 1; i <= 12; ++i) {
        QCOMPARE(wired.peer().buffer(), QByteArray());
        loop.wheel.run(i == 1 ? 2s : 30s);
        const QByteArray number = QByteArray::number(i);
        QCOMPARE(wired.peer().takeFrames(1), QByteArrayList{"9 " + number});
        wired.peer().write(clientFrame(RawFrame::Pong, number));
        QVERIFY(turnUntil([&] { return wired.session().roundTrip().has_value(); }));
        turnUntil([] { return true; });
    }
    QVERIFY(wired.session().isOpen());
}

void LeanSessionTest::measuresTheRoundTrip()
{
    QFETCH_GLOBAL(const Wire, wire);
    SessionLoop loop;
    WiredSession wired(loop, wire);
    QVERIFY(wired.isConnected());
    const auto answerPing = [&](const QByteArray &payload, std::chrono::milliseconds after) {
        loop.wheel.run(30s);
        QVERIFY(wired.peer().takeFrame());
        loop.wheel.wait(after);
        wired.peer().write(clientFrame(RawFrame::Pong, payload) + textFrame(payload));
        const qsizetype count = wired.heard.messages.size();
        QVERIFY(turnUntil([&] { return wired.heard.messages.size() > count; }));
    };
    wired.peer().write(clientFrame(RawFrame::Pong, "") + clientFrame(RawFrame::Pong, "1") + textFrame("x"));
    QVERIFY(turnUntil([&] { return !wired.heard.messages.isEmpty(); }));
    QVERIFY(!wired.session().roundTrip());

    loop.wheel.run(100ms); // a deadline lasts up to a tick longer
    answerPing("something else", 5ms);
    QVERIFY(!wired.session().roundTrip());
    answerPing("1", 5ms); // that was the one before
    QVERIFY(!wired.session().roundTrip());
    answerPing("3", 25ms);
    const auto roundTrip = wired.session().roundTrip().value_or(0us);
    QCOMPARE(roundTrip, std::chrono::microseconds(25ms));
    wired.peer().write(clientFrame(RawFrame::Pong, "3") + textFrame("again"));
    QVERIFY(turnUntil([&] { return wired.heard.messages.last() == "again"; }));
    QCOMPARE(wired.session().roundTrip(), std::optional(roundTrip));
}

void LeanSessionTest::closesWhenPingsAreNotAnswered()
{
    QFETCH_GLOBAL(const Wire, wire);
    SessionLoop loop;
    WiredSession wired(loop, wire);
    QVERIFY(wired.isConnected());
    loop.wheel.run(31s);
    loop.wheel.run(30s);
    QCOMPARE(wired.peer().takeFrames(2), (QByteArrayList{"9 1", "9 2"}));
    QVERIFY(wired.session().isOpen());
    loop.wheel.run(30s);
    QVERIFY(!wired.session().isOpen());
    const auto frame = wired.peer().takeFrame();
    QVERIFY(frame);
    QCOMPARE(frame->closeCode(), 4408);
    loop.wheel.run(6s);
    QCOMPARE(wired.heard.codes, QList<quint16>{4408});
    QVERIFY(wired.peer().waitForEnd());
}

void LeanSessionTest::staysOpenForAPeerThatIsThere_data()
{
    QTest::addColumn<QByteArray>("sign");
    QTest::newRow("pong") << clientFrame(RawFrame::Pong, "1");
    QTest::newRow("another pong") << clientFrame(RawFrame::Pong, "");
    QTest::newRow("message") << textFrame("x");
    QTest::newRow("ping") << clientFrame(RawFrame::Ping, "");
    QTest::newRow("part of a message") << openFrame(RawFrame::Text, "x");
}

void LeanSessionTest::staysOpenForAPeerThatIsThere()
{
    QFETCH_GLOBAL(const Wire, wire);
    QFETCH(const QByteArray, sign);
    SessionLoop loop;
    WiredSession wired(loop, wire);
    QVERIFY(wired.isConnected());
    loop.wheel.run(31s);
    loop.wheel.run(30s);
    // Behind it, a ping whose answer shows that it was read.
    wired.peer().write(sign + clientFrame(RawFrame::Ping, "read"));
    QVERIFY(!wired.peer().takeUntil("\x8A\x04read").isEmpty());
    loop.wheel.run(60s);
    QVERIFY(wired.session().isOpen());
    loop.wheel.run(30s);
    QVERIFY(!wired.session().isOpen());
}

void LeanSessionTest::mayCloseInsideAMessage()
{
    QFETCH_GLOBAL(const Wire, wire);
    SessionLoop loop;
    WiredSession wired(loop, wire);
    QVERIFY(wired.isConnected());
    wired.heard.onMessage = [](WebSocketSession &session) {
        session.send(Frame::text("answer"));
        session.close(CloseCode::PolicyViolation, "no more");
    };
    wired.peer().write(textFrame("one") + textFrame("two") + closeFrame(1008));
    QCOMPARE(wired.peer().takeFrames(2), (QByteArrayList{"1 answer", "8 \x03\xF0no more"}));
    QVERIFY(turnUntil([&] { return wired.heard.hasEnded(); }));
    QCOMPARE(wired.heard.messages, QByteArrayList{"one"});
    QCOMPARE(wired.heard.codes, QList<quint16>{1008});
    QVERIFY(wired.peer().waitForEnd());
}

QTEST_GUILESS_MAIN(LeanSessionTest)
#include "tst_leansession.moc"
