// SPDX-License-Identifier: BSD-3-Clause
#include "net/framejoiner.h"
#include "net/outbox.h"

#include <QTest>

#include <array>
#include <sys/socket.h>
#include <unistd.h>

using namespace switchboard;

namespace {

const Frame a = Frame::text("a");
const Frame b = Frame::text("bb");
const Frame c = Frame::text("ccc");

using Frames = std::vector<Frame>;

qsizetype bytesOf(const Frames &frames)
{
    qsizetype bytes = 0;
    for (const Frame &frame : frames) {
        bytes += frame.size();
    }
    return bytes;
}

const Frame *join(FrameJoiner &joiner, const Frames &frames)
{
    return joiner.join(frames, bytesOf(frames));
}

} // namespace

/// Frames that several clients are owed alike become one block of bytes, and nothing else does.
class FrameJoinerTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void joinsFromTheSecondOn();
    void joinsOnlyTheSame_data();
    void joinsOnlyTheSame();
    void startsAnewWithOthers();
    void forgetsWhenCleared();
    void outboxesShareOneBlock();
    void outboxKeepsWhatIsBegun();
    void outboxJoinsNothingBegun();
};

void FrameJoinerTest::joinsFromTheSecondOn()
{
    FrameJoiner joiner;
    QVERIFY(!join(joiner, {a, b, c}));
    const Frame *second = join(joiner, {a, b, c});
    QVERIFY(second);
    QCOMPARE(second->bytes(), a.bytes() + b.bytes() + c.bytes());
    const Frame kept = *second;
    const Frame *third = join(joiner, {a, b, c});
    QVERIFY(third);
    QVERIFY(third->isSameAs(kept));
}

void FrameJoinerTest::joinsOnlyTheSame_data()
{
    QTest::addColumn<QList<int>>("indices"); // of a, b, c and one that equals a
    QTest::newRow("other order") << QList<int>{1, 0};
    QTest::newRow("one less") << QList<int>{0};
    QTest::newRow("one more") << QList<int>{0, 1, 2};
    QTest::newRow("another one") << QList<int>{0, 2};
    QTest::newRow("one of the same bytes") << QList<int>{3, 1};
    QTest::newRow("none") << QList<int>{};
}

void FrameJoinerTest::joinsOnlyTheSame()
{
    QFETCH(const QList<int>, indices);
    const Frames all{a, b, c, Frame::text("a")};
    FrameJoiner joiner;
    QVERIFY(!join(joiner, {a, b}));
    Frames others;
    for (const int index : indices) {
        others.push_back(all[static_cast<std::size_t>(index)]);
    }
    QVERIFY(!join(joiner, others));
}

void FrameJoinerTest::startsAnewWithOthers()
{
    FrameJoiner joiner;
    QVERIFY(!join(joiner, {a, b}));
    QVERIFY(join(joiner, {a, b}));
    QVERIFY(!join(joiner, {b, c}));
    const Frame *joined = join(joiner, {b, c});
    QVERIFY(joined);
    QCOMPARE(joined->bytes(), b.bytes() + c.bytes());
    QVERIFY(!join(joiner, {a, b}));
}

void FrameJoinerTest::forgetsWhenCleared()
{
    FrameJoiner joiner;
    QVERIFY(!join(joiner, {a, b}));
    joiner.clear();
    QVERIFY(!join(joiner, {a, b}));
}

void FrameJoinerTest::outboxesShareOneBlock()
{
    FrameJoiner joiner;
    std::array<Outbox, 3> outboxes;
    for (Outbox &outbox : outboxes) {
        for (const Frame &frame : {a, b, c}) {
            outbox.push(frame);
        }
        outbox.join(joiner);
        QCOMPARE(outbox.bytes(), bytesOf({a, b, c}));
    }
    QCOMPARE(outboxes[0].takeFirst(), a.bytes());
    QCOMPARE(outboxes[1].takeFirst(), a.bytes() + b.bytes() + c.bytes());
    QCOMPARE(outboxes[2].takeFirst(), a.bytes() + b.bytes() + c.bytes());
    QVERIFY(outboxes[1].isEmpty());
}

// A frame that the kernel took in part, and nothing else, is left when what is not begun is thrown away.
void FrameJoinerTest::outboxKeepsWhatIsBegun()
{
    std::array<int, 2> ends = {-1, -1};
    QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    const Frame large = Frame::text(QByteArray(10'000'000, 'x'));
    Outbox outbox;
    outbox.push(a);
    outbox.push(large);
    outbox.push(b);
    QCOMPARE(outbox.writeTo(ends[0]), Outbox::WriteResult::WouldBlock);
    const qsizetype sent = bytesOf({a, large, b}) - outbox.bytes();
    QVERIFY(sent > a.size() && sent < a.size() + large.size());
    outbox.clearUnbegun();
    QCOMPARE(outbox.bytes(), a.size() + large.size() - sent);
    outbox.push(c);
    QCOMPARE(outbox.takeFirst(), large.bytes().sliced(sent - a.size()));
    QCOMPARE(outbox.takeFirst(), c.bytes());
    QVERIFY(outbox.isEmpty());
    outbox.push(a);
    outbox.clearUnbegun();
    QVERIFY(outbox.isEmpty());
    for (const int end : ends) {
        ::close(end);
    }
}

void FrameJoinerTest::outboxJoinsNothingBegun()
{
    std::array<int, 2> ends = {-1, -1};
    QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    const Frame large = Frame::text(QByteArray(10'000'000, 'x'));
    FrameJoiner joiner;
    QVERIFY(!join(joiner, {large, b}));
    Outbox outbox;
    outbox.push(large);
    outbox.push(b);
    QCOMPARE(outbox.writeTo(ends[0]), Outbox::WriteResult::WouldBlock);
    const qsizetype left = outbox.bytes();
    outbox.join(joiner);
    QCOMPARE(outbox.bytes(), left);
    QCOMPARE(outbox.takeFirst().size(), left - b.size());
    QCOMPARE(outbox.takeFirst(), b.bytes());
    for (const int end : ends) {
        ::close(end);
    }
}

QTEST_APPLESS_MAIN(FrameJoinerTest)
#include "tst_framejoiner.moc"
