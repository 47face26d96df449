// SPDX-License-Identifier: BSD-3-Clause
#include "model/pingsmodel.h"
#include "modelreplica.h"
#include "sampleevents.h"

#include <QAbstractItemModelTester>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace switchboard;
using namespace switchboard::monitor;
using namespace switchboard::test;
using protocol::PingNumber;

namespace {

protocol::PingSent sent(const QByteArray &node, PingNumber number, qint64 millis)
{
    return {node, number, "192.0.2.1", sampleTime(millis)};
}

protocol::PingDelivered delivered(const QByteArray &node, PingNumber number, qint64 millis, qint64 micros,
                                  qint64 clients = 10)
{
    return {node, number, clients, sampleTime(millis), micros};
}

// A model watched for faults.
struct Watched
{
    explicit Watched(qsizetype capacity = PingsModel::defaultCapacity)
        : model(capacity)
    { }

    // Each ping with those that delivered it: "n1: n1 n2".
    [[nodiscard]] QString ways() const
    {
        QStringList all;
        for (int row = 0; row < model.rowCount(); ++row) {
            const QModelIndex ping = model.index(row, 0);
            QString way = ping.data(NodeIdRole).toString() + u':';
            for (int below = 0; below < model.rowCount(ping); ++below) {
                way += u' ' + model.index(below, 0, ping).data(NodeIdRole).toString();
            }
            all.append(way);
        }
        return all.join(u", "_s);
    }

    PingsModel model;
    QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::QtTest};
    ModelReplica replica{model, ExportRole};
};

} // namespace

class PingsModelTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void showsAPingsWay();
    void deliveriesFindTheirPing();
    void deliveryBeforeItsPing();
    void pingOfAnUnknownNode();
    void oldestFallOut();
    void takesAnyTime();
    void clears();
};

void PingsModelTest::showsAPingsWay()
{
    Watched pings;
    pings.model.addSent(sent("n1", PingNumber::Two, 0));
    const QModelIndex ping = pings.model.index(0, 0);
    const auto cell = [&](int column) { return ping.siblingAtColumn(column).data().toString(); };
    QCOMPARE(cell(PingsModel::NodesColumn), u"0"_s);
    QCOMPARE(cell(PingsModel::MicrosColumn), QString());
    pings.model.addDelivered(delivered("n1", PingNumber::Two, 1, 700));
    pings.model.addDelivered(delivered("n2", PingNumber::Two, 3, 2500, 5));
    QCOMPARE(pings.ways(), u"n1: n1 n2"_s);
    QCOMPARE(cell(PingsModel::NumberColumn), u"2"_s);
    QCOMPARE(cell(PingsModel::AddressColumn), u"192.0.2.1"_s);
    QCOMPARE(cell(PingsModel::NodesColumn), u"2"_s);
    QCOMPARE(cell(PingsModel::ClientsColumn), u"15"_s);
    QCOMPARE(ping.siblingAtColumn(PingsModel::MicrosColumn).data(SortRole).toLongLong(), 2500);
    const QModelIndex second = pings.model.index(1, PingsModel::MicrosColumn, ping);
    QCOMPARE(second.data().toString(), u"2.5 ms"_s);
    QCOMPARE(second.parent(), ping);
    QCOMPARE(second.siblingAtColumn(PingsModel::TimeColumn).data(ExportRole).toString(),
             u"2026-03-01T10:00:00.003Z"_s);
    const auto json = QJsonDocument::fromJson(ping.data(RawJsonRole).toString().toUtf8()).object();
    QCOMPARE(json[u"deliveries"].toArray().size(), 2);
    QCOMPARE(pings.replica.difference(), QString());
    QCOMPARE(pings.replica.resets(), 0);
}

void PingsModelTest::deliveriesFindTheirPing()
{
    Watched pings;
    pings.model.addSent(sent("a", PingNumber::One, 0));
    pings.model.addSent(sent("b", PingNumber::Two, 1));
    pings.model.addSent(sent("c", PingNumber::One, 20));
    // In another order than sent, and of a node whose clock is a second ahead, which tells by itself how long
    // it took by the sender's.
    pings.model.addDelivered(delivered("n1", PingNumber::One, 21, 1000));
    pings.model.addDelivered(delivered("n1", PingNumber::One, 2, 2000));
    pings.model.addDelivered(delivered("n2", PingNumber::Two, 1001, 1'000'000));
    QCOMPARE(pings.ways(), u"a: n1, b: n2, c: n1"_s);
    // A node delivers a ping once: the second one is of the other ping, though that fits less.
    pings.model.addSent(sent("d", PingNumber::One, 5000));
    pings.model.addSent(sent("e", PingNumber::One, 5001));
    pings.model.addDelivered(delivered("n1", PingNumber::One, 5001, 1000));
    pings.model.addDelivered(delivered("n1", PingNumber::One, 5001, 1000));
    QCOMPARE(pings.ways(), u"a: n1, b: n2, c: n1, d: n1, e: n1"_s);
    QCOMPARE(pings.replica.difference(), QString());
}

void PingsModelTest::deliveryBeforeItsPing()
{
    Watched pings;
    pings.model.addDelivered(delivered("n2", PingNumber::One, 2, 2000));
    QCOMPARE(pings.model.index(0, PingsModel::NodeColumn).data().toString(), u"(unknown)"_s);
    pings.model.addSent(sent("n1", PingNumber::Two, 0));
    pings.model.addSent(sent("n1", PingNumber::One, 0));
    QCOMPARE(pings.ways(), u"n1: n2, n1:"_s);
    QCOMPARE(pings.replica.difference(), QString());
}

void PingsModelTest::pingOfAnUnknownNode()
{
    Watched pings;
    pings.model.addDelivered(delivered("n1", PingNumber::One, 0, 0));
    pings.model.addDelivered(delivered("n2", PingNumber::One, 1, 0));
    pings.model.addSent(sent("n3", PingNumber::One, 60'000));
    QCOMPARE(pings.ways(), u": n1 n2, n3:"_s);
}

void PingsModelTest::oldestFallOut()
{
    Watched pings(3);
    for (qint64 i = 0; i < 5; ++i) {
        const QByteArray node = "n" + QByteArray::number(i);
        pings.model.addSent(sent(node, PingNumber::One, i * 10'000));
        pings.model.addDelivered(delivered(node, PingNumber::One, i * 10'000, 0));
    }
    QCOMPARE(pings.ways(), u"n2: n2, n3: n3, n4: n4"_s);
    QCOMPARE(pings.model.totalCount(), 5);
    QCOMPARE(pings.replica.difference(), QString());
}

void PingsModelTest::takesAnyTime()
{
    Watched pings;
    const auto first = protocol::Timestamp::parse("-32767-01-01T00:00:00Z").value();
    const auto last = protocol::Timestamp::parse("32767-12-31T23:59:59Z").value();
    constexpr qint64 longest = std::numeric_limits<qint64>::max();
    pings.model.addSent({"n1", PingNumber::One, {}, first});
    pings.model.addSent({"n1", PingNumber::One, {}, last});
    pings.model.addDelivered({"n1", PingNumber::One, longest, first, longest});
    pings.model.addDelivered({"n1", PingNumber::One, 0, last, 0});
    QCOMPARE(pings.ways(), u"n1:, n1: n1, : n1"_s);
}

void PingsModelTest::clears()
{
    Watched pings;
    pings.model.addSent(sent("n1", PingNumber::One, 0));
    pings.model.addDelivered(delivered("n1", PingNumber::One, 0, 0));
    pings.model.clear();
    pings.model.clear();
    QCOMPARE(pings.model.rowCount(), 0);
    pings.model.addSent(sent("n2", PingNumber::One, 0));
    pings.model.addDelivered(delivered("n1", PingNumber::One, 0, 0));
    QCOMPARE(pings.ways(), u"n2: n1"_s);
    QCOMPARE(pings.model.totalCount(), 2);
    QCOMPARE(pings.replica.difference(), QString());
}

QTEST_GUILESS_MAIN(PingsModelTest)
#include "tst_pingsmodel.moc"
