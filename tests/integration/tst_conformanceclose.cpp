// SPDX-License-Identifier: BSD-3-Clause
#include <QTest>

#include "integration/enginedaemons.h"
#include "integration/wsconversation.h"
#include "support/clientframes.h"

using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

const QByteArrayList ProtocolError{"close 1002", "end"};

// What QtWebSockets does otherwise.
const char KnowsFewCodes[] = "QtWebSockets knows no codes from 1012 to 1014";
const char ClosesAtOnce[] = "QtWebSockets closes in front of what is queued";

void addColumns()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArrayList>("outcome");
    QTest::addColumn<QByteArray>("qtFault");
}

void row(const QByteArray &name, const QByteArray &bytes, const QByteArrayList &outcome,
         const char *qtFault = nullptr)
{
    QTest::newRow(name) << bytes << outcome << QByteArray(qtFault);
}

QByteArrayList closedWith(int code)
{
    return {"close " + QByteArray::number(code), "end"};
}

} // namespace

/// The closing handshake (RFC 6455, 7; Autobahn 7), on both engines.
class ConformanceCloseTest : public QObject
{
    Q_OBJECT

    void check();

    EngineDaemons m_daemons;

private Q_SLOTS:
    void initTestCase_data() { EngineDaemons::addRows(); }
    void cleanup();
    void cleanupTestCase() { m_daemons.stop(); }
    void codes_data();
    void codes() { check(); }
    void payloads_data();
    void payloads() { check(); }
    void whatFollows_data();
    void whatFollows() { check(); }
    void reasonIsEchoed();
    void daemonEndsTheConnection_data();
    void daemonEndsTheConnection();
    void daemonEndsOnFin_data();
    void daemonEndsOnFin();
};

void ConformanceCloseTest::cleanup()
{
    if (QTest::currentTestFailed()) {
        m_daemons.stop();
    }
}

void ConformanceCloseTest::check()
{
    QFETCH_GLOBAL(const QString, engine);
    QFETCH(const QByteArray, bytes);
    QFETCH(const QByteArrayList, outcome);
    QFETCH(const QByteArray, qtFault);
    WsConversation conversation;
    QVERIFY(conversation.open(m_daemons.port(engine)));
    conversation.send(bytes);
    if (engine == "qt"_L1 && !qtFault.isEmpty()) {
        QEXPECT_FAIL("", qtFault, Abort);
    }
    QCOMPARE(conversation.outcome(), outcome);
}

void ConformanceCloseTest::codes_data()
{
    addColumns();
    for (const int code :
         {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999}) {
        row(QByteArray::number(code), closeFrame(static_cast<quint16>(code)), closedWith(code),
            code >= 1012 && code <= 1014 ? KnowsFewCodes : nullptr);
    }
    for (const int code : {0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 1999, 2000, 2999, 5000, 65535}) {
        row(QByteArray::number(code), closeFrame(static_cast<quint16>(code)), ProtocolError);
    }
}

void ConformanceCloseTest::payloads_data()
{
    addColumns();
    row("none", clientFrame(RawFrame::Close, {}), closedWith(1000));
    row("one byte", clientFrame(RawFrame::Close, "\x03"), ProtocolError);
    row("reason", closeFrame(1000, "Hello World!"), closedWith(1000));
    row("longest reason", closeFrame(1000, QByteArray(123, 'r')), closedWith(1000));
    row("too long a reason", closeFrame(1000, QByteArray(124, 'r')), ProtocolError);
    row("reason that is no UTF-8", closeFrame(1000, "\xCE\xBA\xED\xA0\x80"), closedWith(1007));
    row("reason that is cut", closeFrame(1000, "\xE2\x82"), closedWith(1007));
    row("in fragments", openFrame(RawFrame::Close, "\x03\xE8"), ProtocolError);
}

void ConformanceCloseTest::whatFollows_data()
{
    addColumns();
    const QByteArray close = closeFrame(1001);
    row("message", close + textFrame(question("too late")), closedWith(1001));
    row("ping", close + clientFrame(RawFrame::Ping, "too late"), closedWith(1001));
    row("close", close + closeFrame(4000), closedWith(1001));
    row("garbage", close + QByteArray(1000, '\xFF'), closedWith(1001));
    row("much", close + textFrame(QByteArray(60'000, 'x')).repeated(20), closedWith(1001));
    row("the rest of a message",
        openFrame(RawFrame::Text, question("begun").first(9)) + close
            + clientFrame(RawFrame::Continuation, question("begun").sliced(9)),
        closedWith(1001));
    row("a message in front", textFrame(question("in time")) + close, {"answer in time", "close 1001", "end"},
        ClosesAtOnce);
}

void ConformanceCloseTest::reasonIsEchoed()
{
    QFETCH_GLOBAL(const QString, engine);
    WsConversation conversation;
    QVERIFY(conversation.open(m_daemons.port(engine)));
    conversation.send(closeFrame(4321, " Auf Wiedersehen, κόσμε"));
    const auto frame = conversation.socket().readFrame();
    QVERIFY(frame);
    QCOMPARE(frame->payload, "\x10\xE1 Auf Wiedersehen, κόσμε");
}

void ConformanceCloseTest::daemonEndsTheConnection_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("after a close") << closeFrame(1000);
    QTest::newRow("after a fault") << clientFrame(RawFrame::Continuation, "x");
    QTest::newRow("after a message that is too long") << textFrame(QByteArray(70'000, 'x'));
}

// It does so by itself and at once (RFC 6455, 7.1.1), and a client that goes on sending still gets the frame.
void ConformanceCloseTest::daemonEndsTheConnection()
{
    QFETCH_GLOBAL(const QString, engine);
    QFETCH(const QByteArray, bytes);
    WsConversation conversation;
    QVERIFY(conversation.open(m_daemons.port(engine)));
    conversation.send(bytes);
    const auto frame = conversation.socket().readFrame();
    QVERIFY(frame);
    QCOMPARE(frame->opcode, quint8(RawFrame::Close));
    QVERIFY(conversation.socket().waitForClosed(std::chrono::seconds(1)));
    QCOMPARE(conversation.socket().buffer(), QByteArray());
}

void ConformanceCloseTest::daemonEndsOnFin_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("between frames") << QByteArray();
    QTest::newRow("inside a frame") << textFrame("Hello").chopped(1);
    QTest::newRow("inside a header") << textFrame("Hello").first(1);
    QTest::newRow("inside a message") << openFrame(RawFrame::Text, "{");
}

void ConformanceCloseTest::daemonEndsOnFin()
{
    QFETCH_GLOBAL(const QString, engine);
    QFETCH(const QByteArray, bytes);
    WsConversation conversation;
    QVERIFY(conversation.open(m_daemons.port(engine)));
    conversation.send(textFrame(question("answered")) + bytes);
    QVERIFY(conversation.socket().readFrame());
    conversation.socket().shutdownWrite();
    QVERIFY(conversation.socket().waitForClosed(std::chrono::seconds(2)));
}

QTEST_GUILESS_MAIN(ConformanceCloseTest)
#include "tst_conformanceclose.moc"
