// SPDX-License-Identifier: BSD-3-Clause
#include "net/clientids.h"

#include <QSet>
#include <QTest>

#include <array>

using switchboard::ClientIds;

class ClientIdsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void areRandomUuids();
};

void ClientIdsTest::areRandomUuids()
{
    constexpr int count = 10000;
    ClientIds ids;
    QSet<QUuid> seen;
    std::array<int, 128> ones{};
    for (int i = 0; i < count; ++i) {
        const QUuid id = ids.next();
        QCOMPARE(id.version(), QUuid::Random);
        QCOMPARE(id.variant(), QUuid::DCE);
        seen.insert(id);
        const QByteArray bytes = id.toRfc4122();
        for (std::size_t bit = 0; bit < ones.size(); ++bit) {
            ones[bit] += (bytes[static_cast<qsizetype>(bit / 8)] >> (7 - bit % 8)) & 1;
        }
    }
    QCOMPARE(seen.size(), count);
    // Every bit is set as often as not, but for the four of the version and the two of the variant. A fair
    // coin is outside of this once in 10^20 tests.
    for (std::size_t bit = 0; bit < ones.size(); ++bit) {
        const bool isFixed = (bit >= 48 && bit < 52) || bit == 64 || bit == 65;
        QVERIFY(isFixed || (ones[bit] > count * 45 / 100 && ones[bit] < count * 55 / 100));
    }
}

QTEST_APPLESS_MAIN(ClientIdsTest)

#include "tst_clientids.moc"
