// SPDX-License-Identifier: BSD-3-Clause
#include "clientmessages.h"
#include "cluster.h"
#include "processfigures.h"
#include "support/httprequest.h"
#include "support/rawsocket.h"

#include <QTest>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

constexpr int messages = 2000;
constexpr qsizetype contentBytes = 30000;
constexpr qint64 mebibyte = qint64{1024} * 1024;

QByteArray numbered(int number)
{
    return QByteArray::number(number) + ' ' + QByteArray(contentBytes, 'x');
}

} // namespace

/// Clients that say more than Redis can take.
class BackPressureTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void talkersAreHeldUp_data();
    void talkersAreHeldUp();
};

void BackPressureTest::talkersAreHeldUp_data()
{
    QTest::addColumn<QString>("engine");
    QTest::newRow("lean") << u"lean"_s;
    QTest::newRow("qt") << u"qt"_s;
}

void BackPressureTest::talkersAreHeldUp()
{
    QFETCH(const QString, engine);
    Cluster cluster(
        1, {u"--engine"_s, engine, u"--max-queued-bytes"_s, u"1073741824"_s, u"--log-level"_s, u"info"_s},
        measurableEnvironment());
    QVERIFY(cluster.start());
    DaemonProcess &daemon = cluster.daemon(0);
    RawSocket talker;
    QVERIFY(talker.openWebSocket(daemon.port()));
    cluster.redis().pause();
    const qint64 before = residentBytes(daemon.pid());
    for (int i = 0; i < messages; ++i) {
        talker.write(RawSocket::frame(RawFrame::Text, submitMessage(numbered(i))));
    }
    // All 60 MB are sent, or the daemon has stopped reading.
    qint64 left = -1;
    QVERIFY(waitUntil([&] {
        const qint64 now = talker.socket()->bytesToWrite();
        const bool isStill = now == std::exchange(left, now);
        return now == 0 || (isStill && now < 50 * mebibyte);
    }));
    QCOMPARE(httpRequest(daemon.port(), "GET", "/healthz").status, 200);
    const qint64 grown = residentBytes(daemon.pid()) - before;
    QVERIFY2(grown < 45 * mebibyte, qPrintable(QString::number(grown / mebibyte)));
    cluster.redis().resume();

    // Every message is answered, in order: it arrives, or its sender is told.
    int arrived = 0;
    int refused = 0;
    int last = -1;
    while (arrived + refused < messages) {
        const auto frame = talker.readFrame(30s);
        QVERIFY2(frame, qPrintable(u"%1 arrived, %2 refused"_s.arg(arrived).arg(refused)));
        if (frame->opcode == RawFrame::Ping) {
            talker.write(RawSocket::frame(RawFrame::Pong, frame->payload));
            continue;
        }
        if (const auto rejection = parseRejection(frame->payload)) {
            QCOMPARE(rejection->code, "relay-unavailable");
            ++refused;
            continue;
        }
        const auto message = parseChatMessage(frame->payload);
        QVERIFY(message);
        const int number = message->content.left(message->content.indexOf(' ')).toInt();
        QVERIFY(number > last);
        last = number;
        ++arrived;
    }
    QVERIFY(arrived > 0);
}

QTEST_GUILESS_MAIN(BackPressureTest)

#include "tst_backpressure.moc"
