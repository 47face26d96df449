// SPDX-License-Identifier: BSD-3-Clause
#include <QTest>

#include "integration/enginedaemons.h"
#include "integration/wsconversation.h"
#include "support/clientframes.h"

using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

constexpr qsizetype LongestMessage = 65536;
constexpr quint8 Rsv1 = 4;
const QByteArray Offer = QByteArrayLiteral("permessage-deflate");

void addColumns()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArrayList>("outcome");
}

void row(const char *name, const QByteArray &bytes, const QByteArrayList &outcome)
{
    QTest::newRow(name) << bytes << outcome;
}

// A payload as the first of a connection.
QByteArray deflated(const QByteArray &message)
{
    return DeflateStream().deflate(message);
}

QByteArray compressed(const QByteArray &payload, RawFrame::Opcode opcode = RawFrame::Text)
{
    return clientFrame(opcode, payload, true, Rsv1);
}

// A compressed message in frames of \a bytes each, with \a between after all but the last.
QByteArray fragments(const QByteArray &payload, qsizetype bytes, const QByteArray &between = {})
{
    QByteArray frames = openFrame(RawFrame::Text, payload.first(bytes), Rsv1) + between;
    for (qsizetype at = bytes; at < payload.size(); at += bytes) {
        frames += openFrame(RawFrame::Continuation, payload.mid(at, bytes)) + between;
    }
    return frames + clientFrame(RawFrame::Continuation, {});
}

} // namespace

/// Compressed messages (RFC 7692; Autobahn 12 and 13) in both modes of the lean engine.
class ConformanceDeflateTest : public QObject
{
    Q_OBJECT

    quint16 port();
    void check();

    EngineDaemons m_daemons;

private Q_SLOTS:
    void initTestCase_data();
    void cleanup();
    void cleanupTestCase() { m_daemons.stop(); }
    void everyParameter_data();
    void everyParameter();
    void answersReferBack_data();
    void answersReferBack();
    void messagesReferBack();
    void payloads_data();
    void payloads() { check(); }
    void inFragments_data();
    void inFragments() { check(); }
    void faults_data();
    void faults() { check(); }
    void limits_data();
    void limits() { check(); }
    void notWithoutAgreement_data();
    void notWithoutAgreement();
};

void ConformanceDeflateTest::initTestCase_data()
{
    QTest::addColumn<QString>("mode");
    QTest::newRow("shared") << u"shared"_s;
    QTest::newRow("dedicated") << u"dedicated"_s;
}

void ConformanceDeflateTest::cleanup()
{
    if (QTest::currentTestFailed()) {
        m_daemons.stop();
    }
}

quint16 ConformanceDeflateTest::port()
{
    QFETCH_GLOBAL(const QString, mode);
    return m_daemons.port(u"lean"_s, {u"--deflate"_s, mode});
}

void ConformanceDeflateTest::check()
{
    QFETCH(const QByteArray, bytes);
    QFETCH(const QByteArrayList, outcome);
    for (const bool isOctetWise : {false, true}) {
        if (isOctetWise && bytes.size() > 10'000) {
            break;
        }
        WsConversation conversation;
        QVERIFY(conversation.open(port(), Offer));
        QVERIFY(!conversation.agreement().isNull());
        if (isOctetWise) {
            conversation.sendOctetWise(bytes);
        } else {
            conversation.send(bytes);
        }
        QCOMPARE(conversation.outcome(), outcome);
    }
}

void ConformanceDeflateTest::everyParameter_data()
{
    QTest::addColumn<QByteArray>("parameters");
    QTest::addColumn<int>("clientBits");
    QTest::newRow("none") << QByteArray() << 15;
    QTest::newRow("contexts") << QByteArray("; server_no_context_takeover; client_no_context_takeover") << 15;
    for (int bits = 8; bits <= 15; ++bits) {
        const QByteArray value = QByteArray::number(bits);
        QTest::addRow("server %d", bits) << "; server_max_window_bits=" + value << 15;
        // zlib makes no streams for 8 bits.
        QTest::addRow("client %d", bits) << "; client_max_window_bits=" + value << qMax(9, bits);
        QTest::addRow("both %d", bits) << "; server_max_window_bits=" + value
                + "; client_max_window_bits=" + value + "; server_no_context_takeover"
                                       << qMax(9, bits);
    }
}

void ConformanceDeflateTest::everyParameter()
{
    QFETCH(const QByteArray, parameters);
    QFETCH(const int, clientBits);
    WsConversation conversation;
    QVERIFY(conversation.open(port(), Offer + parameters));
    QVERIFY2(conversation.agreement().startsWith(Offer), conversation.agreement());
    const bool keepsContext = !conversation.agreement().contains("client_no_context_takeover");
    DeflateStream stream(clientBits);
    QByteArrayList expected;
    for (int i = 0; i < 5; ++i) {
        const QByteArray name =
            "number " + QByteArray::number(i) + QByteArray(i * 40, static_cast<char>('a' + i));
        // Short, so that with 8 bits too nothing is further back than it may be.
        const QByteArray message =
            clientBits == 9 ? R"({"channel":")" + name + R"("})" : question(name, 20'000);
        expected << (clientBits == 9 ? "rejected invalid-message" : "answer " + name);
        conversation.send(compressed(stream.deflate(message)));
        if (!keepsContext || clientBits == 9) {
            stream.reset();
        }
    }
    QCOMPARE(conversation.outcome(), expected);
    QVERIFY(conversation.compressedBytes() > 0);
}

void ConformanceDeflateTest::answersReferBack_data()
{
    QTest::addColumn<QByteArray>("parameters");
    QTest::addColumn<bool>("isAllowed");
    QTest::newRow("allowed") << QByteArray() << true;
    QTest::newRow("not allowed") << QByteArray("; server_no_context_takeover") << false;
}

void ConformanceDeflateTest::answersReferBack()
{
    QFETCH_GLOBAL(const QString, mode);
    QFETCH(const QByteArray, parameters);
    QFETCH(const bool, isAllowed);
    WsConversation conversation;
    QVERIFY(conversation.open(port(), Offer + parameters));
    QCOMPARE(conversation.outcome(), QByteArrayList());
    const qsizetype first = conversation.compressedBytes();
    QCOMPARE(conversation.outcome(), QByteArrayList());
    const qsizetype second = conversation.compressedBytes();
    if (isAllowed && mode == "dedicated"_L1) {
        QVERIFY2(second * 3 < first, QByteArray::number(second));
    } else {
        QCOMPARE(second, first);
    }
}

void ConformanceDeflateTest::messagesReferBack()
{
    QFETCH_GLOBAL(const QString, mode);
    WsConversation conversation;
    QVERIFY(conversation.open(port(), Offer));
    DeflateStream stream;
    const QByteArray first = stream.deflate(question("it"));
    const QByteArray second = stream.deflate(question("it"));
    QVERIFY(second.size() * 3 < first.size());
    conversation.send(compressed(first) + textFrame(question("plain")) + compressed(second));
    if (mode == "dedicated"_L1) {
        QCOMPARE(conversation.outcome(), (QByteArrayList{"answer it", "answer plain", "answer it"}));
    } else {
        // The client was told to keep no context.
        QCOMPARE(conversation.outcome(), (QByteArrayList{"answer it", "answer plain", "close 1007", "end"}));
    }
}

void ConformanceDeflateTest::payloads_data()
{
    addColumns();
    const QByteArray message = question("it", 1000);
    row("text", compressed(deflated(message)), {"answer it"});
    row("binary", compressed(deflated(message), RawFrame::Binary), {"answer it"});
    row("plain", textFrame(message), {"answer it"});
    row("plain and compressed", textFrame(question("one")) + compressed(deflated(message)),
        {"answer one", "answer it"});
    row("empty", compressed(QByteArray(1, '\0')), {"rejected invalid-json"});
    row("empty, as some senders make it", compressed({}), {"rejected invalid-json"});
    row("binary of any bytes", compressed(deflated("\xFF\xFE"), RawFrame::Binary), {"rejected invalid-json"});
    // The examples of RFC 7692, 7.2.3.
    const QByteArrayList hello{"rejected invalid-json"};
    row("a block", compressed("\xF2\x48\xCD\xC9\xC9\x07\x00"_ba), hello);
    row("a block in two frames",
        openFrame(RawFrame::Text, "\xF2\x48\xCD", Rsv1)
            + clientFrame(RawFrame::Continuation, "\xC9\xC9\x07\x00"_ba),
        hello);
    row("a block without compression", compressed("\x00\x05\x00\xFA\xFFHello\x00"_ba), hello);
    row("a final block", compressed("\xF3\x48\xCD\xC9\xC9\x07\x00\x00"_ba), hello);
    row("two blocks", compressed("\xF2\x48\x05\x00\x00\x00\xFF\xFF\xCA\xC9\xC9\x07\x00"_ba), hello);
}

void ConformanceDeflateTest::inFragments_data()
{
    addColumns();
    const QByteArray payload = deflated(question("it", 3000));
    for (const int bytes : {1, 2, 5, 50}) {
        row(qPrintable(u"of %1"_s.arg(bytes)), fragments(payload, bytes), {"answer it"});
    }
    row("with pongs between", fragments(payload, 7, clientFrame(RawFrame::Pong, "x")), {"answer it"});
    row("with a ping between",
        openFrame(RawFrame::Text, payload.first(9), Rsv1) + clientFrame(RawFrame::Ping, "p")
            + clientFrame(RawFrame::Continuation, payload.sliced(9)),
        {"pong p", "answer it"});
    row("an empty first", openFrame(RawFrame::Text, {}, Rsv1) + clientFrame(RawFrame::Continuation, payload),
        {"answer it"});
    row("twice", fragments(payload, 20) + fragments(payload, 30), {"answer it", "answer it"});
}

void ConformanceDeflateTest::faults_data()
{
    addColumns();
    const QByteArray payload = deflated(question("it", 1000));
    const QByteArrayList protocolError{"close 1002", "end"};
    const QByteArrayList invalidData{"close 1007", "end"};
    row("RSV1 on a continuation",
        openFrame(RawFrame::Text, payload.first(9), Rsv1)
            + clientFrame(RawFrame::Continuation, payload.sliced(9), true, Rsv1),
        protocolError);
    row("RSV1 on a ping", clientFrame(RawFrame::Ping, {}, true, Rsv1), protocolError);
    row("RSV1 on a close", clientFrame(RawFrame::Close, {}, true, Rsv1), protocolError);
    row("RSV2", clientFrame(RawFrame::Text, payload, true, 6), protocolError);
    row("RSV3", clientFrame(RawFrame::Text, payload, true, 5), protocolError);
    row("no deflate", compressed("\xFF\xFF\xFF\xFF"), invalidData);
    row("cut off", compressed(payload.first(payload.size() / 2)), invalidData);
    row("reserved block", compressed("\x06"), invalidData);
    row("reference to nothing", compressed("\xF2\x00\x11\x00\x00"_ba), invalidData);
    row("text that is no UTF-8", compressed(deflated("\xED\xA0\x80")), invalidData);
    row("text that is cut", compressed(deflated("\xE2\x82")), invalidData);
}

void ConformanceDeflateTest::limits_data()
{
    addColumns();
    const QByteArrayList tooBig{"close 1009", "end"};
    const auto blanks = [](qsizetype size) { return compressed(deflated(QByteArray(size, ' '))); };
    row("the longest", compressed(deflated(question("it", LongestMessage))), {"answer it"});
    row("one byte more", compressed(deflated(question("it", LongestMessage + 1))), tooBig);
    row("1 MB", blanks(1'000'000), tooBig);
    row("50 MB", blanks(50'000'000), tooBig); // of which 48 KB are sent
    row("50 MB in fragments", fragments(deflated(QByteArray(50'000'000, ' ')), 1000), tooBig);
    QByteArray stored; // in blocks without compression, which make it longer
    const QByteArray message = question("stored", LongestMessage);
    for (qsizetype at = 0; at < message.size(); at += 1024) {
        stored += "\x00\x00\x04\xFF\xFB"_ba + message.mid(at, 1024);
    }
    row("the longest in longer form", compressed(stored + '\0'), {"answer stored"});
}

void ConformanceDeflateTest::notWithoutAgreement_data()
{
    QTest::addColumn<QString>("engine");
    QTest::addColumn<QByteArray>("offer");
    QTest::newRow("off") << u"off"_s << Offer;
    QTest::newRow("qt") << u"qt"_s << Offer;
    QTest::newRow("not offered") << u"lean"_s << QByteArray();
    QTest::newRow("not accepted") << u"lean"_s << Offer + "; foo";
}

void ConformanceDeflateTest::notWithoutAgreement()
{
    QFETCH_GLOBAL(const QString, mode);
    QFETCH(const QString, engine);
    QFETCH(const QByteArray, offer);
    const bool isOff = engine == "off"_L1;
    WsConversation conversation;
    const quint16 port = m_daemons.port(isOff ? u"lean"_s : engine, {u"--deflate"_s, isOff ? engine : mode});
    QVERIFY(conversation.open(port, offer));
    QVERIFY(conversation.agreement().isNull());
    QCOMPARE(conversation.outcome(), QByteArrayList());
    QCOMPARE(conversation.compressedBytes(), 0);
    conversation.send(compressed(deflated(question("it"))));
    QCOMPARE(conversation.outcome(), (QByteArrayList{"close 1002", "end"}));
}

QTEST_GUILESS_MAIN(ConformanceDeflateTest)
#include "tst_conformancedeflate.moc"
