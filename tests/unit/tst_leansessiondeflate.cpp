// SPDX-License-Identifier: BSD-3-Clause
#include "support/clientframes.h"
#include "support/deflatestream.h"
#include "wiredsession.h"

#include <QRandomGenerator>
#include <QTest>

using namespace switchboard;
using namespace switchboard::test;

namespace {

constexpr quint8 rsv1 = 4;

// As --deflate shared agrees, and as --deflate dedicated does.
DeflateAgreement shared(int windowBits = 15)
{
    return {.serverKeepsContext = false, .clientKeepsContext = false, .serverWindowBits = windowBits};
}

DeflateAgreement dedicated()
{
    return {};
}

QByteArray prose(int number)
{
    return R"({"channel":"chat","message":{"contents":{"content":"number )" + QByteArray::number(number)
        + R"(","postedAt":"2026-11-24T19:24:14.080386786Z"},"type":"NewMessageReceived"}})";
}

QByteArray compressedFrame(DeflateStream &stream, const QByteArray &message)
{
    return clientFrame(RawFrame::Text, stream.deflate(message), true, rsv1);
}

} // namespace

/// Compression of the lean engine (RFC 7692), over either transport.
class LeanSessionDeflateTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data();
    void sharedFramesAreTheSameBytes();
    void sharedFramesFitTheWindow_data();
    void sharedFramesFitTheWindow();
    void dedicatedFramesReferBack();
    void shortMessagesGoPlain_data();
    void shortMessagesGoPlain();
    void readsSharedMessages();
    void readsDedicatedMessages();
    void readsPlainMessages();
    void closesOnBadCompression_data();
    void closesOnBadCompression();
    void goesOnForOthersAfterAFault();
};

void LeanSessionDeflateTest::initTestCase_data()
{
    QTest::addColumn<Wire>("wire");
    QTest::newRow("descriptor") << Wire::Descriptor;
    QTest::newRow("tls") << Wire::Tls;
}

void LeanSessionDeflateTest::sharedFramesAreTheSameBytes()
{
    QFETCH_GLOBAL(const Wire, wire);
    SessionLoop loop;
    WiredSession first(loop, wire, shared());
    WiredSession second(loop, wire, shared());
    WiredSession plain(loop, wire);
    QVERIFY(first.isConnected() && second.isConnected() && plain.isConnected());
    InflateStream inflate;
    for (int i = 0; i < 3; ++i) {
        const Frame frame = Frame::text(prose(i));
        first.session().send(frame);
        const auto kept = frame.compressed(15);
        QVERIFY(kept);
        second.session().send(frame);
        plain.session().send(frame);
        // It was compressed once, not twice to the same bytes.
        const auto keptLater = frame.compressed(15);
        QVERIFY(keptLater && keptLater->isSameAs(*kept));
        const QByteArray bytes = first.peer().takeFrameBytes();
        QCOMPARE(second.peer().takeFrameBytes(), bytes);
        QCOMPARE(bytes, kept->bytes());
        QVERIFY(bytes.size() < frame.size());
        QByteArray rest = bytes;
        const auto compressed = RawFrame::takeFrom(rest);
        QVERIFY(compressed);
        QCOMPARE(compressed->opcode, quint8(RawFrame::Text));
        QCOMPARE(compressed->reservedBits, rsv1);
        // By itself: a new context reads it too.
        QCOMPARE(InflateStream().inflate(compressed->payload), prose(i));
        QCOMPARE(inflate.inflate(compressed->payload), prose(i));
        QCOMPARE(plain.peer().takeFrameBytes(), frame.bytes());
    }
}

void LeanSessionDeflateTest::sharedFramesFitTheWindow_data()
{
    QTest::addColumn<int>("windowBits");
    for (int bits = 8; bits <= 15; ++bits) {
        QTest::addRow("%d", bits) << bits;
    }
}

void LeanSessionDeflateTest::sharedFramesFitTheWindow()
{
    QFETCH_GLOBAL(const Wire, wire);
    QFETCH(const int, windowBits);
    SessionLoop loop;
    WiredSession small(loop, wire, shared(windowBits));
    WiredSession large(loop, wire, shared());
    QVERIFY(small.isConnected() && large.isConnected());
    // What is said twice is too far back for all windows but the largest.
    QRandomGenerator random(1);
    QByteArray noise;
    for (int i = 0; i < 20'000; ++i) {
        noise += static_cast<char>('a' + random.bounded(26));
    }
    const QByteArray message = noise + noise;
    const Frame frame = Frame::text(message);
    large.session().send(frame);
    small.session().send(frame);
    const auto inSmall = small.peer().takeFrame();
    const auto inLarge = large.peer().takeFrame();
    QVERIFY(inSmall && inLarge);
    QCOMPARE(InflateStream(windowBits).inflate(inSmall->payload), message);
    QCOMPARE(InflateStream(15).inflate(inLarge->payload), message);
    QCOMPARE(inSmall->payload == inLarge->payload, windowBits == 15);
}

void LeanSessionDeflateTest::dedicatedFramesReferBack()
{
    QFETCH_GLOBAL(const Wire, wire);
    SessionLoop loop;
    WiredSession wired(loop, wire, dedicated());
    QVERIFY(wired.isConnected());
    InflateStream inflate;
    QList<qsizetype> sizes;
    for (int i = 0; i < 3; ++i) {
        wired.session().send(Frame::text(prose(i)));
        const auto frame = wired.peer().takeFrame();
        QVERIFY(frame);
        QCOMPARE(frame->reservedBits, rsv1);
        QCOMPARE(inflate.inflate(frame->payload), prose(i));
        sizes << frame->payload.size();
    }
    QVERIFY(sizes.at(1) * 3 < sizes.at(0));
    QVERIFY(sizes.at(2) * 3 < sizes.at(0));
}

void LeanSessionDeflateTest::shortMessagesGoPlain_data()
{
    QTest::addColumn<qsizetype>("size");
    QTest::addColumn<bool>("isCompressed");
    QTest::newRow("63 bytes") << qsizetype(63) << false;
    QTest::newRow("64 bytes") << qsizetype(64) << true;
}

void LeanSessionDeflateTest::shortMessagesGoPlain()
{
    QFETCH_GLOBAL(const Wire, wire);
    QFETCH(const qsizetype, size);
    QFETCH(const bool, isCompressed);
    SessionLoop loop;
    for (const DeflateAgreement &agreement : {shared(), dedicated()}) {
        WiredSession wired(loop, wire, agreement);
        QVERIFY(wired.isConnected());
        wired.session().send(Frame::text(QByteArray(size, 'x')));
        wired.session().close(CloseCode::Normal, QByteArray(100, 'r'));
        const auto frame = wired.peer().takeFrame();
        QVERIFY(frame);
        QCOMPARE(frame->reservedBits == rsv1, isCompressed);
        QCOMPARE(isCompressed ? InflateStream().inflate(frame->payload) : frame->payload,
                 QByteArray(size, 'x'));
        const auto close = wired.peer().takeFrame();
        QVERIFY(close);
        QCOMPARE(close->reservedBits, quint8(0));
    }
}

void LeanSessionDeflateTest::readsSharedMessages()
{
    QFETCH_GLOBAL(const Wire, wire);
    SessionLoop loop;
    WiredSession first(loop, wire, shared());
    WiredSession second(loop, wire, shared());
    QVERIFY(first.isConnected() && second.isConnected());
    for (int i = 0; i < 3; ++i) {
        DeflateStream stream;
        const QByteArray payload = stream.deflate(prose(i));
        first.peer().write(openFrame(RawFrame::Text, payload.first(5), rsv1)
                           + clientFrame(RawFrame::Ping, "between"));
        second.peer().write(clientFrame(RawFrame::Binary, payload, true, rsv1));
        QVERIFY(turnUntil([&] { return second.heard.messages.size() == i + 1; }));
        QCOMPARE(second.heard.messages.last(), "binary " + prose(i));
        first.peer().write(openFrame(RawFrame::Continuation, {})
                           + clientFrame(RawFrame::Continuation, payload.sliced(5)));
        QVERIFY(turnUntil([&] { return first.heard.messages.size() == i + 1; }));
        QCOMPARE(first.heard.messages.last(), prose(i));
    }
}

void LeanSessionDeflateTest::readsDedicatedMessages()
{
    QFETCH_GLOBAL(const Wire, wire);
    SessionLoop loop;
    WiredSession first(loop, wire, dedicated());
    WiredSession second(loop, wire, dedicated());
    QVERIFY(first.isConnected() && second.isConnected());
    DeflateStream firstStream;
    DeflateStream secondStream;
    QByteArrayList firstExpected;
    QByteArrayList secondExpected;
    for (int i = 0; i < 5; ++i) {
        firstExpected << prose(i);
        secondExpected << prose(100 - i);
        first.peer().write(compressedFrame(firstStream, firstExpected.last()));
        second.peer().write(compressedFrame(secondStream, secondExpected.last()));
    }
    QVERIFY(turnUntil([&] { return first.heard.messages.size() + second.heard.messages.size() == 10; }));
    QCOMPARE(first.heard.messages, firstExpected);
    QCOMPARE(second.heard.messages, secondExpected);
}

void LeanSessionDeflateTest::readsPlainMessages()
{
    QFETCH_GLOBAL(const Wire, wire);
    SessionLoop loop;
    WiredSession wired(loop, wire, dedicated());
    QVERIFY(wired.isConnected());
    DeflateStream stream;
    wired.peer().write(compressedFrame(stream, prose(1)));
    wired.peer().write(textFrame(prose(2)));
    wired.peer().write(compressedFrame(stream, prose(3)));
    wired.peer().write(compressedFrame(stream, {}));
    QVERIFY(turnUntil([&] { return wired.heard.messages.size() == 4; }));
    QCOMPARE(wired.heard.messages, (QByteArrayList{prose(1), prose(2), prose(3), ""}));
}

void LeanSessionDeflateTest::closesOnBadCompression_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("code");
    DeflateStream stream;
    const QByteArray good = stream.deflate(prose(1));
    stream.reset();
    const QByteArray bomb = stream.deflate(QByteArray(10'000'000, 'x'));
    stream.reset();
    const auto frame = [](const QByteArray &payload) {
        return clientFrame(RawFrame::Text, payload, true, rsv1);
    };
    QTest::newRow("no deflate") << frame(QByteArray(20, '\xFF')) << 1007;
    QTest::newRow("cut off") << frame(good.first(good.size() / 2)) << 1007;
    QTest::newRow("no UTF-8") << frame(stream.deflate("\xFF")) << 1007;
    QTest::newRow("bomb") << frame(bomb) << 1009;
    QTest::newRow("RSV1 on a continuation") << openFrame(RawFrame::Text, good.first(5), rsv1)
            + clientFrame(RawFrame::Continuation, good.sliced(5), true, rsv1)
                                            << 1002;
    QTest::newRow("RSV1 on a ping") << clientFrame(RawFrame::Ping, {}, true, rsv1) << 1002;
}

void LeanSessionDeflateTest::closesOnBadCompression()
{
    QFETCH_GLOBAL(const Wire, wire);
    QFETCH(const QByteArray, bytes);
    QFETCH(const int, code);
    SessionLoop loop;
    for (const DeflateAgreement &agreement : {shared(), dedicated()}) {
        WiredSession wired(loop, wire, agreement);
        QVERIFY(wired.isConnected());
        wired.peer().write(bytes);
        const auto frame = wired.peer().takeFrame();
        QVERIFY(frame);
        QCOMPARE(frame->closeCode(), code);
        QVERIFY(wired.peer().waitForEnd());
        QCOMPARE(wired.heard.messages, QByteArrayList());
    }
}

// The inflater is one for all whose messages stand for themselves.
void LeanSessionDeflateTest::goesOnForOthersAfterAFault()
{
    QFETCH_GLOBAL(const Wire, wire);
    SessionLoop loop;
    WiredSession bad(loop, wire, shared());
    WiredSession good(loop, wire, shared());
    QVERIFY(bad.isConnected() && good.isConnected());
    for (const QByteArray &message : {prose(1), prose(2)}) {
        bad.peer().write(clientFrame(RawFrame::Text, "\xFF\xFF\xFF", true, rsv1));
        DeflateStream stream;
        good.peer().write(compressedFrame(stream, message));
        QVERIFY(turnUntil([&] { return good.heard.messages.contains(message); }));
    }
    QVERIFY(good.session().isOpen());
}

QTEST_GUILESS_MAIN(LeanSessionDeflateTest)
#include "tst_leansessiondeflate.moc"
