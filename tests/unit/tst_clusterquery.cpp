// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/clusterquery.h"
#include "protocol/monitorcontrol.h"

#include <QTest>

using namespace switchboard::protocol;

namespace {

const QByteArray Node = QByteArrayLiteral("11111111-1111-4111-8111-111111111111");
const QByteArray Client = QByteArrayLiteral("22222222-2222-4222-8222-222222222222");

ClusterQuery query(ClusterQuery::Kind kind)
{
    return {.node = Node, .query = 17, .kind = kind};
}

} // namespace

/// What nodes ask of each other and answer, as it stands in Redis.
class ClusterQueryTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void queries_data();
    void queries();
    void badQueries_data();
    void badQueries();
    void answers();
    void answersWithoutOptions();
    void badAnswers_data();
    void badAnswers();
};

void ClusterQueryTest::queries_data()
{
    QTest::addColumn<ClusterQuery>("query");
    QTest::addColumn<QByteArray>("contents");
    ClusterQuery clients = query(ClusterQuery::Kind::Clients);
    clients.limit = 100;
    clients.after = Client;
    ClusterQuery disconnect = query(ClusterQuery::Kind::Disconnect);
    disconnect.client = Client;
    QTest::newRow("nodes") << query(ClusterQuery::Kind::Nodes)
                           << R"({"kind":"nodes","limit":0,"node":")" + Node + R"(","query":17})";
    QTest::newRow("rooms") << query(ClusterQuery::Kind::Rooms)
                           << R"({"kind":"rooms","limit":0,"node":")" + Node + R"(","query":17})";
    QTest::newRow("clients") << clients
                             << R"({"after":")" + Client + R"(","kind":"clients","limit":100,"node":")" + Node
            + R"(","query":17})";
    QTest::newRow("disconnect") << disconnect
                                << R"({"client":")" + Client + R"(","kind":"disconnect","limit":0,"node":")"
            + Node + R"(","query":17})";
}

void ClusterQueryTest::queries()
{
    QFETCH(const ClusterQuery, query);
    QFETCH(const QByteArray, contents);
    const QByteArray payload = toRelayPayload(query);
    QCOMPARE(payload, R"({"contents":)" + contents + R"(,"type":"ClusterQuery"})");
    JsonParser parser;
    const auto read = controlMessageFromRelayPayload(parser, payload);
    QVERIFY(read && *read);
    QVERIFY(std::get<ClusterQuery>(**read) == query);
}

void ClusterQueryTest::badQueries_data()
{
    QTest::addColumn<QByteArray>("contents");
    QTest::addColumn<QByteArray>("error");
    QTest::newRow("none") << QByteArray() << QByteArray("the key \"contents\" is missing");
    QTest::newRow("no node") << QByteArray(R"({"kind":"nodes","limit":0,"query":1})")
                             << QByteArray("the key \"node\" is missing");
    QTest::newRow("no number") << QByteArray(R"({"kind":"nodes","limit":0,"node":"n","query":-1})")
                               << QByteArray(
                                      "\"query\" must be a whole number from 0 to 9223372036854775807");
    QTest::newRow("unknown kind") << QByteArray(R"({"kind":"x","limit":0,"node":"n","query":1})")
                                  << QByteArray("unknown kind of query \"x\"");
}

void ClusterQueryTest::badQueries()
{
    QFETCH(const QByteArray, contents);
    QFETCH(const QByteArray, error);
    JsonParser parser;
    const auto read = controlMessageFromRelayPayload(
        parser,
        contents.isEmpty() ? R"({"type":"ClusterQuery"})"
                           : R"({"type":"ClusterQuery","contents":)" + contents + '}');
    QVERIFY(!read);
    QCOMPARE(read.error(), error);
}

void ClusterQueryTest::answers()
{
    const ClusterAnswer answer{
        .query = 17,
        .snapshot = {.node = Node,
                     .host = "host",
                     .port = 9000,
                     .pid = 4711,
                     .version = "1.0",
                     .startedAt = Timestamp::now(),
                     .rooms = {{"#haskell", 3}},
                     .worker = 2},
        .clients = 12,
        .rooms = 5,
        .hasMore = true,
        .wasHere = true,
    };
    JsonParser parser;
    const auto read = ClusterAnswer::fromRelayPayload(parser, answer.toRelayPayload());
    QVERIFY(read);
    QVERIFY(*read == answer);
    QCOMPARE(repliesRelayChannel(Node), "switchboard:replies:" + Node);
}

void ClusterQueryTest::answersWithoutOptions()
{
    ClusterAnswer answer{
        .query = 1, .snapshot = {.node = Node, .host = {}, .version = {}, .startedAt = Timestamp::now()}};
    QByteArray payload = answer.toRelayPayload();
    payload.replace(R"("more":false,)", "").replace(R"(,"wasHere":false)", R"(,"later":[])");
    JsonParser parser;
    const auto read = ClusterAnswer::fromRelayPayload(parser, payload);
    QVERIFY(read);
    QVERIFY(*read == answer);
}

void ClusterQueryTest::badAnswers_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::newRow("no JSON") << QByteArray("x");
    QTest::newRow("another type") << QByteArray(R"({"type":"x","contents":{}})");
    QTest::newRow("no snapshot") << QByteArray(
        R"({"type":"ClusterAnswer","contents":{"clients":1,"query":1,"rooms":1}})");
    QTest::newRow("snapshot of another kind") << QByteArray(
        R"({"type":"ClusterAnswer","contents":{"clients":1,"query":1,"rooms":1,"snapshot":1}})");
    const ClusterAnswer answer{
        .query = 1, .snapshot = {.node = Node, .host = {}, .version = {}, .startedAt = Timestamp::now()}};
    QTest::newRow("no number") << answer.toRelayPayload().replace(R"("query":1)", R"("query":"1")");
}

void ClusterQueryTest::badAnswers()
{
    QFETCH(const QByteArray, payload);
    JsonParser parser;
    const auto read = ClusterAnswer::fromRelayPayload(parser, payload);
    QVERIFY(!read);
    QVERIFY(!read.error().isEmpty());
}

QTEST_APPLESS_MAIN(ClusterQueryTest)

#include "tst_clusterquery.moc"
