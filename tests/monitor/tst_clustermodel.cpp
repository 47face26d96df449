// SPDX-License-Identifier: BSD-3-Clause
#include "modelreplica.h"
#include "watchedcluster.h"

#include <QSignalSpy>
#include <QTest>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using namespace switchboard;
using namespace switchboard::monitor;
using namespace switchboard::test;

class ClusterModelTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void clientsComeAndGo();
    void roomsFollowTheirMembers();
    void messagesAreTraffic();
    void figuresOfClients();
    void gathersEvents();
    void aFloodWaitsForNoTimer();
    void snapshotReplacesByDifference();
    void snapshotInParts();
    void snapshotWithAMissingPartRemovesNobody();
    void eventsBetweenTheParts();
    void clientsThatMove();
    void totals();
    void tooManyClients();
    void tooManyMemberships();
};

void ClusterModelTest::clientsComeAndGo()
{
    WatchedCluster cluster;
    cluster.take({connected("n1", "a"), connected("n2", "b"), connected("n1", "gone at once"),
                  disconnected("n1", "gone at once", 1001)});
    QCOMPARE(cluster.clientIds(), QByteArrayList({"a", "b"}));
    QCOMPARE(cluster.client("b", ClientsModel::NodeColumn), u"n2"_s);
    QCOMPARE(cluster.client("b", ClientsModel::AddressColumn), u"10.0.0.7"_s);
    QCOMPARE(cluster.client("b", ClientsModel::ConnectedSinceColumn), u"2026-03-01T10:00:00Z"_s);
    QCOMPARE(cluster.model.nodes()->rowCount(), 2);

    cluster.take({disconnected("n2", "b", 4008), disconnected("n2", "never seen", 1006)});
    QCOMPARE(cluster.clientIds(), QByteArrayList({"a"}));
    QCOMPARE(cluster.model.clients()->rowOf("b"), -1);

    const ClosedClientsModel &closed = *cluster.model.closedClients();
    QCOMPARE(closed.rowCount(), 3);
    const auto cell = [&](int row, int column) { return closed.index(row, column).data().toString(); };
    QCOMPARE(cell(0, ClosedClientsModel::IdColumn), u"gone at once"_s);
    QCOMPARE(cell(1, ClosedClientsModel::CodeColumn), u"4008"_s);
    QCOMPARE(cell(1, ClosedClientsModel::ReasonColumn), u"so long"_s);
    QCOMPARE(cell(1, ClosedClientsModel::AddressColumn), u"10.0.0.7"_s);
    QCOMPARE(cell(1, ClosedClientsModel::LastedColumn), u"1 min"_s);
    QCOMPARE(cell(2, ClosedClientsModel::LastedColumn), u"–"_s);
}

void ClusterModelTest::roomsFollowTheirMembers()
{
    WatchedCluster cluster;
    cluster.take({connected("n1", "a"), connected("n2", "b"), joined("n1", "a", "x"), joined("n2", "b", "x"),
                  joined("n2", "b", "y"), joined("n2", "b", "y"), joined("n2", "nobody", "z")});
    QCOMPARE(cluster.members("x"), 2);
    QCOMPARE(cluster.members("y"), 1);
    QCOMPARE(cluster.members("z"), -1);
    QCOMPARE(cluster.client("b", ClientsModel::RoomsColumn), u"x, y"_s);
    const QModelIndex room = cluster.model.rooms()->roomIndex("x");
    QCOMPARE(room.data(NodeIdRole).toString(), u"n1\nn2"_s);

    const ModelReplica replica(*cluster.model.rooms(), ExportRole);
    cluster.take({left("n1", "a", "x"), left("n1", "a", "x"), joined("n1", "a", "y"), left("n2", "b", "y")});
    QCOMPARE(replica.difference(), QString());
    QCOMPARE(replica.resets(), 0);
    QCOMPARE(cluster.members("x"), 1);
    QCOMPARE(cluster.members("y"), 1);
    QCOMPARE(cluster.client("a", ClientsModel::RoomsColumn), u"y"_s);

    cluster.take({disconnected("n2", "b")});
    QCOMPARE(cluster.members("x"), -1);
    QCOMPARE(cluster.members("y"), 1);
    QCOMPARE(replica.difference(), QString());
}

void ClusterModelTest::messagesAreTraffic()
{
    WatchedCluster cluster;
    cluster.take({connected("n1", "a"), joined("n1", "a", "x"), said("n1", "a", "hello"),
                  saidInRoom("n1", "a", "x", "you"), saidInRoom("n2", "stranger", "x", "?")});
    const TrafficModel &traffic = *cluster.model.traffic();
    QCOMPARE(traffic.rowCount(), 3);
    QCOMPARE(traffic.index(0, TrafficTable::RoomColumn).data(ExportRole), QVariant());
    QCOMPARE(traffic.index(1, TrafficTable::RoomColumn).data(ExportRole), QVariant(u"x"_s));
    QCOMPARE(traffic.index(1, TrafficTable::TextColumn).data(), QVariant(u"you"_s));
    QCOMPARE(cluster.client("a", ClientsModel::ReceivedColumn), u"2"_s);

    QVERIFY(
        cluster.model.rooms()->roomIndex("x").siblingAtColumn(RoomsModel::MessageRateColumn).data(SortRole)
        == 0.0);
    cluster.clock.advance(1s);
    cluster.model.tick();
    const QModelIndex rate =
        cluster.model.rooms()->roomIndex("x").siblingAtColumn(RoomsModel::MessageRateColumn);
    QVERIFY(rate.data(SortRole).toDouble() > 0.5);
    for (int second = 0; second < 20; ++second) {
        cluster.clock.advance(1s);
        cluster.model.tick();
    }
    QCOMPARE(rate.data(SortRole).toDouble(), 0.0);
}

void ClusterModelTest::figuresOfClients()
{
    WatchedCluster cluster;
    cluster.take({snapshotPart("n1", 1, 1, {snapshotClient("a", {}, 7)}), connected("n1", "b")});
    QCOMPARE(cluster.client("a", ClientsModel::ReceivedColumn), u"7"_s);
    QCOMPARE(cluster.client("a", ClientsModel::RoundTripColumn), QString());

    cluster.take({protocol::ClientStats{
        "n1", {{"a", {8, 9, 1024, 2500}}, {"unknown", {1, 1, 1, 1}}, {"b", {.roundTripMicros = 0}}}}});
    QCOMPARE(cluster.clientIds(), QByteArrayList({"a", "b"}));
    QCOMPARE(cluster.client("a", ClientsModel::ReceivedColumn), u"8"_s);
    QCOMPARE(cluster.client("a", ClientsModel::SentColumn), u"9"_s);
    QCOMPARE(cluster.client("a", ClientsModel::QueuedBytesColumn), u"1024"_s);
    QCOMPARE(cluster.client("a", ClientsModel::RoundTripColumn), u"2500"_s);
    QCOMPARE(cluster.client("a", ClientsModel::RoundTripColumn, Qt::DisplayRole), u"2.5 ms"_s);
    QCOMPARE(cluster.client("b", ClientsModel::RoundTripColumn, Qt::DisplayRole), u"0 µs"_s);

    cluster.take({said("n1", "a", "one more")});
    QCOMPARE(cluster.client("a", ClientsModel::ReceivedColumn), u"9"_s);
}

void ClusterModelTest::gathersEvents()
{
    SampleClock clock;
    ClusterModel model(clock.options());
    const QSignalSpy updated(&model, &ClusterModel::updated);
    for (int i = 0; i < 1000; ++i) {
        model.add(connected("n", QByteArray::number(i)));
    }
    QCOMPARE(model.clients()->rowCount(), 0);
    QCOMPARE(updated.count(), 0);
    const QSignalSpy inserted(model.clients(), &QAbstractItemModel::rowsInserted);
    QTRY_COMPARE(model.clients()->rowCount(), 1000);
    QCOMPARE(inserted.count(), 1);
}

void ClusterModelTest::aFloodWaitsForNoTimer()
{
    SampleClock clock;
    ClusterModel model(clock.options());
    for (std::size_t i = 0; i < EventQueue::maximumWaiting; ++i) {
        model.add(said("n", "a", "x"));
    }
    QCOMPARE(model.traffic()->rowCount(), int(EventQueue::maximumWaiting));
}

void ClusterModelTest::snapshotReplacesByDifference()
{
    WatchedCluster cluster;
    cluster.take(
        {snapshotPart("n1", 1, 1,
                      {snapshotClient("a", {"x"}), snapshotClient("b", {"x", "y"}), snapshotClient("c")}),
         snapshotPart("n2", 1, 1, {snapshotClient("other")})});
    QCOMPARE(cluster.clientIds(), QByteArrayList({"a", "b", "c", "other"}));
    const QModelIndex address = cluster.model.nodes()->index(0, NodesModel::AddressColumn);
    QCOMPARE(address.data().toString(), u"host-n1:9000"_s);

    const ModelReplica clients(*cluster.model.clients(), ExportRole);
    const ModelReplica rooms(*cluster.model.rooms(), ExportRole);
    const ModelReplica nodes(*cluster.model.nodes(), NodeIdRole);
    const QPersistentModelIndex kept = cluster.model.clients()->index(2, 0);

    cluster.take({snapshotPart(
        "n1", 1, 1, {snapshotClient("a", {"x"}), snapshotClient("c", {}, 9), snapshotClient("d", {"y"})})});
    QCOMPARE(cluster.clientIds(), QByteArrayList({"a", "c", "other", "d"}));
    QCOMPARE(kept.row(), 1);
    QCOMPARE(clients.difference(), QString());
    QCOMPARE(clients.removals(), 1);
    QCOMPARE(clients.insertions(), 1);
    QCOMPARE(clients.changes(), 1);
    QCOMPARE(rooms.difference(), QString());
    QCOMPARE(nodes.changes() + clients.resets() + rooms.resets(), 0);

    cluster.take({snapshotPart(
        "n1", 1, 1, {snapshotClient("a", {"x"}), snapshotClient("c", {}, 9), snapshotClient("d", {"y"})})});
    QCOMPARE(clients.removals() + clients.insertions() + clients.changes(), 3);
}

void ClusterModelTest::snapshotInParts()
{
    WatchedCluster cluster;
    cluster.take({connected("n1", "old")});
    cluster.take({snapshotPart("n1", 1, 3, {snapshotClient("a")})});
    QCOMPARE(cluster.clientIds(), QByteArrayList({"old", "a"}));
    cluster.take({snapshotPart("n1", 2, 3, {})});
    cluster.take({snapshotPart("n1", 3, 3, {snapshotClient("b")})});
    QCOMPARE(cluster.clientIds(), QByteArrayList({"a", "b"}));
    QCOMPARE(cluster.model.closedClients()->rowCount(), 0);
}

void ClusterModelTest::snapshotWithAMissingPartRemovesNobody()
{
    WatchedCluster cluster;
    cluster.take({connected("n1", "old"), snapshotPart("n1", 1, 3, {snapshotClient("a")}),
                  snapshotPart("n1", 3, 3, {snapshotClient("b")})});
    QCOMPARE(cluster.clientIds(), QByteArrayList({"old", "a", "b"}));
    // The end of one whose beginning was missed.
    cluster.take({snapshotPart("n1", 3, 3, {snapshotClient("c")})});
    QCOMPARE(cluster.clientIds(), QByteArrayList({"old", "a", "b", "c"}));
    cluster.take({snapshotPart("n1", 1, 1, {snapshotClient("c")})});
    QCOMPARE(cluster.clientIds(), QByteArrayList({"c"}));
}

void ClusterModelTest::eventsBetweenTheParts()
{
    WatchedCluster cluster;
    cluster.take({connected("n1", "old"),
                  snapshotPart("n1", 1, 2, {snapshotClient("a"), snapshotClient("b")}),
                  connected("n1", "new"), disconnected("n1", "a"), joined("n1", "b", "x"),
                  snapshotPart("n1", 2, 2, {snapshotClient("c")})});
    QCOMPARE(cluster.clientIds(), QByteArrayList({"b", "new", "c"}));
    QCOMPARE(cluster.members("x"), 1);
}

void ClusterModelTest::clientsThatMove()
{
    WatchedCluster cluster;
    cluster.take({connected("n1", "a"), joined("n1", "a", "x")});
    const ModelReplica replica(*cluster.model.clients(), ExportRole);
    cluster.take({connected("n2", "a")});
    QCOMPARE(cluster.client("a", ClientsModel::NodeColumn), u"n2"_s);
    QCOMPARE(cluster.members("x"), -1);
    QCOMPARE(replica.difference(), QString());
}

void ClusterModelTest::totals()
{
    WatchedCluster cluster;
    cluster.take({stats("n1", 10, 5), stats("n2", 20, 7), stats("n2", 21, 1)});
    cluster.clock.advance(1500ms);
    const QSignalSpy changed(&cluster.model, &ClusterModel::totalsChanged);
    cluster.model.tick();
    QCOMPARE(changed.count(), 1);
    const ClusterModel::Totals totals = cluster.model.totals();
    QCOMPARE(totals.nodes, 2);
    QCOMPARE(totals.clients, 31);
    QCOMPARE(totals.messagesIn, 20);
    QCOMPARE(totals.messagesOut, 2000);
    QCOMPARE(totals.deliveries, 2000);
    QCOMPARE(totals.eventsReceived, 3);
    QCOMPARE(totals.eventsPerSecond, 2.0);
    QCOMPARE(totals.sampledOut, 13);
    QCOMPARE(totals.sampledOutPerSecond, 6);
}

void ClusterModelTest::tooManyClients()
{
    SampleClock clock;
    ClusterOptions options = clock.options();
    options.maximumClients = 2;
    ClusterModel model(options);
    for (const char *id : {"a", "b", "c"}) {
        model.add(connected("n", id));
    }
    model.add(joined("n", "c", "x"));
    model.add(disconnected("n", "a"));
    model.add(connected("n", "d"));
    model.flush();
    QCOMPARE(model.clients()->rowCount(), 2);
    QVERIFY(model.clients()->rowOf("c") < 0);
    QVERIFY(model.clients()->rowOf("d") >= 0);
    QCOMPARE(model.rooms()->rowCount(), 0);
}

void ClusterModelTest::tooManyMemberships()
{
    SampleClock clock;
    ClusterOptions options = clock.options();
    options.maximumMemberships = 2;
    ClusterModel model(options);
    model.add(snapshotPart("n", 1, 1, {snapshotClient("a", {"x", "y", "z"})}));
    model.flush();
    QCOMPARE(model.rooms()->rowCount(), 2);
    model.add(left("n", "a", "x"));
    model.add(joined("n", "a", "z"));
    model.flush();
    QVERIFY(model.rooms()->roomIndex("z").isValid());
    QCOMPARE(model.rooms()->membershipCount(), 2);
}

QTEST_GUILESS_MAIN(ClusterModelTest)
#include "tst_clustermodel.moc"
