// SPDX-License-Identifier: BSD-3-Clause
#include "integration/apirequests.h"
#include "integration/clientmessages.h"
#include "integration/cluster.h"
#include "integration/httpconversation.h"
#include "integration/roomclient.h"

#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace switchboard::test;

/// What the HTTP API answers where nodes or Redis do not.
class HttpApiFaultsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void frozenNodeIsMissing();
    void askedNodeGoesOn();
    void killedNodeIsForgotten();
    void redisFreezes();
    void redisRestarts();

private:
    DaemonProcess &asked() { return m_cluster->daemon(0); }
    DaemonProcess &other() { return m_cluster->daemon(1); }

    std::unique_ptr<Cluster> m_cluster;
    RoomClients m_clients;
};

void HttpApiFaultsTest::init()
{
    m_cluster = std::make_unique<Cluster>(2);
    QVERIFY(m_cluster->start());
}

void HttpApiFaultsTest::cleanup()
{
    m_clients.clear();
    m_cluster.reset();
}

void HttpApiFaultsTest::frozenNodeIsMissing()
{
    QVERIFY(connectRoomClients(*m_cluster, m_clients));
    const QByteArray frozen = nodeIdOf(other(), asked());
    other().pause();
    // All at once: before long the node would be taken for dead.
    const QByteArray client = "/api/v1/clients/" + m_clients[1].id();
    const QList<QByteArray> requests{request("GET", "/api/v1/nodes"), request("GET", "/api/v1/clients"),
                                     request("GET", "/api/v1/rooms"), request("DELETE", client)};
    QElapsedTimer timer;
    timer.start();
    std::deque<RawSocket> sockets;
    for (const QByteArray &each : requests) {
        QVERIFY(sockets.emplace_back().connectTo(asked().port()));
        sockets.back().write(each);
    }
    QList<HttpAnswer> answers;
    for (RawSocket &socket : sockets) {
        const auto answer = readAnswer(socket);
        QVERIFY(answer);
        answers.append(*answer);
    }
    QVERIFY2(timer.elapsed() < 5000, qPrintable(QString::number(timer.elapsed())));
    for (const HttpAnswer &list : answers.first(3)) {
        QCOMPARE(list.status, 200);
        QCOMPARE(QJsonDocument::fromJson(list.body)["missing"_L1].toArray(),
                 QJsonArray{QString::fromLatin1(frozen)});
    }
    const QJsonValue clients = QJsonDocument::fromJson(answers[1].body)["clients"_L1];
    QCOMPARE(valuesIn(clients, u"client"_s), QList{m_clients[0].id()});
    QCOMPARE(answers[3].status, 504);
    QVERIFY2(answers[3].body.contains(frozen), answers[3].body);
    other().resume();
    QVERIFY(m_clients[1].socket().waitForClose()); // it does then what it was asked for
    QVERIFY(waitUntil([&] { return objectIn(apiGet(asked(), "/nodes"))["nodes"_L1].toArray().size() == 2; },
                      30s));
}

void HttpApiFaultsTest::askedNodeGoesOn()
{
    QVERIFY(connectRoomClients(*m_cluster, m_clients));
    other().pause();
    // Of these only so many are asked, and none holds the others up.
    constexpr int questions = 40;
    std::deque<RawSocket> sockets;
    for (int i = 0; i < questions; ++i) {
        QVERIFY(sockets.emplace_back().connectTo(asked().port()));
    }
    for (RawSocket &socket : sockets) {
        socket.write(request("GET", "/api/v1/nodes"));
    }
    QElapsedTimer timer;
    timer.start();
    QCOMPARE(httpRequest(asked().port(), "GET", "/healthz").status, 200);
    m_clients[0].socket().sendText(submitMessage("still here"));
    QVERIFY(m_clients[0].socket().waitForMessage([](const QByteArray &frame) {
        const auto message = parseChatMessage(frame);
        return message && message->content == "still here";
    }));
    QVERIFY(timer.elapsed() < 1500);
    QList<int> statuses;
    for (RawSocket &socket : sockets) {
        const auto answer = readAnswer(socket);
        QVERIFY(answer);
        statuses.append(answer->status);
    }
    QCOMPARE(statuses.count(200), 32);
    QCOMPARE(statuses.count(503), questions - 32);
    other().resume();
}

void HttpApiFaultsTest::killedNodeIsForgotten()
{
    QVERIFY(!nodeIdOf(other(), asked()).isEmpty());
    other().kill();
    QVERIFY(waitUntil(
        [&] {
            const QJsonObject answer = objectIn(apiGet(asked(), "/nodes"));
            return answer["missing"_L1].toArray().isEmpty() && answer["nodes"_L1].toArray().size() == 1;
        },
        30s));
}

void HttpApiFaultsTest::redisFreezes()
{
    m_cluster->redis().pause();
    QElapsedTimer timer;
    timer.start();
    const HttpReply reply = apiGet(asked(), "/nodes");
    QVERIFY(timer.elapsed() < 4000);
    QCOMPARE(reply.status, 503);
    QCOMPARE(apiPost(asked(), "/chat", R"({"content":"x"})").status, 503);
    m_cluster->redis().resume();
    QVERIFY(m_cluster->waitUntilReady());
}

void HttpApiFaultsTest::redisRestarts()
{
    m_cluster->redis().kill();
    QVERIFY(m_cluster->waitUntilNotReady());
    QCOMPARE(apiGet(asked(), "/clients").status, 503);
    QCOMPARE(apiPost(asked(), "/rooms/r/messages", R"({"message":"x"})").status, 503);
    QVERIFY(m_cluster->redis().restart());
    QVERIFY(m_cluster->waitUntilReady());
    // The new one has not heard of all nodes at once.
    QVERIFY(waitUntil([&] { return objectIn(apiGet(asked(), "/nodes"))["nodes"_L1].toArray().size() == 2; }));
    QCOMPARE(apiPost(asked(), "/chat", R"({"content":"x"})").status, 202);
}

QTEST_GUILESS_MAIN(HttpApiFaultsTest)

#include "tst_httpapifaults.moc"
