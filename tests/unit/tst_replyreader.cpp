// SPDX-License-Identifier: BSD-3-Clause
#include <QTest>

#include "redis/replyreader.h"
#include "support/redistesting.h"

using switchboard::redis::RedisError;
using switchboard::redis::RedisReply;
using switchboard::redis::ReplyReader;
using switchboard::test::describe;

class TestReplyReader : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsEachType_data();
    void readsEachType();
    void readsInPiecesOfAnySize_data();
    void readsInPiecesOfAnySize();
    void replyMayBeMovedFrom();
    void refusesBrokenStreams_data();
    void refusesBrokenStreams();
    void refusesReplyAboveMaximum();
    void announcedSizeAllocatesNothing();
    void resetStartsNewStream();
};

namespace {

void feed(ReplyReader &reader, const QByteArray &bytes)
{
    reader.feed(bytes.constData(), bytes.size());
}

} // namespace

void TestReplyReader::readsEachType_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("expected");
    using namespace Qt::StringLiterals;
    QTest::newRow("status") << "+OK\r\n"_ba
                            << "+OK"_ba;
    QTest::newRow("empty status") << "+\r\n"_ba
                                  << "+"_ba;
    QTest::newRow("error") << "-ERR no\r\n"_ba
                           << "-ERR no"_ba;
    QTest::newRow("integer") << ":-9223372036854775808\r\n"_ba
                             << "-9223372036854775808"_ba;
    QTest::newRow("string") << "$5\r\na\r\n\0b\r\n"_ba
                            << "\"a\r\n\0b\""_ba;
    QTest::newRow("empty string") << "$0\r\n\r\n"_ba
                                  << R"("")"_ba;
    QTest::newRow("null string") << "$-1\r\n"_ba
                                 << "nil"_ba;
    QTest::newRow("null array") << "*-1\r\n"_ba
                                << "nil"_ba;
    QTest::newRow("empty array") << "*0\r\n"_ba
                                 << "[]"_ba;
    QTest::newRow("mixed array") << "*5\r\n:1\r\n+a\r\n-b\r\n$1\r\nc\r\n$-1\r\n"_ba
                                 << R"([1 +a -b "c" nil])"_ba;
    QTest::newRow("message") << "*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$2\r\nxy\r\n"_ba
                             << R"(["message" "c" "xy"])"_ba;
    QTest::newRow("nested") << "*3\r\n*2\r\n:1\r\n*1\r\n:2\r\n*0\r\n*1\r\n*1\r\n$1\r\na\r\n"_ba
                            << R"([[1 [2]] [] [["a"]]])"_ba;
    QTest::newRow("deepest") << "*1\r\n"_ba.repeated(7) + ":1\r\n"
                             << "[[[[[[[1]]]]]]]"_ba;
}

void TestReplyReader::readsEachType()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, expected);
    ReplyReader reader;
    feed(reader, bytes + bytes);
    for (int i = 0; i < 2; ++i) {
        const RedisReply *reply = reader.next();
        QVERIFY(reply);
        QCOMPARE(describe(*reply), expected);
    }
    QVERIFY(!reader.next());
    QVERIFY(!reader.error());
}

void TestReplyReader::readsInPiecesOfAnySize_data()
{
    QTest::addColumn<int>("size");
    for (const int size : {1, 2, 3, 7, 64, 1000}) {
        QTest::addRow("%d", size) << size;
    }
}

void TestReplyReader::readsInPiecesOfAnySize()
{
    QFETCH(int, size);
    QByteArray bytes;
    QByteArrayList expected;
    for (int i = 0; i < 50; ++i) {
        bytes +=
            "*3\r\n$7\r\nmessage\r\n*2\r\n:" + QByteArray::number(i) + "\r\n-E\r\n$3\r\n\r\n\r\r\n+OK\r\n";
        expected += "[\"message\" [" + QByteArray::number(i) + " -E] \"\r\n\r\"]";
        expected += "+OK";
    }
    ReplyReader reader;
    QByteArrayList read;
    for (qsizetype i = 0; i < bytes.size(); i += size) {
        feed(reader, bytes.mid(i, size));
        while (const RedisReply *reply = reader.next()) {
            read.append(describe(*reply));
        }
    }
    QVERIFY(!reader.error());
    QCOMPARE(read, expected);
}

void TestReplyReader::replyMayBeMovedFrom()
{
    ReplyReader reader;
    feed(reader, "*2\r\n$1\r\na\r\n$1\r\nb\r\n*2\r\n$1\r\nc\r\n$1\r\nd\r\n:1\r\n$1\r\ne\r\n");
    const RedisReply first = std::move(*reader.next());
    const RedisReply second = *reader.next();
    QCOMPARE(describe(first), R"(["a" "b"])");
    QCOMPARE(describe(second), R"(["c" "d"])");
    QCOMPARE(describe(*reader.next()), "1");
    QCOMPARE(describe(*reader.next()), R"("e")");
    QCOMPARE(describe(first), R"(["a" "b"])");
    QCOMPARE(describe(second), R"(["c" "d"])");
}

void TestReplyReader::refusesBrokenStreams_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("HTTP") << QByteArray("HTTP/1.1 400 Bad Request\r\n\r\n");
    QTest::newRow("no number") << QByteArray(":x\r\n");
    QTest::newRow("bad length") << QByteArray("$x\r\n");
    QTest::newRow("negative length") << QByteArray("$-2\r\n");
    QTest::newRow("negative array") << QByteArray("*-2\r\n");
    QTest::newRow("huge array") << QByteArray("*2147483648\r\n");
    QTest::newRow("too deep") << QByteArray("*1\r\n").repeated(9);
    QTest::newRow("broken inside an array") << QByteArray("*2\r\n$1\r\na\r\n?\r\n");
    QTest::newRow("endless line") << '+' + QByteArray(70'000, 'x');
}

void TestReplyReader::refusesBrokenStreams()
{
    QFETCH(QByteArray, bytes);
    ReplyReader reader;
    feed(reader, "+OK\r\n" + bytes);
    QVERIFY(reader.next());
    QVERIFY(!reader.next());
    QVERIFY(reader.error());
    QCOMPARE(reader.error()->kind, RedisError::Kind::Protocol);
    QVERIFY(!reader.error()->text.isEmpty());
    feed(reader, "+OK\r\n");
    QVERIFY(!reader.next());
}

void TestReplyReader::refusesReplyAboveMaximum()
{
    ReplyReader reader;
    reader.setMaximumReplyBytes(1000);
    // Many small replies together may be more.
    for (int i = 0; i < 100; ++i) {
        feed(reader, "$100\r\n" + QByteArray(100, 'x') + "\r\n");
        QVERIFY(reader.next());
    }
    feed(reader, "$5000\r\n" + QByteArray(1000, 'x'));
    QVERIFY(!reader.next());
    QVERIFY(reader.error());
    QCOMPARE(reader.error()->kind, RedisError::Kind::Protocol);
}

void TestReplyReader::announcedSizeAllocatesNothing()
{
    ReplyReader reader;
    feed(reader, "*2147483647\r\n:1\r\n");
    QVERIFY(!reader.next());
    QVERIFY(!reader.error());
}

void TestReplyReader::resetStartsNewStream()
{
    ReplyReader reader;
    feed(reader, "*2\r\n$1\r\na\r\n$10\r\nhalf");
    QVERIFY(!reader.next());
    reader.reset();
    feed(reader, "+OK\r\n");
    QCOMPARE(describe(*reader.next()), "+OK");
    feed(reader, "?");
    QVERIFY(!reader.next());
    QVERIFY(reader.error());
    reader.reset();
    QVERIFY(!reader.error());
    feed(reader, "+OK\r\n");
    QCOMPARE(describe(*reader.next()), "+OK");
}

QTEST_APPLESS_MAIN(TestReplyReader)
#include "tst_replyreader.moc"
