// SPDX-License-Identifier: BSD-3-Clause
#include "clientmessages.h"
#include "cluster.h"
#include "support/rawsocket.h"

#include <QElapsedTimer>
#include <QTest>

#include <algorithm>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

constexpr int perSecond = 20;
constexpr int burst = 2 * perSecond;

Cluster limitedCluster()
{
    return Cluster(1, {u"--rate-limit"_s, QString::number(perSecond)});
}

bool isRateLimited(const QByteArray &message)
{
    const auto rejection = parseRejection(message);
    return rejection && rejection->code == "rate-limited";
}

// What somebody said; empty where it is no such message.
QByteArray contentOf(const QByteArray &message)
{
    return parseChatMessage(message).value_or(ChatMessage{}).content;
}

qsizetype countRateLimited(const WsClient &client)
{
    return std::count_if(client.messages().begin(), client.messages().end(), isRateLimited);
}

} // namespace

/// Clients that say more than they may.
class RateLimitTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tooManyAreRefused();
    void othersAreNotConcerned();
    void bucketFillsAgain();
    void whoGoesOnIsClosed_data();
    void whoGoesOnIsClosed();
};

void RateLimitTest::tooManyAreRefused()
{
    Cluster cluster = limitedCluster();
    QVERIFY(cluster.start());
    Clients clients;
    QVERIFY(cluster.connectClients(clients));
    WsClient &client = clients.front();
    constexpr int sent = burst + 100;
    for (int i = 0; i < sent; ++i) {
        client.sendText(submitMessage(QByteArray::number(i)));
    }
    QVERIFY(client.waitForMessages(sent));
    const qsizetype refused = countRateLimited(client);
    QVERIFY2(refused >= 1 && refused <= sent - burst, qPrintable(QString::number(refused)));
    // The first ones got through, in order; those that were refused did nothing.
    QByteArrayList taken;
    for (const QByteArray &message : client.messages()) {
        if (!isRateLimited(message)) {
            taken.append(contentOf(message));
        }
    }
    QCOMPARE(taken.size(), sent - refused);
    for (int i = 0; i < burst; ++i) {
        QCOMPARE(taken.at(i), QByteArray::number(i));
    }
    QVERIFY(client.isConnected());
}

void RateLimitTest::othersAreNotConcerned()
{
    Cluster cluster = limitedCluster();
    QVERIFY(cluster.start());
    Clients clients;
    QVERIFY(cluster.connectClients(clients, 2));
    for (int i = 0; i < 2 * burst; ++i) {
        clients[0].sendText("{}");
    }
    QVERIFY(clients[0].waitForMessage(isRateLimited));
    clients[1].sendText(submitMessage("calm"));
    const auto isCalm = [](const QByteArray &message) { return contentOf(message) == "calm"; };
    QVERIFY(clients[0].waitForMessage(isCalm));
    QVERIFY(clients[1].waitForMessage(isCalm));
    QCOMPARE(countRateLimited(clients[1]), 0);
}

void RateLimitTest::bucketFillsAgain()
{
    Cluster cluster = limitedCluster();
    QVERIFY(cluster.start());
    Clients clients;
    QVERIFY(cluster.connectClients(clients));
    WsClient &client = clients.front();
    for (int i = 0; i < 2 * burst; ++i) {
        client.sendText("{}");
    }
    QVERIFY(client.waitForMessage(isRateLimited));
    QVERIFY(waitUntil([&] {
        client.clear();
        client.sendText(submitMessage("again"));
        return client.waitForMessages(1) && contentOf(client.messages().front()) == "again";
    }));
}

void RateLimitTest::whoGoesOnIsClosed_data()
{
    QTest::addColumn<quint8>("opcode");
    QTest::newRow("messages") << quint8(RawFrame::Text);
    QTest::newRow("pings") << quint8(RawFrame::Ping);
}

void RateLimitTest::whoGoesOnIsClosed()
{
    QFETCH(const quint8, opcode);
    if (opcode == RawFrame::Ping && qEnvironmentVariable("SWITCHBOARD_TEST_ENGINE") == u"qt") {
        QSKIP("QtWebSockets answers pings without telling");
    }
    Cluster cluster = limitedCluster();
    QVERIFY(cluster.start());
    RawSocket client;
    QVERIFY(client.openWebSocket(cluster.daemon(0).port()));
    QElapsedTimer clock;
    clock.start();
    std::optional<RawFrame> frame;
    // Faster than it may, and reading all the while.
    const bool isClosed = waitUntil(
        [&] {
            for (int i = 0; i < burst; ++i) {
                client.write(RawSocket::frame(opcode, "{}"));
            }
            while (!client.buffer().isEmpty() && (!frame || frame->opcode != RawFrame::Close)) {
                frame = client.readFrame(1ms);
                if (!frame) {
                    break;
                }
            }
            return frame && frame->opcode == RawFrame::Close;
        },
        30s);
    QVERIFY(isClosed);
    QCOMPARE(frame->closeCode(), 1008);
    QVERIFY2(clock.elapsed() >= 9500, qPrintable(QString::number(clock.elapsed())));
}

QTEST_GUILESS_MAIN(RateLimitTest)

#include "tst_ratelimit.moc"
