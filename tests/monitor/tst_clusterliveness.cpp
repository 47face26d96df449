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

namespace {

constexpr int live = static_cast<int>(NodeState::Live);
constexpr int stale = static_cast<int>(NodeState::Stale);
constexpr int dead = static_cast<int>(NodeState::Dead);

} // namespace

class ClusterLivenessTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void unheardNodes();
    void deadNodesGoWithTheirClients();
    void aDeadNodeThatIsHeardLives();
    void lostConnection();
    void aDeadNodesClientsGoBitByBit();
};

void ClusterLivenessTest::unheardNodes()
{
    WatchedCluster cluster;
    cluster.model.setConnected(true);
    cluster.take({stats("n1"), stats("n2"), connected("n1", "a")});
    QSignalSpy changed(cluster.model.clients(), &QAbstractItemModel::dataChanged);
    cluster.clock.advance(9999ms);
    cluster.take({stats("n2")});
    cluster.model.tick();
    QCOMPARE(cluster.state("n1"), live);
    cluster.clock.advance(1ms);
    cluster.model.tick();
    QCOMPARE(cluster.state("n1"), stale);
    QCOMPARE(cluster.state("n2"), live);
    QCOMPARE(cluster.client("a", 0, StateRole).toInt(), stale);
    QCOMPARE(changed.count(), 1);
    QCOMPARE(changed.first().at(2).value<QList<int>>(), QList<int>{StateRole});

    cluster.take({said("n1", "a", "still here")});
    QCOMPARE(cluster.state("n1"), live);
    cluster.clock.advance(60s);
    cluster.model.tick();
    QCOMPARE(cluster.state("n1"), dead);
}

void ClusterLivenessTest::deadNodesGoWithTheirClients()
{
    WatchedCluster cluster;
    cluster.model.setConnected(true);
    cluster.take({stats("n1", 2), connected("n1", "a"), joined("n1", "a", "x"), stats("n2", 1),
                  connected("n2", "b"), joined("n2", "b", "x")});
    cluster.take({protocol::NodeDown{"n1", sampleTime()}, protocol::NodeDown{"unknown", sampleTime()}});
    QCOMPARE(cluster.state("n1"), dead);
    QCOMPARE(cluster.model.nodes()->rowCount(), 2);
    QCOMPARE(cluster.client("a", 0, StateRole).toInt(), dead);
    QCOMPARE(cluster.model.totals().clients, 1);

    const auto second = [&] {
        cluster.clock.advance(1s);
        cluster.take({stats("n2", 1)});
        cluster.model.tick();
        cluster.model.flush();
    };
    for (int i = 0; i < 59; ++i) {
        second();
    }
    QCOMPARE(cluster.clientIds(), QByteArrayList({"a", "b"}));
    second();
    QCOMPARE(cluster.clientIds(), QByteArrayList({"b"}));
    QCOMPARE(cluster.model.nodes()->rowOf("n1"), -1);
    QCOMPARE(cluster.members("x"), 1);
}

void ClusterLivenessTest::aDeadNodeThatIsHeardLives()
{
    WatchedCluster cluster;
    cluster.model.setConnected(true);
    cluster.take({connected("n1", "a"), protocol::NodeDown{"n1", sampleTime()}});
    cluster.clock.advance(59s);
    cluster.take({protocol::NodeUp{"n1", sampleTime()}});
    QCOMPARE(cluster.state("n1"), live);
    cluster.clock.advance(5s);
    cluster.model.tick();
    QCOMPARE(cluster.clientIds(), QByteArrayList({"a"}));
}

void ClusterLivenessTest::lostConnection()
{
    WatchedCluster cluster;
    const QSignalSpy changed(&cluster.model, &ClusterModel::connectedChanged);
    cluster.model.setConnected(true);
    cluster.take({stats("n1"), connected("n1", "a"), stats("n2"), protocol::NodeDown{"n2", sampleTime()}});
    cluster.model.add(stats("n3"));
    cluster.model.setConnected(false);
    QCOMPARE(changed.count(), 2);
    QCOMPARE(cluster.state("n1"), stale);
    QCOMPARE(cluster.state("n2"), dead);
    QCOMPARE(cluster.state("n3"), stale);

    // Nobody is forgotten meanwhile, however long it takes.
    cluster.clock.advance(24h);
    cluster.model.tick();
    QCOMPARE(cluster.state("n1"), stale);
    QCOMPARE(cluster.clientIds(), QByteArrayList({"a"}));

    cluster.model.setConnected(true);
    cluster.model.tick();
    QCOMPARE(cluster.state("n1"), stale);
    cluster.take({stats("n1")});
    QCOMPARE(cluster.state("n1"), live);
    cluster.clock.advance(60s);
    cluster.model.tick();
    QCOMPARE(cluster.state("n3"), dead);
}

void ClusterLivenessTest::aDeadNodesClientsGoBitByBit()
{
    SampleClock clock;
    ClusterModel model(clock.options());
    // Rows that are no neighbours, so that each costs a signal of its own.
    for (int i = 0; i < 500; ++i) {
        for (const QByteArray node : {"n1", "n2"}) {
            const QByteArray client = node + '/' + QByteArray::number(i);
            model.add(connected(node, client));
            model.add(joined(node, client, "x"));
        }
    }
    model.flush();
    const ModelReplica clients(*model.clients(), ClientIdRole);
    const ModelReplica rooms(*model.rooms(), ClientIdRole);
    model.add(protocol::NodeDown{"n1", sampleTime()});
    model.flush();
    clock.advance(60s);
    model.tick();
    QVERIFY(model.clients()->rowCount() > 700);
    QCOMPARE(model.clients()->rowOf("n1/3"), -1);

    QTRY_COMPARE(model.clients()->rowCount(), 500);
    QCOMPARE(model.rooms()->rowCount(model.rooms()->roomIndex("x")), 500);
    QCOMPARE(clients.difference(), QString());
    QCOMPARE(rooms.difference(), QString());
    QCOMPARE(clients.removals(), 500);
}

QTEST_GUILESS_MAIN(ClusterLivenessTest)
#include "tst_clusterliveness.moc"
