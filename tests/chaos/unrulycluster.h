// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <deque>
#include <vector>

#include "chaos/dice.h"
#include "chaos/gaps.h"
#include "support/daemonprocess.h"
#include "support/redisserver.h"

namespace switchboard::test {

/// Daemons and a Redis that are killed, frozen and cut off from each other at random, and heal after a while.
/// Each daemon keeps its port.
class UnrulyCluster
{
public:
    /// \param workers of each daemon
    UnrulyCluster(const std::vector<int> &workers, Dice &dice);

    bool start();

    [[nodiscard]] int size() const { return static_cast<int>(m_members.size()); }
    /// Nodes in all daemons together.
    [[nodiscard]] int nodes() const;
    DaemonProcess &daemon(int index) { return member(index).process; }
    [[nodiscard]] quint16 port(int index) const { return m_members.at(static_cast<std::size_t>(index)).port; }
    RedisServer &redis() { return m_redis; }

    /// Lets something go wrong, if it can now; a line that says what. It ends by itself, see heal(). A daemon
    /// or Redis stays away for at most \a longest.
    QByteArray disturb(std::chrono::milliseconds longest);
    /// Ends what is to end by now, or \a all. False if what was killed does not start again.
    bool heal(bool all = false);

    /// The daemon that disturb() has killed since the last call; -1: none.
    int takeKilled() { return std::exchange(m_killed, -1); }

    /// Reads what the daemons have to say of their readiness.
    void look();
    [[nodiscard]] bool isReady() const;
    [[nodiscard]] std::vector<Gaps> gaps() const;

private:
    enum class Condition { Running, Frozen, Killed };

    struct Member
    {
        explicit Member(const QStringList &arguments, quint16 daemonPort, int workerCount);

        DaemonProcess process;
        quint16 port;
        int workers;
        Gaps gaps;
        qsizetype read = 0; ///< of what it has written
        Condition condition = Condition::Running;
        Time since; ///< this condition began
        Time until;
    };

    Member &member(int index) { return m_members.at(static_cast<std::size_t>(index)); }
    bool startMember(Member &member);
    QByteArray disturbDaemon(std::chrono::milliseconds longest);
    QByteArray disturbRedis(std::chrono::milliseconds longest);
    QByteArray cutConnections();
    bool healDaemon(Member &member);
    bool healRedis();

    Dice &m_dice;
    std::vector<int> m_workers;
    RedisServer m_redis;
    Condition m_redisCondition = Condition::Running;
    Time m_redisSince;
    Time m_redisUntil;
    std::deque<Member> m_members;
    Time m_lastLook;
    int m_killed = -1;
};

} // namespace switchboard::test
