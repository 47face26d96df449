// SPDX-License-Identifier: BSD-3-Clause
#include "net/auth/claims.h"

#include <QElapsedTimer>
#include <QTest>

using namespace switchboard;

/// Which rooms a client may join.
class ClaimsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void allRooms();
    void patterns_data();
    void patterns();
    void manyStarsTakeNoTime();
};

void ClaimsTest::allRooms()
{
    QVERIFY(Claims{.user = "alice"}.mayJoin("lobby"));
    QVERIFY(!(Claims{.user = "alice", .rooms = std::vector<QByteArray>()}.mayJoin("lobby")));
}

void ClaimsTest::patterns_data()
{
    QTest::addColumn<QByteArrayList>("patterns");
    QTest::addColumn<QByteArrayList>("matching");
    QTest::addColumn<QByteArrayList>("others");
    const auto row = [](const QByteArrayList &patterns, const QByteArrayList &matching,
                        const QByteArrayList &others) {
        QTest::newRow(patterns.join(", ").constData()) << patterns << matching << others;
    };
    row({"lobby"}, {"lobby"}, {"", "lobb", "lobbyy", "Lobby", "xlobby", "lobby*"});
    row({"lobby", "hall"}, {"lobby", "hall"}, {"lobbyhall", "hal"});
    row({"*"}, {"", "x", "lobby", "*", "team-\xC3\xA9"}, {});
    row({"team-*"}, {"team-", "team-a", "team-*", "team-team-"}, {"team", "xteam-a", "tea", ""});
    row({"*-team"}, {"-team", "a-team", "a-team-team"}, {"a-teamx", "team"});
    row({"a*b*c"}, {"abc", "axbxc", "abbcc", "abcbc"}, {"ac", "ab", "acb", "abcx", "xabc"});
    row({"*a*"}, {"a", "bab", "aa"}, {"", "b"});
    row({"a**b"}, {"ab", "axb"}, {"a", "b"});
    row({"*ab"}, {"ab", "aab", "abab", "xaaab"}, {"aba", "b"});
    row({"a?c", "[ab]", "a\\*"}, {"a?c", "[ab]", "a\\", "a\\b"}, {"abc", "a", "a*"});
    row({"\xC3\xA9*"}, {"\xC3\xA9", "\xC3\xA9t\xC3\xA9"}, {"\xC3\xA8", "e"});
    row({""}, {""}, {"x", "*"});
}

void ClaimsTest::patterns()
{
    QFETCH(const QByteArrayList, patterns);
    QFETCH(const QByteArrayList, matching);
    QFETCH(const QByteArrayList, others);
    const Claims claims{.user = "alice", .rooms = std::vector<QByteArray>(patterns.begin(), patterns.end())};
    for (const QByteArray &room : matching) {
        QVERIFY2(claims.mayJoin(room), room.constData());
    }
    for (const QByteArray &room : others) {
        QVERIFY2(!claims.mayJoin(room), room.constData());
    }
}

void ClaimsTest::manyStarsTakeNoTime()
{
    // Tried one by one, the ways to share the letters out among the stars are more than can be counted.
    const QByteArray pattern = QByteArray("a*").repeated(60) + 'b';
    const Claims claims{.user = "alice", .rooms = std::vector<QByteArray>{pattern}};
    QElapsedTimer timer;
    timer.start();
    QVERIFY(!claims.mayJoin(QByteArray(128, 'a')));
    QVERIFY2(timer.elapsed() < 5000, qPrintable(QString::number(timer.elapsed())));
}

QTEST_APPLESS_MAIN(ClaimsTest)
#include "tst_claims.moc"
