// SPDX-License-Identifier: BSD-3-Clause
#include <QTest>
#include <optional>
#include <string>

#include "bench/frame.h"
#include "bench/handshake.h"
#include "bench/numberedtext.h"

using namespace switchboard::bench;

/// What the load tool writes to servers, and how it reads what they send.
class TestBenchFrames : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void scansWholeFrames_data();
    void scansWholeFrames();
    void scansFramesInARow();
    void refusesBrokenFrames_data();
    void refusesBrokenFrames();
    void masksClientFrames_data();
    void masksClientFrames();
    void scansHandshakes_data();
    void scansHandshakes();
    void findsNumbers_data();
    void findsNumbers();
    void findsNumbersAtChangingPlaces();
};

namespace {

std::string serverFrame(std::size_t size)
{
    std::string frame = "\x81";
    if (size < 126) {
        frame.push_back(static_cast<char>(size));
    } else if (size < 65536) {
        frame.push_back(126);
        frame.push_back(static_cast<char>(size >> 8));
        frame.push_back(static_cast<char>(size));
    } else {
        frame.push_back(127);
        for (unsigned shift = 64; shift > 0; shift -= 8) {
            frame.push_back(static_cast<char>(size >> (shift - 8)));
        }
    }
    return frame + std::string(size, 'p');
}

} // namespace

void TestBenchFrames::scansWholeFrames_data()
{
    QTest::addColumn<int>("size");
    for (const int size : {0, 1, 125, 126, 65535, 65536, 200'000}) {
        QTest::addRow("%d bytes", size) << size;
    }
}

void TestBenchFrames::scansWholeFrames()
{
    QFETCH(const int, size);
    const std::string bytes = serverFrame(static_cast<std::size_t>(size));
    const ScannedFrame frame = scanFrame(bytes);
    QCOMPARE(frame.state, ScannedFrame::State::Whole);
    QCOMPARE(frame.opcode, Opcode::Text);
    QCOMPARE(frame.size, bytes.size());
    QCOMPARE(frame.payload, std::string_view(bytes).substr(bytes.size() - static_cast<std::size_t>(size)));
    for (std::size_t part = 0; part < std::min<std::size_t>(bytes.size(), 20); ++part) {
        QCOMPARE(scanFrame(std::string_view(bytes).substr(0, part)).state, ScannedFrame::State::Incomplete);
    }
    QCOMPARE(scanFrame(std::string_view(bytes).substr(0, bytes.size() - 1)).state,
             ScannedFrame::State::Incomplete);
}

void TestBenchFrames::scansFramesInARow()
{
    const std::string bytes = "\x89\x02hi" + serverFrame(300) + serverFrame(3);
    const ScannedFrame ping = scanFrame(bytes);
    QCOMPARE(ping.opcode, Opcode::Ping);
    QCOMPARE(ping.payload, std::string_view("hi"));
    const ScannedFrame second = scanFrame(std::string_view(bytes).substr(ping.size));
    QCOMPARE(second.payload.size(), std::size_t{300});
    const ScannedFrame third = scanFrame(std::string_view(bytes).substr(ping.size + second.size));
    QCOMPARE(third.payload, std::string_view("ppp"));
    QCOMPARE(ping.size + second.size + third.size, bytes.size());
}

void TestBenchFrames::refusesBrokenFrames_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("masked") << QByteArray("\x81\x81****p");
    QTest::newRow("compressed") << QByteArray("\xC1\x01p");
    QTest::newRow("HTTP") << QByteArray("HTTP/1.1 200 OK");
}

void TestBenchFrames::refusesBrokenFrames()
{
    QFETCH(const QByteArray, bytes);
    QCOMPARE(scanFrame(std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size()))).state,
             ScannedFrame::State::Broken);
}

void TestBenchFrames::masksClientFrames_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QByteArray>("head");
    QTest::newRow("none") << QByteArray() << QByteArray::fromHex("8180");
    QTest::newRow("Hello") << QByteArray("Hello") << QByteArray::fromHex("8185");
    QTest::newRow("126") << QByteArray(126, 'x') << QByteArray::fromHex("81fe007e");
    QTest::newRow("65536") << QByteArray(65536, 'x') << QByteArray::fromHex("81ff0000000000010000");
}

void TestBenchFrames::masksClientFrames()
{
    QFETCH(const QByteArray, payload);
    QFETCH(const QByteArray, head);
    std::string output = "before";
    appendClientFrame(output, Opcode::Text, {payload.constData(), static_cast<std::size_t>(payload.size())},
                      0x37FA213D); // of the example in RFC 6455, section 5.7
    QByteArray masked = payload;
    const QByteArray mask = QByteArray::fromHex("37fa213d");
    for (qsizetype i = 0; i < masked.size(); ++i) {
        masked[i] = static_cast<char>(masked[i] ^ mask[i % 4]);
    }
    QCOMPARE(QByteArray::fromStdString(output), "before" + head + mask + masked);
    if (payload == "Hello") {
        QCOMPARE(masked.toHex(), QByteArray("7f9f4d5158"));
    }
}

void TestBenchFrames::scansHandshakes_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("size"); // -1: refused
    QTest::addColumn<QString>("error");
    const QByteArray accept = "sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";
    const QByteArray head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" + accept + "\r\n";
    QTest::newRow("whole") << head << int(head.size()) << QString();
    QTest::newRow("with a frame behind") << head + "\x81\x01p" << int(head.size()) << QString();
    QTest::newRow("in part") << head.chopped(1) << 0 << QString();
    QTest::newRow("nothing") << QByteArray() << 0 << QString();
    QTest::newRow("refused") << QByteArray("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n") << -1
                             << QStringLiteral("it refused the handshake: HTTP/1.1 403 Forbidden");
    QTest::newRow("no answer to the key")
        << QByteArray("HTTP/1.1 101 OK\r\nUpgrade: websocket\r\n\r\n") << -1
        << QStringLiteral("its handshake lacks the right Sec-WebSocket-Accept");
    QTest::newRow("wrong answer to the key")
        << QByteArray("HTTP/1.1 101 OK\r\nSec-WebSocket-Accept: AAAA\r\n\r\n") << -1
        << QStringLiteral("its handshake lacks the right Sec-WebSocket-Accept");
    QTest::newRow("endless") << QByteArray(20'000, 'x') << -1
                             << QStringLiteral("it answered with something that is not HTTP");
}

void TestBenchFrames::scansHandshakes()
{
    QFETCH(const QByteArray, bytes);
    QFETCH(const int, size);
    QFETCH(const QString, error);
    const auto result =
        scanHandshakeAnswer(std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size())));
    QCOMPARE(result.has_value(), size >= 0);
    if (result) {
        QCOMPARE(*result, static_cast<std::size_t>(size));
    } else {
        QCOMPARE(result.error(), error);
    }
}

void TestBenchFrames::findsNumbers_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after");
    QTest::newRow("alone") << QByteArray() << QByteArray();
    QTest::newRow("in JSON") << QByteArray(R"({"content":")") << QByteArray(R"("})");
    QTest::newRow("behind another's") << QByteArray("[sb:0001:000001:000000001]") << QByteArray();
}

void TestBenchFrames::findsNumbers()
{
    QFETCH(const QByteArray, before);
    QFETCH(const QByteArray, after);
    NumberedText text(100, 0xBEEF);
    NumberedText other(100, 0xBEE0);
    for (const std::uint32_t sequence : {0U, 7U, 999'999'999U}) {
        const std::string_view written = text.write({123456, sequence});
        QCOMPARE(written.size(), std::size_t{100});
        const std::string message = before.toStdString() + std::string(written) + after.toStdString();
        const auto found = text.find(message);
        QVERIFY(found);
        QCOMPARE(found->sender, std::uint32_t{123456});
        QCOMPARE(found->sequence, sequence);
        QVERIFY(!other.find(message));
        QVERIFY(!text.find(std::string_view(message).substr(0, before.toStdString().size() + 25)));
    }
}

void TestBenchFrames::findsNumbersAtChangingPlaces()
{
    NumberedText text(NumberedText::minimumSize, 1);
    for (const std::size_t place : {5U, 0U, 40U, 3U}) {
        const std::string message = std::string(place, '.') + std::string(text.write({1, 2}));
        QVERIFY(text.find(message));
    }
    QVERIFY(!text.find("[sb:0001:00000x:000000001]"));
    QVERIFY(!text.find(""));
}

QTEST_APPLESS_MAIN(TestBenchFrames)
#include "tst_benchframes.moc"
