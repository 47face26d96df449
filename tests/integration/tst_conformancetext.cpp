// SPDX-License-Identifier: BSD-3-Clause
#include <QTest>

#include "integration/enginedaemons.h"
#include "integration/wsconversation.h"
#include "support/clientframes.h"

using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

const QByteArrayList NotUtf8{"close 1007", "end"};

// What QtWebSockets does otherwise.
const char RefusesCutCharacters[] = "QtWebSockets decodes each fragment by itself";
const char DecodesWholeFrames[] = "QtWebSockets looks at text when its frame is whole";

void addColumns()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArrayList>("outcome");
}

void good(const char *name, const QByteArray &text)
{
    QTest::newRow(name) << text << QByteArrayList{"answer " + text};
}

void bad(const char *name, const QByteArray &text)
{
    QTest::newRow(name) << text << NotUtf8;
}

bool isInsideACharacter(const QByteArray &text, qsizetype at)
{
    return at < text.size() && (static_cast<quint8>(text.at(at)) & 0xC0) == 0x80;
}

void addGoodRows()
{
    good("ASCII", "Hello-!@#$%^&*()_+=~");
    good("two bytes", "äöüß");
    good("three bytes", "κόσμε日本€");
    good("four bytes", "\xF0\x9F\x98\x80\xF0\xA0\x80\x80");
    good("of one byte, the last", "\x7F");
    good("of two bytes, the first", "\xC2\x80");
    good("of two bytes, the last", "\xDF\xBF");
    good("of three bytes, the first", "\xE0\xA0\x80");
    good("in front of the surrogates", "\xED\x9F\xBF");
    good("behind the surrogates", "\xEE\x80\x80");
    good("replacement character", "\xEF\xBF\xBD");
    good("of three bytes, the last", "\xEF\xBF\xBF");
    good("no character", "\xEF\xBF\xBE");
    good("of four bytes, the first", "\xF0\x90\x80\x80");
    good("the last of all", "\xF4\x8F\xBF\xBF");
}

void addBadRows()
{
    bad("beyond the last", "\xF4\x90\x80\x80");
    bad("far beyond the last", "\xF7\xBF\xBF\xBF");
    bad("five bytes", "\xF8\x88\x80\x80\x80");
    bad("six bytes", "\xFC\x84\x80\x80\x80\x80");
    bad("continuation", "\x80");
    bad("continuations", "\xBF\x80\xBF");
    bad("no byte of UTF-8", "\xFE");
    bad("nor this one", "\xFF");
    bad("two bytes, cut", "\xC3");
    bad("two bytes, broken", "\xC3!");
    bad("three bytes, cut behind the first", "\xE2");
    bad("three bytes, cut behind the second", "\xE2\x82");
    bad("three bytes, broken", "\xE2\x82!");
    bad("four bytes, cut", "\xF0\x9F\x98");
    bad("four bytes, broken", "\xF0\x9F!");
    bad("slash in two bytes", "\xC0\xAF");
    bad("slash in three bytes", "\xE0\x80\xAF");
    bad("slash in four bytes", "\xF0\x80\x80\xAF");
    bad("NUL in two bytes", "\xC0\x80");
    bad("the last of one byte in two", "\xC1\xBF");
    bad("the last of two bytes in three", "\xE0\x9F\xBF");
    bad("the last of three bytes in four", "\xF0\x8F\xBF\xBF");
    bad("the first surrogate", "\xED\xA0\x80");
    bad("the last surrogate", "\xED\xBF\xBF");
    bad("two surrogates", "\xED\xA0\x80\xED\xB0\x80");
    bad("behind good text",
        "κόσμε\xED\xA0\x80"
        "edited");
}

} // namespace

/// Text (RFC 6455, 5.6 and 8.1; Autobahn 6), on both engines.
class ConformanceTextTest : public QObject
{
    Q_OBJECT

    EngineDaemons m_daemons;

private Q_SLOTS:
    void initTestCase_data() { EngineDaemons::addRows(); }
    void cleanup();
    void cleanupTestCase() { m_daemons.stop(); }
    void inOneFrame_data();
    void inOneFrame();
    void inTwoFragments_data() { inOneFrame_data(); }
    void inTwoFragments();
    void inFragmentsOfOneByte_data() { inOneFrame_data(); }
    void inFragmentsOfOneByte();
    void inPieces_data() { inOneFrame_data(); }
    void inPieces();
    void binaryMayBeAnything();
    void failsAtTheFirstWrongByte_data();
    void failsAtTheFirstWrongByte();
};

void ConformanceTextTest::cleanup()
{
    if (QTest::currentTestFailed()) {
        m_daemons.stop();
    }
}

void ConformanceTextTest::inOneFrame_data()
{
    addColumns();
    addGoodRows();
    addBadRows();
}

void ConformanceTextTest::inOneFrame()
{
    QFETCH_GLOBAL(const QString, engine);
    QFETCH(const QByteArray, text);
    QFETCH(const QByteArrayList, outcome);
    WsConversation conversation;
    QVERIFY(conversation.open(m_daemons.port(engine)));
    conversation.send(textFrame(question(text)));
    QCOMPARE(conversation.outcome(), outcome);
}

// Cut at every place, also inside its characters.
void ConformanceTextTest::inTwoFragments()
{
    QFETCH_GLOBAL(const QString, engine);
    QFETCH(const QByteArray, text);
    QFETCH(const QByteArrayList, outcome);
    const QByteArray message = question(text);
    const qsizetype start = message.indexOf(text);
    for (qsizetype at = start; at <= start + text.size(); ++at) {
        WsConversation conversation;
        QVERIFY(conversation.open(m_daemons.port(engine)));
        conversation.send(openFrame(RawFrame::Text, message.first(at))
                          + clientFrame(RawFrame::Continuation, message.sliced(at)));
        const QByteArrayList got = conversation.outcome();
        if (engine == "qt"_L1 && outcome != NotUtf8 && isInsideACharacter(message, at)) {
            QEXPECT_FAIL("", RefusesCutCharacters, Continue);
        }
        QCOMPARE(got, outcome);
    }
}

void ConformanceTextTest::inFragmentsOfOneByte()
{
    QFETCH_GLOBAL(const QString, engine);
    QFETCH(const QByteArray, text);
    QFETCH(const QByteArrayList, outcome);
    const QByteArray message = question(text);
    QByteArray frames = openFrame(RawFrame::Text, {});
    for (const char byte : message) {
        frames += openFrame(RawFrame::Continuation, QByteArray(1, byte))
            + clientFrame(RawFrame::Pong, QByteArray(1, byte));
    }
    WsConversation conversation;
    QVERIFY(conversation.open(m_daemons.port(engine)));
    conversation.send(frames + clientFrame(RawFrame::Continuation, {}));
    const bool isCut =
        std::any_of(message.begin(), message.end(), [](char byte) { return (byte & 0x80) != 0; });
    if (engine == "qt"_L1 && outcome != NotUtf8 && isCut) {
        QEXPECT_FAIL("", RefusesCutCharacters, Abort);
    }
    QCOMPARE(conversation.outcome(), outcome);
}

// One frame in two segments, cut at every place of the text.
void ConformanceTextTest::inPieces()
{
    QFETCH_GLOBAL(const QString, engine);
    QFETCH(const QByteArray, text);
    QFETCH(const QByteArrayList, outcome);
    const QByteArray frame = textFrame(question(text));
    const qsizetype start = frame.size() - question(text).size() + question(text).indexOf(text);
    for (qsizetype at = start; at <= start + text.size(); ++at) {
        WsConversation conversation;
        QVERIFY(conversation.open(m_daemons.port(engine)));
        conversation.sendInTwo(frame, at);
        QCOMPARE(conversation.outcome(), outcome);
    }
}

void ConformanceTextTest::binaryMayBeAnything()
{
    QFETCH_GLOBAL(const QString, engine);
    WsConversation conversation;
    QVERIFY(conversation.open(m_daemons.port(engine)));
    conversation.send(clientFrame(RawFrame::Binary, "\xFF\xFE\x00\x80"_ba));
    QCOMPARE(conversation.outcome(), QByteArrayList{"rejected invalid-json"});
}

void ConformanceTextTest::failsAtTheFirstWrongByte_data()
{
    QTest::addColumn<QByteArray>("bytes"); // the last one is the first wrong one
    QTest::addColumn<bool>("isWholeFrame");
    const QByteArray begun = openFrame(RawFrame::Text, "κόσμε");
    QTest::newRow("in a fragment of its own")
        << begun + openFrame(RawFrame::Continuation, "\xED\xA0") << true;
    QTest::newRow("inside a frame") << textFrame("κόσμε\xF4\x90\x80\x80 and more").chopped(11) << false;
    QTest::newRow("inside a fragment")
        << begun + openFrame(RawFrame::Continuation, "\xF4\x90\x80\x80 and more").chopped(11) << false;
}

// Without the rest of the message, which is never sent (Autobahn 6.4).
void ConformanceTextTest::failsAtTheFirstWrongByte()
{
    QFETCH_GLOBAL(const QString, engine);
    QFETCH(const QByteArray, bytes);
    QFETCH(const bool, isWholeFrame);
    WsConversation conversation;
    QVERIFY(conversation.open(m_daemons.port(engine)));
    conversation.send(bytes.chopped(1));
    QVERIFY(!conversation.socket().readFrame(std::chrono::milliseconds(50)));
    conversation.send(bytes.last(1));
    std::chrono::milliseconds timeout = DefaultTimeout;
    if (engine == "qt"_L1 && !isWholeFrame) {
        QEXPECT_FAIL("", DecodesWholeFrames, Abort);
        timeout = std::chrono::milliseconds(100); // none comes
    }
    const auto frame = conversation.socket().readFrame(timeout);
    QVERIFY(frame && frame->closeCode() == 1007);
}

QTEST_GUILESS_MAIN(ConformanceTextTest)
#include "tst_conformancetext.moc"
