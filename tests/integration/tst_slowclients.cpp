// SPDX-License-Identifier: BSD-3-Clause
#include <deque>
#include <optional>

#include <QElapsedTimer>
#include <QTest>

#include "integration/clientmessages.h"
#include "integration/cluster.h"
#include "integration/processfigures.h"
#include "support/rawsocket.h"

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

constexpr qint64 Mebibyte = 1 << 20;

/// A number that takes so many bytes.
QByteArray longContent(int number, qsizetype size)
{
    return QByteArray::number(number).leftJustified(size, '.');
}

/// Has the first of \a clients say \a count messages of \a size bytes, each when all have heard the last one,
/// and returns the most memory that \a daemon needed beyond what it had; nothing if anybody hears wrong.
std::optional<qint64> growthWhileTalking(Clients &clients, int count, qsizetype size,
                                         const DaemonProcess &daemon)
{
    const qint64 before = residentBytes(daemon.pid());
    qint64 largest = before;
    for (int i = 0; i < count; ++i) {
        const QByteArray content = longContent(i, size);
        clients.front().sendText(submitMessage(content));
        const QByteArray shown = clients.front().takeMessage(60s);
        bool isHeard = parseChatMessage(shown).value_or(ChatMessage()).content == content;
        for (auto client = clients.begin() + 1; client != clients.end(); ++client) {
            isHeard = isHeard && client->takeMessage(60s) == shown;
        }
        if (!isHeard) {
            return std::nullopt;
        }
        largest = qMax(largest, residentBytes(daemon.pid()));
    }
    return largest - before;
}

/// Opens a WebSocket for which the kernel keeps little, and which would take for ever to read it all.
bool openNarrow(RawSocket &socket, quint16 port)
{
    if (!socket.openWebSocket(port)) {
        return false;
    }
    socket.setReceiveBufferSize(4096);
    return true;
}

} // namespace

/// Clients that do not answer or do not read are cut off, and cost nobody else anything.
class SlowClientsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void clientThatDoesNotAnswerPings();
    void slowConsumer_data();
    void slowConsumer();
    void manySlowConsumers();
};

void SlowClientsTest::clientThatDoesNotAnswerPings()
{
    DaemonProcess daemon({u"--keepalive"_s, u"1"_s});
    QVERIFY(daemon.start());
    QElapsedTimer timer;
    timer.start();
    RawSocket silent;
    QVERIFY(silent.openWebSocket(daemon.port()));
    RawSocket talking; // no pong, but messages
    QVERIFY(talking.openWebSocket(daemon.port()));
    WsClient answering; // with pongs
    QVERIFY(answering.connectTo(daemon.webSocketUrl()));

    for (int i = 0; i < 2; ++i) {
        const auto ping = silent.readFrame();
        QVERIFY(ping);
        QCOMPARE(ping->opcode, quint8(RawFrame::Ping));
        talking.write(RawSocket::frame(RawFrame::Text, "hello"));
    }
    const auto close = silent.readFrame();
    QVERIFY(close);
    QCOMPARE(close->opcode, quint8(RawFrame::Close));
    QCOMPARE(close->closeCode(), 4408);
    // Two intervals for two pings, and one to wait for the answer to the second.
    QVERIFY2(timer.elapsed() > 2500 && timer.elapsed() < 30000, QByteArray::number(timer.elapsed()));
    QVERIFY(silent.waitForClosed());
    QVERIFY(daemon.waitForOutput("Disconnected with 4408 \"no answer to pings\""));
    QCOMPARE(daemon.standardOutput().count("Disconnected"), 1);
    QVERIFY(talking.isConnected());
    QVERIFY(answering.isConnected());
    answering.sendText("are you there?");
    QVERIFY(answering.waitForMessages(1));
}

void SlowClientsTest::slowConsumer_data()
{
    QTest::addColumn<bool>("readsInTheEnd");
    QTest::newRow("never reads") << false;
    QTest::newRow("reads in the end") << true;
}

void SlowClientsTest::slowConsumer()
{
    QFETCH(const bool, readsInTheEnd);
    constexpr int Count = 100;
    constexpr qsizetype Size = 500000;
    Cluster cluster(2, {u"--max-message-bytes"_s, u"1048576"_s}, measurableEnvironment());
    QVERIFY(cluster.start());
    Clients clients;
    QVERIFY(cluster.connectClients(clients, 2));
    DaemonProcess &daemon = cluster.daemon(0);
    RawSocket slow;
    QVERIFY(readsInTheEnd ? slow.openWebSocket(daemon.port()) : openNarrow(slow, daemon.port()));
    slow.setReading(false);

    // What it is owed is bounded by one mebibyte; all of it would be fifty.
    const auto growth = growthWhileTalking(clients, Count, Size, daemon);
    QVERIFY(growth);
    QVERIFY2(*growth < 24 * Mebibyte, QByteArray::number(*growth));

    if (readsInTheEnd) {
        slow.setReading(true);
        QVERIFY(slow.waitForClosed(30s));
        int next = 0;
        auto frame = slow.readFrame();
        for (; frame && frame->opcode == RawFrame::Text; frame = slow.readFrame()) {
            QCOMPARE(chatContents({frame->payload}), QList<QByteArray>{longContent(next++, Size)});
        }
        QVERIFY(next < Count);
        // On a busy machine its time was over before it read.
        QVERIFY(!frame || frame->closeCode() == 4008);
        QVERIFY(!slow.readFrame());
    }
    QVERIFY(daemon.waitForOutput("Disconnected with 4008 \"too much unread output\"", 30s));
    QCOMPARE(daemon.standardOutput().count("Disconnected"), 1);
    QVERIFY(chatReaches(clients.back(), clients, "the others go on"));
}

void SlowClientsTest::manySlowConsumers()
{
    constexpr std::size_t Slow = 20;
    constexpr int Count = 200;
    Cluster cluster(1, {u"--max-queued-bytes"_s, u"200000"_s}, measurableEnvironment());
    QVERIFY(cluster.start());
    DaemonProcess &daemon = cluster.daemon(0);
    Clients clients;
    QVERIFY(cluster.connectClients(clients, 2));
    std::deque<RawSocket> slow;
    while (slow.size() < Slow) {
        QVERIFY(openNarrow(slow.emplace_back(), daemon.port()));
        slow.back().setReading(false);
    }

    // Four megabytes for all of them; without a bound it would be many times that.
    const auto growth = growthWhileTalking(clients, Count, 60000, daemon);
    QVERIFY(growth);
    QVERIFY2(*growth < 24 * Mebibyte, QByteArray::number(*growth));
    QVERIFY(waitUntil(
        [&] { return daemon.standardOutput().count("Disconnected with 4008") == qsizetype(Slow); }, 60s));
    QVERIFY(chatReaches(clients.back(), clients, "the others go on"));
}

QTEST_GUILESS_MAIN(SlowClientsTest)
#include "tst_slowclients.moc"
