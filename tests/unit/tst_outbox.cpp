// SPDX-License-Identifier: BSD-3-Clause
#include "net/frame.h"
#include "net/outbox.h"

#include <QRandomGenerator>
#include <QStringBuilder>
#include <QTest>

#include <array>
#include <csignal>
#include <sys/socket.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using switchboard::Frame;
using switchboard::Outbox;
using WriteResult = Outbox::WriteResult;

Q_DECLARE_METATYPE(Outbox::WriteResult)

namespace {

// Two connected sockets: one to write to, one that reads.
class SocketPair
{
public:
    SocketPair()
    {
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, m_descriptors) != 0) {
            qFatal("socketpair() failed");
        }
        // The size is the same on every machine then.
        const int bufferSize = 32768;
        ::setsockopt(m_descriptors[0], SOL_SOCKET, SO_SNDBUF, &bufferSize, sizeof bufferSize);
    }
    ~SocketPair()
    {
        ::close(m_descriptors[0]);
        closeReader();
    }
    Q_DISABLE_COPY_MOVE(SocketPair)

    [[nodiscard]] int writer() const { return m_descriptors[0]; }

    // At most that many of the bytes that have come.
    QByteArray read(qsizetype maximum = 1 << 30)
    {
        QByteArray all;
        while (all.size() < maximum) {
            char chunk[65536];
            const qsizetype wanted = qMin<qsizetype>(sizeof chunk, maximum - all.size());
            const ssize_t got = ::read(m_descriptors[1], chunk, static_cast<std::size_t>(wanted));
            if (got <= 0) {
                break;
            }
            all.append(chunk, got);
        }
        return all;
    }

    void closeReader()
    {
        if (m_descriptors[1] >= 0) {
            ::close(m_descriptors[1]);
            m_descriptors[1] = -1;
        }
    }

private:
    int m_descriptors[2] = {-1, -1};
};

// A payload of \a size bytes of which no two stretches are the same.
QByteArray payload(qsizetype size, int seed)
{
    QByteArray text;
    text.reserve(size + 16);
    for (int i = 0; text.size() < size; ++i) {
        text += QByteArray::number(seed) + '.' + QByteArray::number(i) + ' ';
    }
    text.truncate(size);
    return text;
}

// Pushes a frame of that payload and returns its bytes.
QByteArray push(Outbox &outbox, qsizetype size, int seed)
{
    const Frame frame = Frame::text(payload(size, seed));
    outbox.push(frame);
    return frame.bytes();
}

// More than the kernel takes at once.
constexpr qsizetype tooMuchAtOnce = 1 << 20;

} // namespace

class OutboxTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void framesAreEncoded_data();
    void framesAreEncoded();
    void framesAreShared();
    void writesInOrder_data();
    void writesInOrder();
    void goesOnWhereTheKernelStopped();
    void pushedBehindPartlySentFrame();
    void takesFirst();
    void takesRestOfPartlySentFrame();
    void brokenDescriptor_data();
    void brokenDescriptor();
    void clears();
    void agreesWithModel();
};

void OutboxTest::initTestCase()
{
    // As it is from the start, whatever ran this program.
    std::signal(SIGPIPE, SIG_DFL);
}

void OutboxTest::framesAreEncoded_data()
{
    QTest::addColumn<qsizetype>("size");
    QTest::addColumn<QByteArray>("header");
    const auto row = [](qsizetype size, const char *header) {
        QTest::addRow("%lld", static_cast<long long>(size)) << size << QByteArray::fromHex(header);
    };
    // RFC 6455 section 5.2: FIN and opcode 1, no mask, and the shortest form of the length.
    row(0, "8100");
    row(1, "8101");
    row(125, "817d");
    row(126, "817e007e");
    row(127, "817e007f");
    row(256, "817e0100");
    row(65535, "817effff");
    row(65536, "817f0000000000010000");
    row(70000, "817f0000000000011170");
}

void OutboxTest::framesAreEncoded()
{
    QFETCH(const qsizetype, size);
    QFETCH(const QByteArray, header);
    const QByteArray text = payload(size, 1);
    const Frame frame = Frame::text(text);
    QCOMPARE(frame.bytes().first(header.size()).toHex(' '), header.toHex(' '));
    QVERIFY(frame.bytes() == header + text);
    QCOMPARE(frame.size(), header.size() + size);
}

void OutboxTest::framesAreShared()
{
    const Frame frame = Frame::text("to everyone");
    const std::array copies = {frame, frame};
    for (const Frame &copy : copies) {
        QCOMPARE(static_cast<const void *>(copy.bytes().constData()),
                 static_cast<const void *>(frame.bytes().constData()));
    }
}

void OutboxTest::writesInOrder_data()
{
    QTest::addColumn<int>("frames");
    // One call of sendmsg() takes 64.
    for (const int frames : {1, 2, 63, 64, 65, 128, 129, 1000}) {
        QTest::addRow("%d", frames) << frames;
    }
}

void OutboxTest::writesInOrder()
{
    QFETCH(const int, frames);
    SocketPair sockets;
    Outbox outbox;
    QVERIFY(outbox.isEmpty());
    QByteArray expected;
    for (int i = 0; i < frames; ++i) {
        expected += push(outbox, i % 7, i);
    }
    QVERIFY(!outbox.isEmpty());
    QCOMPARE(outbox.bytes(), expected.size());
    QCOMPARE(outbox.writeTo(sockets.writer()), WriteResult::Done);
    QVERIFY(outbox.isEmpty());
    QCOMPARE(outbox.bytes(), 0);
    QCOMPARE(sockets.read(), expected);
    // Nothing is left to be written twice.
    QCOMPARE(outbox.writeTo(sockets.writer()), WriteResult::Done);
    QCOMPARE(sockets.read(), QByteArray());
}

void OutboxTest::goesOnWhereTheKernelStopped()
{
    SocketPair sockets;
    Outbox outbox;
    QByteArray expected;
    for (int i = 0; i < 300; ++i) {
        expected += push(outbox, i % 10 == 0 ? 100000 : 1000 + i, i);
    }
    QByteArray received;
    int interruptions = 0;
    while (outbox.writeTo(sockets.writer()) == WriteResult::WouldBlock) {
        ++interruptions;
        QVERIFY(!outbox.isEmpty());
        const QByteArray part = sockets.read(30011);
        QVERIFY(!part.isEmpty());
        received += part;
    }
    received += sockets.read();
    QVERIFY2(interruptions > 10, qPrintable(QString::number(interruptions)));
    QVERIFY(outbox.isEmpty());
    QVERIFY(received == expected);
}

void OutboxTest::pushedBehindPartlySentFrame()
{
    SocketPair sockets;
    Outbox outbox;
    QByteArray expected = push(outbox, tooMuchAtOnce, 1);
    QCOMPARE(outbox.writeTo(sockets.writer()), WriteResult::WouldBlock);
    QVERIFY(outbox.bytes() < expected.size());
    expected += push(outbox, 10, 2);
    QByteArray received = sockets.read();
    QCOMPARE(received.size() + outbox.bytes(), expected.size());
    while (outbox.writeTo(sockets.writer()) == WriteResult::WouldBlock) {
        received += sockets.read();
    }
    received += sockets.read();
    QVERIFY(received == expected);
}

void OutboxTest::takesFirst()
{
    Outbox outbox;
    QVERIFY(outbox.takeFirst().isNull());
    const QByteArray first = push(outbox, 300, 1);
    const QByteArray second = push(outbox, 0, 2);
    QCOMPARE(outbox.takeFirst(), first);
    QCOMPARE(outbox.bytes(), second.size());
    QCOMPARE(outbox.takeFirst(), second);
    QVERIFY(outbox.isEmpty());
    QVERIFY(outbox.takeFirst().isNull());
}

void OutboxTest::takesRestOfPartlySentFrame()
{
    SocketPair sockets;
    Outbox outbox;
    const QByteArray small = push(outbox, 5, 1);
    const QByteArray big = push(outbox, tooMuchAtOnce, 2);
    const QByteArray last = push(outbox, 7, 3);
    QCOMPARE(outbox.writeTo(sockets.writer()), WriteResult::WouldBlock);
    const QByteArray sent = sockets.read();
    QVERIFY(sent.size() > small.size());

    const QByteArray rest = outbox.takeFirst();
    QVERIFY(rest.size() < big.size());
    QVERIFY(sent + rest == small + big);
    QCOMPARE(outbox.bytes(), last.size());
    // The next frame is whole again.
    QCOMPARE(outbox.writeTo(sockets.writer()), WriteResult::Done);
    QCOMPARE(sockets.read(), last);
}

void OutboxTest::brokenDescriptor_data()
{
    QTest::addColumn<bool>("isOpen");
    QTest::newRow("the reader is gone") << true;
    QTest::newRow("no descriptor") << false;
}

void OutboxTest::brokenDescriptor()
{
    QFETCH(const bool, isOpen);
    SocketPair sockets;
    sockets.closeReader();
    Outbox outbox;
    push(outbox, 10, 1);
    // With SIGPIPE this program would end here.
    QCOMPARE(outbox.writeTo(isOpen ? sockets.writer() : -1), WriteResult::Failed);
}

void OutboxTest::clears()
{
    SocketPair sockets;
    Outbox outbox;
    outbox.clear();
    QVERIFY(outbox.isEmpty());
    for (int i = 0; i < 20; ++i) {
        push(outbox, tooMuchAtOnce / 16, i);
    }
    QCOMPARE(outbox.writeTo(sockets.writer()), WriteResult::WouldBlock);
    outbox.clear();
    QVERIFY(outbox.isEmpty());
    QCOMPARE(outbox.bytes(), 0);
    QVERIFY(!sockets.read().isEmpty());
    QCOMPARE(outbox.writeTo(sockets.writer()), WriteResult::Done);
    QCOMPARE(sockets.read(), QByteArray());

    // What comes next begins at its first byte.
    const QByteArray next = push(outbox, 100, 21);
    QCOMPARE(outbox.bytes(), next.size());
    QCOMPARE(outbox.writeTo(sockets.writer()), WriteResult::Done);
    QCOMPARE(sockets.read(), next);
}

// A long mixture of everything, against a plain list of bytes; the same in every run.
void OutboxTest::agreesWithModel()
{
    SocketPair sockets;
    QRandomGenerator random(20240607);
    Outbox outbox;
    QByteArray expected;
    QByteArray received;
    QMap<WriteResult, int> results;
    for (int step = 0; step < 5000; ++step) {
        switch (random.bounded(4)) {
        case 0:
            received += sockets.read(random.bounded(1, 3000));
            break;
        case 1:
            ++results[outbox.writeTo(sockets.writer())];
            break;
        default:
            expected += push(outbox, random.bounded(3000), step);
        }
        if (step % 100 == 0) {
            // As a session does it: what is taken goes out by another way, behind all that was sent.
            received += sockets.read();
            received += outbox.takeFirst();
        }
        if (step % 1000 == 0) {
            do {
                received += sockets.read();
            } while (outbox.writeTo(sockets.writer()) == WriteResult::WouldBlock);
        }
    }
    do {
        received += sockets.read();
    } while (outbox.writeTo(sockets.writer()) == WriteResult::WouldBlock);
    received += sockets.read();
    QVERIFY(results[WriteResult::WouldBlock] > 10);
    QVERIFY(results[WriteResult::Done] > 10);
    QCOMPARE(results[WriteResult::Failed], 0);
    QVERIFY(received == expected);
}

QTEST_APPLESS_MAIN(OutboxTest)
#include "tst_outbox.moc"
