// SPDX-License-Identifier: BSD-3-Clause
#include "net/chunkedbody.h"

#include <QStringBuilder>
#include <QTest>

#include <vector>

using switchboard::ChunkedBodyScanner;
using Result = ChunkedBodyScanner::Result;

Q_DECLARE_METATYPE(ChunkedBodyScanner::Result)

namespace {

// Scans a block of the text's exact size, so that a sanitizer sees a read past its end.
Result scanExactly(ChunkedBodyScanner &scanner, const QByteArray &text)
{
    const std::vector<char> block(text.cbegin(), text.cend());
    return scanner.scan(QByteArrayView(block.data(), text.size()));
}

QByteArray visible(QByteArray text)
{
    return text.replace("\r", "\\r").replace("\n", "\\n").replace('\0', "\\0").left(70);
}

void addBadSizeLines()
{
    const auto sizeLine = [](const QByteArray &size) {
        QTest::newRow(visible(size).constData()) << size + "\r\nx\r\n0\r\n\r\n";
    };
    for (const char *size : {"",
                             ";a",
                             "g",
                             "1g",
                             "-1",
                             "-0",
                             "+1",
                             "0x1",
                             "0X1",
                             "x1",
                             "1x",
                             "1.",
                             "1,",
                             "1h",
                             " 1",
                             "\t1",
                             "\v1",
                             "1 ",
                             "1\t",
                             "1\v",
                             "1 ;a",
                             "1 1",
                             "1_",
                             "000000001",
                             "100000000",
                             "ffffffffffffffff",
                             "fffffffffffffffff",
                             "8000000000000000",
                             "\xD9\xA1"}) {
        sizeLine(size);
    }
    sizeLine(QByteArray("1\0", 2));
    sizeLine(QByteArray("1\0"
                        "1",
                        3));
    sizeLine("1\n");
    sizeLine("1\r");
    // Whoever takes a lone LF for the end of a line sees another body.
    sizeLine("1;a\nb");
    sizeLine("1;a\rb");
}

} // namespace

class ChunkedBodyTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findsEnd_data();
    void findsEnd();
    void findsEndByteByByte_data();
    void findsEndByteByByte();
    void refuses_data();
    void refuses();
    void refusesByteByByte_data();
    void refusesByteByByte();
    void waitsForTheRest_data();
    void waitsForTheRest();
    void boundsSizeLine();
};

void ChunkedBodyTest::findsEnd_data()
{
    QTest::addColumn<QByteArray>("body");
    const auto row = [](const QByteArray &body) { QTest::newRow(visible(body).constData()) << body; };
    row("0\r\n\r\n");
    row("00000000\r\n\r\n");
    row("0;last\r\n\r\n");
    row("1\r\na\r\n0\r\n\r\n");
    row("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");
    row("a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n");
    row("00000002\r\nab\r\n0\r\n\r\n");
    row("2;name=value;\"quoted\"\r\nab\r\n0\r\n\r\n");
    row("2\r\n\r\n\r\n0\r\n\r\n");
    row("5\r\n0\r\n\r\n\r\n0\r\n\r\n");
    row(QByteArray("3\r\n\0\0\0\r\n0\r\n\r\n", 13));
    row("100\r\n" + QByteArray(256, 'x') + "\r\n0\r\n\r\n");
    row("1fFf\r\n" + QByteArray(0x1FFF, 'x') + "\r\n0\r\n\r\n");
}

void ChunkedBodyTest::findsEnd()
{
    QFETCH(const QByteArray, body);
    for (const QByteArray &next :
         {QByteArray(), QByteArray("GET / HTTP/1.1\r\n"), QByteArray("\r\n0\r\n\r\n")}) {
        ChunkedBodyScanner scanner;
        QCOMPARE(scanExactly(scanner, body + next), Result::Complete);
        QCOMPARE(scanner.end(), body.size());
    }
}

void ChunkedBodyTest::findsEndByteByByte_data()
{
    findsEnd_data();
}

void ChunkedBodyTest::findsEndByteByByte()
{
    QFETCH(const QByteArray, body);
    ChunkedBodyScanner scanner;
    for (qsizetype size = 0; size < body.size(); ++size) {
        QVERIFY2(scanExactly(scanner, body.first(size)) == Result::Incomplete, visible(body.first(size)));
    }
    QCOMPARE(scanExactly(scanner, body), Result::Complete);
    QCOMPARE(scanner.end(), body.size());
}

void ChunkedBodyTest::refuses_data()
{
    QTest::addColumn<QByteArray>("body");
    const auto row = [](const QByteArray &body) { QTest::newRow(visible(body).constData()) << body; };
    addBadSizeLines();
    row("1\nx\n0\n\n0\r\n\r\n");
    row("1\r\nx0\r\n\r\n");
    row("1\r\nxy\r\n0\r\n\r\n");
    row("1\r\nx\n0\r\n\r\n");
    row("1\r\nx\r0\r\n\r\n");
    row("1\r\nx\n\r0\r\n\r\n");
    row("2\r\nx\r\n0\r\n\r\n");
    row("1\r\nx\r\n\r\n0\r\n\r\n");
    row("0\r\n0\r\n\r\n");
    row("0\r\n\n\n\r\n");
    row("0\r\nTrailer: 1\r\n\r\n");
    row("1\r\nx\r\n0\r\n \r\n\r\n");
}

void ChunkedBodyTest::refuses()
{
    QFETCH(const QByteArray, body);
    ChunkedBodyScanner scanner;
    QCOMPARE(scanExactly(scanner, body), Result::Malformed);
}

void ChunkedBodyTest::refusesByteByByte_data()
{
    refuses_data();
}

void ChunkedBodyTest::refusesByteByByte()
{
    QFETCH(const QByteArray, body);
    ChunkedBodyScanner scanner;
    Result result = Result::Incomplete;
    for (qsizetype size = 0; size <= body.size() && result == Result::Incomplete; ++size) {
        result = scanExactly(scanner, body.first(size));
    }
    QCOMPARE(result, Result::Malformed);
}

void ChunkedBodyTest::waitsForTheRest_data()
{
    QTest::addColumn<QByteArray>("body");
    const auto row = [](const QByteArray &body) { QTest::newRow(visible(body).constData()) << body; };
    row("");
    row("5");
    row("5\r");
    row("5\r\n");
    row("5\r\nhello");
    row("5\r\nhello\r");
    row("5\r\nhello\r\n");
    row("5\r\nhello\r\n0\r\n");
    row("0\r\n\r");
    row("ffffffff\r\nhello\r\n0\r\n\r\n");
}

void ChunkedBodyTest::waitsForTheRest()
{
    QFETCH(const QByteArray, body);
    ChunkedBodyScanner scanner;
    QCOMPARE(scanExactly(scanner, body), Result::Incomplete);
    // Looking again at the same bytes changes nothing.
    QCOMPARE(scanExactly(scanner, body), Result::Incomplete);
}

void ChunkedBodyTest::boundsSizeLine()
{
    const QByteArray line = "1;" + QByteArray(126, 'e');
    ChunkedBodyScanner scanner;
    QCOMPARE(scanExactly(scanner, line), Result::Incomplete);
    QCOMPARE(scanExactly(scanner, line + 'e'), Result::Malformed);

    ChunkedBodyScanner second;
    QCOMPARE(scanExactly(second, "1\r\nx\r\n" + line), Result::Incomplete);
    QCOMPARE(scanExactly(second, "1\r\nx\r\n" + line + 'e'), Result::Malformed);

    // However much comes at once.
    const QByteArray end = "\r\nx\r\n0\r\n\r\n";
    for (const auto &[text, expected] :
         {std::pair(line + end, Result::Complete), std::pair(line + 'e' + end, Result::Malformed)}) {
        ChunkedBodyScanner whole;
        QCOMPARE(scanExactly(whole, text), expected);
        ChunkedBodyScanner gradual;
        Result result = Result::Incomplete;
        for (qsizetype there = 1; there <= text.size() && result == Result::Incomplete; ++there) {
            result = scanExactly(gradual, text.first(there));
        }
        QCOMPARE(result, expected);
    }
}

QTEST_APPLESS_MAIN(ChunkedBodyTest)
#include "tst_chunkedbody.moc"
