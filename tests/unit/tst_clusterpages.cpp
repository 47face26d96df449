// SPDX-License-Identifier: BSD-3-Clause
#include "api/clusterpages.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace switchboard;

namespace {

protocol::ClusterAnswer answerOf(const QByteArray &node)
{
    return {.query = 1,
            .snapshot = {.node = node, .host = {}, .version = {}, .startedAt = protocol::Timestamp::now()}};
}

// The answer of a node with those clients, and with more if \a hasMore.
protocol::ClusterAnswer withClients(const QByteArray &node, const QList<QByteArray> &clients, bool hasMore)
{
    protocol::ClusterAnswer answer = answerOf(node);
    for (const QByteArray &client : clients) {
        answer.snapshot.clients.push_back({client, {}, {}, protocol::Timestamp::now()});
    }
    answer.hasMore = hasMore;
    return answer;
}

protocol::ClusterAnswer withRooms(const QByteArray &node,
                                  const std::vector<protocol::NodeSnapshot::Room> &rooms, bool hasMore)
{
    protocol::ClusterAnswer answer = answerOf(node);
    answer.snapshot.rooms = rooms;
    answer.hasMore = hasMore;
    return answer;
}

struct Page
{
    explicit Page(const QByteArray &json, const QString &name, const QString &key)
        : object(QJsonDocument::fromJson(json).object())
    {
        const QJsonArray elements = object[name].toArray();
        for (const auto &element : elements) {
            found += key.isEmpty() ? element.toString() : element[key].toString();
        }
    }

    QString next() const { return object["next"_L1].toString(); }
    bool isTruncated() const { return object["truncated"_L1].toBool(); }

    QJsonObject object;
    QString found;
};

} // namespace

/// How the answers of several nodes become one sorted list, in pages.
class ClusterPagesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void merges();
    void cutsAtLimit();
    void cutsWhereANodeEnds();
    void sumsRooms();
    void roomsEndWhereANodeEnds();
    void nodes();
    void members();
};

void ClusterPagesTest::merges()
{
    const ClusterAnswers answers{{withClients("n1", {"a", "c"}, false), withClients("n2", {"b"}, false)},
                                 {"n3", "n4"}};
    const Page page(clientsPage(answers, 3), u"clients"_s, u"client"_s);
    QCOMPARE(page.found, u"abc"_s);
    QVERIFY(!page.isTruncated());
    QVERIFY(!page.object.contains("next"_L1));
    QCOMPARE(page.object["missing"_L1].toArray(), (QJsonArray{u"n3"_s, u"n4"_s}));
    QCOMPARE(page.object["clients"_L1][1]["node"_L1].toString(), u"n2"_s);
}

void ClusterPagesTest::cutsAtLimit()
{
    const ClusterAnswers answers{{withClients("n1", {"a", "c"}, false), withClients("n2", {"b", "d"}, true)},
                                 {}};
    const Page page(clientsPage(answers, 2), u"clients"_s, u"client"_s);
    QCOMPARE(page.found, u"ab"_s);
    QVERIFY(page.isTruncated());
    QCOMPARE(page.next(), u"b"_s);
}

void ClusterPagesTest::cutsWhereANodeEnds()
{
    // The first one may have something before "c" that it did not tell of.
    const ClusterAnswers answers{{withClients("n1", {"b"}, true), withClients("n2", {"a", "c"}, false)}, {}};
    const Page page(clientsPage(answers, 10), u"clients"_s, u"client"_s);
    QCOMPARE(page.found, u"ab"_s);
    QVERIFY(page.isTruncated());
    QCOMPARE(page.next(), u"b"_s);

    const ClusterAnswers both{{withClients("n1", {"a", "d"}, true), withClients("n2", {"b", "c"}, true)}, {}};
    QCOMPARE(Page(clientsPage(both, 10), u"clients"_s, u"client"_s).found, u"abc"_s);
}

void ClusterPagesTest::sumsRooms()
{
    const ClusterAnswers answers{
        {withRooms("n1", {{"a", 1}, {"b", 2}}, false), withRooms("n2", {{"b", 3}, {"c", 4}}, false)}, {}};
    const Page page(roomsPage(answers, 3), u"rooms"_s, u"room"_s);
    QCOMPARE(page.found, u"abc"_s);
    QVERIFY(!page.isTruncated());
    QCOMPARE(page.object["rooms"_L1][1]["members"_L1].toInt(), 5);
    QCOMPARE(Page(roomsPage(answers, 2), u"rooms"_s, u"room"_s).next(), u"b"_s);
}

void ClusterPagesTest::roomsEndWhereANodeEnds()
{
    const ClusterAnswers answers{
        {withRooms("n1", {{"a", 1}, {"b", 2}}, true), withRooms("n2", {{"c", 3}}, false)}, {}};
    const Page page(roomsPage(answers, 10), u"rooms"_s, u"room"_s);
    QCOMPARE(page.found, u"ab"_s);
    QCOMPARE(page.next(), u"b"_s);
}

void ClusterPagesTest::nodes()
{
    const ClusterAnswers answers{{answerOf("b"), answerOf("c"), answerOf("a")}, {}};
    QCOMPARE(Page(nodesPage(answers, 3, {}), u"nodes"_s, u"node"_s).found, u"abc"_s);
    const Page page(nodesPage(answers, 1, "a"), u"nodes"_s, u"node"_s);
    QCOMPARE(page.found, u"b"_s);
    QCOMPARE(page.next(), u"b"_s);
    QVERIFY(!Page(nodesPage(answers, 1, "b"), u"nodes"_s, u"node"_s).isTruncated());
}

void ClusterPagesTest::members()
{
    const Page page(membersPage("r", {"b", "d", "a", "c"}, 2, "a"), u"members"_s, {});
    QCOMPARE(page.found, u"bc"_s);
    QCOMPARE(page.next(), u"c"_s);
    QCOMPARE(page.object["room"_L1].toString(), u"r"_s);
    QVERIFY(!Page(membersPage("r", {"b", "d", "a", "c"}, 1, "c"), u"members"_s, {}).isTruncated());
    const Page none(membersPage("r", {"b", "a"}, 1, "b"), u"members"_s, {});
    QCOMPARE(none.found, QString());
    QVERIFY(!none.isTruncated());
}

QTEST_APPLESS_MAIN(ClusterPagesTest)

#include "tst_clusterpages.moc"
