// SPDX-License-Identifier: BSD-3-Clause
#include "net/websocket/deflater.h"
#include "net/websocket/inflater.h"
#include "net/websocket/messagereader.h"
#include "recordingsink.h"
#include "support/clientframes.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace switchboard::test;
using switchboard::Deflater;
using switchboard::Inflater;
using switchboard::InflateWorkspace;
using switchboard::MessageReader;

namespace {

constexpr qsizetype limit = 1000;
constexpr quint8 rsv1 = 4;

QByteArray deflated(const QByteArray &message)
{
    return Deflater(15, false).deflate(message);
}

QByteArray compressedText(const QByteArray &message)
{
    return clientFrame(RawFrame::Text, deflated(message), true, rsv1);
}

// The message in three frames, of which the first alone says that it is compressed.
QByteArray compressedFragments(RawFrame::Opcode opcode, const QByteArray &message, const QByteArray &between)
{
    const QByteArray payload = deflated(message);
    const qsizetype third = payload.size() / 3;
    return openFrame(opcode, payload.first(third), rsv1) + between
        + openFrame(RawFrame::Continuation, payload.sliced(third, third)) + between
        + clientFrame(RawFrame::Continuation, payload.sliced(2 * third));
}

// With one fixed Huffman code a byte, of nine bits for all from 144 on (RFC 1951 section 3.2.6): the worst
// that a sender can make of them.
QByteArray withFixedCodes(const QByteArray &message)
{
    QByteArray payload;
    int usedBits = 8;
    const auto addBit = [&](int bit) {
        if (usedBits == 8) {
            payload.append('\0');
            usedBits = 0;
        }
        payload.back() = static_cast<char>(payload.back() | (bit << usedBits++));
    };
    const auto addCode = [&](int code, int bits) {
        while (bits > 0) {
            addBit((code >> --bits) & 1);
        }
    };
    addCode(0b010, 3); // not the last block, fixed codes
    for (const char byte : message) {
        addCode(0b110010000 + static_cast<quint8>(byte) - 144, 9);
    }
    addCode(0, 7); // the block's end
    addCode(0, 3); // the empty block of the flush
    return payload;
}

// In pieces of that size, with an inflater that keeps no context.
QByteArrayList readInPieces(const QByteArray &bytes, qsizetype pieceBytes)
{
    InflateWorkspace workspace;
    Inflater inflater(15, false, workspace);
    MessageReader reader(limit, &inflater);
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

void checkReading()
{
    QFETCH(const QByteArray, bytes);
    QFETCH(const QByteArrayList, lines);
    for (const qsizetype pieceBytes : {qsizetype(1), qsizetype(3), qsizetype(100), bytes.size()}) {
        QCOMPARE(readInPieces(bytes, pieceBytes), lines);
    }
}

} // namespace

class MessageReaderDeflateTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reads_data();
    void reads() { checkReading(); }
    void refuses_data();
    void refuses() { checkReading(); }
    void takesOverContext();
    void givesMemoryBack();
};

void MessageReaderDeflateTest::reads_data()
{
    addColumns();
    const QByteArray ping = clientFrame(RawFrame::Ping, "p");
    row("text", compressedText("Hello"), {"text Hello"});
    row("binary", clientFrame(RawFrame::Binary, deflated("\xFF\0"_ba), true, rsv1), {"binary \xFF\0"_ba});
    row("empty text", compressedText(""), {"text "});
    row("plain text", textFrame("Hello"), {"text Hello"});
    row("a mixture",
        compressedText("a") + textFrame("b") + ping + compressedText("c")
            + clientFrame(RawFrame::Binary, "d"),
        {"text a", "text b", "ping p", "text c", "binary d"});
    row("fragments", compressedFragments(RawFrame::Text, "Hello, hello, hello", ping),
        {"ping p", "ping p", "text Hello, hello, hello"});
    row("binary fragments", compressedFragments(RawFrame::Binary, "\xFF\xFE\xFD", {}),
        {"binary \xFF\xFE\xFD"});
    row("fragments and an empty one",
        openFrame(RawFrame::Text, "", rsv1) + openFrame(RawFrame::Continuation, deflated("é"))
            + clientFrame(RawFrame::Continuation, ""),
        {"text é"});
    row("plain fragments behind a compressed message",
        compressedText("a") + openFrame(RawFrame::Text, "b") + clientFrame(RawFrame::Continuation, "c"),
        {"text a", "text bc"});
    row("as much as is allowed", compressedText(QByteArray(limit, 'x')), {"text " + QByteArray(limit, 'x')});
    const QByteArray costly(limit, '\xF0');
    row("stored as it is",
        clientFrame(RawFrame::Binary, "\x00\xE8\x03\x17\xFC"_ba + costly + '\0', true, rsv1),
        {"binary " + costly});
    row("longer than without compression", clientFrame(RawFrame::Binary, withFixedCodes(costly), true, rsv1),
        {"binary " + costly});
}

void MessageReaderDeflateTest::refuses_data()
{
    addColumns();
    const auto refused = [](const char *name, const QByteArray &bytes, const QByteArray &fault) {
        row(name, compressedText("before") + bytes + textFrame("behind"), {"text before", "fault " + fault});
    };
    const QByteArray corrupt = "1007 compressed message is corrupt";
    const QByteArray badText = "1007 text is not UTF-8";
    const QByteArray tooLong = "1009 message is too long";
    refused("what is not compressed", clientFrame(RawFrame::Text, "Hello", true, rsv1), corrupt);
    refused("half a message", clientFrame(RawFrame::Text, deflated("Hello").first(4), true, rsv1), corrupt);
    refused("text that is no UTF-8", compressedText("a\xFF"), badText);
    refused("text that ends inside a character", compressedText("\xE2\x82"), badText);
    refused("fragments that are no UTF-8", compressedFragments(RawFrame::Text, "abc\xED\xA0\x80", {}),
            badText);
    refused("one byte more than allowed", compressedText(QByteArray(limit + 1, 'x')), tooLong);
    refused("a bomb", compressedText(QByteArray(1000 * limit, 'x')), tooLong);
    refused("a header that announces too much",
            clientFrame(RawFrame::Text, QByteArray(2 * limit, 'x'), true, rsv1).first(8), tooLong);
    refused("fragments that get too much",
            openFrame(RawFrame::Text, QByteArray(limit, '\0'), rsv1)
                + clientFrame(RawFrame::Continuation, QByteArray(limit, '\0')),
            tooLong);
    refused("RSV1 on a continuation",
            openFrame(RawFrame::Text, deflated("Hello").first(2), rsv1)
                + clientFrame(RawFrame::Continuation, deflated("Hello").sliced(2), true, rsv1),
            "1002 RSV1 must be 0");
    refused("RSV1 on a later fragment of a plain message",
            openFrame(RawFrame::Text, "a") + clientFrame(RawFrame::Continuation, "b", true, rsv1),
            "1002 RSV1 must be 0");
    refused("RSV1 on a ping", clientFrame(RawFrame::Ping, "", true, rsv1),
            "1002 control frame is compressed");
    refused("RSV1 and RSV2", clientFrame(RawFrame::Text, deflated("a"), true, 6),
            "1002 RSV2 and RSV3 must be 0");
}

void MessageReaderDeflateTest::takesOverContext()
{
    InflateWorkspace workspace;
    Inflater inflater(15, true, workspace);
    MessageReader reader(limit, &inflater);
    RecordingSink sink;
    Deflater deflater(15, true);
    const QByteArray message = "What was said once is short the second time.";
    QByteArray bytes;
    for (int i = 0; i < 3; ++i) {
        bytes += clientFrame(RawFrame::Text, deflater.deflate(message), true, rsv1) + textFrame("plain");
    }
    sink.readInPieces(reader, bytes, [] { return 10; });
    const QByteArrayList once{"text " + message, "text plain"};
    QCOMPARE(sink.lines, once + once + once);
}

void MessageReaderDeflateTest::givesMemoryBack()
{
    constexpr qsizetype large = 200000;
    InflateWorkspace workspace;
    Inflater inflater(15, false, workspace);
    MessageReader reader(large, &inflater);
    RecordingSink sink;
    sink.onMessage = [&](QByteArrayView payload) {
        QCOMPARE(payload.data(), workspace.room().data());
        QCOMPARE_GE(qsizetype(workspace.room().size()), payload.size());
    };
    sink.read(reader, compressedText(QByteArray(large, 'x')));
    QCOMPARE(sink.lines.size(), 1);
    QCOMPARE(workspace.room().size(), 0U);
    QCOMPARE(reader.unfinishedBytes(), 0);
}

QTEST_APPLESS_MAIN(MessageReaderDeflateTest)
#include "tst_messagereaderdeflate.moc"
