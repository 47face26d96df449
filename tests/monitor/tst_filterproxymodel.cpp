// SPDX-License-Identifier: BSD-3-Clause
#include "model/clientsmodel.h"
#include "model/closedclientsmodel.h"
#include "model/clustermodel.h"
#include "model/filterproxymodel.h"
#include "model/nodesmodel.h"
#include "model/pausabletraffic.h"
#include "model/pingsmodel.h"
#include "model/roomsmodel.h"
#include "model/trafficmodel.h"
#include "modelreplica.h"
#include "sampleevents.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace switchboard;
using namespace switchboard::monitor;
using namespace switchboard::test;

namespace {

// What the proxy shows in its first column, with what is below in parentheses.
QString shown(const QAbstractItemModel &proxy, const QModelIndex &parent = {})
{
    QStringList all;
    for (int row = 0; row < proxy.rowCount(parent); ++row) {
        const QModelIndex index = proxy.index(row, 0, parent);
        const QString below = shown(proxy, index);
        all.append(index.data().toString() + (below.isEmpty() ? QString() : u'(' + below + u')'));
    }
    return all.join(u' ');
}

} // namespace

class FilterProxyModelTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void filters_data();
    void filters();
    void refusesUnknownColumns();
    void everyKeyOfEveryModel();
    void filtersARoomsTree();
    void filtersPings();
    void sorts();
    void followsWhatComesAndChanges();
    void keepsSelection();
    void waitsWhileSuspended();
    void trafficStaysInOrder();
    void filterWhilePaused();
    void survivesAnotherSource();

private:
    void take(std::vector<protocol::MonitorEvent> events);

    SampleClock m_clock;
    std::unique_ptr<ClusterModel> m_cluster;
    std::unique_ptr<FilterProxyModel> m_proxy;
    std::unique_ptr<QAbstractItemModelTester> m_tester;
};

void FilterProxyModelTest::init()
{
    m_cluster = std::make_unique<ClusterModel>(m_clock.options());
    m_proxy = std::make_unique<FilterProxyModel>();
    m_tester = std::make_unique<QAbstractItemModelTester>(
        m_proxy.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    take({snapshotPart("n1", 1, 1,
                       {snapshotClient("alice", {"x"}, 9), snapshotClient("bob", {"x", "y"}, 10),
                        snapshotClient("carol", {}, 2)}),
          snapshotPart("n2", 1, 1, {snapshotClient("dora", {"hall"}, 1234)})});
}

void FilterProxyModelTest::cleanup()
{
    m_tester.reset();
    m_proxy.reset();
    m_cluster.reset();
}

void FilterProxyModelTest::take(std::vector<protocol::MonitorEvent> events)
{
    for (auto &event : events) {
        m_cluster->add(std::move(event));
    }
    m_cluster->flush();
}

void FilterProxyModelTest::filters_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("rows");

    const auto add = [](const QString &text, const QString &rows) {
        QTest::newRow(text.toUtf8().constData()) << text << rows;
    };
    add(u""_s, u"alice bob carol dora"_s);
    add(u"sample"_s, u"alice bob carol dora"_s);
    add(u"BO"_s, u"bob"_s);
    add(u"room:x"_s, u"alice bob"_s);
    add(u"rooms:y"_s, u"bob"_s);
    add(u"-room:"_s, u"carol"_s);
    add(u"room:/^x$/ -y"_s, u"alice"_s);
    add(u"hall"_s, u"dora"_s);
    add(u"node:n1 client:/[bc]/"_s, u"alice bob carol"_s);
    add(u"address:10.0.0.7 useragent:sample -node:n1"_s, u"dora"_s);
    add(u"received:1234"_s, u"dora"_s);
    add(u"received:1,234"_s, u"dora"_s);
    add(u"connectedSince:2026-03"_s, u"alice bob carol dora"_s);
    add(u"nobody"_s, u""_s);
}

void FilterProxyModelTest::filters()
{
    QFETCH(QString, text);
    QFETCH(QString, rows);

    QLocale::setDefault(QLocale(QLocale::English));
    m_proxy->setSourceModel(m_cluster->clients());
    QCOMPARE(m_proxy->setFilterText(text), QString());
    QCOMPARE(m_proxy->filterText(), text);
    QCOMPARE(shown(*m_proxy), rows);
    QCOMPARE(m_proxy->totalCount(), 4);
}

void FilterProxyModelTest::refusesUnknownColumns()
{
    m_proxy->setSourceModel(m_cluster->clients());
    QCOMPARE(m_proxy->setFilterText(u"room:y"_s), QString());
    QString fault = m_proxy->setFilterText(u"colour:red"_s);
    QVERIFY2(fault.contains(u"colour"_s) && fault.contains(u"userAgent"_s), qPrintable(fault));
    fault = m_proxy->setFilterText(u"a \"b"_s);
    QVERIFY2(fault.contains(u"character 3"_s), qPrintable(fault));
    QCOMPARE(m_proxy->filterText(), u"room:y"_s);
    QCOMPARE(shown(*m_proxy), u"bob"_s);
}

void FilterProxyModelTest::everyKeyOfEveryModel()
{
    PausableTraffic traffic(m_cluster->traffic());
    for (QAbstractItemModel *model : {static_cast<QAbstractItemModel *>(m_cluster->nodes()),
                                      static_cast<QAbstractItemModel *>(m_cluster->clients()),
                                      static_cast<QAbstractItemModel *>(m_cluster->closedClients()),
                                      static_cast<QAbstractItemModel *>(m_cluster->rooms()),
                                      static_cast<QAbstractItemModel *>(m_cluster->pings()),
                                      static_cast<QAbstractItemModel *>(&traffic)}) {
        m_proxy->setFilterText({});
        m_proxy->setSourceModel(model);
        const QStringList keys = m_proxy->filterKeys();
        for (int column = 0; column < model->columnCount(); ++column) {
            QVERIFY(keys.contains(model->headerData(column, Qt::Horizontal, KeyRole).toString()));
            QVERIFY(!model->headerData(column, Qt::Horizontal, Qt::ToolTipRole).toString().isEmpty());
        }
        for (const QString &key : keys) {
            QCOMPARE(m_proxy->setFilterText(key + u":x"_s), QString());
        }
        QCOMPARE(m_proxy->setFilterText({}), QString());
        QCOMPARE(m_proxy->rowCount(), model->rowCount());
    }
}

void FilterProxyModelTest::filtersARoomsTree()
{
    m_proxy->setSourceModel(m_cluster->rooms());
    const auto filtered = [&](const QString &text) {
        const QString fault = m_proxy->setFilterText(text);
        return fault.isEmpty() ? shown(*m_proxy) : fault;
    };
    QCOMPARE(filtered({}), u"x(alice bob) y(bob) hall(dora)"_s);
    QCOMPARE(filtered(u"room:hal"_s), u"hall(dora)"_s);
    QCOMPARE(filtered(u"client:bob"_s), u"x(bob) y(bob)"_s);
    take({left("n1", "bob", "x")});
    QTRY_COMPARE(shown(*m_proxy), u"y(bob)"_s);
    take({joined("n1", "bob", "x")});
    QTRY_COMPARE(shown(*m_proxy), u"x(bob) y(bob)"_s);
    QCOMPARE(filtered(u"alice"_s), u"x(alice)"_s);
    QCOMPARE(filtered(u"node:n2"_s), u"hall(dora)"_s);
    const QPersistentModelIndex kept = m_proxy->index(0, 0, m_proxy->index(0, 0));
    take({joined("n1", "carol", "hall"), joined("n2", "dora", "new")});
    m_proxy->refresh();
    QCOMPARE(kept.data().toString(), u"dora"_s);
    QCOMPARE(kept.parent().row(), 0);
    QCOMPARE(shown(*m_proxy), u"hall(dora) new(dora)"_s);
    QCOMPARE(filtered({}), u"x(alice bob) y(bob) hall(dora carol) new(dora)"_s);
    m_proxy->sort(0, Qt::DescendingOrder);
    QCOMPARE(shown(*m_proxy), u"y(bob) x(bob alice) new(dora) hall(dora carol)"_s);
    QCOMPARE(kept.data().toString(), u"dora"_s);
    QCOMPARE(kept.parent().row(), 3);
}

void FilterProxyModelTest::filtersPings()
{
    take({protocol::PingSent{"n1", protocol::PingNumber::One, "192.0.2.1", sampleTime()},
          protocol::PingDelivered{"n2", protocol::PingNumber::One, 3, sampleTime(1), 1000},
          protocol::PingSent{"n1", protocol::PingNumber::Two, "192.0.2.2", sampleTime()}});
    m_proxy->setSourceModel(m_cluster->pings());
    QCOMPARE(m_proxy->setFilterText(u"node:n2"_s), QString());
    QCOMPARE(m_proxy->rowCount(), 1);
    QCOMPARE(m_proxy->rowCount(m_proxy->index(0, 0)), 1);
    QCOMPARE(m_proxy->setFilterText(u"number:2"_s), QString());
    QCOMPARE(m_proxy->rowCount(), 1);
    QCOMPARE(m_proxy->setFilterText(u"192.0.2.1"_s), QString());
    QCOMPARE(m_proxy->rowCount(m_proxy->index(0, 0)), 1);
}

void FilterProxyModelTest::sorts()
{
    m_proxy->setSourceModel(m_cluster->clients());
    m_proxy->sort(ClientsModel::ReceivedColumn, Qt::AscendingOrder);
    QCOMPARE(shown(*m_proxy), u"carol alice bob dora"_s);
    m_proxy->sort(ClientsModel::RoomsColumn, Qt::DescendingOrder);
    QCOMPARE(shown(*m_proxy), u"bob alice dora carol"_s);
    take({protocol::ClientStats{"n1", {{"alice", {.roundTripMicros = 9'500}}}},
          protocol::ClientStats{"n2", {{"dora", {.roundTripMicros = 10'000}}}}});
    m_proxy->sort(ClientsModel::RoundTripColumn, Qt::DescendingOrder);
    QCOMPARE(shown(*m_proxy).left(10), u"dora alice"_s);
    QCOMPARE(m_proxy->setFilterText(u"roundTripMicros:ms"_s), QString());
    QCOMPARE(shown(*m_proxy), u"dora alice"_s);
    QCOMPARE(m_proxy->setFilterText({}), QString());
    m_proxy->sort(-1);
    QCOMPARE(shown(*m_proxy), u"alice bob carol dora"_s);
    m_proxy->setSourceModel(m_cluster->nodes());
    m_proxy->sort(NodesModel::NodeColumn, Qt::DescendingOrder);
    QCOMPARE(m_proxy->index(0, NodesModel::NodeColumn).data().toString(), u"n2"_s);
}

void FilterProxyModelTest::followsWhatComesAndChanges()
{
    m_proxy->setSourceModel(m_cluster->clients());
    m_proxy->sort(ClientsModel::ReceivedColumn, Qt::DescendingOrder);
    QCOMPARE(m_proxy->setFilterText(u"-room:y"_s), QString());
    QCOMPARE(shown(*m_proxy), u"dora alice carol"_s);
    take({connected("n1", "eve"), joined("n1", "carol", "y"), left("n1", "bob", "y"),
          said("n1", "eve", "hi")});
    QTRY_COMPARE(shown(*m_proxy), u"dora bob alice eve"_s);
    take({disconnected("n1", "alice")});
    QCOMPARE(shown(*m_proxy), u"dora bob eve"_s);
}

void FilterProxyModelTest::keepsSelection()
{
    m_proxy->setSourceModel(m_cluster->clients());
    m_proxy->sort(ClientsModel::ReceivedColumn);
    const QPersistentModelIndex kept = m_proxy->mapFromSource(m_cluster->clients()->index(0, 0));
    QCOMPARE(kept.data().toString(), u"alice"_s);
    QCOMPARE(kept.row(), 1);
    const QSignalSpy reset(m_proxy.get(), &QAbstractItemModel::modelReset);
    m_proxy->sort(ClientsModel::ReceivedColumn, Qt::DescendingOrder);
    QCOMPARE(kept.row(), 2);
    m_proxy->setFilterText(u"room:x"_s);
    QCOMPARE(kept.row(), 1);
    take({connected("n1", "eve"), joined("n1", "eve", "x")});
    m_proxy->refresh();
    QCOMPARE(kept.data().toString(), u"alice"_s);
    m_proxy->setFilterText(u"room:y"_s);
    QVERIFY(!kept.isValid());
    QCOMPARE(reset.count(), 0);
}

void FilterProxyModelTest::waitsWhileSuspended()
{
    m_proxy->setSourceModel(m_cluster->clients());
    m_proxy->sort(ClientsModel::ReceivedColumn);
    const QSignalSpy sorted(m_proxy.get(), &QAbstractItemModel::layoutChanged);
    m_proxy->setSuspended(true);
    take({connected("n1", "eve")});
    QTest::qWait(200);
    QCOMPARE(sorted.count(), 0);
    QCOMPARE(shown(*m_proxy), u"carol alice bob dora eve"_s);
    m_proxy->setSuspended(false);
    QCOMPARE(sorted.count(), 1);
    QCOMPARE(shown(*m_proxy), u"eve carol alice bob dora"_s);
}

void FilterProxyModelTest::trafficStaysInOrder()
{
    TrafficModel traffic(4);
    PausableTraffic view(&traffic);
    m_proxy->setSourceModel(&view);
    QCOMPARE(m_proxy->setFilterText(u"-b"_s), QString());
    const ModelReplica replica(*m_proxy, ExportRole);
    for (const char *text : {"a1", "b2", "a3", "b4", "a5", "a6", "b7"}) {
        traffic.append({{{}, "n", "c", {}, text, false}});
    }
    QCOMPARE(m_proxy->rowCount(), 2);
    QCOMPARE(m_proxy->index(0, TrafficTable::TextColumn).data().toString(), u"a5"_s);
    QCOMPARE(m_proxy->index(1, TrafficTable::TextColumn).data().toString(), u"a6"_s);
    QCOMPARE(replica.difference(), QString());
    QCOMPARE(replica.resets(), 0);
}

void FilterProxyModelTest::filterWhilePaused()
{
    TrafficModel traffic(3);
    PausableTraffic view(&traffic);
    m_proxy->setSourceModel(&view);
    const auto say = [&](const QByteArray &text) { traffic.append({{{}, "n", "c", {}, text, false}}); };
    say("a1");
    say("b2");
    view.setPaused(true);
    for (const char *text : {"a3", "b4", "a5", "b6"}) {
        say(text);
    }
    QCOMPARE(m_proxy->setFilterText(u"b"_s), QString());
    QCOMPARE(m_proxy->rowCount(), 1);
    QCOMPARE(m_proxy->index(0, TrafficTable::TextColumn).data().toString(), u"b2"_s);
    view.setPaused(false);
    QCOMPARE(m_proxy->rowCount(), 2);
    QCOMPARE(m_proxy->index(0, TrafficTable::TextColumn).data().toString(), u"b4"_s);
}

void FilterProxyModelTest::survivesAnotherSource()
{
    m_proxy->setSourceModel(m_cluster->clients());
    QCOMPARE(m_proxy->setFilterText(u"userAgent:sample"_s), QString());
    m_proxy->sort(ClientsModel::ReceivedColumn);
    // A filter that the new model has no column for takes all.
    m_proxy->setSourceModel(m_cluster->nodes());
    QCOMPARE(m_proxy->rowCount(), 2);
    QCOMPARE(m_proxy->filterText(), QString());
    m_proxy->setSourceModel(nullptr);
    QCOMPARE(m_proxy->rowCount(), 0);
    QCOMPARE(m_proxy->totalCount(), 0);
}

QTEST_GUILESS_MAIN(FilterProxyModelTest)
#include "tst_filterproxymodel.moc"
