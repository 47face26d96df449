// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <deque>

#include <QList>

#include "chaos/chaosclient.h"
#include "chaos/dice.h"
#include "chaos/unrulycluster.h"

namespace switchboard::test {

/// Clients that talk, come, go and misbehave at random.
class Crowd
{
public:
    Crowd(UnrulyCluster &cluster, Journal &journal, Dice &dice, int size);

    /// Lets all take what has come.
    void look();
    /// Lets some of them do something.
    void act();
    /// The clients of \a daemon will lose their connections.
    void expectEnd(int daemon);

    /// Lets all who stopped reading go on.
    void calmDown();
    /// Lets those who are in no room join one, those who are gone come back, and so on, one step; whether
    /// there is nothing to do.
    bool gather();

    /// Lets everybody say something in the chat and in every room that it is in. The numbers of the messages.
    [[nodiscard]] QList<int> speak();
    /// Whether each of \a messages has been heard by everybody, or everybody in its room.
    [[nodiscard]] bool haveAllHeard(const QList<int> &messages) const;

    /// Who is in \a room, sorted.
    [[nodiscard]] QList<QByteArray> membersOf(const QByteArray &room) const;
    /// Whether everybody in a room has been told of the same members, who they are.
    [[nodiscard]] bool agreeOnMembers() const;
    [[nodiscard]] QList<QByteArray> rooms() const;
    /// How many are connected to \a daemon.
    [[nodiscard]] int countOn(int daemon) const;

    void closeAll();
    [[nodiscard]] bool isEveryoneGone() const;

private:
    void misbehave(ChaosClient &client);
    void changeRooms(ChaosClient &client);

    UnrulyCluster &m_cluster;
    Journal &m_journal;
    Dice &m_dice;
    std::deque<ChaosClient> m_clients;
};

} // namespace switchboard::test
