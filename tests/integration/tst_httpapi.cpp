// SPDX-License-Identifier: BSD-3-Clause
#include "integration/apirequests.h"
#include "integration/clientmessages.h"
#include "integration/cluster.h"
#include "integration/monitorevents.h"
#include "integration/roomclient.h"

#include <QJsonArray>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

const QByteArray NilId = QByteArrayLiteral("00000000-0000-0000-0000-000000000000");

} // namespace

/// What the HTTP API tells of a cluster and does to it. That answers have the form that is documented is for
/// tst_openapi.
class HttpApiTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void nodes();
    void workersAreNodes();
    void clients();
    void clientsInPages();
    void rooms();
    void roomsInPages();
    void members_data();
    void members();
    void chatReachesEveryone();
    void roomMessageReachesMembers();
    void monitorsHearOfPosts();
    void badBodies_data();
    void badBodies();
    void badPaths_data();
    void badPaths();
    void disconnectsClient();

private:
    HttpReply get(const QByteArray &path, qsizetype node = 0)
    {
        return apiGet(m_cluster->daemon(node), path);
    }
    HttpReply post(const QByteArray &path, const QByteArray &json, qsizetype node = 0)
    {
        return apiPost(m_cluster->daemon(node), path, json);
    }
    // All elements of a list that is asked for in pages of that many.
    QJsonArray inPages(const QByteArray &path, const QString &name, int limit);
    bool connectClients(qsizetype perDaemon = 1)
    {
        return connectRoomClients(*m_cluster, m_clients, perDaemon);
    }

    std::unique_ptr<Cluster> m_cluster;
    RoomClients m_clients;
};

void HttpApiTest::init()
{
    m_cluster = std::make_unique<Cluster>(2);
    QVERIFY(m_cluster->start());
}

void HttpApiTest::cleanup()
{
    m_clients.clear();
    m_cluster.reset();
}

QJsonArray HttpApiTest::inPages(const QByteArray &path, const QString &name, int limit)
{
    QJsonArray all;
    QByteArray query = "?limit=" + QByteArray::number(limit);
    while (true) {
        const QJsonObject page = objectIn(get(path + query));
        const QJsonArray elements = page[name].toArray();
        for (const auto &element : elements) {
            all.append(element);
        }
        if (!page["truncated"_L1].toBool(false) || elements.size() != limit) {
            return page.contains("next"_L1) ? QJsonArray() : all;
        }
        query = "?limit=" + QByteArray::number(limit)
            + "&after=" + page["next"_L1].toString().toUtf8().toPercentEncoding();
    }
}

void HttpApiTest::nodes()
{
    QVERIFY(connectClients(2));
    QVERIFY(m_clients.back().joinAndWait("r"));
    for (qsizetype asked = 0; asked < 2; ++asked) {
        const HttpReply reply = get("/nodes", asked);
        QCOMPARE(reply.status, 200);
        QCOMPARE(reply.header("Content-Type"), QByteArray("application/json"));
        const QJsonObject answer = objectIn(reply);
        QCOMPARE(answer["missing"_L1], QJsonArray());
        QCOMPARE(answer["truncated"_L1], QJsonValue(false));
        const QJsonArray nodes = answer["nodes"_L1].toArray();
        QCOMPARE(nodes.size(), 2);
        QVERIFY(nodes[0]["node"_L1].toString() < nodes[1]["node"_L1].toString());
        for (const auto &node : nodes) {
            const bool isSecond = node["port"_L1].toInt() == m_cluster->daemon(1).port();
            const DaemonProcess &daemon = m_cluster->daemon(isSecond ? 1 : 0);
            QCOMPARE(node["port"_L1].toInt(), daemon.port());
            QCOMPARE(node["pid"_L1].toInteger(), daemon.pid());
            QCOMPARE(node["clients"_L1].toInt(), 2);
            QCOMPARE(node["rooms"_L1].toInt(), isSecond ? 1 : 0);
            QVERIFY(!node["worker"_L1].isDouble());
        }
    }
    QCOMPARE(inPages("/nodes", u"nodes"_s, 1), objectIn(get("/nodes"))["nodes"_L1].toArray());
}

void HttpApiTest::workersAreNodes()
{
    Cluster cluster(1, {u"--workers"_s, u"3"_s});
    QVERIFY(cluster.start());
    // Each of them says when it is ready, and the port leads to any of them.
    QVERIFY(waitUntil([&] {
        const QJsonObject answer = objectIn(httpRequest(cluster.daemon(0).port(), "GET", "/api/v1/nodes"));
        return sorted(valuesIn(answer["nodes"_L1], u"worker"_s)) == QList<QByteArray>{"1", "2", "3"};
    }));
}

void HttpApiTest::clients()
{
    QVERIFY(connectClients(2));
    QVERIFY(m_clients[3].joinAndWait("#haskell"));
    const QByteArray second = nodeIdOf(m_cluster->daemon(1), m_cluster->daemon(0));
    const QJsonObject answer = objectIn(get("/clients"));
    QCOMPARE(answer["missing"_L1], QJsonArray());
    QCOMPARE(valuesIn(answer["clients"_L1], u"client"_s), idsOf(m_clients));
    const QJsonArray clients = answer["clients"_L1].toArray();
    for (const auto &client : clients) {
        const QByteArray id = client["client"_L1].toString().toUtf8();
        const bool isOfSecond = id == m_clients[2].id() || id == m_clients[3].id();
        QCOMPARE(client["node"_L1].toString().toUtf8() == second, isOfSecond);
        QCOMPARE(client["address"_L1].toString(), u"127.0.0.1"_s);
        QVERIFY(client["received"_L1].toInt() >= 2);
        QCOMPARE(client["rooms"_L1].toArray(),
                 id == m_clients[3].id() ? QJsonArray{u"#haskell"_s} : QJsonArray());
    }
}

void HttpApiTest::clientsInPages()
{
    QVERIFY(connectClients(4));
    for (const int limit : {1, 3, 7, 8, 9}) {
        QCOMPARE(valuesIn(inPages("/clients", u"clients"_s, limit), u"client"_s), idsOf(m_clients));
    }
}

void HttpApiTest::rooms()
{
    QVERIFY(connectClients(2));
    QVERIFY(joinAll(m_clients, "all"));
    QVERIFY(m_clients[0].joinAndWait("first's"));
    QVERIFY(m_clients[3].joinAndWait("Ü/%2F"));
    const QJsonObject answer = objectIn(get("/rooms", 1));
    QCOMPARE(answer["missing"_L1], QJsonArray());
    QCOMPARE(answer["rooms"_L1].toArray(),
             (QJsonArray{QJsonObject{{u"members"_s, 4}, {u"room"_s, u"all"_s}},
                         QJsonObject{{u"members"_s, 1}, {u"room"_s, u"first's"_s}},
                         QJsonObject{{u"members"_s, 1}, {u"room"_s, u"Ü/%2F"_s}}}));
}

void HttpApiTest::roomsInPages()
{
    QVERIFY(connectClients(1));
    QList<QByteArray> rooms;
    for (int i = 0; i < 6; ++i) {
        const QByteArray room = "room+ " + QByteArray::number(i);
        rooms.append(room);
        QVERIFY(m_clients[std::size_t(i % 2)].joinAndWait(room));
    }
    QVERIFY(m_clients[1].joinAndWait(rooms[0]));
    for (const int limit : {1, 2, 4, 6}) {
        const QJsonArray found = inPages("/rooms", u"rooms"_s, limit);
        QCOMPARE(valuesIn(found, u"room"_s), rooms);
        QCOMPARE(valuesIn(found, u"members"_s), (QList<QByteArray>{"2", "1", "1", "1", "1", "1"}));
    }
}

void HttpApiTest::members_data()
{
    QTest::addColumn<QByteArray>("room");
    for (const char *room : {"plain", "#haskell", "a/b", "a%2Fb", "..", "Ü and ?&=+", "members"}) {
        QTest::newRow(room) << QByteArray(room);
    }
}

void HttpApiTest::members()
{
    QFETCH(const QByteArray, room);
    const QByteArray path = "/rooms/" + room.toPercentEncoding() + "/members";
    QCOMPARE(objectIn(get(path))["members"_L1].toArray(), QJsonArray());
    QVERIFY(connectClients(2));
    QVERIFY(joinAll(m_clients, room));
    const QJsonObject answer = objectIn(get(path));
    QCOMPARE(answer["room"_L1].toString().toUtf8(), room);
    QList<QByteArray> members;
    const QJsonArray pages = inPages(path, u"members"_s, 3);
    for (const auto &member : pages) {
        members.append(member.toString().toUtf8());
    }
    QCOMPARE(members, idsOf(m_clients));
    QCOMPARE(answer["members"_L1].toArray(), pages);
}

void HttpApiTest::chatReachesEveryone()
{
    QVERIFY(connectClients());
    const HttpReply reply = post("/chat", R"({"content":"Grüße \ud83d\ude00\n","more":[1,{}]})");
    QCOMPARE(reply.status, 202);
    const QByteArray postedAt = objectIn(reply)["postedAt"_L1].toString().toUtf8();
    QVERIFY(!postedAt.isEmpty());
    for (RoomClient &client : m_clients) {
        QVERIFY(client.socket().waitForMessage(chatFrame(R"("Grüße 😀\n")", postedAt)));
    }
}

void HttpApiTest::roomMessageReachesMembers()
{
    QVERIFY(connectClients(2));
    RoomClients &clients = m_clients;
    for (const std::size_t i : {0U, 2U}) {
        QVERIFY(clients[i].joinAndWait("#haskell"));
    }
    const HttpReply reply = post("/rooms/%23haskell/messages", R"({"message":"hi"})", 1);
    QCOMPARE(reply.status, 202);
    const QByteArray postedAt = objectIn(reply)["postedAt"_L1].toString().toUtf8();
    const QByteArray frame = newMessageFrame("#haskell", NilId, "hi", postedAt);
    QVERIFY(clients[0].socket().waitForMessage(frame));
    QVERIFY(clients[2].socket().waitForMessage(frame));
    QVERIFY(settle(clients));
    QVERIFY(!clients[1].socket().messages().contains(frame));
    QCOMPARE(post("/rooms/nobody/messages", R"({"message":"hi"})").status, 202);
}

void HttpApiTest::monitorsHearOfPosts()
{
    WsClient monitor;
    QVERIFY(monitor.connectTo(m_cluster->daemon(0).webSocketUrl()));
    monitor.sendText(monitorMessage("Subscribe"));
    const int second = m_cluster->daemon(1).port();
    QVERIFY(!waitForEvent(monitor, u"NodeSnapshot"_s, [=](const QJsonObject &contents) {
                 return contents["port"_L1].toInt() == second;
             }).isEmpty());
    QCOMPARE(post("/chat", R"({"content":"to all"})", 1).status, 202);
    const QJsonObject chat = waitForEvent(monitor, u"ChatMessage"_s, isOf(u"content"_s, u"to all"_s));
    QCOMPARE(chat["client"_L1].toString().toUtf8(), NilId);
    QCOMPARE(post("/rooms/r/messages", R"({"message":"to some"})", 1).status, 202);
    const QJsonObject said = waitForEvent(monitor, u"RoomMessage"_s, isOf(u"message"_s, u"to some"_s));
    QCOMPARE(said["client"_L1].toString().toUtf8(), NilId);
    QCOMPARE(said["room"_L1].toString(), u"r"_s);
}

void HttpApiTest::badBodies_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("detail");
    const auto row = [](const char *name, const QByteArray &body, int status, const QString &detail) {
        QTest::newRow(name) << body << status << detail;
    };
    row("empty", "", 400, u"at byte 0"_s);
    row("unfinished", R"({"content":)", 400, u"at byte 11"_s);
    row("something behind it", R"({"content":""} x)", 400, u"at byte 15"_s);
    row("no UTF-8", "{\"content\":\"\xff\"}", 400, u"at byte"_s);
    row("a lone surrogate", R"({"content":"\udc00"})", 400, u"at byte"_s);
    row("an array", "[]", 422, u"must be an object, not an array"_s);
    row("nothing", "{}", 422, u"\"content\" is missing"_s);
    row("a number", R"({"content":1})", 422, u"\"content\" must be a string, not a number"_s);
}

void HttpApiTest::badBodies()
{
    QFETCH(const QByteArray, body);
    QFETCH(const int, status);
    QFETCH(const QString, detail);
    const HttpReply reply = post("/chat", body);
    QCOMPARE(reply.status, status);
    QCOMPARE(reply.header("Content-Type"), QByteArray("application/problem+json"));
    QVERIFY2(objectIn(reply)["detail"_L1].toString().contains(detail), reply.body);
}

void HttpApiTest::badPaths_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<int>("status");
    const auto row = [](const QByteArray &path, int status) {
        QTest::newRow(path.constData()) << path << status;
    };
    for (const char *path : {"/api", "/api/", "/api/v1", "/api/v1/", "/api/v2/nodes", "/api/v1/nodes/",
                             "/api/v1//nodes", "/api%2Fv1/nodes", "/api/v1/rooms/", "/api/v1/rooms//members",
                             "/api/v1/rooms/r", "/api/v1/rooms/a/b/members", "/api/v1/Nodes"}) {
        row(path, 404);
    }
    for (const char *path : {"/api/v1/nodes?limit=0", "/api/v1/nodes?limit=1001", "/api/v1/nodes?limit=",
                             "/api/v1/nodes?limit=-1", "/api/v1/nodes?limit=1x", "/api/v1/clients?after=%ff",
                             "/api/v1/rooms/%0a/members", "/api/v1/rooms/%ff/members"}) {
        row(path, 400);
    }
    row("/api/v1/rooms/" + QByteArray(129, 'r') + "/members", 400);
    for (const char *path : {"/%61pi/v1/nodes", "/api/v1/nodes?limit=1000", "/api/v1/nodes?x&limit=1",
                             "/api/v1/nodes?", "http://127.0.0.1/api/v1/nodes"}) {
        row(path, 200);
    }
    row("/apis", 404);
}

void HttpApiTest::badPaths()
{
    QFETCH(const QByteArray, path);
    QFETCH(const int, status);
    const HttpReply reply = httpRequest(m_cluster->daemon(0).port(), "GET", path);
    QCOMPARE(reply.status, status);
    const bool isOurs = status != 200 && path != "/apis";
    QCOMPARE(reply.header("Content-Type") == "application/problem+json", isOurs);
}

void HttpApiTest::disconnectsClient()
{
    QVERIFY(connectClients());
    const auto remove = [this](const QByteArray &id) {
        return httpRequest(m_cluster->daemon(0).port(), "DELETE", "/api/v1/clients/" + id).status;
    };
    for (RoomClient &client : m_clients) { // of the asked node, and of the other one
        QCOMPARE(remove(client.id().toUpper()), 204);
        QVERIFY(client.socket().waitForClose());
        QCOMPARE(client.socket().closeCode(), 4003);
        QVERIFY(waitUntil([&] { return remove(client.id()) == 404; }));
    }
    for (const char *id :
         {"x", "00000000-0000-4000-8000-00000000000g", "{00000000-0000-4000-8000-000000000000}"}) {
        QCOMPARE(remove(id), 400);
    }
}

QTEST_GUILESS_MAIN(HttpApiTest)

#include "tst_httpapi.moc"
