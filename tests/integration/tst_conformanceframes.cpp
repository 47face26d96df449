// SPDX-License-Identifier: BSD-3-Clause
#include <QTest>

#include "integration/enginedaemons.h"
#include "integration/wsconversation.h"
#include "support/clientframes.h"

using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

constexpr qsizetype LongestMessage = 65536;
const QByteArray Mask("\x01\x02\x03\x04");
const QByteArrayList ProtocolError{"close 1002", "end"};
const QByteArrayList TooBig{"close 1009", "end"};

// What QtWebSockets does otherwise.
const char TakesUnmasked[] = "QtWebSockets takes frames without a mask";
const char ClosesAtOnce[] = "QtWebSockets closes in front of what is queued";

void addColumns()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArrayList>("outcome");
    QTest::addColumn<QByteArray>("qtFault");
}

void row(const QByteArray &name, const QByteArray &bytes, const QByteArrayList &outcome,
         const char *qtFault = nullptr)
{
    QTest::newRow(name) << bytes << outcome << QByteArray(qtFault);
}

QByteArray ask(const QByteArray &name)
{
    return textFrame(question(name));
}

// Frames of one message, \a bytes long each, with \a between after every one but the last.
QByteArray fragments(const QByteArray &message, qsizetype bytes, const QByteArray &between = {})
{
    QByteArray frames;
    for (qsizetype at = 0; at < message.size(); at += bytes) {
        const bool isLast = at + bytes >= message.size();
        frames +=
            clientFrame(at == 0 ? RawFrame::Text : RawFrame::Continuation, message.mid(at, bytes), isLast);
        frames += isLast ? QByteArray() : between;
    }
    return frames;
}

// A frame whose length is told in \a lengthBytes, however short it is.
QByteArray longForm(qsizetype lengthBytes, quint64 length, const QByteArray &payload)
{
    QByteArray encoded(sizeof(quint64), Qt::Uninitialized);
    qToBigEndian(length, encoded.data());
    const QByteArray body = RawFrame{.masked = true, .payload = payload}.encode().last(payload.size() + 4);
    return (lengthBytes == 2 ? "\x81\xFE" : "\x81\xFF") + encoded.last(lengthBytes) + body;
}

} // namespace

/// Frames, whole and in fragments (RFC 6455, 5; Autobahn 1 to 5, 9 and 10), on both engines.
class ConformanceFramesTest : public QObject
{
    Q_OBJECT

    void check();

    EngineDaemons m_daemons;

private Q_SLOTS:
    void initTestCase_data() { EngineDaemons::addRows(); }
    void cleanup();
    void cleanupTestCase() { m_daemons.stop(); }
    void lengths_data();
    void lengths() { check(); }
    void pings_data();
    void pings() { check(); }
    void reservedBits_data();
    void reservedBits() { check(); }
    void opcodes_data();
    void opcodes() { check(); }
    void masksAndLengths_data();
    void masksAndLengths() { check(); }
    void fragmentation_data();
    void fragmentation() { check(); }
    void everyChop();
    void manyFragments_data();
    void manyFragments() { check(); }
};

void ConformanceFramesTest::cleanup()
{
    if (QTest::currentTestFailed()) {
        m_daemons.stop();
    }
}

// What comes of one row's bytes must not depend on the pieces that they come in.
void ConformanceFramesTest::check()
{
    QFETCH_GLOBAL(const QString, engine);
    QFETCH(const QByteArray, bytes);
    QFETCH(const QByteArrayList, outcome);
    QFETCH(const QByteArray, qtFault);
    const quint16 port = m_daemons.port(engine);
    for (const bool isOctetWise : {false, true}) {
        if (isOctetWise && bytes.size() > 10'000) {
            break;
        }
        WsConversation conversation;
        QVERIFY(conversation.open(port));
        if (isOctetWise) {
            conversation.sendOctetWise(bytes);
        } else {
            conversation.send(bytes);
        }
        if (engine == "qt"_L1 && !qtFault.isEmpty()) {
            QEXPECT_FAIL("", qtFault, Abort);
        }
        QCOMPARE(conversation.outcome(), outcome);
    }
}

void ConformanceFramesTest::lengths_data()
{
    addColumns();
    const auto both = [](const char *name, const QByteArray &payload, const QByteArrayList &outcome) {
        row("text of "_ba + name, textFrame(payload), outcome);
        row("binary of "_ba + name, clientFrame(RawFrame::Binary, payload), outcome);
    };
    both("0", {}, {"rejected invalid-json"});
    for (const qsizetype size : {125, 126, 127, 128, 65534, 65535, 65536}) {
        both(QByteArray::number(size), question("it", size), {"answer it"});
    }
    both("65537", question("it", LongestMessage + 1), TooBig);
    both("1000000", question("it", 1'000'000), TooBig);
    row("2^62, of which the header comes", longForm(8, quint64(1) << 62, {}), TooBig);
    const QByteArray half(LongestMessage / 2 + 1, ' ');
    row("two halves that are too much",
        openFrame(RawFrame::Text, half) + clientFrame(RawFrame::Continuation, half), TooBig);
    row("two in one segment", ask("one") + ask("two"), {"answer one", "answer two"});
}

void ConformanceFramesTest::pings_data()
{
    addColumns();
    const auto ping = [](const QByteArray &payload) { return clientFrame(RawFrame::Ping, payload); };
    row("empty", ping({}), {"pong "});
    row("text", ping("Hello"), {"pong Hello"});
    row("binary", ping("\x00\xFF\xFE\x0A"_ba), {"pong \x00\xFF\xFE\x0A"_ba});
    row("125 bytes", ping(QByteArray(125, '\xFE')), {"pong " + QByteArray(125, '\xFE')});
    row("126 bytes", ping(QByteArray(126, 'x')), ProtocolError);
    row("ten",
        ping("0") + ping("1") + ping("2") + ping("3") + ping("4") + ping("5") + ping("6") + ping("7")
            + ping("8") + ping("9"),
        {"pong 0", "pong 1", "pong 2", "pong 3", "pong 4", "pong 5", "pong 6", "pong 7", "pong 8", "pong 9"});
    row("unasked pong", clientFrame(RawFrame::Pong, {}) + clientFrame(RawFrame::Pong, "payload") + ping("p"),
        {"pong p"});
    row("in fragments", openFrame(RawFrame::Ping, "a") + clientFrame(RawFrame::Continuation, "b"),
        ProtocolError);
    row("pong in fragments", openFrame(RawFrame::Pong, "a"), ProtocolError);
    row("close in fragments", openFrame(RawFrame::Close, {}), ProtocolError);
}

void ConformanceFramesTest::reservedBits_data()
{
    addColumns();
    for (quint8 bits = 1; bits <= 7; ++bits) {
        const QByteArray name = QByteArray::number(bits);
        row("text with " + name, ask("before") + clientFrame(RawFrame::Text, question("it"), true, bits),
            {"answer before", "close 1002", "end"}, ClosesAtOnce);
        row("binary with " + name, clientFrame(RawFrame::Binary, question("it"), true, bits), ProtocolError);
        row("ping with " + name, clientFrame(RawFrame::Ping, {}, true, bits), ProtocolError);
        row("close with " + name, clientFrame(RawFrame::Close, {}, true, bits), ProtocolError);
    }
}

void ConformanceFramesTest::opcodes_data()
{
    addColumns();
    for (const quint8 opcode : std::initializer_list<quint8>{3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
        const QByteArray name = QByteArray::number(opcode);
        const auto reserved = static_cast<RawFrame::Opcode>(opcode);
        row(name, ask("before") + clientFrame(reserved, {}) + ask("behind"),
            {"answer before", "close 1002", "end"}, ClosesAtOnce);
        row(name + " with a payload", clientFrame(reserved, "payload"), ProtocolError);
        row(name + " inside a message", openFrame(RawFrame::Text, "{") + clientFrame(reserved, {}),
            ProtocolError);
    }
}

void ConformanceFramesTest::masksAndLengths_data()
{
    addColumns();
    row("text without a mask", RawFrame{.payload = question("it")}.encode(), ProtocolError, TakesUnmasked);
    row("ping without a mask", RawFrame{.opcode = RawFrame::Ping, .payload = {}}.encode(), ProtocolError,
        TakesUnmasked);
    row("a mask of zeros", "\x89\x83\0\0\0\0abc"_ba, {"pong abc"});
    row("125 bytes in the form for 16 bits", longForm(2, 125, QByteArray(125, 'x')), ProtocolError);
    row("65535 bytes in the form for 64 bits", longForm(8, 65535, {}), ProtocolError);
    row("0 bytes in the form for 64 bits", longForm(8, 0, {}), ProtocolError);
    row("a length with its top bit", longForm(8, quint64(1) << 63, {}), ProtocolError);
    row("HTTP", "GET / HTTP/1.1\r\n\r\n", ProtocolError);
}

void ConformanceFramesTest::fragmentation_data()
{
    addColumns();
    const QByteArray message = question("in fragments");
    const QByteArray ping = clientFrame(RawFrame::Ping, "p");
    const QByteArrayList whole{"answer in fragments"};
    row("two", fragments(message, message.size() / 2 + 1), whole);
    row("of one byte", fragments(message, 1), whole);
    row("a ping between two", fragments(message, message.size() / 2 + 1, ping),
        {"pong p", "answer in fragments"});
    row("pongs between", fragments(message, 10, clientFrame(RawFrame::Pong, "x")), whole);
    row("empty ones", fragments(message, 20, openFrame(RawFrame::Continuation, {})), whole);
    row("an empty first and last",
        openFrame(RawFrame::Text, {}) + openFrame(RawFrame::Continuation, message)
            + clientFrame(RawFrame::Continuation, {}),
        whole);
    row("binary",
        openFrame(RawFrame::Binary, message.first(9))
            + clientFrame(RawFrame::Continuation, message.sliced(9)),
        whole);
    row("close between", openFrame(RawFrame::Text, "{") + closeFrame(1000), {"close 1000", "end"});
    row("continuation of nothing", clientFrame(RawFrame::Continuation, message), ProtocolError);
    row("open continuation of nothing", openFrame(RawFrame::Continuation, message), ProtocolError);
    row("continuation of a whole message", ask("one") + clientFrame(RawFrame::Continuation, message),
        {"answer one", "close 1002", "end"}, ClosesAtOnce);
    row("text inside a message", openFrame(RawFrame::Text, message.first(9)) + ask("it"), ProtocolError);
    row("binary inside a message",
        openFrame(RawFrame::Text, message.first(9)) + openFrame(RawFrame::Binary, message.sliced(9)),
        ProtocolError);
    row("again after that", fragments(message, 30) + fragments(question("second"), 30),
        {"answer in fragments", "answer second"});
}

// However the bytes are cut into segments, the same comes of them.
void ConformanceFramesTest::everyChop()
{
    QFETCH_GLOBAL(const QString, engine);
    const quint16 port = m_daemons.port(engine);
    const QByteArray bytes = openFrame(RawFrame::Text, question("héé€\xF0\x9F\x98\x80").first(17))
        + clientFrame(RawFrame::Ping, "p")
        + clientFrame(RawFrame::Continuation, question("héé€\xF0\x9F\x98\x80").sliced(17));
    const QByteArrayList expected{"pong p", "answer héé€\xF0\x9F\x98\x80"};
    WsConversation conversation;
    QVERIFY(conversation.open(port));
    for (qsizetype at = 1; at < bytes.size(); ++at) {
        conversation.sendInTwo(bytes, at);
        QCOMPARE(conversation.outcome(), expected);
    }
}

// As much as a message may hold, in many fragments (Autobahn 9.3, 9.5 and 10.1).
void ConformanceFramesTest::manyFragments_data()
{
    addColumns();
    const QByteArray message = question("the longest", LongestMessage);
    for (const qsizetype size : {16, 64, 256, 1024, 1300, 4096, 16384, 65535}) {
        row("of " + QByteArray::number(size), fragments(message, size), {"answer the longest"});
    }
    row("and one byte more", fragments(message + ' ', 1024), TooBig);
}

QTEST_GUILESS_MAIN(ConformanceFramesTest)
#include "tst_conformanceframes.moc"
