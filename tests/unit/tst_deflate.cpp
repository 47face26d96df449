// SPDX-License-Identifier: BSD-3-Clause
#include "net/websocket/deflater.h"
#include "net/websocket/inflater.h"
#include "net/websocket/zlibbuffers.h"

#include <QRandomGenerator>
#include <QTest>

using namespace Qt::StringLiterals;
using switchboard::Deflater;
using switchboard::InflateFault;
using switchboard::Inflater;
using switchboard::InflateWorkspace;

namespace {

constexpr qsizetype limit = qsizetype(1) << 20;

// What compresses well, with references as far back as there is anything.
QByteArray prose(qsizetype size)
{
    QRandomGenerator random(1);
    QByteArray text;
    while (text.size() < size) {
        text +=
            R"({"channel":"chat","message":{"contents":")" + QByteArray::number(random.bounded(500)) + "\"}}";
    }
    return text.first(size);
}

QByteArray noise(qsizetype size)
{
    QRandomGenerator random(2);
    QByteArray bytes(size, Qt::Uninitialized);
    for (char &byte : bytes) {
        byte = static_cast<char>(random.bounded(256));
    }
    return bytes;
}

// What is inflated, or the name of the fault.
QByteArray inflated(Inflater &inflater, const QByteArray &compressed, qsizetype maxBytes = limit)
{
    const auto message = inflater.inflate(compressed, maxBytes);
    if (!message) {
        return message.error() == InflateFault::Corrupt ? "corrupt" : "too big";
    }
    return message->toByteArray();
}

// By itself, with a window of 15 bits.
QByteArray inflatedOnce(const QByteArray &compressed, qsizetype maxBytes = limit)
{
    InflateWorkspace workspace;
    Inflater inflater(15, true, workspace);
    return inflated(inflater, compressed, maxBytes);
}

// Inflates with nothing but the window to refer back to: zlib gets one byte to write to at a time.
bool inflatesWithinWindow(QByteArray compressed, int windowBits, const QByteArray &expected)
{
    compressed.append("\x00\x00\xFF\xFF", 4);
    z_stream stream{};
    if (inflateInit2(&stream, -windowBits) != Z_OK) {
        return false;
    }
    switchboard::setInput(stream, compressed);
    QByteArray message;
    int result = Z_OK;
    char byte = 0;
    do {
        switchboard::setOutput(stream, &byte, 1);
        result = inflate(&stream, Z_SYNC_FLUSH);
        if (stream.avail_out == 0) {
            message.append(byte);
        }
    } while (result == Z_OK && stream.avail_out == 0);
    inflateEnd(&stream);
    return message == expected;
}

} // namespace

class DeflateTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void comesBack_data();
    void comesBack();
    void staysWithinTheWindow_data();
    void staysWithinTheWindow();
    void refersBackOnlyWithContext();
    void needsTheContext();
    void inflatesExamples_data();
    void inflatesExamples();
    void refuses_data();
    void refuses();
    void refusesEveryCut();
    void boundsTheResult();
    void startsAnewAfterAFault();
    void takesABombForItsLimit();
    void sharesAWorkspace();
};

void DeflateTest::comesBack_data()
{
    QTest::addColumn<int>("windowBits");
    QTest::addColumn<bool>("keepsContext");
    for (int windowBits = 8; windowBits <= 15; ++windowBits) {
        for (const bool keepsContext : {false, true}) {
            QTest::addRow("%d bits, %s context", windowBits, keepsContext ? "one" : "no")
                << windowBits << keepsContext;
        }
    }
}

void DeflateTest::comesBack()
{
    QFETCH(const int, windowBits);
    QFETCH(const bool, keepsContext);
    InflateWorkspace workspace;
    Deflater deflater(windowBits, keepsContext);
    Inflater inflater(windowBits, keepsContext, workspace);
    for (const QByteArray &message :
         {"Hello"_ba, ""_ba, ""_ba, "Hello"_ba, prose(300), noise(300), prose(70000), noise(70000), "\0"_ba,
          QByteArray(500000, 'x'), ""_ba, prose(100), prose(4095), prose(4096), prose(4097)}) {
        const QByteArray compressed = deflater.deflate(message);
        QVERIFY(!compressed.isEmpty());
        QVERIFY(!compressed.endsWith(QByteArrayView("\x00\x00\xFF\xFF", 4)));
        QCOMPARE(inflated(inflater, compressed), message);
    }
}

void DeflateTest::staysWithinTheWindow_data()
{
    QTest::addColumn<int>("windowBits");
    for (int windowBits = 8; windowBits <= 15; ++windowBits) {
        QTest::addRow("%d bits", windowBits) << windowBits;
    }
}

void DeflateTest::staysWithinTheWindow()
{
    QFETCH(const int, windowBits);
    const QByteArray message = prose(200000);
    QVERIFY(inflatesWithinWindow(Deflater(windowBits, true).deflate(message), windowBits, message));
}

void DeflateTest::refersBackOnlyWithContext()
{
    const QByteArray message = noise(1000);
    Deflater with(15, true);
    const QByteArray first = with.deflate(message);
    QCOMPARE_LT(with.deflate(message).size(), first.size() / 10);
    Deflater without(15, false);
    QCOMPARE(without.deflate(message), first);
    QCOMPARE(without.deflate(message), first);
}

void DeflateTest::needsTheContext()
{
    Deflater deflater(15, true);
    const QByteArray message = noise(1000);
    const QByteArray first = deflater.deflate(message);
    const QByteArray second = deflater.deflate(message);
    InflateWorkspace workspace;
    Inflater with(15, true, workspace);
    QCOMPARE(inflated(with, first), message);
    QCOMPARE(inflated(with, second), message);
    Inflater without(15, false, workspace);
    QCOMPARE(inflated(without, first), message);
    QCOMPARE(inflated(without, second), "corrupt");
}

void DeflateTest::inflatesExamples_data()
{
    QTest::addColumn<QByteArrayList>("compressed");
    QTest::addColumn<QByteArrayList>("messages");
    // RFC 7692 section 7.2.3.
    const QByteArray hello = "\xF2\x48\xCD\xC9\xC9\x07\x00"_ba;
    QTest::newRow("one block") << QByteArrayList{hello} << QByteArrayList{"Hello"};
    QTest::newRow("sharing the window")
        << QByteArrayList{hello, "\xF2\x00\x11\x00\x00"_ba} << QByteArrayList{"Hello", "Hello"};
    QTest::newRow("a block without compression")
        << QByteArrayList{"\x00\x05\x00\xFA\xFFHello\x00"_ba} << QByteArrayList{"Hello"};
    const QByteArray final = "\xF3\x48\xCD\xC9\xC9\x07\x00"_ba;
    QTest::newRow("a final block") << QByteArrayList{final + '\0'} << QByteArrayList{"Hello"};
    QTest::newRow("a final block and another message")
        << QByteArrayList{final + '\0', hello} << QByteArrayList{"Hello", "Hello"};
    QTest::newRow("a reference behind a final block")
        << QByteArrayList{final + '\0', "\xF2\x00\x11\x00\x00"_ba} << QByteArrayList{"Hello", "Hello"};
    QTest::newRow("blocks behind a final one")
        << QByteArrayList{final + hello} << QByteArrayList{"HelloHello"};
    QTest::newRow("two blocks") << QByteArrayList{"\xF2\x48\x05\x00\x00\x00\xFF\xFF\xCA\xC9\xC9\x07\x00"_ba}
                                << QByteArrayList{"Hello"};
    QTest::newRow("an empty message") << QByteArrayList{"\x00"_ba, "\x00"_ba} << QByteArrayList{"", ""};
    // Against the letter, and harmless.
    QTest::newRow("nothing behind a final block")
        << QByteArrayList{final, hello} << QByteArrayList{"Hello", "Hello"};
    QTest::newRow("nothing at all") << QByteArrayList{"", hello} << QByteArrayList{"", "Hello"};
}

void DeflateTest::inflatesExamples()
{
    QFETCH(const QByteArrayList, compressed);
    QFETCH(const QByteArrayList, messages);
    InflateWorkspace workspace;
    Inflater inflater(15, true, workspace);
    for (qsizetype i = 0; i < compressed.size(); ++i) {
        QCOMPARE(inflated(inflater, compressed.at(i)), messages.at(i));
    }
}

void DeflateTest::refuses_data()
{
    QTest::addColumn<QByteArray>("compressed");
    QTest::newRow("a reserved kind of block") << "\x06"_ba;
    QTest::newRow("a reserved kind of block behind a message") << "\xF2\x48\xCD\xC9\xC9\x07\xFF"_ba;
    QTest::newRow("lengths that differ") << "\x00\x05\x00\xFA\xFEHello\x00"_ba;
    QTest::newRow("a reference before the beginning") << "\xF2\x00\x11\x00\x00"_ba;
    QTest::newRow("the tail of the flush left on") << "\xF2\x48\xCD\xC9\xC9\x07\x00\x00\x00\xFF\xFF"_ba;
    QTest::newRow("text") << "Hello, I am not compressed"_ba;
    QTest::newRow("noise behind a final block") << "\xF3\x48\xCD\xC9\xC9\x07\x00\xFF\xFF"_ba;
}

void DeflateTest::refuses()
{
    QFETCH(const QByteArray, compressed);
    QCOMPARE(inflatedOnce(compressed), "corrupt");
}

void DeflateTest::refusesEveryCut()
{
    const QByteArray message = noise(50) + prose(300);
    const QByteArray compressed = Deflater(15, true).deflate(message);
    for (qsizetype size = 1; size < compressed.size(); ++size) {
        QVERIFY2(inflatedOnce(compressed.first(size)) == "corrupt", QByteArray::number(size).constData());
    }
}

void DeflateTest::boundsTheResult()
{
    for (const qsizetype size : {1, 2, 4095, 4096, 4097, 65536, 65537, 300000}) {
        const QByteArray message = prose(size);
        const QByteArray compressed = Deflater(15, true).deflate(message);
        QCOMPARE(inflatedOnce(compressed, size), message);
        QCOMPARE(inflatedOnce(compressed, size + 1), message);
        QCOMPARE(inflatedOnce(compressed, size - 1), "too big");
        QCOMPARE(inflatedOnce(compressed, 0), "too big");
    }
}

void DeflateTest::startsAnewAfterAFault()
{
    InflateWorkspace workspace;
    Inflater inflater(15, false, workspace);
    QCOMPARE(inflated(inflater, "\x06"), "corrupt");
    QCOMPARE(inflated(inflater, Deflater(15, false).deflate("good")), "good");
    QCOMPARE(inflated(inflater, Deflater(15, false).deflate(prose(100)), 99), "too big");
    QCOMPARE(inflated(inflater, Deflater(15, false).deflate("good")), "good");
}

void DeflateTest::takesABombForItsLimit()
{
    constexpr qsizetype maxBytes = 100000;
    const QByteArray bomb = Deflater(15, true).deflate(QByteArray(qsizetype(64) << 20, '\0'));
    QCOMPARE_LT(bomb.size(), qsizetype(70000));
    InflateWorkspace workspace;
    Inflater inflater(15, true, workspace);
    QCOMPARE(inflated(inflater, bomb, maxBytes), "too big");
    QCOMPARE_LE(qsizetype(workspace.room().size()), maxBytes + 1);
}

void DeflateTest::sharesAWorkspace()
{
    InflateWorkspace workspace;
    QCOMPARE(workspace.room().size(), 0U);
    Inflater one(15, true, workspace);
    Inflater other(15, true, workspace);
    const QByteArray small = prose(100);
    const QByteArray large = prose(200000);
    QCOMPARE(inflated(one, Deflater(15, true).deflate(large)), large);
    QCOMPARE(inflated(other, Deflater(15, true).deflate(small)), small);
    QCOMPARE_GE(workspace.room().size(), 200000U);
    other.trim();
    QCOMPARE(workspace.room().size(), 0U);
    QCOMPARE(inflated(one, Deflater(15, true).deflate(small)), small);
    QCOMPARE_GT(workspace.room().size(), 0U);
    one.trim();
    QCOMPARE_GT(workspace.room().size(), 0U);
}

QTEST_APPLESS_MAIN(DeflateTest)
#include "tst_deflate.moc"
