// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/chat.h"
#include "protocol/envelope.h"
#include "protocol/json.h"
#include "protocol/ping.h"
#include "protocol/rejected.h"

#include <QStringBuilder>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace switchboard::protocol;

namespace {

// The payload around these contents of a NewMessageReceived.
QByteArray relayed(const QByteArray &contents)
{
    return R"({"type":"BroadcastChatMessage","contents":{"type":"NewMessageReceived","contents":)" + contents
        + "}}";
}

// What stands in the answer, in one text.
QByteArray describe(const Rejected &rejected)
{
    return rejectCodeName(rejected.code) + " [" + rejected.channel + "][" + rejected.type + "] "
        + rejected.reason;
}

void addRefusalColumns()
{
    QTest::addColumn<QByteArray>("error");
    QTest::addColumn<QByteArrayList>("named");
}

// A row with the error that came of reading a text, and all that it has to name.
template <typename Expected>
void addRefusal(const QByteArray &text, const Expected &read, const QByteArrayList &named)
{
    QTest::addRow("%s", text.toPercentEncoding("{}[]\":, ").constData())
        << (read ? QByteArray() : read.error()) << named;
}

void checkRefusal()
{
    QFETCH(QByteArray, error);
    QFETCH(QByteArrayList, named);

    QVERIFY2(!error.isEmpty(), "accepted");
    for (const QByteArray &name : named) {
        QVERIFY2(error.contains(name), error.constData());
    }
}

} // namespace

class MessagesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsEnvelopes_data();
    void readsEnvelopes();
    void writesEnvelopes();
    void submitMessage_data();
    void submitMessage();
    void newMessageReceived_data();
    void newMessageReceived();
    void ping_data();
    void ping();
    void rejected_data();
    void rejected();
    void refusesEnvelopes_data();
    void refusesEnvelopes() { checkRefusal(); }
    void refusesChat_data();
    void refusesChat() { checkRefusal(); }
    void refusesPings_data();
    void refusesPings() { checkRefusal(); }
    void refusesRejected_data();
    void refusesRejected() { checkRefusal(); }
};

void MessagesTest::readsEnvelopes_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("channel");
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("contentsKind");

    const auto add = [](const char *name, const QByteArray &text, const QByteArray &channel,
                        const QByteArray &type, const QByteArray &contentsKind) {
        QTest::newRow(name) << text << channel << type << contentsKind;
    };
    add("SubmitMessage", R"({"channel":"chat","message":{"type":"SubmitMessage","contents":"Hello World"}})",
        "chat", "SubmitMessage", "a string");
    add("JoinRoom", R"({"channel":"chat-room","message":{"type":"JoinRoom","contents":{"room":"#haskell"}}})",
        "chat-room", "JoinRoom", "an object");
    add("no contents", R"({"channel":"c","message":{"type":"t"}})", "c", "t", "");
    add("contents null", R"({"channel":"c","message":{"type":"t","contents":null}})", "c", "t", "null");
    add("empty names", R"({"channel":"","message":{"type":"","contents":[]}})", "", "", "an array");
    add("other order, white space, more keys",
        " {\n\t\"x\" : {} , \"message\" : { \"contents\" : true , \"y\" : [ ] , \"type\" : \"t\" } ,\r\n"
        "\"channel\" : \"c\" } ",
        "c", "t", "a boolean");
    add("escapes", R"({"\u0063hannel":"\u0063hat \ud83d\ude00","message":{"typ\u0065":"a\n\u0000b"}})",
        "chat 😀", "a\n\0b"_ba, "");
    add("first of equal keys",
        R"({"channel":"c","channel":7,"message":{"type":"t","type":8,"contents":"s","contents":[]},"message":9})",
        "c", "t", "a string");
    add("keys elsewhere",
        R"({"x":{"channel":"x"},"channel":"c","message":{"message":{"type":"x"},"type":"t"}})", "c", "t", "");
}

void MessagesTest::readsEnvelopes()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, channel);
    QFETCH(QByteArray, type);
    QFETCH(QByteArray, contentsKind);

    JsonParser parser;
    const auto envelope = parseEnvelope(parser, text);
    QVERIFY2(envelope, envelope ? "" : envelope.error().reason.constData());
    QCOMPARE(envelope->channel.toByteArray(), channel);
    QCOMPARE(envelope->type.toByteArray(), type);
    QCOMPARE(envelope->contents ? envelope->contents->kindName().toByteArray() : ""_ba, contentsKind);
}

void MessagesTest::writesEnvelopes()
{
    QCOMPARE(envelope("a\n", "\t", "{}"), R"({"channel":"a\n","message":{"contents":{},"type":"\t"}})"_ba);
}

void MessagesTest::submitMessage_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QByteArray>("inside");

    const auto add = [](const char *inside, const QByteArray &content) {
        QTest::addRow("'%s'", inside) << content << QByteArray(inside);
    };
    add("", "");
    add("Hello World", "Hello World");
    add(R"(\"a\"b\")", R"("a"b")");
    add(R"(\\a\\)", R"(\a\)");
    add(R"(\n\r\ta)", "\n\r\ta");
    add(R"(a\n\"\\\u0001)", "a\n\"\\\x01");
    add(R"(a\u0000b\u001f )", "a\0b\x1F "_ba);
    // DEL, U+0080, the line and the paragraph separator and what HTML would escape stand as they are.
    for (const char *same : {"/<>&'", "é€😀", "\x7F", "\xC2\x80", "\xE2\x80\xA8\xE2\x80\xA9"}) {
        add(same, same);
    }
    for (int c = 0; c < 0x20; ++c) {
        if (c != '\n' && c != '\r' && c != '\t') {
            const QByteArray digits = QByteArray::number(c, 16).rightJustified(2, '0');
            add(QByteArray("\\u00" + digits).constData(), QByteArray(1, static_cast<char>(c)));
        }
    }
}

void MessagesTest::submitMessage()
{
    QFETCH(QByteArray, content);
    QFETCH(QByteArray, inside);

    const QByteArray quoted = '"' + inside + '"';
    QCOMPARE(JsonWriter().beginObject().key(content).string(content).endObject().take(),
             QByteArray("{" + quoted + ":" + quoted + "}"));
    const QByteArray sorted =
        R"({"channel":"chat","message":{"contents":)" + quoted + R"(,"type":"SubmitMessage"}})";
    QCOMPARE(SubmitMessage{content}.toClientMessage(), sorted);
    const QByteArray asGiven =
        R"({"channel":"chat","message":{"type":"SubmitMessage","contents":)" + quoted + "}}";
    JsonParser parser;
    for (const QByteArray &text : {sorted, asGiven}) {
        const auto read = parseEnvelope(parser, text);
        QVERIFY2(read && read->channel == "chat" && read->type == SubmitMessage::typeName, text.constData());
        const auto message = SubmitMessage::fromContents(read->contents);
        QVERIFY2(message, text.constData());
        QCOMPARE(message->content, content);
    }
}

void MessagesTest::newMessageReceived_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QByteArray>("contents");

    const auto add = [](const char *name, const QByteArray &payload, const QByteArray &contents) {
        QTest::newRow(name) << payload << contents;
    };
    const QByteArray golden = R"({"content":"Hello World","postedAt":"2026-11-24T15:40:12.701534084Z"})";
    add("as nodes write it",
        R"({"contents":{"contents":{"content":"Hello World","postedAt":"2026-11-24T15:40:12.701534084Z"},)"
        R"("type":"NewMessageReceived"},"type":"BroadcastChatMessage"})",
        golden);
    add("more keys, white space",
        R"({"v":2, "type":"BroadcastChatMessage", "contents" : {"type":"NewMessageReceived", "n":null, "contents":
           {"id":[{}], "postedAt":"2026-11-24T15:40:12.701534084Z", "content":"Hello World"}}} )",
        golden);
    add("escapes", relayed(R"({"content":"\u00e9\ud83d\ude00\/\b","postedAt":"2026-11-24T15:40:12Z"})"),
        R"({"content":"é😀/\u0008","postedAt":"2026-11-24T15:40:12Z"})");
    add("another form of time", relayed(R"({"content":"a","postedAt":"2026-11-24 15:40:12.50 +02:00"})"),
        R"({"content":"a","postedAt":"2026-11-24T13:40:12.5Z"})");
    add("empty, first of equal keys",
        relayed(R"({"content":"","content":1,"postedAt":"2026-11-24T15:40Z","postedAt":""})"),
        R"({"content":"","postedAt":"2026-11-24T15:40:00Z"})");
}

void MessagesTest::newMessageReceived()
{
    QFETCH(QByteArray, payload);
    QFETCH(QByteArray, contents);

    JsonParser parser;
    const auto message = NewMessageReceived::fromRelayPayload(parser, payload);
    QVERIFY2(message, message ? "" : message.error().constData());
    const QByteArray tagged = R"({"contents":)" + contents + R"(,"type":"NewMessageReceived"})";
    QCOMPARE(message->toRelayPayload(),
             QByteArray(R"({"contents":)" + tagged + R"(,"type":"BroadcastChatMessage"})"));
    QCOMPARE(message->toClientMessage(), QByteArray(R"({"channel":"chat","message":)" + tagged + '}'));
}

void MessagesTest::ping_data()
{
    QTest::addColumn<PingNumber>("number");
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QByteArray>("message");

    QTest::newRow("ping1") << PingNumber::One << QByteArray(R"({"type":"SendPing1"})")
                           << QByteArray(R"({"channel":"ping","message":{"contents":1,"type":"Ping"}})");
    QTest::newRow("ping2") << PingNumber::Two << QByteArray(R"({"type":"SendPing2"})")
                           << QByteArray(R"({"channel":"ping","message":{"contents":2,"type":"Ping"}})");
}

void MessagesTest::ping()
{
    QFETCH(PingNumber, number);
    QFETCH(QByteArray, payload);
    QFETCH(QByteArray, message);

    QCOMPARE(Ping{number}.relayChannel(), QByteArray(QTest::currentDataTag()));
    QCOMPARE(Ping{number}.toRelayPayload(), payload);
    QCOMPARE(Ping{number}.toClientMessage(), message);
    JsonParser parser;
    for (const QByteArray &text :
         {payload, QByteArray(R"( {"sentAt":"soon", )" + payload.mid(1).chopped(1) + R"(,"type":7})")}) {
        const auto read = Ping::fromRelayPayload(parser, text);
        QVERIFY2(read && !read->sentAt, text.constData());
        QCOMPARE(read->number, number);
    }
    const Ping timed{number, Timestamp::parse("2026-11-24T15:40:12.5Z")};
    const QByteArray timedPayload = R"({"sentAt":"2026-11-24T15:40:12.5Z",)" + payload.mid(1);
    QCOMPARE(timed.toRelayPayload(), timedPayload);
    QVERIFY(Ping::fromRelayPayload(parser, timedPayload).value().sentAt == timed.sentAt);
}

void MessagesTest::rejected_data()
{
    QTest::addColumn<RejectCode>("code");

    int code = 0;
    for (const char *name :
         {"invalid-json", "invalid-message", "unknown-channel", "unknown-type", "invalid-contents",
          "not-a-member", "too-many-rooms", "rate-limited", "relay-unavailable", "unauthorized"}) {
        QTest::newRow(name) << static_cast<RejectCode>(code++);
    }
}

void MessagesTest::rejected()
{
    QFETCH(RejectCode, code);

    const QByteArray name = QTest::currentDataTag();
    QCOMPARE(rejectCodeName(code), name);
    const Rejected full{code, "wrong: \"é\"", "chat-room", "JoinRoom\n"};
    const QByteArray fullText = R"({"channel":"error","message":{"contents":{"channel":"chat-room","code":")"
        + name + R"(","reason":"wrong: \"é\"","type":"JoinRoom\n"},"type":"Rejected"}})";
    QCOMPARE(full.toClientMessage(), fullText);
    const Rejected bare{code, ""};
    const QByteArray bareText = R"({"channel":"error","message":{"contents":{"code":")" + name
        + R"(","reason":""},"type":"Rejected"}})";
    QCOMPARE(bare.toClientMessage(), bareText);
    JsonParser parser;
    for (const Rejected &sent : {full, bare}) {
        const auto envelope = parseEnvelope(parser, sent.toClientMessage());
        const auto read = Rejected::fromContents(envelope.value().contents.value());
        QVERIFY(read);
        QCOMPARE(read->code, code);
        QCOMPARE(describe(*read), describe(sent));
    }
}

void MessagesTest::refusesEnvelopes_data()
{
    addRefusalColumns();
    JsonParser parser;
    const auto add = [&](const char *start, const QByteArray &text, const QByteArrayList &named) {
        addRefusal(text, parseEnvelope(parser, text).map_error(describe), named + QByteArrayList{start});
    };
    const char *json = "invalid-json [][] ";
    const char *message = "invalid-message [][] ";
    const char *chat = "invalid-message [chat][] ";
    add(json, "", {"byte 0:", "empty"});
    add(json, "{", {"byte 1:"});
    add(json, R"({"channel":"chat","message":{"type":"Nothing"}} x)", {"byte 48:", "root"});
    add(json, "\xEF\xBB\xBF{}", {"byte 0:"});
    add(json, R"({"channel":"chat","message":{"type":"SubmitMessage","contents":"\ud800"}})", {"surrogate"});
    add(json, R"({"channel":"chat","message":{"type":"SubmitMessage","contents":"\udc00"}})", {"surrogate"});
    add(json, "[\"\xFF\"]", {"encoding"});
    add(message, "[]", {"an object", "not an array"});
    add(message, "null", {"an object", "not null"});
    add(message, R"("chat")", {"an object", "not a string"});
    add(message, "{}", {"\"channel\"", "missing"});
    add(message, R"({"channel":1,"message":{"type":"t"}})", {"\"channel\"", "a string", "not a number"});
    add(message, R"({"channel":null,"channel":"chat"})", {"\"channel\"", "a string", "not null"});
    add(chat, R"({"channel":"chat"})", {"\"message\"", "missing"});
    add(chat, R"({"channel":"chat","message":null})", {"\"message\"", "an object", "not null"});
    add("invalid-message [é][] ", R"({"channel":"é","message":[]})",
        {"\"message\"", "an object", "not an array"});
    add(chat, R"({"channel":"chat","message":{}})", {"\"type\"", "\"message\"", "missing"});
    add(chat, R"({"channel":"chat","type":"t","message":{"x":1}})", {"\"type\"", "missing"});
    add(chat, R"({"channel":"chat","message":{"type":7}})", {"\"type\"", "not a number"});
    add(chat, R"({"channel":"chat","message":{"type":false}})", {"\"type\"", "not a boolean"});
}

void MessagesTest::refusesChat_data()
{
    addRefusalColumns();
    JsonParser parser;
    const auto submit = [&](const QByteArray &message, const QByteArrayList &named) {
        const auto contents = parser.parse(message).value().member("contents");
        addRefusal(message, SubmitMessage::fromContents(contents), named);
    };
    submit("{}", {"\"contents\"", "missing"});
    submit(R"({"contents":null})", {"\"contents\"", "a string", "not null"});
    submit(R"({"contents":1})", {"\"contents\"", "a string", "not a number"});
    submit(R"({"contents":["a"]})", {"\"contents\"", "a string", "not an array"});
    submit(R"({"contents":{"contents":"a"}})", {"\"contents\"", "a string", "not an object"});
    submit(R"({"contents":1,"contents":"a"})", {"\"contents\"", "a string", "not a number"});

    const auto chat = [&](const QByteArray &payload, const QByteArrayList &named) {
        addRefusal(payload, NewMessageReceived::fromRelayPayload(parser, payload), named);
    };
    chat("garbage", {"JSON", "byte 0:"});
    chat("[]", {"expected an object", "an array"});
    chat(R"({"type":1})", {"\"type\"", "a string", "a number"});
    chat(R"({"type":"broadcastChatMessage","contents":{}})", {"\"broadcastChatMessage\""});
    chat(R"({"tag":"BroadcastChatMessage","contents":{}})", {"\"type\"", "missing"});
    chat(R"({"type":"BroadcastChatMessage"})", {"\"contents\"", "missing"});
    chat(R"({"type":"BroadcastChatMessage","contents":null})", {"\"contents\"", "an object", "null"});
    chat(R"({"type":"BroadcastChatMessage","contents":{"type":"SubmitMessage"}})", {"\"SubmitMessage\""});
    chat(R"({"type":"BroadcastChatMessage","contents":{"type":"NewMessageReceived"}})", {"\"contents\""});
    chat(relayed("[]"), {"\"contents\"", "an object", "an array"});
    chat(relayed(R"({"postedAt":"2026-11-24T15:40Z"})"), {"\"content\"", "missing"});
    chat(relayed(R"({"content":null,"postedAt":"2026-11-24T15:40Z"})"), {"\"content\"", "a string", "null"});
    chat(relayed(R"({"content":"a"})"), {"\"postedAt\"", "missing"});
    chat(relayed(R"({"content":"a","postedAt":1795534812})"), {"\"postedAt\"", "a string", "a number"});
    chat(relayed(R"({"content":"a","postedAt":"2026-11-24T15:40"})"), {"\"postedAt\"", "2026-11-24T15:40"});
    chat(relayed(R"({"content":"a","postedAt":""})"), {"\"postedAt\"", "ISO 8601"});
}

void MessagesTest::refusesPings_data()
{
    addRefusalColumns();
    JsonParser parser;
    const auto add = [&](const QByteArray &payload, const QByteArrayList &named) {
        addRefusal(payload, Ping::fromRelayPayload(parser, payload), named);
    };
    add("garbage", {"JSON", "byte 0:"});
    add(R"({"type":"SendPing1"} x)", {"JSON", "byte 21:"});
    add(R"("SendPing1")", {"expected an object", "a string"});
    add("{}", {"\"type\"", "missing"});
    add(R"({"tag":"SendPing1"})", {"\"type\"", "missing"});
    add(R"({"type":null})", {"\"type\"", "a string", "null"});
    add(R"({"type":1})", {"\"type\"", "a string", "a number"});
    add(R"({"type":"SendPing3"})", {"SendPing3", "SendPing1 or SendPing2"});
    add(R"({"type":"sendPing1"})", {"sendPing1"});
    add(R"({"type":"SendPing1 "})", {"\"SendPing1 \""});
    add(R"({"type":"SendPing1\u0000"})", {"unknown type"});
}

void MessagesTest::refusesRejected_data()
{
    addRefusalColumns();
    JsonParser parser;
    const auto add = [&](const QByteArray &contents, const QByteArray &named) {
        addRefusal(contents, Rejected::fromContents(parser.parse(contents).value()), {named});
    };
    for (const char *contents :
         {"{}", "[]", "null", R"("rate-limited")", R"({"code":7})", R"({"code":""})"}) {
        add(contents, "code \"\"");
    }
    add(R"({"code":"Rate-Limited"})", "code \"Rate-Limited\"");
    add(R"({"code":"rate-limited "})", "code \"rate-limited \"");
}

QTEST_APPLESS_MAIN(MessagesTest)
#include "tst_messages.moc"
