// SPDX-License-Identifier: BSD-3-Clause
#include "chaos/crowd.h"

#include <algorithm>

namespace switchboard::test {

namespace {

const QList<QByteArray> Rooms{"a", "b", "c", "#d \"e\\f\"", "é😀"};
constexpr int floodMessages = 150;

} // namespace

Crowd::Crowd(UnrulyCluster &cluster, Journal &journal, Dice &dice, int size)
    : m_cluster(cluster)
    , m_journal(journal)
    , m_dice(dice)
{
    for (int i = 0; i < size; ++i) {
        m_clients.emplace_back(journal);
    }
}

void Crowd::look()
{
    const Time now = Clock::now();
    for (ChaosClient &client : m_clients) {
        client.look(now);
    }
}

void Crowd::act()
{
    ChaosClient &client = m_dice.anyOf(m_clients);
    if (!client.isReading()) {
        if (m_dice.isOneIn(3)) {
            client.setReading(true);
        }
    } else if (client.isGone()) {
        const int daemon = m_dice.below(m_cluster.size());
        client.connectTo(daemon, m_cluster.port(daemon));
    } else if (client.isOpen()) {
        const int choice = m_dice.below(100);
        if (choice < 5) {
            misbehave(client);
        } else if (choice < 25) {
            changeRooms(client);
        } else if (const QList<QByteArray> rooms = client.rooms(); choice < 65 && !rooms.isEmpty()) {
            client.say(m_dice.anyOf(rooms));
        } else {
            client.say();
        }
    }
}

void Crowd::misbehave(ChaosClient &client)
{
    switch (m_dice.below(8)) {
    case 0:
    case 1:
        client.reset();
        break;
    case 2:
    case 3:
        client.close();
        break;
    case 4: {
        const QList<QByteArray> rooms = client.rooms();
        const QByteArray room = rooms.isEmpty() ? QByteArray() : m_dice.anyOf(rooms);
        for (int i = 0; i < floodMessages; ++i) {
            client.say(room);
        }
        break;
    }
    default:
        client.setReading(false);
    }
}

void Crowd::changeRooms(ChaosClient &client)
{
    const QByteArray &room = m_dice.anyOf(Rooms);
    if (client.rooms().contains(room)) {
        client.leave(room);
    } else {
        client.join(room);
    }
}

void Crowd::expectEnd(int daemon)
{
    for (ChaosClient &client : m_clients) {
        if (client.daemon() == daemon) {
            client.expectEnd();
        }
    }
}

void Crowd::calmDown()
{
    for (ChaosClient &client : m_clients) {
        if (!client.isReading()) {
            client.setReading(true);
        }
    }
}

bool Crowd::gather()
{
    bool isDone = true;
    for (ChaosClient &client : m_clients) {
        if (client.isGone()) {
            const int daemon = m_dice.below(m_cluster.size());
            client.connectTo(daemon, m_cluster.port(daemon));
        } else if (client.isOpen() && client.mustSpeakToSettle()) {
            client.say();
        } else if (client.isOpen() && client.rooms().isEmpty()) {
            client.join(m_dice.anyOf(Rooms));
        }
        isDone = isDone && client.isOpen() && client.isSettled() && !client.rooms().isEmpty();
    }
    return isDone;
}

QList<int> Crowd::speak()
{
    QList<int> messages;
    for (ChaosClient &client : m_clients) {
        messages.append(client.say());
        for (const QByteArray &room : client.rooms()) {
            messages.append(client.say(room));
        }
    }
    return messages;
}

bool Crowd::haveAllHeard(const QList<int> &messages) const
{
    return std::all_of(messages.cbegin(), messages.cend(), [this](int message) {
        const QByteArray &room = m_journal.messages().at(static_cast<std::size_t>(message)).room;
        const auto isHearer = [&room](const ChaosClient &client) {
            return room.isEmpty() || client.rooms().contains(room);
        };
        return m_journal.hearers(message) == std::count_if(m_clients.cbegin(), m_clients.cend(), isHearer);
    });
}

QList<QByteArray> Crowd::membersOf(const QByteArray &room) const
{
    QList<QByteArray> members;
    for (const ChaosClient &client : m_clients) {
        if (client.rooms().contains(room)) {
            members.append(client.user());
        }
    }
    return sorted(members);
}

bool Crowd::agreeOnMembers() const
{
    return std::all_of(m_clients.cbegin(), m_clients.cend(), [this](const ChaosClient &client) {
        const QList<QByteArray> rooms = client.rooms();
        return std::all_of(rooms.cbegin(), rooms.cend(), [&](const QByteArray &room) {
            return sorted(client.members(room).values()) == membersOf(room);
        });
    });
}

QList<QByteArray> Crowd::rooms() const
{
    QSet<QByteArray> rooms;
    for (const ChaosClient &client : m_clients) {
        const QList<QByteArray> own = client.rooms();
        rooms.unite({own.cbegin(), own.cend()});
    }
    return sorted(rooms.values());
}

int Crowd::countOn(int daemon) const
{
    return static_cast<int>(
        std::count_if(m_clients.cbegin(), m_clients.cend(), [daemon](const ChaosClient &client) {
            return client.isOpen() && client.daemon() == daemon;
        }));
}

void Crowd::closeAll()
{
    for (ChaosClient &client : m_clients) {
        client.close();
    }
}

bool Crowd::isEveryoneGone() const
{
    return std::all_of(m_clients.cbegin(), m_clients.cend(),
                       [](const ChaosClient &client) { return client.isGone(); });
}

} // namespace switchboard::test
