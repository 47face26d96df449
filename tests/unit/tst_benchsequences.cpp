// SPDX-License-Identifier: BSD-3-Clause
#include <QTest>
#include <array>

#include "bench/sequencecheck.h"

using namespace switchboard::bench;
using Numbers = QList<quint32>;

/// Which faults are found in the sequence numbers that come to a receiver.
class TestBenchSequences : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void faultsOfOneSender_data();
    void faultsOfOneSender();
    void sendersAndReceiversAreApart();
    void foreignSendersAreMisplaced();
};

void TestBenchSequences::faultsOfOneSender_data()
{
    QTest::addColumn<Numbers>("come");
    QTest::addColumn<quint32>("sent");
    QTest::addColumn<int>("deliveries");
    QTest::addColumn<quint64>("lost");
    QTest::addColumn<quint64>("duplicated");
    QTest::addColumn<quint64>("reordered");
    const auto row = [](const char *name, const Numbers &come, quint32 sent, int deliveries, quint64 lost,
                        quint64 duplicated, quint64 reordered) {
        QTest::newRow(name) << come << sent << deliveries << lost << duplicated << reordered;
    };
    row("all well", {0, 1, 2}, 3, 3, 0, 0, 0);
    row("nothing sent", {}, 0, 0, 0, 0, 0);
    row("all lost", {}, 3, 0, 3, 0, 0);
    row("first lost", {1, 2}, 3, 2, 1, 0, 0);
    row("middle lost", {0, 3}, 4, 2, 2, 0, 0);
    row("last lost", {0, 1}, 3, 2, 1, 0, 0);
    row("twice", {0, 0, 1}, 2, 2, 0, 1, 0);
    row("twice, later", {0, 1, 2, 1}, 3, 3, 0, 1, 0);
    row("swapped", {1, 0, 2}, 3, 3, 0, 0, 1);
    row("late, and then again", {0, 2, 1, 1}, 3, 3, 0, 1, 1);
    row("backwards", {2, 1, 0}, 3, 3, 0, 0, 2);
    row("of everything", {1, 3, 0, 3}, 5, 3, 2, 1, 1);
}

void TestBenchSequences::faultsOfOneSender()
{
    QFETCH(const Numbers, come);
    QFETCH(const quint32, sent);
    SequenceCheck check;
    check.addReceiver(0, 1);
    int deliveries = 0;
    for (const quint32 sequence : come) {
        deliveries += check.take(0, {0, sequence}) ? 1 : 0;
    }
    const std::array<std::uint32_t, 1> sentBySender{sent};
    const DeliveryFaults faults = check.faults(sentBySender);
    QTEST(deliveries, "deliveries");
    QTEST(quint64{faults.lost}, "lost");
    QTEST(quint64{faults.duplicated}, "duplicated");
    QTEST(quint64{faults.reordered}, "reordered");
    QCOMPARE(faults.misplaced, std::uint64_t{0});
    QCOMPARE(faults.isEmpty(), faults.lost + faults.duplicated + faults.reordered == 0);
}

void TestBenchSequences::sendersAndReceiversAreApart()
{
    // Receivers 0 and 1 hear the senders 0 and 1, receiver 2 hears sender 2.
    SequenceCheck check;
    check.addReceiver(0, 2);
    check.addReceiver(0, 2);
    check.addReceiver(2, 1);
    for (std::size_t receiver : {0U, 1U}) {
        QVERIFY(check.take(receiver, {0, 0}));
        QVERIFY(check.take(receiver, {1, 0}));
        QVERIFY(check.take(receiver, {0, 1}));
    }
    QVERIFY(check.take(2, {2, 0}));
    const std::array<std::uint32_t, 3> sent{2, 1, 1};
    QVERIFY(check.faults(sent).isEmpty());
    const std::array<std::uint32_t, 3> moreSent{2, 2, 1};
    QCOMPARE(check.faults(moreSent).lost, std::uint64_t{2});
}

void TestBenchSequences::foreignSendersAreMisplaced()
{
    SequenceCheck check;
    check.addReceiver(1, 1);
    QVERIFY(!check.take(0, {0, 0}));
    QVERIFY(!check.take(0, {2, 0}));
    QVERIFY(check.take(0, {1, 0}));
    const std::array<std::uint32_t, 3> sent{1, 1, 1};
    QCOMPARE(check.faults(sent).misplaced, std::uint64_t{2});
    QVERIFY(!check.faults(sent).isEmpty());
}

QTEST_APPLESS_MAIN(TestBenchSequences)
#include "tst_benchsequences.moc"
