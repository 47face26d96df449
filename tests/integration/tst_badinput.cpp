// SPDX-License-Identifier: BSD-3-Clause
#include <memory>

#include <QTest>

#include "integration/clientmessages.h"
#include "integration/cluster.h"
#include "support/rawsocket.h"

using namespace switchboard::test;

namespace {

constexpr qsizetype LongestMessage = 65536;

/// A chat message of so many bytes.
QByteArray messageOf(qsizetype size)
{
    return submitMessage(QByteArray(size - submitMessage({}).size(), 'x'));
}

void addColumns()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("code");
    QTest::addColumn<QByteArray>("channel");
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("named"); // what the reason must name
}

void row(const QByteArray &code, const char *named, const QByteArray &message, const char *channel = nullptr,
         const char *type = nullptr)
{
    static int number = 0;
    QTest::addRow("%s %d", code.constData(), ++number)
        << message << code << QByteArray(channel) << QByteArray(type) << QByteArray(named);
}

} // namespace

/// What clients send that is not right: the sender is told, its connection goes on where it can, and nobody
/// else hears of it.
class BadInputTest : public QObject
{
    Q_OBJECT

    void checkRejected(const QByteArray &answer, const QByteArray &code);
    void checkOthersGoOn();
    void checkRejection();

    std::unique_ptr<Cluster> m_cluster;
    std::unique_ptr<Clients> m_clients; // the first one is the one that errs

private Q_SLOTS:
    void init();
    void cleanup();
    void cleanupTestCase();
    void brokenEnvelopes_data();
    void brokenEnvelopes();
    void messagesForNobody_data();
    void messagesForNobody();
    void brokenUtf8InBinary_data();
    void brokenUtf8InBinary();
    void manyRejectionsInARow();
    void longestMessages_data();
    void longestMessages();
    void tooLongMessages_data();
    void tooLongMessages();
    void brokenUtf8InText_data();
    void brokenUtf8InText();
};

void BadInputTest::init()
{
    if (!m_cluster) {
        m_cluster = std::make_unique<Cluster>(2);
        QVERIFY(m_cluster->start());
    }
    m_clients = std::make_unique<Clients>();
    QVERIFY(m_cluster->connectClients(*m_clients, 2));
}

void BadInputTest::cleanup()
{
    m_clients.reset();
    if (QTest::currentTestFailed()) {
        m_cluster.reset(); // shows what the daemons wrote
    }
}

void BadInputTest::cleanupTestCase()
{
    m_cluster.reset();
}

void BadInputTest::checkRejected(const QByteArray &answer, const QByteArray &code)
{
    const auto rejection = parseRejection(answer);
    QVERIFY2(rejection, answer);
    QCOMPARE(rejection->code, code);
    QVERIFY2(rejection->reason.size() > 10, answer);
}

/// Everybody but the first client hears what the second one says, and has heard nothing before.
void BadInputTest::checkOthersGoOn()
{
    WsClient &second = m_clients->at(1);
    second.sendText(submitMessage("good"));
    for (auto client = m_clients->begin() + 1; client != m_clients->end(); ++client) {
        QVERIFY(client->waitForMessages(1));
        QCOMPARE(chatContents(client->messages()), QList<QByteArray>{"good"});
        QCOMPARE(client->messages().size(), 1);
    }
}

void BadInputTest::brokenEnvelopes_data()
{
    addColumns();
    for (const char *text :
         {"", " ", "{", "nonsense", "[[[[", R"({"channel":"chat")", R"({"channel":"chat",})",
          R"({"channel":"chat","message":{"type":"SubmitMessage","contents":"x"}} trailing)",
          R"({"channel":"chat","message":{"type":"SubmitMessage","contents":"\ud800"}})",
          R"({"channel":"chat","message":{"type":"SubmitMessage","contents":"\x"}})", R"({'channel':'chat'})",
          R"({"channel":"chat" "message":1})", "{\"channel\":\"ch\nat\"}",
          R"({"channel":"chat","more":"\udc00"})", "NaN", "01"}) {
        row("invalid-json", "byte", text);
    }
    row("invalid-json", "byte", QByteArray(LongestMessage, '['));
    row("invalid-json", "byte", QByteArray(LongestMessage, '"'));

    for (const char *text : {"null", "1", R"("chat")", "[]", "true"}) {
        row("invalid-message", "object", text);
    }
    row("invalid-message", "object", QByteArray(30000, '[') + QByteArray(30000, ']'));
    row("invalid-message", "\"channel\"", "{}");
    row("invalid-message", "\"channel\"", R"({"channel":1,"message":{}})");
    row("invalid-message", "\"channel\"", R"({"channel":null,"message":{}})");
    row("invalid-message", "\"channel\"", R"({"Channel":"chat","message":{"type":"x"}})");
    row("invalid-message", "\"message\"", R"({"channel":"chat"})", "chat");
    row("invalid-message", "\"message\"", R"({"channel":"chat","message":null})", "chat");
    row("invalid-message", "\"message\"", R"({"channel":"chat","message":[]})", "chat");
    row("invalid-message", "\"type\"", R"({"channel":"chat","message":{}})", "chat");
    row("invalid-message", "\"type\"", R"({"channel":"chat","message":{"type":7,"contents":"x"}})", "chat");
    row("invalid-message", "\"type\"", R"({"channel":"nowhere","message":{"contents":"x"}})", "nowhere");
}

void BadInputTest::brokenEnvelopes()
{
    checkRejection();
}

void BadInputTest::messagesForNobody_data()
{
    addColumns();
    row("unknown-channel", "chat", R"({"channel":"nope","message":{"type":"T"}})", "nope", "T");
    row("unknown-channel", "chat", R"({"channel":"Chat","message":{"type":"SubmitMessage","contents":"x"}})",
        "Chat", "SubmitMessage");
    row("unknown-channel", "chat", R"({"channel":"ping","message":{"type":"Ping","contents":1}})", "ping",
        "Ping");
    row("unknown-channel", "chat", R"({"channel":"error","message":{"type":"Rejected"}})", "error",
        "Rejected");
    row("unknown-channel", "chat", R"({"channel":"\n\"\u001f","message":{"type":"T"}})", "\n\"\x1f", "T");
    row("unknown-channel", "chat", R"({"channel":"","message":{"type":"T"}})", nullptr, "T");

    row("unknown-type", "SubmitMessage", R"({"channel":"chat","message":{"type":"Nope","contents":"x"}})",
        "chat", "Nope");
    row("unknown-type", "SubmitMessage", R"({"channel":"chat","message":{"type":"submitmessage"}})", "chat",
        "submitmessage");
    row("unknown-type", "SubmitMessage",
        R"({"channel":"chat","message":{"type":"NewMessageReceived","contents":{"content":"x"}}})", "chat",
        "NewMessageReceived");
    row("unknown-type", "SubmitMessage", R"({"channel":"chat","message":{"type":""}})", "chat", nullptr);

    row("invalid-contents", "\"contents\"", R"({"channel":"chat","message":{"type":"SubmitMessage"}})",
        "chat", "SubmitMessage");
    for (const char *json : {"null", "1", "true", "{}", "[\"x\"]", R"({"content":"x"})"}) {
        row("invalid-contents", "\"contents\"", submitJson(json), "chat", "SubmitMessage");
    }
    row("invalid-contents", "\"contents\"", submitJson(QByteArray(30000, '[') + QByteArray(30000, ']')),
        "chat", "SubmitMessage");
}

void BadInputTest::messagesForNobody()
{
    checkRejection();
}

/// One row of these tables, as a text and as a binary frame.
void BadInputTest::checkRejection()
{
    QFETCH(const QByteArray, message);
    QFETCH(const QByteArray, code);
    QFETCH(const QByteArray, channel);
    QFETCH(const QByteArray, type);
    QFETCH(const QByteArray, named);

    WsClient &client = m_clients->front();
    for (const bool isText : {true, false}) {
        if (isText) {
            client.sendText(message);
        } else {
            client.sendBinary(message);
        }
        const QByteArray answer = client.takeMessage();
        checkRejected(answer, code);
        const Rejection rejection = parseRejection(answer).value_or(Rejection());
        QVERIFY2(rejection.reason.contains(named), answer);
        QCOMPARE(rejection.channel, channel);
        QCOMPARE(rejection.type, type);
    }
    checkOthersGoOn();
    QCOMPARE(chatContents({client.takeMessage()}), QList<QByteArray>{"good"});
    QVERIFY(client.messages().isEmpty());
    QVERIFY(client.binaryMessages().isEmpty());
    QVERIFY(chatReaches(client, *m_clients, "and so am I"));
}

void BadInputTest::brokenUtf8InBinary_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("stray byte") << QByteArray("\xFF");
    QTest::newRow("continuation") << QByteArray("\x80");
    QTest::newRow("cut character") << QByteArray("\xE2\x82");
    QTest::newRow("overlong") << QByteArray("\xC0\xAF");
    QTest::newRow("surrogate") << QByteArray("\xED\xA0\x80");
    QTest::newRow("beyond Unicode") << QByteArray("\xF4\x90\x80\x80");
}

void BadInputTest::brokenUtf8InBinary()
{
    QFETCH(const QByteArray, bytes);
    WsClient &client = m_clients->front();
    for (const QByteArray &message : {bytes, submitJson('"' + bytes + '"'),
                                      R"({"more":")" + bytes + R"(",)" + submitJson(R"("x")").sliced(1)}) {
        client.sendBinary(message);
        checkRejected(client.takeMessage(), "invalid-json");
    }
    client.sendBinary("\xEF\xBB\xBF" + submitMessage("a byte order mark is not JSON"));
    checkRejected(client.takeMessage(), "invalid-json");
    checkOthersGoOn();
}

void BadInputTest::manyRejectionsInARow()
{
    constexpr int Count = 1000;
    WsClient &client = m_clients->front();
    for (int i = 0; i < Count; ++i) {
        client.sendText("nonsense " + QByteArray::number(i));
    }
    QVERIFY(client.waitForMessages(Count, std::chrono::seconds(60)));
    for (const QByteArray &answer : client.messages()) {
        checkRejected(answer, "invalid-json");
    }
    checkOthersGoOn();
}

void BadInputTest::longestMessages_data()
{
    QTest::addColumn<bool>("isText");
    QTest::newRow("text") << true;
    QTest::newRow("binary") << false;
}

void BadInputTest::longestMessages()
{
    QFETCH(const bool, isText);
    WsClient &client = m_clients->front();
    const QByteArray message = messageOf(LongestMessage);
    QCOMPARE(message.size(), LongestMessage);
    if (isText) {
        client.sendText(message);
    } else {
        client.sendBinary(message);
    }
    for (WsClient &receiver : *m_clients) {
        QCOMPARE(chatContents({receiver.takeMessage()}).value(0).size(),
                 LongestMessage - submitMessage({}).size());
    }
}

void BadInputTest::tooLongMessages_data()
{
    QTest::addColumn<QByteArray>("frames");
    const auto addFrames = [](const char *name, const QByteArray &frames) { QTest::newRow(name) << frames; };
    addFrames("text", RawSocket::frame(RawFrame::Text, messageOf(LongestMessage + 1)));
    addFrames("binary", RawSocket::frame(RawFrame::Binary, messageOf(LongestMessage + 1)));
    addFrames("long text", RawSocket::frame(RawFrame::Text, messageOf(5000000)));
    addFrames("long binary", RawSocket::frame(RawFrame::Binary, messageOf(5000000)));
    // Fewer characters than the limit, but more bytes.
    addFrames("text of two-byte characters",
              RawSocket::frame(RawFrame::Text, submitMessage(QByteArray("\xC3\xA9").repeated(40000))));
    addFrames("text of three-byte characters",
              RawSocket::frame(RawFrame::Text, submitMessage(QByteArray("\xE2\x82\xAC").repeated(22000))));
    const QByteArray half(LongestMessage / 2 + 1, 'x');
    addFrames("text in parts",
              RawSocket::frame(RawFrame::Text, half, false) + RawSocket::frame(RawFrame::Continuation, half));
    addFrames("binary in parts",
              RawSocket::frame(RawFrame::Binary, half, false)
                  + RawSocket::frame(RawFrame::Continuation, half));
    addFrames("endless parts",
              RawSocket::frame(RawFrame::Text, half, false)
                  + RawSocket::frame(RawFrame::Continuation, half, false).repeated(10));
    // Only the head of a frame of 2^62 bytes.
    addFrames("announced", QByteArray("\x81\xFF\x40\0\0\0\0\0\0\0abcd", 14));
}

void BadInputTest::tooLongMessages()
{
    QFETCH(const QByteArray, frames);
    RawSocket socket;
    QVERIFY(socket.openWebSocket(m_cluster->daemon(0).port()));
    socket.write(frames);
    const auto frame = socket.readFrame();
    QVERIFY(frame);
    QCOMPARE(frame->opcode, quint8(RawFrame::Close));
    QCOMPARE(frame->closeCode(), 1009);
    QVERIFY(socket.waitForClosed());
    QVERIFY(!socket.readFrame());
    checkOthersGoOn();
}

void BadInputTest::brokenUtf8InText_data()
{
    brokenUtf8InBinary_data();
}

void BadInputTest::brokenUtf8InText()
{
    QFETCH(const QByteArray, bytes);
    RawSocket socket;
    QVERIFY(socket.openWebSocket(m_cluster->daemon(0).port()));
    socket.write(RawSocket::frame(RawFrame::Text, submitJson('"' + bytes + '"')));
    const auto frame = socket.readFrame();
    QVERIFY(frame);
    QCOMPARE(frame->opcode, quint8(RawFrame::Close));
    QCOMPARE(frame->closeCode(), 1007);
    QVERIFY(socket.waitForClosed());
    checkOthersGoOn();
}

QTEST_GUILESS_MAIN(BadInputTest)
#include "tst_badinput.moc"
