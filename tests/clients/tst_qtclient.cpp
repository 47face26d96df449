// SPDX-License-Identifier: BSD-3-Clause
#include "client/client.h"
#include "client/nodeaddress.h"
#include "integration/clientmessages.h"
#include "integration/cluster.h"
#include "integration/roomclient.h"
#include "support/cannedserver.h"
#include "support/freeport.h"
#include "support/httprequest.h"
#include "support/webtoken.h"

#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace switchboard::client;
using namespace switchboard::test;
using switchboard::protocol::RejectCode;
using switchboard::protocol::Rejected;

namespace {

ConnectionOptions quickOptions()
{
    return {.minRetryDelay = 20ms, .maxRetryDelay = 60ms};
}

QUuid uuid(const QByteArray &text)
{
    return QUuid::fromString(QLatin1StringView(text));
}

} // namespace

/// The Qt client against real daemons.
class QtClientTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void chats();
    void hearsPings();
    void isInRooms();
    void leavesRooms();
    void hearsRejections();
    void comesBackIntoItsRooms();
    void triesOtherNodes();
    void joinsWhenRedisIsBack();
    void presentsItsToken();
    void stopsWithoutToken_data();
    void stopsWithoutToken();
    void goesOnWithAnotherToken();
    void closesForGood();
    void calledByItsName_data();
    void calledByItsName();

private:
    static bool waitUntilConnected(const Client &client)
    {
        return waitUntil([&client] { return client.isConnected(); }, 30s);
    }
};

void QtClientTest::chats()
{
    Cluster cluster(2);
    QVERIFY(cluster.start());
    Client one;
    Client two;
    QSignalSpy heard(&two, &Client::chatReceived);
    QVERIFY(!one.sendChat(u"too early"_s));
    one.open({cluster.daemon(0).webSocketUrl()});
    two.open({cluster.daemon(1).webSocketUrl()});
    QVERIFY(waitUntilConnected(one) && waitUntilConnected(two));
    const QDateTime before = QDateTime::currentDateTimeUtc();
    QVERIFY(one.sendChat(u"Grüße 👋"_s));
    QVERIFY(waitUntil([&] { return heard.size() == 1; }));
    QCOMPARE(heard[0][0].toString(), u"Grüße 👋"_s);
    const QDateTime postedAt = heard[0][1].toDateTime();
    QVERIFY(postedAt.addMSecs(1) >= before && postedAt <= QDateTime::currentDateTimeUtc());
}

void QtClientTest::hearsPings()
{
    Cluster cluster(1);
    QVERIFY(cluster.start());
    Client client;
    QSignalSpy pings(&client, &Client::pinged);
    client.open({cluster.daemon(0).webSocketUrl()});
    QVERIFY(waitUntilConnected(client));
    QCOMPARE(httpRequest(cluster.daemon(0).port(), "GET", "/ping2").status, 200);
    QVERIFY(waitUntil([&] { return !pings.isEmpty(); }));
    QCOMPARE(pings[0][0].toInt(), 2);
}

void QtClientTest::isInRooms()
{
    Cluster cluster(1);
    QVERIFY(cluster.start());
    RoomClient other;
    QVERIFY(other.connectTo(cluster.daemon(0).webSocketUrl()));
    QVERIFY(other.joinAndWait("#haskell"));

    Client client;
    QSignalSpy joined(&client, &Client::roomJoined);
    QSignalSpy came(&client, &Client::memberCame);
    QSignalSpy went(&client, &Client::memberWent);
    QSignalSpy heard(&client, &Client::roomMessageReceived);
    client.join(u"#haskell"_s); // before there is a connection
    client.open({cluster.daemon(0).webSocketUrl()});
    QVERIFY(waitUntil([&] { return came.size() == 1; }));
    QVERIFY(client.isIn(u"#haskell"_s));
    QCOMPARE(joined.size(), 1);
    QCOMPARE(joined[0][0].toString(), u"#haskell"_s);
    const auto members = joined[0][1].value<QList<QUuid>>();
    QCOMPARE(members.size(), 2);
    QVERIFY(members.contains(uuid(other.id())));
    QVERIFY(members.contains(came[0][1].toUuid()));

    QVERIFY(client.sendRoomMessage(u"#haskell"_s, u"hi"_s));
    QVERIFY(waitUntil([&] { return heard.size() == 1; }));
    QCOMPARE(heard[0][1].toUuid(), came[0][1].toUuid());
    QCOMPARE(heard[0][2].toString(), u"hi"_s);
    QVERIFY(heard[0][3].toDateTime().isValid());
    other.leave("#haskell");
    QVERIFY(waitUntil([&] { return went.size() == 1; }));
    QCOMPARE(went[0][0].toString(), u"#haskell"_s);
    QCOMPARE(went[0][1].toUuid(), uuid(other.id()));
}

void QtClientTest::leavesRooms()
{
    Cluster cluster(1);
    QVERIFY(cluster.start());
    RoomClient other;
    QVERIFY(other.connectTo(cluster.daemon(0).webSocketUrl()));
    QVERIFY(other.joinAndWait("r"));
    Client client(quickOptions());
    client.open({cluster.daemon(0).webSocketUrl()});
    QVERIFY(waitUntilConnected(client));
    client.join(u"r"_s);
    QVERIFY(waitUntil([&] { return other.members("r").size() == 2; }));
    client.leave(u"r"_s);
    QVERIFY(other.waitForMembers("r", {other.id()}));
    QVERIFY(!client.isIn(u"r"_s));
    QCOMPARE(client.rooms(), QSet<QString>());
}

void QtClientTest::hearsRejections()
{
    Cluster cluster(1);
    QVERIFY(cluster.start());
    Client client;
    QList<Rejected> rejections;
    connect(&client, &Client::rejected, this, [&](const Rejected &rejected) { rejections.append(rejected); });
    client.open({cluster.daemon(0).webSocketUrl()});
    QVERIFY(waitUntilConnected(client));
    QVERIFY(client.sendRoomMessage(u"not mine"_s, u"hi"_s));
    QVERIFY(waitUntil([&] { return rejections.size() == 1; }));
    QCOMPARE(rejections[0].code, RejectCode::NotAMember);
    QCOMPARE(rejections[0].type, QByteArray("SendMessage"));
    QVERIFY(client.isConnected());
}

void QtClientTest::comesBackIntoItsRooms()
{
    Cluster cluster(1);
    QVERIFY(cluster.start());
    const QStringList arguments{u"--port"_s, QString::number(cluster.daemon(0).port()), u"--redis-url"_s,
                                cluster.redis().url()};
    Client client(quickOptions());
    QSignalSpy joined(&client, &Client::roomJoined);
    for (const QString &room : {u"a"_s, u"b"_s, u"c"_s}) {
        client.join(room);
    }
    client.open({cluster.daemon(0).webSocketUrl()});
    QVERIFY(waitUntil([&] { return joined.size() == 3; }));
    client.leave(u"b"_s);
    cluster.daemon(0).kill();
    QVERIFY(waitUntil([&] { return !client.isConnected(); }));
    QVERIFY(!client.isIn(u"a"_s));
    joined.clear();
    DaemonProcess again(arguments);
    QVERIFY(again.start());
    QVERIFY(waitUntil([&] { return client.isIn(u"a"_s) && client.isIn(u"c"_s); }, 30s));
    QVERIFY(!client.isIn(u"b"_s));
    QVERIFY(client.sendRoomMessage(u"c"_s, u"back"_s));
    client.close();
}

void QtClientTest::triesOtherNodes()
{
    Cluster cluster(1);
    QVERIFY(cluster.start());
    const QUrl nobody(u"ws://127.0.0.1:%1/websockets"_s.arg(freePort()));
    Client client(quickOptions());
    client.open({nobody, cluster.daemon(0).webSocketUrl()});
    QVERIFY(waitUntilConnected(client));
    QCOMPARE(client.connection().url(), cluster.daemon(0).webSocketUrl());
}

void QtClientTest::joinsWhenRedisIsBack()
{
    Cluster cluster(1);
    QVERIFY(cluster.start());
    cluster.redis().kill();
    QVERIFY(cluster.waitUntilNotReady());
    Client client;
    QList<Rejected> rejections;
    connect(&client, &Client::rejected, this, [&](const Rejected &rejected) { rejections.append(rejected); });
    client.join(u"r"_s);
    client.open({cluster.daemon(0).webSocketUrl()});
    QVERIFY(waitUntil([&] { return !rejections.isEmpty(); }));
    QCOMPARE(rejections[0].code, RejectCode::RelayUnavailable);
    QVERIFY(cluster.redis().restart());
    QVERIFY(waitUntil([&] { return client.isIn(u"r"_s); }, 30s));
}

void QtClientTest::presentsItsToken()
{
    QProcessEnvironment environment;
    environment.insert(u"AUTH_SECRET"_s, QString::fromLatin1(TokenSecret));
    Cluster cluster(1, {}, environment);
    QVERIFY(cluster.start());
    Client client;
    client.open({cluster.daemon(0).webSocketUrl()}, webToken(R"({"sub":"alice"})"));
    QVERIFY(waitUntilConnected(client));
}

void QtClientTest::stopsWithoutToken_data()
{
    QTest::addColumn<QByteArray>("token");
    QTest::addColumn<QString>("reason");
    QTest::newRow("none") << QByteArray() << u"asks for a token"_s;
    QTest::newRow("wrong") << webToken(R"({"sub":"alice"})", QByteArray(32, 'x'))
                           << u"does not take this token"_s;
    QTest::newRow("expired") << webToken(R"({"sub":"alice","exp":1})") << u"does not take this token"_s;
}

void QtClientTest::stopsWithoutToken()
{
    QFETCH(const QByteArray, token);
    QFETCH(const QString, reason);
    CannedServer server("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer realm=\"switchboard\"\r\n"
                        "Content-Length: 0\r\n\r\n");
    Client client(quickOptions());
    QSignalSpy refused(&client, &Client::refused);
    client.open({QUrl(u"ws://127.0.0.1:%1/websockets"_s.arg(server.port()))}, token);
    QVERIFY(waitUntil([&] { return !refused.isEmpty(); }));
    QVERIFY2(refused[0][0].toString().contains(reason), qPrintable(refused[0][0].toString()));
    QCOMPARE(client.connection().state(), Client::State::Disconnected);
    QVERIFY(!client.connection().nextAttemptIn());
}

void QtClientTest::goesOnWithAnotherToken()
{
    QProcessEnvironment environment;
    environment.insert(u"AUTH_SECRET"_s, QString::fromLatin1(TokenSecret));
    Cluster cluster(1, {}, environment);
    QVERIFY(cluster.start());
    Client client(quickOptions());
    const QList<QUrl> urls{cluster.daemon(0).webSocketUrl()};
    QSignalSpy joined(&client, &Client::roomJoined);
    client.join(u"r"_s);
    // So one fetches a fresh one.
    connect(&client, &Client::refused, this, [&] { client.open(urls, webToken(R"({"sub":"alice"})")); });
    client.open(urls, webToken(R"({"sub":"alice","exp":)" + secondsFromNow(1) + "}"));
    QVERIFY(waitUntil([&] { return joined.size() == 2; }, 30s)); // then and after 4401
    QVERIFY(client.isConnected());
}

void QtClientTest::closesForGood()
{
    Cluster cluster(1);
    QVERIFY(cluster.start());
    Client client(quickOptions());
    client.open({cluster.daemon(0).webSocketUrl()});
    QVERIFY(waitUntilConnected(client));
    QSignalSpy states(&client, &Client::stateChanged);
    client.close();
    QCOMPARE(states.size(), 1);
    QCOMPARE(client.connection().state(), Client::State::Disconnected);
    QVERIFY(!client.sendChat(u"x"_s));
    client.reconnect(); // as asked for
    QVERIFY(waitUntilConnected(client));
}

void QtClientTest::calledByItsName_data()
{
    QTest::addColumn<QByteArray>("userAgent");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("its own") << QByteArray("parrot/1.2") << QByteArray("parrot/1.2");
    QTest::newRow("the program's") << QByteArray() << QByteArray("tst_qtclient");
}

void QtClientTest::calledByItsName()
{
    QFETCH(const QByteArray, userAgent);
    QFETCH(const QByteArray, expected);
    Cluster cluster(1);
    QVERIFY(cluster.start());
    Client client({.userAgent = userAgent});
    client.open({cluster.daemon(0).webSocketUrl()});
    QVERIFY(waitUntilConnected(client));
    const HttpReply reply = httpRequest(cluster.daemon(0).port(), "GET", "/api/v1/clients");
    QVERIFY2(reply.body.contains("\"userAgent\":\"" + expected + '"'), reply.body);
}

QTEST_GUILESS_MAIN(QtClientTest)

#include "tst_qtclient.moc"
