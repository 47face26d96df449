// SPDX-License-Identifier: BSD-3-Clause
#include "integration/clientmessages.h"
#include "integration/cluster.h"
#include "integration/roomclient.h"
#include "support/webtoken.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

const QByteArray Describe =
    QByteArrayLiteral(R"({"channel":"session","message":{"type":"Describe","contents":{}}})");

QByteArray sessionFrame(const QByteArray &contents)
{
    return R"({"channel":"session","message":{"contents":)" + contents + R"(,"type":"Session"}})";
}

// What the daemon answers.
QJsonObject describe(WsClient &client)
{
    client.clear();
    client.sendText(Describe);
    return QJsonDocument::fromJson(client.takeMessage())[u"message"][u"contents"].toObject();
}

} // namespace

/// Clients that ask who they are.
class SessionChannelTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void describesTheClient();
    void nodesDiffer();
    void namesTheUser();
    void namesTheWorker();
    void refusesTheRest();
};

void SessionChannelTest::describesTheClient()
{
    Cluster cluster(1, {u"--address"_s, u"127.0.0.1"_s});
    QVERIFY(cluster.start());
    RoomClient client;
    QVERIFY(client.connectTo(cluster.daemon(0).webSocketUrl()));
    const QJsonObject session = describe(client.socket());
    QCOMPARE(session[u"client"].toString().toLatin1(), client.id());

    // Letter by letter; the contents are not looked at.
    const QByteArray expected =
        sessionFrame(R"({"client":")" + client.id() + R"(","host":"127.0.0.1","node":")"
                     + session[u"node"].toString().toLatin1() + R"(","port":)"
                     + QByteArray::number(cluster.daemon(0).port()) + '}');
    for (const char *contents : {R"(,"contents":{})", R"(,"contents":null)", ""}) {
        client.socket().clear();
        client.socket().sendText(R"({"channel":"session","message":{"type":"Describe")" + QByteArray(contents)
                                 + "}}");
        QCOMPARE(client.socket().takeMessage(), expected);
    }
}

void SessionChannelTest::nodesDiffer()
{
    Cluster cluster(2);
    QVERIFY(cluster.start());
    Clients clients;
    QVERIFY(cluster.connectClients(clients, 2));
    QSet<QString> ids;
    QSet<QString> nodes;
    for (WsClient &client : clients) {
        const QJsonObject session = describe(client);
        ids.insert(session[u"client"].toString());
        nodes.insert(session[u"node"].toString());
    }
    QCOMPARE(ids.size(), 4);
    QCOMPARE(nodes.size(), 2);
}

void SessionChannelTest::namesTheUser()
{
    QProcessEnvironment secret;
    secret.insert(u"AUTH_SECRET"_s, QString::fromLatin1(TokenSecret));
    Cluster cluster(1, {}, secret);
    QVERIFY(cluster.start());
    const WsClient::Headers headers{{"Authorization", "Bearer " + webToken(R"({"sub":"alice \"A\""})")}};
    WsClient client;
    QVERIFY(client.connectTo(cluster.daemon(0).webSocketUrl(), {}, headers));
    QCOMPARE(describe(client)[u"user"].toString(), u"alice \"A\""_s);
}

void SessionChannelTest::namesTheWorker()
{
    Cluster cluster(1, {u"--workers"_s, u"2"_s});
    QVERIFY(cluster.start());
    WsClient client;
    QVERIFY(client.connectTo(cluster.daemon(0).webSocketUrl()));
    const int worker = describe(client)[u"worker"].toInt();
    QVERIFY2(worker == 1 || worker == 2, qPrintable(QString::number(worker)));
}

void SessionChannelTest::refusesTheRest()
{
    Cluster cluster(1);
    QVERIFY(cluster.start());
    WsClient client;
    QVERIFY(client.connectTo(cluster.daemon(0).webSocketUrl()));
    client.sendText(QByteArray(Describe).replace("Describe", "Session"));
    const auto rejection = parseRejection(client.takeMessage());
    QVERIFY(rejection);
    QCOMPARE(rejection->code, QByteArray("unknown-type"));
    QCOMPARE(rejection->channel, QByteArray("session"));
}

QTEST_GUILESS_MAIN(SessionChannelTest)
#include "tst_sessionchannel.moc"
