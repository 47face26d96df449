// SPDX-License-Identifier: BSD-3-Clause
#include "model/closedclientsmodel.h"
#include "model/pausabletraffic.h"
#include "model/trafficmodel.h"
#include "modelreplica.h"

#include <QAbstractItemModelTester>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace switchboard::monitor;
using namespace switchboard::test;

namespace {

// Messages with these numbers as their text.
std::vector<TrafficRow> numbered(int first, int last)
{
    std::vector<TrafficRow> rows;
    for (int number = first; number <= last; ++number) {
        rows.push_back({{}, "n1", "c1", {}, QByteArray::number(number), false});
    }
    return rows;
}

// The texts of all rows.
QString texts(const TrafficTable &table)
{
    QByteArrayList all;
    for (int row = 0; row < table.rowCount(); ++row) {
        all.append(table.rowAt(row).text);
    }
    return QString::fromUtf8(all.join(' '));
}

} // namespace

class TrafficModelTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void oldestFallOut();
    void aBatchIsOneInsertion();
    void aBatchLargerThanAll();
    void boundsBytesToo();
    void clears();
    void columnsAndRoles();
    void follows();
    void pauseStandsStill();
    void pauseOutlivesEveryRow();
    void clearsWhilePaused();
    void sourceClearedWhilePaused();
    void closedClientsAreBounded();
};

void TrafficModelTest::oldestFallOut()
{
    TrafficModel model(5);
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const ModelReplica replica(model, ExportRole);
    model.append(numbered(1, 3));
    QCOMPARE(texts(model), u"1 2 3"_s);
    model.append(numbered(4, 7));
    QCOMPARE(texts(model), u"3 4 5 6 7"_s);
    QCOMPARE(model.totalCount(), 7);
    QCOMPARE(model.firstNumber(), 2);
    model.append({});
    QCOMPARE(replica.insertions(), 2);
    QCOMPARE(replica.removals(), 1);
    QCOMPARE(replica.difference(), QString());
}

void TrafficModelTest::aBatchIsOneInsertion()
{
    TrafficModel model;
    QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
    model.append(numbered(1, 1000));
    QCOMPARE(inserted.count(), 1);
    QCOMPARE(inserted.first().at(1).toInt(), 0);
    QCOMPARE(inserted.first().at(2).toInt(), 999);
}

void TrafficModelTest::aBatchLargerThanAll()
{
    TrafficModel model(4);
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const ModelReplica replica(model, ExportRole);
    model.append(numbered(1, 2));
    model.append(numbered(3, 9));
    QCOMPARE(texts(model), u"6 7 8 9"_s);
    QCOMPARE(model.totalCount(), 9);
    QCOMPARE(model.firstNumber(), 5);
    QCOMPARE(replica.difference(), QString());
}

void TrafficModelTest::boundsBytesToo()
{
    TrafficModel model(100, 1000);
    const ModelReplica replica(model, ExportRole);
    const auto message = [](const char *name, int size) {
        return TrafficRow{{}, "n", name, "r", QByteArray(size, 'x'), true};
    };
    model.append({message("a", 400), message("b", 400)});
    QCOMPARE(model.rowCount(), 2);
    model.append({message("c", 300)});
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(model.rowAt(0).client, "b");
    model.append({message("d", 900), message("e", 900)});
    QCOMPARE(model.rowCount(), 1);
    QCOMPARE(model.rowAt(0).client, "e");
    // One is always kept, so that a message never goes unseen.
    model.append({message("f", 5000)});
    QCOMPARE(model.rowCount(), 1);
    QCOMPARE(model.rowAt(0).client, "f");
    model.append({message("g", 10)});
    QCOMPARE(model.rowCount(), 1);
    QCOMPARE(model.rowAt(0).client, "g");
    QCOMPARE(model.totalCount(), 7);
    QCOMPARE(replica.difference(), QString());
}

void TrafficModelTest::clears()
{
    TrafficModel model;
    const ModelReplica replica(model, ExportRole);
    model.append(numbered(1, 3));
    model.clear();
    model.clear();
    QCOMPARE(model.rowCount(), 0);
    QCOMPARE(model.totalCount(), 3);
    model.append(numbered(4, 4));
    QCOMPARE(model.firstNumber(), 3);
    QCOMPARE(replica.removals(), 1);
    QCOMPARE(replica.resets(), 0);
    QCOMPARE(replica.difference(), QString());
}

void TrafficModelTest::columnsAndRoles()
{
    TrafficModel model;
    const std::chrono::sys_time<std::chrono::nanoseconds> time(std::chrono::milliseconds(1500));
    model.append({{time, "n1", "c1", {}, "a\nb \"é\"", false}, {time, "n1", "c2", "", "hi", true}});

    QStringList keys;
    for (int column = 0; column < model.columnCount(); ++column) {
        keys.append(model.headerData(column, Qt::Horizontal, KeyRole).toString());
    }
    QCOMPARE(keys.join(u' '), u"time node client room text"_s);
    QCOMPARE(model.index(0, 0).data(ExportRole).toString(), u"1970-01-01T00:00:01.5Z"_s);
    QCOMPARE(model.index(0, 0).data(SortRole).toLongLong(), 1'500'000'000);
    QCOMPARE(model.index(0, 4).data().toString(), u"a⏎b \"é\""_s);
    QCOMPARE(model.index(0, 4).data(ExportRole).toString(), u"a\nb \"é\""_s);

    const auto json = [&](int row) {
        return QJsonDocument::fromJson(model.index(row, 0).data(RawJsonRole).toString().toUtf8()).object();
    };
    QCOMPARE(json(0)[u"type"].toString(), u"ChatMessage"_s);
    QCOMPARE(json(0)[u"contents"][u"content"].toString(), u"a\nb \"é\""_s);
    // A room may have the empty name.
    QCOMPARE(json(1)[u"type"].toString(), u"RoomMessage"_s);
    QCOMPARE(model.index(1, 3).data(ExportRole).typeId(), int(QMetaType::QString));
    QVERIFY(!model.index(0, 3).data(ExportRole).isValid());
    QVERIFY(!model.index(2, 0).isValid());
}

void TrafficModelTest::follows()
{
    TrafficModel source(5);
    source.append(numbered(1, 2));
    PausableTraffic view(&source);
    const QAbstractItemModelTester tester(&view, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const ModelReplica replica(view, ExportRole);
    QCOMPARE(texts(view), u"1 2"_s);
    source.append(numbered(3, 8));
    QCOMPARE(texts(view), u"4 5 6 7 8"_s);
    QCOMPARE(view.totalCount(), 8);
    QCOMPARE(view.newRows(), 0);
    QCOMPARE(view.index(0, TrafficTable::TextColumn).data().toString(), u"4"_s);
    view.clear();
    QCOMPARE(source.rowCount(), 0);
    QCOMPARE(replica.difference(), QString());
    QCOMPARE(replica.resets(), 0);
}

void TrafficModelTest::pauseStandsStill()
{
    TrafficModel source(5);
    source.append(numbered(1, 4));
    PausableTraffic view(&source);
    const QAbstractItemModelTester tester(&view, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const ModelReplica replica(view, ExportRole);
    const QSignalSpy paused(&view, &PausableTraffic::pausedChanged);
    const QSignalSpy news(&view, &PausableTraffic::newRowsChanged);
    view.setPaused(true);
    view.setPaused(true);
    QCOMPARE(paused.count(), 1);
    source.append(numbered(5, 7));
    QCOMPARE(texts(source), u"3 4 5 6 7"_s);
    QCOMPARE(texts(view), u"1 2 3 4"_s);
    QCOMPARE(view.totalCount(), 4);
    QCOMPARE(view.newRows(), 3);
    QCOMPARE(news.last().first().toLongLong(), 3);
    QCOMPARE(replica.insertions() + replica.removals(), 0);

    const QPersistentModelIndex kept = view.index(3, 0);
    view.setPaused(false);
    QCOMPARE(texts(view), u"3 4 5 6 7"_s);
    QCOMPARE(kept.row(), 1);
    QCOMPARE(view.newRows(), 0);
    QCOMPARE(news.last().first().toLongLong(), 0);
    QCOMPARE(replica.insertions(), 1);
    QCOMPARE(replica.removals(), 1);
    source.append(numbered(8, 8));
    QCOMPARE(replica.difference(), QString());
    QCOMPARE(replica.resets(), 0);

    view.setPaused(true);
    view.setPaused(false);
    QCOMPARE(replica.insertions(), 2);
}

void TrafficModelTest::pauseOutlivesEveryRow()
{
    TrafficModel source(5);
    source.append(numbered(1, 4));
    PausableTraffic view(&source);
    const QAbstractItemModelTester tester(&view, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const ModelReplica replica(view, ExportRole);
    view.setPaused(true);
    source.append(numbered(5, 50));
    QCOMPARE(texts(view), u"1 2 3 4"_s);
    QCOMPARE(view.newRows(), 46);
    view.setPaused(false);
    QCOMPARE(texts(view), u"46 47 48 49 50"_s);
    QCOMPARE(replica.difference(), QString());
    QCOMPARE(replica.resets(), 0);
}

void TrafficModelTest::clearsWhilePaused()
{
    TrafficModel source(5);
    source.append(numbered(1, 4));
    PausableTraffic view(&source);
    const QAbstractItemModelTester tester(&view, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const ModelReplica replica(view, ExportRole);
    view.setPaused(true);
    source.append(numbered(5, 6));
    view.clear();
    QCOMPARE(view.rowCount(), 0);
    QCOMPARE(source.rowCount(), 0);
    QCOMPARE(view.newRows(), 0);
    QVERIFY(view.isPaused());
    source.append(numbered(7, 8));
    QCOMPARE(view.newRows(), 2);
    QCOMPARE(view.rowCount(), 0);
    view.setPaused(false);
    QCOMPARE(texts(view), u"7 8"_s);
    QCOMPARE(replica.difference(), QString());
}

void TrafficModelTest::sourceClearedWhilePaused()
{
    TrafficModel source(5);
    source.append(numbered(1, 4));
    PausableTraffic view(&source);
    const ModelReplica replica(view, ExportRole);
    view.setPaused(true);
    source.clear();
    source.append(numbered(5, 5));
    QCOMPARE(texts(view), u"1 2 3 4"_s);
    view.setPaused(false);
    QCOMPARE(texts(view), u"5"_s);
    QCOMPARE(replica.difference(), QString());
}

void TrafficModelTest::closedClientsAreBounded()
{
    ClosedClientsModel model(3);
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const ModelReplica replica(model, ExportRole);
    const auto add = [&](const QByteArrayList &ids) {
        std::vector<ClosedClientRow> rows;
        for (const QByteArray &id : ids) {
            ClosedClientRow row;
            row.id = id;
            rows.push_back(std::move(row));
        }
        model.append(std::move(rows));
    };
    add({"a", "b"});
    add({"c", "d"});
    QCOMPARE(model.rowCount(), 3);
    QCOMPARE(model.index(0, 0).data(ClientIdRole).toString(), u"b"_s);
    add({"e", "f", "g", "h"});
    QCOMPARE(model.rowCount(), 3);
    QCOMPARE(model.index(0, 0).data(ClientIdRole).toString(), u"f"_s);
    QCOMPARE(model.totalCount(), 8);
    model.clear();
    QCOMPARE(model.totalCount(), 8);
    QCOMPARE(replica.difference(), QString());
    QCOMPARE(replica.resets(), 0);
}

QTEST_GUILESS_MAIN(TrafficModelTest)
#include "tst_trafficmodel.moc"
