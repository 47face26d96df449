// SPDX-License-Identifier: BSD-3-Clause
#include "chaos/unrulycluster.h"

#include <algorithm>
#include <numeric>

#include <QProcessEnvironment>

#include "integration/cluster.h"
#include "support/freeport.h"
#include "support/redisprobe.h"

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace switchboard::test {

namespace {

/// What clients do would make up most of the log, which is kept.
QProcessEnvironment quietEnvironment()
{
    QProcessEnvironment environment = measurableEnvironment();
    environment.insert(u"QT_LOGGING_RULES"_s, u"switchboard.websocket.info=false"_s);
    return environment;
}

} // namespace

UnrulyCluster::Member::Member(const QStringList &arguments, quint16 daemonPort, int workerCount)
    : process(arguments, quietEnvironment())
    , port(daemonPort)
    , workers(workerCount)
    , gaps(workerCount)
{ }

UnrulyCluster::UnrulyCluster(const std::vector<int> &workers, Dice &dice)
    : m_dice(dice)
    , m_workers(workers)
{ }

bool UnrulyCluster::start()
{
    if (!m_redis.start()) {
        return false;
    }
    for (const int workers : m_workers) {
        const quint16 port = freePort();
        const QStringList arguments{u"--port"_s,      QString::number(port),
                                    u"--workers"_s,   QString::number(workers),
                                    u"--redis-url"_s, m_redis.url()};
        if (!startMember(m_members.emplace_back(arguments, port, workers))) {
            return false;
        }
    }
    m_lastLook = Clock::now();
    return true;
}

int UnrulyCluster::nodes() const
{
    return std::accumulate(m_workers.cbegin(), m_workers.cend(), 0);
}

bool UnrulyCluster::startMember(Member &member)
{
    member.gaps.noteStart(Clock::now());
    member.read = member.process.standardOutput().size();
    member.condition = Condition::Running;
    return member.process.start();
}

QByteArray UnrulyCluster::disturb(std::chrono::milliseconds longest)
{
    const int choice = m_dice.below(10);
    if (choice < 6) {
        return disturbDaemon(longest);
    }
    return choice < 8 ? disturbRedis(longest) : cutConnections();
}

QByteArray UnrulyCluster::disturbDaemon(std::chrono::milliseconds longest)
{
    const int index = m_dice.below(size());
    Member &victim = member(index);
    if (victim.condition != Condition::Running) {
        return {};
    }
    victim.since = Clock::now();
    victim.until = victim.since + m_dice.between(100ms, longest);
    if (m_dice.isOneIn(2)) {
        victim.process.kill();
        victim.condition = Condition::Killed;
        m_killed = index;
        return "daemon " + QByteArray::number(index) + " killed";
    }
    victim.process.pause();
    victim.condition = Condition::Frozen;
    return "daemon " + QByteArray::number(index) + " frozen";
}

QByteArray UnrulyCluster::disturbRedis(std::chrono::milliseconds longest)
{
    if (m_redisCondition != Condition::Running) {
        return {};
    }
    m_redisSince = Clock::now();
    m_redisUntil = m_redisSince + m_dice.between(100ms, longest);
    if (m_dice.isOneIn(2)) {
        m_redis.kill();
        m_redisCondition = Condition::Killed;
        return "Redis killed";
    }
    m_redis.pause();
    m_redisCondition = Condition::Frozen;
    return "Redis frozen";
}

QByteArray UnrulyCluster::cutConnections()
{
    if (m_redisCondition != Condition::Running) {
        return {};
    }
    const QByteArray type = m_dice.isOneIn(2) ? "pubsub" : "normal";
    redisCommand(m_redis.port(), {"CLIENT", "KILL", "TYPE", type}, 1s);
    return type + " connections killed";
}

bool UnrulyCluster::heal(bool all)
{
    const Time now = Clock::now();
    bool isWell = true;
    if (m_redisCondition != Condition::Running && (all || m_redisUntil <= now)) {
        isWell = healRedis();
    }
    for (Member &member : m_members) {
        if (member.condition != Condition::Running && (all || member.until <= now)) {
            isWell = healDaemon(member) && isWell;
        }
    }
    return isWell;
}

bool UnrulyCluster::healDaemon(Member &member)
{
    if (member.condition == Condition::Killed) {
        return startMember(member);
    }
    member.condition = Condition::Running;
    member.process.resume();
    member.gaps.noteFreeze(member.since, Clock::now());
    return true;
}

bool UnrulyCluster::healRedis()
{
    if (m_redisCondition == Condition::Killed) {
        m_redisCondition = Condition::Running;
        return m_redis.start();
    }
    m_redisCondition = Condition::Running;
    m_redis.resume();
    for (Member &member : m_members) {
        member.gaps.noteFreeze(m_redisSince, Clock::now());
    }
    return true;
}

void UnrulyCluster::look()
{
    const Time now = Clock::now();
    for (Member &member : m_members) {
        const QByteArray output = member.process.standardOutput().sliced(member.read);
        member.read += output.size();
        member.gaps.read(output, m_lastLook, now);
    }
    m_lastLook = now;
}

bool UnrulyCluster::isReady() const
{
    return std::none_of(m_members.cbegin(), m_members.cend(), [](const Member &member) {
        return member.condition != Condition::Running || member.gaps.isOpen();
    });
}

std::vector<Gaps> UnrulyCluster::gaps() const
{
    std::vector<Gaps> gaps;
    for (const Member &member : m_members) {
        gaps.push_back(member.gaps);
    }
    return gaps;
}

} // namespace switchboard::test
