// SPDX-License-Identifier: BSD-3-Clause
#include "net/websocket/deflater.h"
#include "net/websocket/inflater.h"
#include "net/websocket/messagereader.h"
#include "recordingsink.h"
#include "support/clientframes.h"

#include <QRandomGenerator>
#include <QTest>

using namespace switchboard::test;
using switchboard::Deflater;
using switchboard::Inflater;
using switchboard::InflateWorkspace;
using switchboard::MessageReader;

namespace {

constexpr qsizetype limit = 500000;

/// Makes streams of valid messages at random, and the lines that they are to be read as.
class StreamMaker
{
public:
    StreamMaker(QRandomGenerator &random, Deflater *deflater)
        : m_random(random)
        , m_deflater(deflater)
    { }

    QByteArray bytes;
    QByteArrayList lines;

    void addMessage()
    {
        const bool isText = chance(2);
        QByteArray payload = isText ? text() : noise(size());
        lines.append((isText ? "text " : "binary ") + payload);
        const bool isCompressed = m_deflater != nullptr && chance(2);
        if (isCompressed) {
            payload = m_deflater->deflate(payload);
        }
        addFrames(isText ? RawFrame::Text : RawFrame::Binary, payload, isCompressed);
    }

    void addControl(QByteArrayList &to)
    {
        const bool isPing = chance(2);
        const QByteArray payload = noise(m_random.bounded(126));
        bytes += clientFrame(isPing ? RawFrame::Ping : RawFrame::Pong, payload);
        to.append((isPing ? "ping " : "pong ") + payload);
    }

private:
    [[nodiscard]] bool chance(int oneIn) { return m_random.bounded(oneIn) == 0; }

    // Mostly small, with the limits between the forms of a length among them.
    [[nodiscard]] qsizetype size()
    {
        switch (m_random.bounded(20)) {
        case 0:
            return m_random.bounded(65530, 65545);
        case 1:
            return m_random.bounded(100000);
        case 2:
            return 0;
        default:
            return m_random.bounded(300);
        }
    }

    [[nodiscard]] QByteArray noise(qsizetype size)
    {
        QByteArray noise(size, Qt::Uninitialized);
        for (char &byte : noise) {
            byte = static_cast<char>(m_random.bounded(256));
        }
        return noise;
    }

    [[nodiscard]] QByteArray text()
    {
        QString text;
        const qsizetype characters = size();
        for (qsizetype i = 0; i < characters; ++i) {
            const char32_t some[] = {U'a', U'z', U'ß', U'я', U'本', U'\uFFFF', U'😀', U'\U0010FFFF'};
            text += QChar::fromUcs4(some[m_random.bounded(8)]);
        }
        return text.toUtf8();
    }

    // In one frame or several, with control frames between them, which are read before the message is.
    void addFrames(RawFrame::Opcode opcode, QByteArray payload, bool isCompressed)
    {
        constexpr quint8 rsv1 = 4;
        QByteArrayList between;
        quint8 reservedBits = isCompressed ? rsv1 : 0;
        while (chance(2)) {
            const qsizetype size = m_random.bounded(payload.size() + 1);
            bytes += openFrame(opcode, payload.first(size), reservedBits);
            payload = payload.sliced(size);
            opcode = RawFrame::Continuation;
            reservedBits = 0;
            if (chance(2)) {
                addControl(between);
            }
        }
        bytes += clientFrame(opcode, payload, true, reservedBits);
        const QByteArray message = lines.takeLast();
        lines += between;
        lines.append(message);
    }

    QRandomGenerator &m_random;
    Deflater *m_deflater;
};

} // namespace

class MessageStreamsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void comeOutAsTheyWentIn_data();
    void comeOutAsTheyWentIn();
};

void MessageStreamsTest::comeOutAsTheyWentIn_data()
{
    QTest::addColumn<quint32>("seed");
    QTest::addColumn<bool>("isCompressed");
    QTest::addColumn<bool>("keepsContext");
    for (quint32 seed = 1; seed <= 20; ++seed) {
        QTest::addRow("plain, seed %u", seed) << seed << false << false;
        QTest::addRow("compressed, seed %u", seed) << seed << true << false;
        QTest::addRow("compressed with context, seed %u", seed) << seed << true << true;
    }
}

void MessageStreamsTest::comeOutAsTheyWentIn()
{
    QFETCH(const quint32, seed);
    QFETCH(const bool, isCompressed);
    QFETCH(const bool, keepsContext);
    QRandomGenerator random(seed);
    const int windowBits = random.bounded(8, 16);
    Deflater deflater(windowBits, keepsContext);
    StreamMaker stream(random, isCompressed ? &deflater : nullptr);
    for (int i = 0; i < 20; ++i) {
        stream.addMessage();
        stream.addControl(stream.lines);
    }
    stream.bytes += closeFrame(4999, "done") + textFrame("unread");
    stream.lines.append("close 4999 done");

    for (const int largestPiece : {5, 500, 100000}) {
        InflateWorkspace workspace;
        Inflater inflater(windowBits, keepsContext, workspace);
        MessageReader reader(limit, isCompressed ? &inflater : nullptr);
        RecordingSink sink;
        sink.readInPieces(reader, stream.bytes, [&] { return random.bounded(1, largestPiece + 1); });
        QVERIFY(sink.lines == stream.lines);
        QVERIFY(reader.isStopped());
        QCOMPARE(reader.unfinishedBytes(), 0);
    }
}

QTEST_APPLESS_MAIN(MessageStreamsTest)
#include "tst_messagestreams.moc"
