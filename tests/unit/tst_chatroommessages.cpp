// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/chatroom.h"
#include "protocol/envelope.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace switchboard::protocol;

namespace {

const QByteArray userText = "31354d98-a75b-407c-a98c-c0051109445d";
const QUuid user = QUuid::fromString(QLatin1StringView(userText));

// The payload around a message; what "sub" says is the prototype's way to name the room again.
QByteArray relayed(const QByteArray &message, const QByteArray &room = "#haskell")
{
    return R"({"msg":)" + message + R"(,"sub":{"room":")" + room + R"(","type":"ChatRoomSubscription"}})";
}

// One of the events with a user and no more.
QByteArray membership(const QByteArray &type, const QByteArray &contents)
{
    return R"({"contents":)" + contents + R"(,"type":")" + type + R"("})";
}

QByteArray typeOf(const RoomEvent &event)
{
    return std::visit([](const auto &e) { return e.typeName.toByteArray(); }, event);
}

// What an event says, in one text.
QByteArray describe(const RoomEvent &event)
{
    const auto common = [](const auto &e) { return e.room + '|' + e.user.toByteArray(QUuid::WithoutBraces); };
    QByteArray text = typeOf(event) + '|' + std::visit(common, event);
    if (const auto *message = std::get_if<NewRoomMessage>(&event)) {
        text += '|' + message->message + '|' + (message->postedAt ? message->postedAt->text() : "none"_ba);
    }
    return text;
}

} // namespace

class ChatRoomMessagesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void roomRequest_data();
    void roomRequest();
    void sendMessage_data();
    void sendMessage();
    void memberList_data();
    void memberList();
    void writesEvents_data();
    void writesEvents();
    void readsEvents_data();
    void readsEvents();
    void relayChannel();
};

void ChatRoomMessagesTest::roomRequest_data()
{
    QTest::addColumn<QByteArray>("room");
    QTest::addColumn<QByteArray>("inside");

    QTest::newRow("#haskell") << "#haskell"_ba
                              << "#haskell"_ba;
    QTest::newRow("blank") << " "_ba
                           << " "_ba;
    QTest::newRow("needs escaping") << R"(a"b\c)"_ba
                                    << R"(a\"b\\c)"_ba;
    QTest::newRow("UTF-8") << "日本 😀"_ba
                           << "日本 😀"_ba;
}

void ChatRoomMessagesTest::roomRequest()
{
    QFETCH(QByteArray, room);
    QFETCH(QByteArray, inside);

    const QByteArray contents = R"({"room":")" + inside + R"("})";
    const RoomRequest request{room};
    QCOMPARE(request.toJoinMessage(),
             QByteArray(R"({"channel":"chat-room","message":{"contents":)" + contents
                        + R"(,"type":"JoinRoom"}})"));
    QCOMPARE(request.toLeaveMessage(),
             QByteArray(R"({"channel":"chat-room","message":{"contents":)" + contents
                        + R"(,"type":"LeaveRoom"}})"));
    JsonParser parser;
    const QByteArray asGiven =
        R"({"channel":"chat-room","message":{"type":"JoinRoom","contents":)" + contents + "}}";
    for (const QByteArray &text : {request.toJoinMessage(), request.toLeaveMessage(), asGiven}) {
        const auto read = RoomRequest::fromContents(parseEnvelope(parser, text).value().contents);
        QVERIFY2(read, text);
        QCOMPARE(read->room, room);
    }
}

void ChatRoomMessagesTest::sendMessage_data()
{
    QTest::addColumn<QByteArray>("room");
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("contents");

    QTest::newRow("plain") << "#haskell"_ba
                           << "Monad"_ba
                           << R"({"message":"Monad","room":"#haskell"})"_ba;
    QTest::newRow("empty") << "r"_ba
                           << ""_ba
                           << R"({"message":"","room":"r"})"_ba;
    QTest::newRow("escapes") << R"(\")"_ba
                             << "\n\0\x1F\x7F</é😀"_ba
                             << R"({"message":"\n\u0000\u001f)"
                                "\x7F"
                                R"(</é😀","room":"\\\""})"_ba;
}

void ChatRoomMessagesTest::sendMessage()
{
    QFETCH(QByteArray, room);
    QFETCH(QByteArray, message);
    QFETCH(QByteArray, contents);

    const QByteArray text =
        R"({"channel":"chat-room","message":{"contents":)" + contents + R"(,"type":"SendMessage"}})";
    QCOMPARE((SendMessage{room, message}.toClientMessage()), text);
    JsonParser parser;
    const auto read = SendMessage::fromContents(parseEnvelope(parser, text).value().contents);
    QVERIFY(read);
    QCOMPARE(read->room, room);
    QCOMPARE(read->message, message);
}

void ChatRoomMessagesTest::memberList_data()
{
    QTest::addColumn<QByteArrayList>("users");
    QTest::addColumn<QByteArray>("json");

    QTest::newRow("none") << QByteArrayList() << "[]"_ba;
    QTest::newRow("one") << QByteArrayList{userText} << "[\"" + userText + "\"]";
    QTest::newRow("two, as they stand") << QByteArrayList{"b", "a"} << R"(["b","a"])"_ba;
}

void ChatRoomMessagesTest::memberList()
{
    QFETCH(QByteArrayList, users);
    QFETCH(QByteArray, json);

    const QByteArray text = R"({"channel":"chat-room","message":{"contents":{"room":"#haskell","users":)"
        + json + R"(},"type":"MemberList"}})";
    QCOMPARE((MemberList{"#haskell", users}.toClientMessage()), text);
    JsonParser parser;
    const auto read = MemberList::fromContents(parseEnvelope(parser, text).value().contents);
    QVERIFY(read);
    QCOMPARE(read->room, "#haskell"_ba);
    QCOMPARE(read->users, users);
}

void ChatRoomMessagesTest::writesEvents_data()
{
    QTest::addColumn<RoomEvent>("event");
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("sub");

    const QByteArray sub = R"({"room":"#haskell","type":"ChatRoomSubscription"})";
    const auto postedAt = Timestamp::parse("2026-11-24T15:40:13.2Z");
    QTest::newRow("JoinedRoom")
        << RoomEvent(JoinedRoom{"#haskell", user})
        << R"({"contents":{"room":"#haskell","user":"31354d98-a75b-407c-a98c-c0051109445d"},"type":"JoinedRoom"})"_ba
        << sub;
    QTest::newRow("LeftRoom")
        << RoomEvent(LeftRoom{"#haskell", user})
        << R"({"contents":{"room":"#haskell","user":"31354d98-a75b-407c-a98c-c0051109445d"},"type":"LeftRoom"})"_ba
        << sub;
    QTest::newRow("NewMessage as the prototype says it")
        << RoomEvent(NewRoomMessage{"hi", std::nullopt, "#haskell", user})
        << R"({"contents":{"message":"hi","room":"#haskell","user":"31354d98-a75b-407c-a98c-c0051109445d"},"type":"NewMessage"})"_ba
        << sub;
    QTest::newRow("NewMessage")
        << RoomEvent(NewRoomMessage{"hi", postedAt, "#haskell", user})
        << R"({"contents":{"message":"hi","postedAt":"2026-11-24T15:40:13.2Z","room":"#haskell","user":"31354d98-a75b-407c-a98c-c0051109445d"},"type":"NewMessage"})"_ba
        << sub;
    QTest::newRow("escapes")
        << RoomEvent(NewRoomMessage{"\"\n", std::nullopt, "é\"\\", user})
        << R"({"contents":{"message":"\"\n","room":"é\"\\","user":"31354d98-a75b-407c-a98c-c0051109445d"},"type":"NewMessage"})"_ba
        << R"({"room":"é\"\\","type":"ChatRoomSubscription"})"_ba;
}

void ChatRoomMessagesTest::writesEvents()
{
    QFETCH(RoomEvent, event);
    QFETCH(QByteArray, message);
    QFETCH(QByteArray, sub);

    const QByteArray payload = R"({"msg":)" + message + R"(,"sub":)" + sub + '}';
    QCOMPARE(toClientMessage(event), QByteArray(R"({"channel":"chat-room","message":)" + message + '}'));
    QCOMPARE(toRelayPayload(event), payload);
    JsonParser parser;
    const auto read = roomEventFromRelayPayload(parser, payload);
    QVERIFY2(read, read ? "" : read.error().constData());
    QCOMPARE(describe(*read), describe(event));
}

void ChatRoomMessagesTest::readsEvents_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QByteArray>("event");

    const auto add = [](const char *name, const QByteArray &payload, const QByteArray &event) {
        QTest::newRow(name) << payload << event;
    };
    add("order, white space, more keys",
        R"( {"v":1, "sub" : {"type":"ChatRoomSubscription","room":"x","n":[]}, "msg" :
            {"type":"JoinedRoom", "x":null, "contents":{"user":"31354d98-a75b-407c-a98c-c0051109445d",
             "room":"x","message":7}}} )",
        "JoinedRoom|x|" + userText);
    add("upper-case id",
        relayed(membership("LeftRoom", R"({"room":"x","user":")" + userText.toUpper() + "\"}")),
        "LeftRoom|x|" + userText);
    add("sub names another room",
        relayed(membership("JoinedRoom", R"({"room":"x","user":")" + userText + "\"}")),
        "JoinedRoom|x|" + userText);
    add("name that ours never has",
        relayed(membership("JoinedRoom", R"({"room":"\u0000\n","user":")" + userText + "\"}"), ""),
        "JoinedRoom|\0\n|"_ba + userText);
    add("escapes and another form of time",
        relayed(membership("NewMessage",
                           R"({"message":"\u00e9\/","postedAt":"2026-11-24 15:40+02:00",)"
                           R"("room":"\ud83d\ude00","user":")"
                               + userText + "\"}")),
        "NewMessage|😀|" + userText + "|é/|2026-11-24T13:40:00Z");
    add("empty message, first of equal keys",
        relayed(
            membership("NewMessage", R"({"message":"","message":1,"room":"x","user":")" + userText + "\"}")),
        "NewMessage|x|" + userText + "||none");
}

void ChatRoomMessagesTest::readsEvents()
{
    QFETCH(QByteArray, payload);
    QFETCH(QByteArray, event);

    JsonParser parser;
    const auto read = roomEventFromRelayPayload(parser, payload);
    QVERIFY2(read, read ? "" : read.error().constData());
    QCOMPARE(describe(*read), event);
}

void ChatRoomMessagesTest::relayChannel()
{
    QCOMPARE(chatRoomRelayChannel("#haskell"), "chat-room-#haskell"_ba);
    QCOMPARE(chatRoomRelayChannel("é"), "chat-room-\xC3\xA9"_ba);
}

QTEST_APPLESS_MAIN(ChatRoomMessagesTest)
#include "tst_chatroommessages.moc"
