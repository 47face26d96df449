// SPDX-License-Identifier: BSD-3-Clause
#include "net/websocket/messagereader.h"
#include "recordingsink.h"
#include "support/clientframes.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace switchboard::test;
using switchboard::MessageReader;

namespace {

constexpr qsizetype limit = 1000;
const QByteArray mask("\x01\x02\x03\x04");

QByteArrayList readWhole(const QByteArray &bytes, qsizetype maxMessageBytes)
{
    MessageReader reader(maxMessageBytes);
    RecordingSink sink;
    sink.read(reader, bytes);
    return sink.lines;
}

QByteArrayList readInPieces(const QByteArray &bytes, qsizetype maxMessageBytes, qsizetype pieceBytes)
{
    MessageReader reader(maxMessageBytes);
    RecordingSink sink;
    sink.readInPieces(reader, bytes, [&] { return pieceBytes; });
    return sink.lines;
}

void addColumns()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArrayList>("lines");
}

void row(const char *name, const QByteArray &bytes, const QByteArrayList &lines)
{
    QTest::newRow(name) << bytes << lines;
}

// Compares what is read with the expected lines, however the bytes come.
void checkReading()
{
    QFETCH(const QByteArray, bytes);
    QFETCH(const QByteArrayList, lines);
    QCOMPARE(readWhole(bytes, limit), lines);
    for (const qsizetype pieceBytes : {1, 2, 3, 5, 7, 64}) {
        QCOMPARE(readInPieces(bytes, limit, pieceBytes), lines);
    }
}

} // namespace

class MessageReaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reads_data();
    void reads() { checkReading(); }
    void readsEveryLength_data();
    void readsEveryLength();
    void refusesFrames_data();
    void refusesFrames() { checkReading(); }
    void refusesLongMessages_data();
    void refusesLongMessages() { checkReading(); }
    void refusesText_data();
    void refusesText() { checkReading(); }
    void refusesTextBeforeItIsWhole();
    void readsClose_data();
    void readsClose() { checkReading(); }
    void ignoresWhatFollowsAFault();
    void stopsInsideACall();
    void givesOnWithoutACopy();
    void keepsOnlyWhatIsUnfinished();
    void keepsNothingOfWhatIsOnlyAnnounced();
};

void MessageReaderTest::reads_data()
{
    addColumns();
    const QByteArray ping = clientFrame(RawFrame::Ping, "p");
    row("nothing", "", {});
    row("text", textFrame("Hello"), {"text Hello"});
    row("binary", clientFrame(RawFrame::Binary, "\xFF\x00"_ba), {"binary \xFF\x00"_ba});
    row("empty text", textFrame(""), {"text "});
    row("empty binary", clientFrame(RawFrame::Binary, ""), {"binary "});
    row("two messages", textFrame("a") + textFrame("b"), {"text a", "text b"});
    row("half a message", textFrame("a") + textFrame("bc").chopped(1), {"text a"});
    row("ping", clientFrame(RawFrame::Ping, "x"), {"ping x"});
    row("empty ping", clientFrame(RawFrame::Ping, ""), {"ping "});
    row("long ping", clientFrame(RawFrame::Ping, QByteArray(125, 'x')), {"ping " + QByteArray(125, 'x')});
    row("pong", clientFrame(RawFrame::Pong, "x"), {"pong x"});
    row("fragments",
        openFrame(RawFrame::Text, "a") + openFrame(RawFrame::Continuation, "b")
            + clientFrame(RawFrame::Continuation, "c"),
        {"text abc"});
    row("binary fragments", openFrame(RawFrame::Binary, "\xFF") + clientFrame(RawFrame::Continuation, "\xFE"),
        {"binary \xFF\xFE"});
    row("empty fragments",
        openFrame(RawFrame::Text, "") + openFrame(RawFrame::Continuation, "")
            + clientFrame(RawFrame::Continuation, ""),
        {"text "});
    row("an empty last fragment", openFrame(RawFrame::Text, "a") + clientFrame(RawFrame::Continuation, ""),
        {"text a"});
    row("an empty first fragment", openFrame(RawFrame::Text, "") + clientFrame(RawFrame::Continuation, "a"),
        {"text a"});
    row("control frames between fragments",
        openFrame(RawFrame::Text, "a") + ping + openFrame(RawFrame::Continuation, "b")
            + clientFrame(RawFrame::Pong, "") + clientFrame(RawFrame::Continuation, "c") + ping,
        {"ping p", "pong ", "text abc", "ping p"});
    row("a close between fragments", openFrame(RawFrame::Text, "a") + closeFrame(1000), {"close 1000 "});
    row("text cut inside a character",
        openFrame(RawFrame::Text, "\xF0") + openFrame(RawFrame::Continuation, "\x9F") + ping
            + openFrame(RawFrame::Continuation, "\x98") + clientFrame(RawFrame::Continuation, "\x80!"),
        {"ping p", "text \xF0\x9F\x98\x80!"});
    row("as much as is allowed",
        openFrame(RawFrame::Binary, QByteArray(limit - 1, 'x')) + clientFrame(RawFrame::Continuation, "x")
            + textFrame(QByteArray(limit, 'y')),
        {"binary " + QByteArray(limit, 'x'), "text " + QByteArray(limit, 'y')});
}

void MessageReaderTest::readsEveryLength_data()
{
    QTest::addColumn<int>("size");
    for (const int size : {0, 1, 4, 5, 124, 125, 126, 127, 128, 65534, 65535, 65536, 70000}) {
        QTest::addRow("%d", size) << size;
    }
}

void MessageReaderTest::readsEveryLength()
{
    QFETCH(const int, size);
    QByteArray payload(size, Qt::Uninitialized);
    for (qsizetype i = 0; i < size; ++i) {
        payload[i] = static_cast<char>('a' + i % 26);
    }
    const QByteArray bytes = textFrame(payload) + textFrame("next");
    const QByteArrayList lines{"text " + payload, "text next"};
    constexpr qsizetype large = 100000;
    QCOMPARE(readWhole(bytes, large), lines);
    for (const qsizetype pieceBytes : {1, 3, 1000}) {
        QCOMPARE(readInPieces(bytes, large, pieceBytes), lines);
    }
}

void MessageReaderTest::refusesFrames_data()
{
    addColumns();
    const auto refused = [](const char *name, const QByteArray &bytes, const QByteArray &reason) {
        row(name, textFrame("before") + bytes + textFrame("behind"), {"text before", "fault 1002 " + reason});
    };
    refused("no mask", RawFrame{.payload = "x"}.encode(), "frame is not masked");
    refused("no mask on a ping", RawFrame{.opcode = RawFrame::Ping, .payload = {}}.encode(),
            "frame is not masked");
    for (const quint8 bits : std::initializer_list<quint8>{1, 2, 3, 5, 6, 7}) {
        refused(QByteArray("reserved bits " + QByteArray::number(bits)).constData(),
                clientFrame(RawFrame::Text, "x", true, bits), "RSV2 and RSV3 must be 0");
    }
    refused("RSV1 without compression", clientFrame(RawFrame::Text, "x", true, 4), "RSV1 must be 0");
    refused("RSV1 on a control frame", clientFrame(RawFrame::Ping, "x", true, 4),
            "control frame is compressed");
    for (const int opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
        refused(QByteArray("opcode " + QByteArray::number(opcode)).constData(),
                clientFrame(static_cast<RawFrame::Opcode>(opcode), "x"), "reserved opcode");
    }
    refused("a ping in fragments", openFrame(RawFrame::Ping, "x"), "control frame is fragmented");
    refused("a close in fragments", openFrame(RawFrame::Close, ""), "control frame is fragmented");
    refused("a long ping", clientFrame(RawFrame::Ping, QByteArray(126, 'x')),
            "control frame is over 125 bytes");
    refused("a long close", closeFrame(1000, QByteArray(124, 'x')), "control frame is over 125 bytes");
    refused("a continuation of nothing", clientFrame(RawFrame::Continuation, "x"),
            "continuation of no message");
    refused("an open continuation of nothing", openFrame(RawFrame::Continuation, "x"),
            "continuation of no message");
    refused("text inside a message", openFrame(RawFrame::Text, "x") + clientFrame(RawFrame::Text, "y"),
            "message begins inside another");
    refused("binary inside a message", openFrame(RawFrame::Text, "x") + openFrame(RawFrame::Binary, "y"),
            "message begins inside another");
    const QByteArray longForm = "length is not in its shortest form";
    refused("125 in 16 bits", "\x81\xFE\x00\x7D"_ba + mask + QByteArray(125, 'x'), longForm);
    refused("0 in 16 bits", "\x81\xFE\x00\x00"_ba + mask, longForm);
    refused("126 in 64 bits", "\x81\xFF\0\0\0\0\0\0\0\x7E"_ba + mask + QByteArray(126, 'x'), longForm);
    refused("65535 in 64 bits", "\x82\xFF\0\0\0\0\0\0\xFF\xFF"_ba + mask, longForm);
    refused("0 in 64 bits", "\x82\xFF\0\0\0\0\0\0\0\0"_ba + mask, longForm);
    refused("a length with its top bit", "\x82\xFF\x80\0\0\0\0\0\0\0"_ba + mask, "length is over 63 bits");
    refused("the longest length", "\x82\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"_ba + mask,
            "length is over 63 bits");
}

void MessageReaderTest::refusesLongMessages_data()
{
    addColumns();
    const QByteArrayList tooLong{"fault 1009 message is too long"};
    const QByteArray full(limit, 'x');
    row("one byte more", textFrame(full + 'x'), tooLong);
    row("one byte more, of which the header is there", textFrame(full + 'x').first(8), tooLong);
    row("fragments that are one byte more",
        openFrame(RawFrame::Text, full) + clientFrame(RawFrame::Continuation, "x"), tooLong);
    row("the third fragment's header",
        openFrame(RawFrame::Text, full.chopped(2)) + openFrame(RawFrame::Continuation, "x")
            + openFrame(RawFrame::Continuation, "xx").first(6),
        tooLong);
    row("2^63 - 1", "\x82\xFF\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF"_ba + mask, tooLong);
    row("2^63 - 1 behind a fragment",
        openFrame(RawFrame::Binary, "x") + "\x80\xFF\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF"_ba + mask, tooLong);
    row("64 KiB", "\x82\xFF\0\0\0\0\0\x01\0\0"_ba + mask, tooLong);
}

void MessageReaderTest::refusesText_data()
{
    addColumns();
    const QByteArrayList badText{"fault 1007 text is not UTF-8"};
    row("a wrong byte", textFrame("abc\xFFxyz"), badText);
    row("an unfinished character", textFrame("abc\xE2\x82"), badText);
    row("an unfinished character in fragments",
        openFrame(RawFrame::Text, "\xE2") + clientFrame(RawFrame::Continuation, "\x82"), badText);
    row("an unfinished character and an empty last fragment",
        openFrame(RawFrame::Text, "\xE2\x82") + clientFrame(RawFrame::Continuation, ""), badText);
    row("a wrong byte in a later fragment",
        openFrame(RawFrame::Text, "\xE2") + clientFrame(RawFrame::Continuation, "\x82x"), badText);
    row("a surrogate", textFrame("\xED\xA0\x80"), badText);
    row("a wrong byte behind a good message", textFrame("é") + textFrame("\xA9"),
        QByteArrayList{"text é"} + badText);
}

// As Autobahn's 6.4 wants it.
void MessageReaderTest::refusesTextBeforeItIsWhole()
{
    const QByteArray bytes =
        openFrame(RawFrame::Text, "κόσμε\xF4") + openFrame(RawFrame::Continuation, "\x90more");
    constexpr qsizetype behind = 4; // "more"
    MessageReader reader(limit);
    RecordingSink sink;
    sink.readInPieces(reader, bytes.chopped(behind + 1), [] { return 1; });
    QVERIFY(!reader.isStopped());
    sink.read(reader, bytes.sliced(bytes.size() - behind - 1, 1));
    QCOMPARE(sink.lines, {"fault 1007 text is not UTF-8"});
    QVERIFY(reader.isStopped());
}

void MessageReaderTest::readsClose_data()
{
    addColumns();
    const auto closed = [](const char *name, const QByteArray &bytes, const QByteArray &line) {
        row(name, bytes + textFrame("behind"), {line});
    };
    closed("without a code", clientFrame(RawFrame::Close, ""), "close 1005 ");
    closed("half a code", clientFrame(RawFrame::Close, "\x03"), "fault 1002 close frame has half a code");
    closed("with a reason", closeFrame(1001, "Away, 日本"), "close 1001 Away, 日本");
    closed("with a long reason", closeFrame(4000, QByteArray(123, 'r')),
           "close 4000 " + QByteArray(123, 'r'));
    closed("with a reason that is no UTF-8", closeFrame(1000, "\xFF"), "fault 1007 text is not UTF-8");
    closed("with an unfinished reason", closeFrame(1000, "\xE2\x82"), "fault 1007 text is not UTF-8");
    for (const quint16 code :
         std::initializer_list<quint16>{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013,
                                        1014, 3000, 3999, 4000, 4999}) {
        const QByteArray number = QByteArray::number(code);
        closed(number.constData(), closeFrame(code), "close " + number + ' ');
    }
    for (const quint16 code : std::initializer_list<quint16>{0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100,
                                                             2000, 2999, 5000, 65535}) {
        const QByteArray number = QByteArray::number(code);
        closed(number.constData(), closeFrame(code), "fault 1002 close code is not valid");
    }
}

void MessageReaderTest::ignoresWhatFollowsAFault()
{
    MessageReader reader(limit);
    RecordingSink sink;
    QVERIFY(!reader.isStopped());
    sink.read(reader, openFrame(RawFrame::Text, "kept") + clientFrame(RawFrame::Text, "x"));
    QVERIFY(reader.isStopped());
    QCOMPARE(reader.unfinishedBytes(), 0);
    sink.read(reader, textFrame("more"));
    QCOMPARE(sink.lines, {"fault 1002 message begins inside another"});
}

void MessageReaderTest::stopsInsideACall()
{
    MessageReader reader(limit);
    RecordingSink sink;
    sink.onMessage = [&](QByteArrayView) { reader.stop(); };
    sink.read(reader, textFrame("one") + textFrame("two"));
    QCOMPARE(sink.lines, {"text one"});
    QVERIFY(reader.isStopped());
}

void MessageReaderTest::givesOnWithoutACopy()
{
    QByteArray bytes = textFrame("first") + textFrame("second");
    const QByteArrayView buffer(bytes.data(), bytes.size());
    MessageReader reader(limit);
    RecordingSink sink;
    sink.onMessage = [&](QByteArrayView payload) {
        QVERIFY(payload.begin() >= buffer.begin() && payload.end() <= buffer.end());
    };
    QVERIFY(reader.read({bytes.data(), std::size_t(bytes.size())}, sink));
    QCOMPARE(sink.lines, (QByteArrayList{"text first", "text second"}));
}

void MessageReaderTest::keepsOnlyWhatIsUnfinished()
{
    MessageReader reader(limit);
    RecordingSink sink;
    sink.read(reader, openFrame(RawFrame::Text, "abc") + clientFrame(RawFrame::Ping, "1234").chopped(2));
    QCOMPARE(reader.unfinishedBytes(), 5);
    sink.read(reader, clientFrame(RawFrame::Ping, "1234").last(2));
    QCOMPARE(reader.unfinishedBytes(), 3);
    sink.read(reader, clientFrame(RawFrame::Continuation, "d"));
    QCOMPARE(reader.unfinishedBytes(), 0);
    QCOMPARE(sink.lines, (QByteArrayList{"ping 1234", "text abcd"}));
}

void MessageReaderTest::keepsNothingOfWhatIsOnlyAnnounced()
{
    constexpr qsizetype huge = qsizetype(1) << 40;
    MessageReader reader(huge);
    RecordingSink sink;
    sink.read(reader, "\x82\xFF\0\0\0\x80\0\0\0\0"_ba + mask + "abc"); // 512 GiB
    QVERIFY(!reader.isStopped());
    QCOMPARE(reader.unfinishedBytes(), 3);
}

QTEST_APPLESS_MAIN(MessageReaderTest)
#include "tst_messagereader.moc"
