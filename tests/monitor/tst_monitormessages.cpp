// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/envelope.h"
#include "protocol/monitor.h"
#include "protocol/monitorcontrol.h"
#include "protocol/monitorrequests.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace switchboard::protocol;

namespace {

Timestamp time(const char *text)
{
    return Timestamp::parse(text).value();
}

NodeSnapshot snapshot()
{
    const Timestamp at = time("2026-03-01T10:00:00Z");
    return {
        .node = "n1",
        .host = "h",
        .port = 9001,
        .pid = 12,
        .version = "0.1.0",
        .startedAt = at,
        .part = 2,
        .parts = 3,
        .clients = {{.client = "c1",
                     .address = "::1",
                     .userAgent = "ua",
                     .connectedAt = at,
                     .rooms = {"a", "b"},
                     .figures = {.received = 1, .sent = 2, .queuedBytes = 3, .roundTripMicros = 4}},
                    {.client = "c2", .address = {}, .userAgent = {}, .connectedAt = at}},
        .rooms = {{.room = "a", .members = 5}},
    };
}

NodeStats stats()
{
    return {.node = "n1",
            .clients = 1,
            .rooms = 2,
            .messagesIn = 3,
            .messagesOut = 4,
            .bytesIn = 5,
            .bytesOut = 6,
            .deliveries = 7,
            .redisRoundTripMicros = 8,
            .loopDelayMicros = 9,
            .residentBytes = 10,
            .droppedSlow = 11,
            .sampledOut = 12};
}

// A payload of this type with these contents.
QByteArray tagged(const QByteArray &type, const QByteArray &contents)
{
    return R"({"contents":)" + contents + R"(,"type":")" + type + R"("})";
}

} // namespace

Q_DECLARE_METATYPE(switchboard::protocol::MonitorEvent)

class MonitorMessagesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void events_data();
    void events();
    void ignoresKeysAndTypesOfNewerNodes();
    void refusesEvents_data();
    void refusesEvents();
    void requests();
    void refusesRequests_data();
    void refusesRequests();
    void control();
    void refusesControl();
    void timesAsNumbers_data();
    void timesAsNumbers();
};

void MonitorMessagesTest::events_data()
{
    QTest::addColumn<MonitorEvent>("event");
    QTest::addColumn<QByteArray>("contents");

    const auto add = [](const MonitorEvent &event, const QByteArray &contents) {
        QTest::newRow(typeName(event).toByteArray().constData()) << event << contents;
    };
    const Timestamp at = time("2026-03-01T10:00:00.25Z");
    const QByteArray atKey = R"("at":"2026-03-01T10:00:00.25Z")";

    add(snapshot(),
        R"({"clients":[{"address":"::1","client":"c1","connectedAt":"2026-03-01T10:00:00Z","queuedBytes":3,)"
        R"("received":1,"rooms":["a","b"],"roundTripMicros":4,"sent":2,"userAgent":"ua"},{"address":"","client":"c2",)"
        R"("connectedAt":"2026-03-01T10:00:00Z","queuedBytes":0,"received":0,"rooms":[],"sent":0,)"
        R"("userAgent":""}],"host":"h","node":"n1","part":2,"parts":3,"pid":12,"port":9001,)"
        R"("rooms":[{"members":5,"room":"a"}],"startedAt":"2026-03-01T10:00:00Z","version":"0.1.0"})");
    add(NodeUp{"n1", at}, "{" + atKey + R"(,"node":"n1"})");
    add(NodeDown{"n1", at}, "{" + atKey + R"(,"node":"n1"})");
    add(stats(),
        R"({"bytesIn":5,"bytesOut":6,"clients":1,"deliveries":7,"droppedSlow":11,"loopDelayMicros":9,)"
        R"("messagesIn":3,"messagesOut":4,"node":"n1","redisRoundTripMicros":8,"residentBytes":10,)"
        R"("rooms":2,"sampledOut":12})");
    add(ClientStats{"n1", {{"c1", {5, 6, 7, 0}}, {"c2", {}}}},
        R"({"clients":[{"client":"c1","queuedBytes":7,"received":5,"roundTripMicros":0,"sent":6},)"
        R"({"client":"c2","queuedBytes":0,"received":0,"sent":0}],"node":"n1"})");
    add(ClientConnected{"n1", "c1", "10.0.0.1", "é \"x\"", at},
        R"({"address":"10.0.0.1",)" + atKey + R"(,"client":"c1","node":"n1","userAgent":"é \"x\""})");
    add(ClientDisconnected{"n1", "c1", at, 1006, "gone"},
        "{" + atKey + R"(,"client":"c1","code":1006,"node":"n1","reason":"gone"})");
    add(ChatMessage{"n1", "c1", "hi\n", at},
        R"({"client":"c1","content":"hi\n","node":"n1","postedAt":"2026-03-01T10:00:00.25Z"})");
    add(RoomMessage{"n1", "c1", "#r", "hi", at},
        R"({"client":"c1","message":"hi","node":"n1","postedAt":"2026-03-01T10:00:00.25Z","room":"#r"})");
    add(RoomJoined{"n1", "c1", "#r", at}, "{" + atKey + R"(,"client":"c1","node":"n1","room":"#r"})");
    add(RoomLeft{"n1", "c1", "#r", at}, "{" + atKey + R"(,"client":"c1","node":"n1","room":"#r"})");
    add(PingSent{"n1", PingNumber::Two, "::1", at},
        R"({"address":"::1",)" + atKey + R"(,"node":"n1","number":2})");
    add(PingDelivered{"n1", PingNumber::One, 40, at, 1234},
        "{" + atKey + R"(,"clients":40,"micros":1234,"node":"n1","number":1})");
}

void MonitorMessagesTest::events()
{
    QFETCH(MonitorEvent, event);
    QFETCH(QByteArray, contents);
    const QByteArray payload = tagged(typeName(event).toByteArray(), contents);
    const QByteArray message = R"({"channel":"monitor","message":)" + payload + "}";

    QCOMPARE(nodeId(event), "n1"_ba);
    QCOMPARE(toRelayPayload(event), payload);
    QCOMPARE(toClientMessage(event), message);
    QCOMPARE(clientMessageAround(payload), message);

    JsonParser parser;
    const auto relayed = monitorEventFromRelayPayload(parser, payload);
    QVERIFY2(relayed, relayed ? "" : relayed.error().constData());
    QVERIFY(relayed->has_value());
    QVERIFY(**relayed == event);

    const auto envelope = parseEnvelope(parser, message);
    QVERIFY(envelope);
    QCOMPARE(envelope->channel.toByteArray(), monitorChannel.toByteArray());
    const auto parsed = parseMonitorEvent(*envelope);
    QVERIFY(parsed && parsed->has_value());
    QVERIFY(**parsed == event);
}

void MonitorMessagesTest::ignoresKeysAndTypesOfNewerNodes()
{
    JsonParser parser;
    const auto known = monitorEventFromRelayPayload(
        parser,
        R"({"x":[],"type":"NodeUp","contents":{"why":{"node":"x"},"at":"2026-03-01 12:00+02:00","node":"n"}})");
    QVERIFY(known && known->has_value());
    QVERIFY(**known == MonitorEvent(NodeUp{"n", time("2026-03-01T10:00:00Z")}));

    const auto unknownTime = monitorEventFromRelayPayload(
        parser,
        tagged("ClientStats",
               R"({"node":"n","clients":[{"client":"c","queuedBytes":0,"received":0,"sent":1,)"
               R"("roundTripMicros":null}]})"));
    QVERIFY(unknownTime && unknownTime->has_value());
    QVERIFY(**unknownTime == MonitorEvent(ClientStats{"n", {{"c", {.sent = 1}}}}));

    for (const char *payload : {R"({"type":"NodeMoved","contents":{"node":"n"}})", R"({"type":"NodeMoved"})",
                                R"({"type":"","contents":7})"}) {
        const auto unknown = monitorEventFromRelayPayload(parser, payload);
        QVERIFY(unknown);
        QVERIFY(!unknown->has_value());
    }
}

void MonitorMessagesTest::refusesEvents_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QByteArrayList>("named");

    const auto add = [](const char *name, const QByteArray &payload, const QByteArrayList &named) {
        QTest::newRow(name) << payload << named;
    };
    add("no JSON", "{", {"JSON", "byte 1"});
    add("no object", "[]", {"an array"});
    add("no type", "{}", {"\"type\"", "missing"});
    add("type no string", R"({"type":1,"contents":{}})", {"\"type\"", "a number"});
    add("no contents", R"({"type":"NodeUp"})", {"\"contents\"", "missing"});
    add("contents no object", tagged("NodeUp", "7"), {"\"contents\"", "a number"});
    add("key missing", tagged("NodeUp", R"({"at":"2026-03-01T10:00:00Z"})"), {"\"node\"", "missing"});
    add("no string", tagged("NodeUp", R"({"node":7,"at":"2026-03-01T10:00:00Z"})"), {"\"node\"", "a number"});
    add("no time", tagged("NodeUp", R"({"node":"n","at":"noon"})"), {"\"at\"", "noon"});
    add("first thing wrong", tagged("NodeUp", R"({"at":7})"), {"\"node\"", "missing"});
    const QByteArray closed = R"({"node":"n","client":"c","at":"2026-03-01T10:00:00Z","reason":"","code":)";
    add("code too large", tagged("ClientDisconnected", closed + "65536}"), {"\"code\"", "65535"});
    add("code below zero", tagged("ClientDisconnected", closed + "-1}"), {"\"code\"", "0 to"});
    add("code no number", tagged("ClientDisconnected", closed + "\"1\"}"), {"\"code\"", "whole number"});
    add("code no whole number", tagged("ClientDisconnected", closed + "1.5}"), {"\"code\"", "whole number"});
    const QByteArray ping = R"({"node":"n","address":"a","at":"2026-03-01T10:00:00Z","number":)";
    add("ping 3", tagged("PingSent", ping + "3}"), {"\"number\"", "1 or 2"});
    add("ping as text", tagged("PingSent", ping + "\"1\"}"), {"\"number\"", "1 or 2"});

    QByteArray part = snapshot().contents();
    add("part 0", tagged("NodeSnapshot", QByteArray(part).replace("\"part\":2", "\"part\":0")), {"\"part\""});
    add("part 4 of 3", tagged("NodeSnapshot", QByteArray(part).replace("\"part\":2", "\"part\":4")),
        {"\"part\""});
    add("client no object",
        tagged("NodeSnapshot", QByteArray(part).replace("\"clients\":[", "\"clients\":[7,")),
        {"\"clients\"", "element 0", "a client", "an object"});
    add("client without a key", tagged("NodeSnapshot", QByteArray(part).replace("\"sent\":0", "\"x\":0")),
        {"\"clients\"", "element 1", "\"sent\""});
    add("round trip no number",
        tagged("NodeSnapshot",
               QByteArray(part).replace(R"("roundTripMicros":4)", R"("roundTripMicros":"4")")),
        {"\"clients\"", "element 0", "\"roundTripMicros\"", "whole number"});
    add("room no string", tagged("NodeSnapshot", QByteArray(part).replace(R"(["a","b"])", R"(["a",null])")),
        {"\"rooms\"", "element 1", "null"});
    add("rooms no array", tagged("NodeSnapshot", QByteArray(part).replace(R"(["a","b"])", "{}")),
        {"\"rooms\"", "an array", "an object"});
}

void MonitorMessagesTest::refusesEvents()
{
    QFETCH(QByteArray, payload);
    QFETCH(QByteArrayList, named);

    JsonParser parser;
    const auto event = monitorEventFromRelayPayload(parser, payload);
    QVERIFY2(!event, "accepted");
    for (const QByteArray &name : named) {
        QVERIFY2(event.error().contains(name), event.error().constData());
    }
}

void MonitorMessagesTest::requests()
{
    JsonParser parser;
    const auto envelopeOf = [&](const QByteArray &message) { return parseEnvelope(parser, message).value(); };

    const QByteArray open = R"({"channel":"monitor","message":{"contents":{},"type":"Subscribe"}})";
    QCOMPARE(Subscribe().toClientMessage(), open);
    QCOMPARE(Subscribe::fromContents(envelopeOf(open).contents), Subscribe());
    const QByteArray secret =
        R"({"channel":"monitor","message":{"contents":{"token":"s"},"type":"Subscribe"}})";
    QCOMPARE(Subscribe{.token = "s"}.toClientMessage(), secret);
    QCOMPARE(Subscribe::fromContents(envelopeOf(secret).contents), Subscribe{.token = "s"});
    QCOMPARE(Subscribe::fromContents(std::nullopt), Subscribe());

    const QByteArray end = R"({"channel":"monitor","message":{"contents":{},"type":"Unsubscribe"}})";
    QCOMPARE(Unsubscribe().toClientMessage(), end);
    QCOMPARE(Unsubscribe::fromContents(envelopeOf(end).contents), Unsubscribe());
    QCOMPARE(Unsubscribe::fromContents(std::nullopt), Unsubscribe());

    const QByteArray cut =
        R"({"channel":"monitor","message":{"contents":{"client":"c"},"type":"DisconnectClient"}})";
    QCOMPARE(DisconnectClient{.client = "c"}.toClientMessage(), cut);
    QCOMPARE(DisconnectClient::fromContents(envelopeOf(cut).contents), DisconnectClient{.client = "c"});
}

void MonitorMessagesTest::refusesRequests_data()
{
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("contents");
    QTest::addColumn<QByteArray>("named");

    QTest::newRow("Subscribe to a list") << "Subscribe"_ba
                                         << "[]"_ba
                                         << "an array"_ba;
    QTest::newRow("Subscribe, token no text") << "Subscribe"_ba
                                              << R"({"token":1})"_ba
                                              << R"("token")"_ba;
    QTest::newRow("Unsubscribe from null") << "Unsubscribe"_ba
                                           << "null"_ba
                                           << "null"_ba;
    QTest::newRow("DisconnectClient nobody") << "DisconnectClient"_ba
                                             << "{}"_ba
                                             << R"("client")"_ba;
    QTest::newRow("DisconnectClient nothing") << "DisconnectClient"_ba << QByteArray() << R"("contents")"_ba;
}

void MonitorMessagesTest::refusesRequests()
{
    QFETCH(QByteArray, type);
    QFETCH(QByteArray, contents);
    QFETCH(QByteArray, named);

    JsonParser parser;
    std::optional<JsonValue> value;
    if (!contents.isEmpty()) {
        value = parser.parse(contents).value();
    }
    QByteArray error;
    if (type == Subscribe::typeName) {
        error = Subscribe::fromContents(value).error();
    } else if (type == Unsubscribe::typeName) {
        error = Unsubscribe::fromContents(value).error();
    } else {
        error = DisconnectClient::fromContents(value).error();
    }
    QVERIFY2(error.contains(named), error.constData());
}

void MonitorMessagesTest::control()
{
    JsonParser parser;
    const QByteArray lease = R"({"contents":{"node":"n","seconds":15},"type":"WatchLease"})";
    QCOMPARE(toRelayPayload(ControlMessage(WatchLease{"n", 15})), lease);
    const auto readLease = controlMessageFromRelayPayload(parser, lease);
    QVERIFY(readLease && *readLease == ControlMessage(WatchLease{"n", 15}));

    const QByteArray cut = R"({"contents":{"client":"c"},"type":"DisconnectClient"})";
    QCOMPARE(toRelayPayload(ControlMessage(DisconnectClient{"c"})), cut);
    const auto readCut = controlMessageFromRelayPayload(parser, cut);
    QVERIFY(readCut && *readCut == ControlMessage(DisconnectClient{"c"}));

    const auto unknown = controlMessageFromRelayPayload(parser, R"({"type":"Drain"})");
    QVERIFY(unknown && !unknown->has_value());
}

void MonitorMessagesTest::refusesControl()
{
    JsonParser parser;
    const auto error = [&](const char *payload) {
        const auto message = controlMessageFromRelayPayload(parser, payload);
        return message ? QByteArray() : message.error();
    };
    QVERIFY(error("nonsense").contains("JSON"));
    QVERIFY(error(R"({"contents":{}})").contains("\"type\""));
    QVERIFY(error(R"({"type":"WatchLease"})").contains("\"contents\""));
    QVERIFY(error(R"({"type":"WatchLease","contents":{"node":"n"}})").contains("\"seconds\""));
    QVERIFY(error(R"({"type":"WatchLease","contents":{"node":"n","seconds":-1}})").contains("\"seconds\""));
    QVERIFY(error(R"({"type":"DisconnectClient","contents":{"client":[]}})").contains("\"client\""));
}

void MonitorMessagesTest::timesAsNumbers_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<qint64>("nanoseconds");

    QTest::newRow("epoch") << "1970-01-01T00:00:00Z"_ba << qint64(0);
    QTest::newRow("fraction") << "1970-01-01T00:01:01.5Z"_ba << qint64(61'500'000'000);
    QTest::newRow("nanosecond") << "1970-01-01T00:00:00.000000001Z"_ba << qint64(1);
    QTest::newRow("finer") << "1970-01-01T00:00:00.000000001999Z"_ba << qint64(1);
    QTest::newRow("before") << "1969-12-31T23:59:59.9Z"_ba << qint64(-100'000'000);
    QTest::newRow("zone") << "1970-01-01T01:00+01:00"_ba << qint64(0);
    QTest::newRow("leap second") << "1970-01-01T00:00:60Z"_ba << qint64(60'000'000'000);
    const qint64 first = -25'567LL * 86'400 * 1'000'000'000;
    const qint64 last = 80'354LL * 86'400 * 1'000'000'000;
    QTest::newRow("1900") << "1900-01-01T00:00:00Z"_ba << first;
    QTest::newRow("1899") << "1899-12-31T23:59:59Z"_ba << first;
    QTest::newRow("-32767") << "-32767-01-01T00:00:00Z"_ba << first;
    QTest::newRow("2189") << "2189-12-31T23:59:59.999999999Z"_ba << last - 1;
    QTest::newRow("32767") << "32767-12-31T23:59:59Z"_ba << last;
}

void MonitorMessagesTest::timesAsNumbers()
{
    QFETCH(QByteArray, text);
    QFETCH(qint64, nanoseconds);

    const auto moment = time(text.constData()).toTime();
    QCOMPARE(qint64(moment.time_since_epoch().count()), nanoseconds);
    QCOMPARE(Timestamp::fromTime(moment).toTime(), moment);
}

QTEST_APPLESS_MAIN(MonitorMessagesTest)
#include "tst_monitormessages.moc"
