// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/chatroom.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace switchboard::protocol;

namespace {

const QByteArray userText = "31354d98-a75b-407c-a98c-c0051109445d";

// The payload around a message; what "sub" says is the prototype's way to name the room again.
QByteArray relayed(const QByteArray &message)
{
    return R"({"msg":)" + message + R"(,"sub":{"room":"x","type":"ChatRoomSubscription"}})";
}

// One of the events with a user and no more.
QByteArray membership(const QByteArray &type, const QByteArray &contents)
{
    return R"({"contents":)" + contents + R"(,"type":")" + type + R"("})";
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
    QTest::addRow("%s", text.left(200).toPercentEncoding("{}[]\":, ").constData())
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

class ChatRoomRefusalsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void roomNames_data();
    void roomNames();
    void clientIds_data();
    void clientIds();
    void refusesRequests_data();
    void refusesRequests() { checkRefusal(); }
    void refusesMemberLists_data();
    void refusesMemberLists() { checkRefusal(); }
    void refusesEvents_data();
    void refusesEvents() { checkRefusal(); }
};

void ChatRoomRefusalsTest::roomNames_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("fault");

    const auto add = [](const char *row, const QByteArray &name, const QByteArray &fault = {}) {
        QTest::newRow(row) << name << fault;
    };
    add("one byte", "a");
    add("128 bytes", QByteArray(128, 'x'));
    add("128 bytes in 32 characters", QByteArray("😀").repeated(32));
    add("blanks", "  ");
    add("no-break space", "\u00A0");
    add("quote and backslash", R"("\)");
    add("patterns of Redis", "*?[a-z]");
    add("line separator", "\u2028");
    add("byte order mark", "\uFEFF");
    add("byte order mark before a name", "\uFEFFroom");
    add("no character", "\uFFFE");
    add("last character", "\U0010FFFF");
    add("soft hyphen, a format character", "\u00AD");

    add("empty", "", "not 0");
    add("129 bytes", QByteArray(129, 'x'), "not 129");
    add("129 bytes in 33 characters", QByteArray("😀").repeated(32) + 'x', "not 129");
    add("NUL", "a\0b"_ba, "control");
    add("line feed", "\n", "control");
    add("tab behind", "room\t", "control");
    add("U+001F", "\x1F", "control");
    add("DEL", "a\x7F", "control");
    add("U+0080", "\u0080", "control");
    add("U+009F", "a\u009Fb", "control");
    add("control behind a byte order mark", "\uFEFF\n", "control");
    add("byte that is no UTF-8", "\xFF", "UTF-8");
    add("cut in a character", "\xF0\x9F\x98", "UTF-8");
    add("surrogate", "\xED\xA0\x80", "UTF-8");
    add("overlong", "\xC1\x81", "UTF-8");
}

void ChatRoomRefusalsTest::roomNames()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, fault);

    const auto found = roomNameFault(name);
    QCOMPARE(found.has_value(), !fault.isEmpty());
    QVERIFY2(!found || found->contains(fault), found ? found->constData() : "");
}

void ChatRoomRefusalsTest::clientIds_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("isId");

    const auto add = [](const QByteArray &text, bool isId) {
        QTest::addRow("'%s'", text.toPercentEncoding("{}").constData()) << text << isId;
    };
    add(userText, true);
    add(userText.toUpper(), true);
    add("31354D98-a75b-407C-a98c-c0051109445D", true);
    add("00000000-0000-0000-0000-000000000000", true);
    add("ffffffff-ffff-1fff-ffff-ffffffffffff", true);
    add("", false);
    add('{' + userText + '}', false);
    add(userText.chopped(1), false);
    add(userText + '0', false);
    add(userText.chopped(1) + 'g', false);
    add(userText.chopped(1) + ' ', false);
    add(userText.chopped(1) + '\0', false);
    add("31354d98a75b407ca98cc0051109445d", false);
    add("31354d98a75b407ca98cc0051109445d----", false);
    add("31354d9-8a75b-407c-a98c-c0051109445d", false);
    add("-1354d98-a75b-407c-a98c-c0051109445d", false);
    add("31354d98+a75b-407c-a98c-c0051109445d", false);
}

void ChatRoomRefusalsTest::clientIds()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, isId);

    const auto id = parseClientId(text);
    QCOMPARE(id.has_value(), isId);
    if (id) {
        QCOMPARE(id->toByteArray(QUuid::WithoutBraces), text.toLower());
    }
}

void ChatRoomRefusalsTest::refusesRequests_data()
{
    addRefusalColumns();
    JsonParser parser;
    const auto request = [&](const QByteArray &message, const QByteArrayList &named) {
        const auto contents = parser.parse(message).value().member("contents");
        addRefusal(message, RoomRequest::fromContents(contents), named);
    };
    const QByteArray longName(129, 'x');
    request("{}", {"\"contents\"", "missing"});
    request(R"({"contents":null})", {"\"contents\"", "an object", "not null"});
    request(R"({"contents":"#haskell"})", {"\"contents\"", "an object", "not a string"});
    request(R"({"contents":{}})", {"\"room\"", "missing"});
    request(R"({"contents":{"room":7}})", {"\"room\"", "a string", "not a number"});
    request(R"({"contents":{"Room":"x"}})", {"\"room\"", "missing"});
    request(R"({"contents":{"room":null,"room":"x"}})", {"\"room\"", "a string", "not null"});
    request(R"({"contents":{"room":""}})", {"\"room\"", "1 to 128 bytes", "not 0"});
    request(R"({"contents":{"room":")" + longName + "\"}}", {"\"room\"", "1 to 128 bytes", "not 129"});
    request(R"({"contents":{"room":"a\nb"}})", {"\"room\"", "control characters"});

    const auto message = [&](const QByteArray &text, const QByteArrayList &named) {
        const auto contents = parser.parse(text).value().member("contents");
        addRefusal(text, SendMessage::fromContents(contents), named);
    };
    message(R"({"message":"x"})", {"\"contents\"", "missing"});
    message(R"({"contents":["x"]})", {"\"contents\"", "an object", "not an array"});
    message(R"({"contents":{"message":"x"}})", {"\"room\"", "missing"});
    message(R"({"contents":{"room":"x"}})", {"\"message\"", "missing"});
    message(R"({"contents":{"room":"x","message":null}})", {"\"message\"", "a string", "not null"});
    message(R"({"contents":{"room":"x","message":{"message":"x"}}})", {"\"message\"", "not an object"});
    message(R"({"contents":{"room":"\u007f","message":"x"}})", {"\"room\"", "control characters"});
    message(R"({"contents":{"room":"","message":"x"}})", {"\"room\"", "not 0"});
}

void ChatRoomRefusalsTest::refusesMemberLists_data()
{
    addRefusalColumns();
    JsonParser parser;
    const auto add = [&](const QByteArray &message, const QByteArrayList &named) {
        const auto contents = parser.parse(message).value().member("contents");
        addRefusal(message, MemberList::fromContents(contents), named);
    };
    add("{}", {"\"contents\"", "missing"});
    add(R"({"contents":[]})", {"\"contents\"", "an object", "not an array"});
    add(R"({"contents":{"users":[]}})", {"\"room\"", "missing"});
    add(R"({"contents":{"room":"x"}})", {"\"users\"", "array"});
    add(R"({"contents":{"room":"x","users":{}}})", {"\"users\"", "array"});
    add(R"({"contents":{"room":"x","users":["a",1]}})", {"\"users\"", "strings"});
}

void ChatRoomRefusalsTest::refusesEvents_data()
{
    addRefusalColumns();
    JsonParser parser;
    const auto add = [&](const QByteArray &payload, const QByteArrayList &named) {
        addRefusal(payload, roomEventFromRelayPayload(parser, payload), named);
    };
    const auto event = [&](const QByteArray &message, const QByteArrayList &named) {
        add(relayed(message), named);
    };
    const QByteArray good = membership("JoinedRoom", R"({"room":"x","user":")" + userText + "\"}");
    const auto said = [](const QByteArray &rest) {
        return membership("NewMessage", R"({"room":"x","user":")" + userText + '"' + rest + '}');
    };
    add("garbage", {"JSON", "byte 0:"});
    add("[]", {"an object", "not an array"});
    add(R"({"msg":)" + good + '}', {"\"sub\"", "missing"});
    add(R"({"sub":{"room":"x","type":"ChatRoomSubscription"}})", {"\"msg\"", "missing"});
    add(R"({"msg":)" + good + R"(,"sub":"x"})", {"\"sub\"", "ChatRoomSubscription"});
    add(R"({"msg":)" + good + R"(,"sub":{"room":"x","type":"ChatSubscription"}})", {"\"sub\""});
    add(R"({"msg":)" + good + R"(,"sub":{"type":"ChatRoomSubscription"}})", {"\"sub\"", "room"});
    add(R"({"msg":)" + good + R"(,"sub":{"room":7,"type":"ChatRoomSubscription"}})", {"\"sub\"", "room"});
    event("null", {"an object", "not null"});
    event("{}", {"\"type\"", "missing"});
    event(R"({"type":"JoinedRoom"})", {"\"contents\"", "missing"});
    event(R"({"type":"JoinedRoom","contents":"x"})", {"\"contents\"", "an object"});
    event(membership("JoinedRoom", R"({"user":")" + userText + "\"}"), {"\"room\"", "missing"});
    event(membership("JoinedRoom", R"({"room":"x"})"), {"\"user\"", "client id"});
    event(membership("LeftRoom", R"({"room":"x","user":7})"), {"\"user\"", "client id"});
    event(membership("LeftRoom", R"({"room":"x","user":"{31354d98-a75b-407c-a98c-c0051109445d}"})"),
          {"\"user\"", "client id"});
    event(membership("joinedRoom", R"({"room":"x","user":")" + userText + "\"}"),
          {"unknown type", "\"joinedRoom\""});
    event(membership("MemberList", R"({"room":"x","users":[]})"), {});
    event(said(""), {"\"message\"", "missing"});
    event(said(R"(,"message":1)"), {"\"message\"", "a string", "not a number"});
    event(said(R"(,"message":"a","postedAt":7)"), {"\"postedAt\"", "ISO 8601"});
    event(said(R"(,"message":"a","postedAt":"yesterday")"), {"\"postedAt\"", "ISO 8601"});
    event(said(R"(,"message":"a","postedAt":null)"), {"\"postedAt\"", "ISO 8601"});
}

QTEST_APPLESS_MAIN(ChatRoomRefusalsTest)
#include "tst_chatroomrefusals.moc"
