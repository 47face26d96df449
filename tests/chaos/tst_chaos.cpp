// SPDX-License-Identifier: BSD-3-Clause
#include <memory>
#include <random>

#include <QDeadlineTimer>
#include <QTest>

#include "chaos/crowd.h"
#include "chaos/verdict.h"
#include "integration/processfigures.h"
#include "support/redisprobe.h"

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

const std::vector<int> workersOfDaemons{1, 2, 1};
constexpr int crowdSize = 45;
constexpr int shortRun = 10; // seconds
constexpr std::uint32_t shortRunSeed = 1;
constexpr std::chrono::seconds patience = 60s; // for what must come in the end, on a busy machine
constexpr qint64 memoryGrowth = 64LL * 1024 * 1024;

int chosenSeconds()
{
    return qEnvironmentVariableIntValue("SWITCHBOARD_CHAOS_SECONDS");
}

std::uint32_t chosenSeed()
{
    bool isSet = false;
    const uint seed = qEnvironmentVariable("SWITCHBOARD_SEED").toUInt(&isSet);
    if (isSet) {
        return seed;
    }
    return chosenSeconds() > 0 ? std::random_device()() : shortRunSeed;
}

} // namespace

/// Daemons and Redis are killed, frozen and cut off, clients misbehave, all at random, while the clients
/// talk. Then all heals, and what everybody heard is judged.
///
/// SWITCHBOARD_CHAOS_SECONDS makes it long, with a random seed, which is printed. SWITCHBOARD_SEED sets the
/// seed; it repeats the choices, though not what the processes make of them.
class ChaosTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void survives();
    void everybodyIsServed();
    void membersAreKnown();
    void nothingIsLeft();
    void everythingHeardIsRight();
    void daemonsStop();

private:
    void turn();
    bool turnUntil(const std::function<bool()> &condition);
    void disturbNowAndThen(Time &next);
    QVariant askRedis(const QList<QByteArray> &command);
    QList<QByteArray> roomChannels();

    std::unique_ptr<Dice> m_dice;
    std::unique_ptr<UnrulyCluster> m_cluster;
    std::unique_ptr<Crowd> m_crowd;
    Journal m_journal;
    Time m_start;
    std::chrono::milliseconds m_longest{0}; ///< time that anything is away
    QList<qsizetype> m_descriptors; ///< of each daemon without a client
    QList<qint64> m_memory;
};

void ChaosTest::turn()
{
    QTest::qWait(5);
    m_cluster->look();
    m_crowd->look();
}

bool ChaosTest::turnUntil(const std::function<bool()> &condition)
{
    const QDeadlineTimer deadline(patience);
    while (!condition()) {
        if (deadline.hasExpired()) {
            return false;
        }
        turn();
    }
    return true;
}

QVariant ChaosTest::askRedis(const QList<QByteArray> &command)
{
    return redisCommand(m_cluster->redis().port(), command);
}

QList<QByteArray> ChaosTest::roomChannels()
{
    return toByteArrays(askRedis({"PUBSUB", "CHANNELS", "chat-room-*"}));
}

void ChaosTest::initTestCase()
{
    const std::uint32_t seed = chosenSeed();
    qInfo("SWITCHBOARD_SEED=%u", seed);
    m_start = Clock::now();
    m_longest = chosenSeconds() > 0 ? 13s : 3s;
    m_dice = std::make_unique<Dice>(seed);
    m_cluster = std::make_unique<UnrulyCluster>(workersOfDaemons, *m_dice);
    m_crowd = std::make_unique<Crowd>(*m_cluster, m_journal, *m_dice, crowdSize);
    QVERIFY(m_cluster->start());
    QVERIFY(turnUntil([this] { return m_cluster->isReady(); }));
    for (int i = 0; i < m_cluster->size(); ++i) {
        const qint64 pid = m_cluster->daemon(i).pid();
        m_descriptors.append(descriptorCount(pid));
        m_memory.append(residentBytes(pid));
    }
    QVERIFY(turnUntil([this] { return m_crowd->gather(); }));
}

void ChaosTest::disturbNowAndThen(Time &next)
{
    const Time now = Clock::now();
    if (now < next) {
        return;
    }
    const QByteArray what = m_cluster->disturb(m_longest);
    if (const int killed = m_cluster->takeKilled(); killed >= 0) {
        m_crowd->expectEnd(killed);
    }
    if (!what.isEmpty()) {
        qInfo("%7.3f s: %s", std::chrono::duration<double>(now - m_start).count(), what.constData());
    }
    // Mostly one after the other has healed, at times several at once.
    next = now + m_dice->between(100ms, m_dice->isOneIn(3) ? 500ms : m_longest * 2);
}

void ChaosTest::survives()
{
    const std::chrono::seconds duration(chosenSeconds() > 0 ? chosenSeconds() : shortRun);
    const Time end = Clock::now() + duration;
    Time next = Clock::now() + 500ms;
    while (Clock::now() < end) {
        turn();
        disturbNowAndThen(next);
        QVERIFY(m_cluster->heal());
        m_crowd->act();
        m_crowd->act();
    }
    QVERIFY(m_cluster->heal(true));
    m_crowd->calmDown();
    qInfo("%zu messages, %zu connections", m_journal.messages().size(), m_journal.sessions().size());
}

void ChaosTest::everybodyIsServed()
{
    // A daemon that was frozen may have lost Redis without knowing yet.
    Time readySince = Clock::now();
    QVERIFY(turnUntil([&] {
        if (!m_cluster->isReady()) {
            readySince = Clock::now();
        }
        return Clock::now() - readySince > Gaps::noticing;
    }));
    QVERIFY(turnUntil([this] { return m_crowd->gather(); }));
    const QList<int> messages = m_crowd->speak();
    turnUntil([&] { return m_crowd->haveAllHeard(messages); });
    for (const int message : messages) {
        QVERIFY2(m_crowd->haveAllHeard({message}), QByteArray::number(message));
    }
}

void ChaosTest::membersAreKnown()
{
    QVERIFY(turnUntil([this] { return m_crowd->agreeOnMembers(); }));
    const QList<QByteArray> rooms = m_crowd->rooms();
    QList<QByteArray> channels;
    QList<QByteArray> keys;
    for (const QByteArray &room : rooms) {
        channels.append("chat-room-" + room);
        keys.append("switchboard:room:" + room);
        const QVariant members = askRedis({"HKEYS", keys.last()});
        QCOMPARE(sorted(toByteArrays(members)), m_crowd->membersOf(room));
    }
    QCOMPARE(sorted(roomChannels()), sorted(channels));
    QCOMPARE(sorted(toByteArrays(askRedis({"KEYS", "switchboard:room:*"}))), sorted(keys));
}

void ChaosTest::nothingIsLeft()
{
    const auto descriptorsOf = [this](int i) { return descriptorCount(m_cluster->daemon(i).pid()); };
    for (int i = 0; i < m_cluster->size(); ++i) {
        const qsizetype expected = m_descriptors[i] + m_crowd->countOn(i);
        turnUntil([&] { return descriptorsOf(i) == expected; });
        QCOMPARE(descriptorsOf(i), expected);
    }
    m_crowd->closeAll();
    QVERIFY(turnUntil([this] { return m_crowd->isEveryoneGone(); }));
    for (int i = 0; i < m_cluster->size(); ++i) {
        turnUntil([&] { return descriptorsOf(i) == m_descriptors[i]; });
        QCOMPARE(descriptorsOf(i), m_descriptors[i]);
        const qint64 growth = residentBytes(m_cluster->daemon(i).pid()) - m_memory[i];
        QVERIFY2(growth < memoryGrowth, QByteArray::number(growth));
    }
    QVERIFY(turnUntil([this] { return roomChannels().isEmpty(); }));
    const auto keysAre = [this](const QByteArray &pattern, qsizetype count) {
        return turnUntil([&] { return toByteArrays(askRedis({"KEYS", pattern})).size() == count; });
    };
    QVERIFY(keysAre("switchboard:node:*", m_cluster->nodes())); // those of dead ones run out
    QVERIFY(turnUntil([this] {
        return askRedis({"SCARD", "switchboard:nodes"}).toInt() == m_cluster->nodes();
    }));
    QVERIFY(keysAre("*", m_cluster->nodes() + 1)); // nothing else is there
    const QByteArray clients = askRedis({"CLIENT", "LIST"}).toByteArray();
    QCOMPARE(clients.count(" sub=0 "), m_cluster->nodes() + 1); // the one that asks, too
    QCOMPARE(clients.count('\n'), 2 * m_cluster->nodes() + 1);
}

void ChaosTest::everythingHeardIsRight()
{
    const std::vector<Gaps> gaps = m_cluster->gaps();
    const QStringList faults = findFaults(m_journal, gaps);
    std::size_t refusals = 0;
    std::size_t heard = 0;
    for (const Session &session : m_journal.sessions()) {
        refusals += session.refusals.size();
        heard += session.heard.size();
    }
    qInfo("%zu heard, %zu refused; gaps: %zu, %zu, %zu", heard, refusals, gaps[0].count(), gaps[1].count(),
          gaps[2].count());
    QVERIFY2(faults.isEmpty(), qPrintable(faults.mid(0, 20).join(u'\n')));
}

void ChaosTest::daemonsStop()
{
    for (int i = 0; i < m_cluster->size(); ++i) {
        DaemonProcess &daemon = m_cluster->daemon(i);
        daemon.terminate();
        QVERIFY(daemon.waitForExit(patience));
        QCOMPARE(daemon.exitStatus(), QProcess::NormalExit);
        QCOMPARE(daemon.exitCode(), 0);
    }
    QCOMPARE(toByteArrays(askRedis({"KEYS", "*"})), QList<QByteArray>());
}

QTEST_GUILESS_MAIN(ChaosTest)
#include "tst_chaos.moc"
