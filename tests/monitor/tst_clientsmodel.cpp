// SPDX-License-Identifier: BSD-3-Clause
#include "model/clientsmodel.h"
#include "model/nodesmodel.h"
#include "modelreplica.h"

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QTest>

#include <memory>

using namespace Qt::StringLiterals;
using namespace switchboard::monitor;
using namespace switchboard::test;

namespace {

constexpr int all = RowSet<ClientRow>::allRemovals;

std::shared_ptr<NodeRow> makeNode(const QByteArray &id)
{
    auto node = std::make_shared<NodeRow>();
    node->id = id;
    return node;
}

std::shared_ptr<ClientRow> makeClient(const QByteArray &id, std::shared_ptr<const NodeRow> node)
{
    auto client = std::make_shared<ClientRow>();
    client->id = id;
    client->node = std::move(node);
    client->address = "10.0.0.7";
    client->user = "alice";
    client->userAgent = "sample/1.0";
    client->connectedAt = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1);
    return client;
}

} // namespace

class ClientsModelTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tellsNothingBeforeCommit();
    void removesInRuns();
    void removesNoMoreThanAsked();
    void tellsChangesAsRanges();
    void followsAnyChange();
    void columnsAndRoles();
    void sortsTyped();
    void findsAmongFiftyThousand();
};

void ClientsModelTest::tellsNothingBeforeCommit()
{
    ClientsModel model;
    const auto node = makeNode("n");
    ClientRow &row = model.rows().add(makeClient("a", node));
    QCOMPARE(model.rowCount(), 0);
    QCOMPARE(model.rowOf("a"), -1);
    QCOMPARE(model.find("a"), &row);
    model.commit(all);
    QCOMPARE(model.rowOf("a"), 0);

    model.rows().remove(row);
    QCOMPARE(model.find("a"), nullptr);
    QCOMPARE(model.rowOf("a"), -1);
    QCOMPARE(model.rowCount(), 1);
    QCOMPARE(model.index(0, 0).data().toString(), u"a"_s);
    // The same id again, while the row of the first is still there.
    model.rows().add(makeClient("a", node));
    model.commit(all);
    QCOMPARE(model.rowCount(), 1);
    QCOMPARE(model.rowOf("a"), 0);

    model.rows().remove(model.rows().add(makeClient("never shown", node)));
    const ModelReplica replica(model, ExportRole);
    model.commit(all);
    QCOMPARE(replica.insertions() + replica.removals(), 0);
    QVERIFY(model.rows().isSettled());
}

void ClientsModelTest::removesInRuns()
{
    ClientsModel model;
    const auto node = makeNode("n");
    for (int i = 0; i < 20; ++i) {
        model.rows().add(makeClient(QByteArray::number(i), node));
    }
    model.commit(all);
    const ModelReplica replica(model, ExportRole);
    for (const char *id : {"7", "3", "0", "4", "19", "5", "18"}) {
        model.rows().remove(*model.rows().find(id));
    }
    model.commit(all);
    QCOMPARE(replica.removals(), 4);
    QCOMPARE(replica.difference(), QString());
    QCOMPARE(model.rowCount(), 13);
    QCOMPARE(model.rowOf("17"), 12);
    QCOMPARE(model.rowOf("1"), 0);
}

void ClientsModelTest::removesNoMoreThanAsked()
{
    ClientsModel model;
    const auto node = makeNode("n");
    for (int i = 0; i < 10; ++i) {
        model.rows().add(makeClient(QByteArray::number(i), node));
    }
    model.commit(all);
    const ModelReplica replica(model, ExportRole);
    for (const char *id : {"1", "3", "5", "6"}) {
        model.rows().remove(*model.rows().find(id));
    }
    model.commit(2);
    QCOMPARE(model.rowCount(), 7);
    QVERIFY(model.rows().hasBacklog());
    model.commit(1);
    QVERIFY(!model.rows().hasBacklog());
    QCOMPARE(replica.removals(), 3);
    QCOMPARE(replica.difference(), QString());
}

void ClientsModelTest::tellsChangesAsRanges()
{
    ClientsModel model;
    const auto node = makeNode("n");
    for (int i = 0; i < 5000; ++i) {
        model.rows().add(makeClient(QByteArray::number(i), node));
    }
    model.commit(all);
    const ModelReplica replica(model, ExportRole);
    const auto change = [&](int row) {
        ++model.rows().shownAt(row).figures.received;
        model.rows().touch(model.rows().shownAt(row));
    };
    for (const int row : {12, 10, 4000, 11, 10}) {
        change(row);
    }
    model.commit(all);
    QCOMPARE(replica.changes(), 2);
    QCOMPARE(replica.difference(), QString());

    // Here and there all over: one range is cheaper than each.
    for (int row = 0; row < 5000; row += 20) {
        change(row);
    }
    model.commit(all);
    QCOMPARE(replica.changes(), 3);
    QCOMPARE(replica.difference(), QString());

    model.rows().shownAt(3).address = "::1";
    model.touchWhole(model.rows().shownAt(3));
    model.commit(all);
    QCOMPARE(replica.changes(), 4);
    QCOMPARE(replica.difference(), QString());
}

void ClientsModelTest::followsAnyChange()
{
    ClientsModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const ModelReplica replica(model, ExportRole);
    const auto node = makeNode("n");
    QRandomGenerator random(7);
    QByteArrayList ids;
    int lastId = 0;
    for (int turn = 0; turn < 300; ++turn) {
        for (int i = random.bounded(6); i > 0; --i) {
            ids.append(QByteArray::number(++lastId));
            model.rows().add(makeClient(ids.last(), node));
        }
        for (int i = random.bounded(5); i > 0 && !ids.isEmpty(); --i) {
            model.rows().remove(*model.rows().find(ids.takeAt(random.bounded(ids.size()))));
        }
        for (int i = random.bounded(5); i > 0 && !ids.isEmpty(); --i) {
            ClientRow &row = *model.rows().find(ids.at(random.bounded(ids.size())));
            ++row.figures.sent;
            model.rows().touch(row);
        }
        model.commit(random.bounded(4));
        QCOMPARE(replica.difference(), QString());
    }
    model.commit(all);
    QCOMPARE(model.rowCount(), ids.size());
    for (int row = 0; row < model.rowCount(); ++row) {
        QCOMPARE(model.rowOf(ids.at(row)), row);
    }
    QCOMPARE(replica.resets(), 0);
}

void ClientsModelTest::columnsAndRoles()
{
    ClientsModel model;
    const auto client = makeClient("c1", makeNode("n1"));
    client->rooms = {"#a", "b"};
    client->figures.sent = 12'345;
    client->figures.queuedBytes = 2048;
    client->figures.roundTripMicros = 1500;
    model.rows().add(client);
    model.commit(all);

    QStringList keys;
    QStringList exported;
    for (int column = 0; column < model.columnCount(); ++column) {
        QVERIFY(!model.headerData(column, Qt::Horizontal).toString().isEmpty());
        keys.append(model.headerData(column, Qt::Horizontal, KeyRole).toString());
        exported.append(model.index(0, column).data(ExportRole).toString());
    }
    QCOMPARE(
        keys.join(u' '),
        u"client node address user userAgent connectedSince rooms sent received queuedBytes roundTripMicros"_s);
    QCOMPARE(exported.join(u'|'),
             u"c1|n1|10.0.0.7|alice|sample/1.0|2026-03-01T00:00:00Z|#a, b|12345|0|2048|1500"_s);
    QCOMPARE(model.index(0, ClientsModel::SentColumn).data(SortRole).typeId(), int(QMetaType::LongLong));
    QCOMPARE(model.index(0, 0).data(RoomRole).toString(), u"#a\nb"_s);
    QCOMPARE(model.index(0, 0).data(RowTextRole).toString(), u"c1\nn1\n10.0.0.7\nalice\nsample/1.0\n#a\nb"_s);
    const auto json =
        QJsonDocument::fromJson(model.index(0, 3).data(RawJsonRole).toString().toUtf8()).object();
    QCOMPARE(json[u"node"].toString(), u"n1"_s);
    QCOMPARE(json[u"client"][u"userAgent"].toString(), u"sample/1.0"_s);
    QCOMPARE(json[u"client"][u"user"].toString(), u"alice"_s);
    QCOMPARE(json[u"client"][u"connectedAt"].toString(), u"2026-03-01T00:00:00Z"_s);
}

void ClientsModelTest::sortsTyped()
{
    ClientsModel model;
    const auto first = makeClient("b", makeNode("n2"));
    first->figures.sent = 9;
    first->figures.roundTripMicros = 900;
    first->rooms = {"z"};
    const auto second = makeClient("a", makeNode("n1"));
    second->figures.sent = 10;
    second->figures.roundTripMicros = 10'000;
    second->rooms = {"a", "b"};
    second->connectedAt += std::chrono::seconds(1);
    model.rows().add(first);
    model.rows().add(second);
    model.commit(all);
    for (int column = 0; column < ClientsModel::ColumnCount; ++column) {
        const QVariant left = model.index(0, column).data(SortRole);
        const QVariant right = model.index(1, column).data(SortRole);
        const auto order = QVariant::compare(left, right);
        QCOMPARE(model.rowLessThan(0, 1, column), order == QPartialOrdering::Less);
        QCOMPARE(model.rowLessThan(1, 0, column), order == QPartialOrdering::Greater);
    }
}

void ClientsModelTest::findsAmongFiftyThousand()
{
    ClientsModel model;
    const auto node = makeNode("n");
    for (int i = 0; i < 50'000; ++i) {
        model.rows().add(makeClient(QByteArray::number(i), node));
    }
    model.commit(all);
    QElapsedTimer clock;
    clock.start();
    for (int i = 0; i < 50'000; ++i) {
        if (model.rowOf(QByteArray::number(i)) != i) {
            QFAIL("found elsewhere");
        }
    }
    qInfo("50,000 look-ups among 50,000 rows: %lld ms", static_cast<long long>(clock.elapsed()));
}

QTEST_GUILESS_MAIN(ClientsModelTest)
#include "tst_clientsmodel.moc"
