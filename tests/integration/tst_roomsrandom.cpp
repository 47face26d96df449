// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <memory>
#include <random>
#include <vector>

#include <QDeadlineTimer>
#include <QTest>

#include "integration/roomclient.h"
#include "support/redisprobe.h"

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using namespace switchboard::test;

namespace {

constexpr int Daemons = 3;
constexpr std::size_t FewestClients = 6;
constexpr std::size_t MostClients = 20;
constexpr int Kills = 3;
constexpr std::chrono::milliseconds Duration = 8s;
/// How long members of a node that died may stay in lists, and the time that a busy machine takes.
constexpr std::chrono::milliseconds ReapingTime = 30s;

const QList<QByteArray> Rooms{"a", "b", "c", "#d \"e\"", "é😀"};

/// One client, and what is true of it.
struct Actor
{
    RoomClient client;
    int daemon = 0;
    QHash<QByteArray, QList<QByteArray>> said; ///< by the rooms it is in, what it said there since it joined
};

/// What one client heard in a room from one joining to the next.
struct Stay
{
    QByteArray client;
    QList<QByteArray> heard;
};

quint32 chosenSeed()
{
    bool isSet = false;
    const uint seed = qEnvironmentVariable("SWITCHBOARD_SEED").toUInt(&isSet);
    return isSet ? seed : std::random_device()();
}

/// The stays of \a client in \a room. \a fault gets what was told that does not follow from what was told
/// before.
QList<Stay> staysOf(RoomClient &client, const QByteArray &room, QByteArray &fault)
{
    QList<Stay> stays;
    QSet<QByteArray> members;
    QSet<QByteArray> toCome; // in the list, perhaps with their JoinedRoom behind it
    const QList<QByteArray> told = client.told(room);
    for (const QByteArray &bytes : told) {
        const RoomFrame frame = parseRoomFrame(bytes).value();
        bool isRight = true;
        if (frame.type == "MemberList") {
            members = toCome = QSet<QByteArray>(frame.users.cbegin(), frame.users.cend());
            isRight = members.contains(client.id()) && frame.users == sorted(frame.users);
        } else if (frame.type == "JoinedRoom") {
            isRight = toCome.remove(frame.user) || !members.contains(frame.user);
            members.insert(frame.user);
            if (frame.user == client.id()) {
                stays.append({client.id(), {}});
            }
        } else if (frame.type == "LeftRoom") {
            isRight = members.remove(frame.user) && frame.user != client.id();
            toCome.remove(frame.user);
        } else {
            isRight = !stays.isEmpty();
            if (isRight) {
                stays.last().heard.append(frame.message);
            }
        }
        if (!isRight) {
            fault = "client " + client.id() + " was told " + bytes + "; all it was told:\n" + told.join('\n');
        }
    }
    return stays;
}

/// Whether two stays in one room agree: from the first message that both heard to the last one they heard the
/// same.
bool agree(const Stay &a, const Stay &b)
{
    const QSet<QByteArray> inA(a.heard.cbegin(), a.heard.cend());
    const QSet<QByteArray> inB(b.heard.cbegin(), b.heard.cend());
    const auto common = [](const QList<QByteArray> &heard, const QSet<QByteArray> &other) {
        const auto isIn = [&other](const QByteArray &message) { return other.contains(message); };
        const auto first = std::find_if(heard.cbegin(), heard.cend(), isIn);
        const auto last = std::find_if(heard.crbegin(), heard.crend(), isIn).base();
        return first < last ? QList<QByteArray>(first, last) : QList<QByteArray>();
    };
    return common(a.heard, inB) == common(b.heard, inA);
}

} // namespace

/// Clients join, leave, talk and go, and daemons are killed, at random; in the end everybody's view is
/// compared with the truth. The seed is printed; SWITCHBOARD_SEED sets it, which repeats the choices, though
/// not what the processes make of them.
class RoomsRandomTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void viewsComeToTheTruth();

private:
    std::size_t below(std::size_t end)
    {
        return std::uniform_int_distribution<std::size_t>(0, end - 1)(m_random);
    }
    Actor &anyActor() { return *m_actors[below(m_actors.size())]; }
    const QByteArray &anyRoom()
    {
        return Rooms.at(static_cast<qsizetype>(below(static_cast<std::size_t>(Rooms.size()))));
    }

    bool connectActor();
    void dropActor();
    bool killDaemon();
    void join();
    void leave();
    void say();
    bool act();
    QList<QByteArray> truth(const QByteArray &room) const;
    bool isTrueFor(Actor &actor);
    QByteArray faultIn(const QByteArray &room);

    std::mt19937 m_random;
    Cluster m_cluster{Daemons};
    std::vector<std::unique_ptr<Actor>> m_actors;
    std::vector<std::unique_ptr<Actor>> m_gone;
    int m_kills = 0;
    int m_messages = 0;
};

bool RoomsRandomTest::connectActor()
{
    auto actor = std::make_unique<Actor>();
    actor->daemon = static_cast<int>(below(Daemons));
    const bool connected = actor->client.connectTo(m_cluster.daemon(actor->daemon).webSocketUrl());
    m_actors.push_back(std::move(actor));
    return connected;
}

void RoomsRandomTest::dropActor()
{
    const auto which = m_actors.begin() + static_cast<std::ptrdiff_t>(below(m_actors.size()));
    WsClient &socket = (*which)->client.socket();
    if (below(2) == 0) {
        socket.close();
    } else {
        socket.abort();
    }
    m_gone.push_back(std::move(*which));
    m_actors.erase(which);
}

bool RoomsRandomTest::killDaemon()
{
    ++m_kills;
    const auto index = static_cast<int>(below(Daemons));
    DaemonProcess &daemon = m_cluster.daemon(index);
    daemon.kill();
    const auto dead = std::stable_partition(m_actors.begin(), m_actors.end(),
                                            [index](const auto &actor) { return actor->daemon != index; });
    std::move(dead, m_actors.end(), std::back_inserter(m_gone));
    m_actors.erase(dead, m_actors.end());
    return daemon.start() && daemon.waitUntilReady(30s);
}

void RoomsRandomTest::join()
{
    Actor &actor = anyActor();
    const QByteArray &room = anyRoom();
    actor.client.join(room); // now and then where it is already
    actor.said[room];
}

void RoomsRandomTest::leave()
{
    Actor &actor = anyActor();
    const QByteArray &room = anyRoom();
    if (actor.said.remove(room)) {
        actor.client.leave(room);
    }
}

void RoomsRandomTest::say()
{
    Actor &actor = anyActor();
    const QByteArray &room = anyRoom();
    if (actor.said.contains(room)) {
        actor.said[room].append(QByteArray::number(++m_messages));
        actor.client.say(room, actor.said[room].last());
    }
}

bool RoomsRandomTest::act()
{
    const std::size_t choice = below(1000);
    if (m_actors.size() < FewestClients || (choice < 20 && m_actors.size() < MostClients)) {
        return connectActor();
    }
    if (choice < 30) {
        dropActor();
    } else if (choice < 32 && m_kills < Kills) {
        return killDaemon();
    } else if (choice < 300) {
        join();
    } else if (choice < 500) {
        leave();
    } else {
        say();
    }
    return true;
}

QList<QByteArray> RoomsRandomTest::truth(const QByteArray &room) const
{
    QList<QByteArray> members;
    for (const auto &actor : m_actors) {
        if (actor->said.contains(room)) {
            members.append(actor->client.id());
        }
    }
    return sorted(members);
}

bool RoomsRandomTest::isTrueFor(Actor &actor)
{
    return std::all_of(Rooms.cbegin(), Rooms.cend(), [&](const QByteArray &room) {
        return !actor.said.contains(room) || actor.client.members(room) == truth(room);
    });
}

QByteArray RoomsRandomTest::faultIn(const QByteArray &room)
{
    QByteArray fault;
    QList<Stay> stays;
    for (const auto *actors : {&m_actors, &m_gone}) {
        for (const auto &actor : *actors) {
            const QList<Stay> own = staysOf(actor->client, room, fault);
            stays += own;
            const QList<QByteArray> said = actor->said.value(room);
            const bool isIn = actors == &m_actors && actor->said.contains(room);
            for (const QByteArray &message : isIn ? said : QList<QByteArray>()) {
                if (own.isEmpty() || own.last().heard.count(message) != 1) {
                    fault = actor->client.id() + " did not hear its own " + message + " once";
                }
            }
        }
    }
    for (const Stay &a : std::as_const(stays)) {
        for (const Stay &b : std::as_const(stays)) {
            if (!agree(a, b)) {
                fault = a.client + " heard " + a.heard.join(' ') + "\n" + b.client + " heard "
                    + b.heard.join(' ');
            }
        }
    }
    return fault;
}

void RoomsRandomTest::viewsComeToTheTruth()
{
    const quint32 seed = chosenSeed();
    qInfo("SWITCHBOARD_SEED=%u", seed);
    m_random.seed(seed);
    QVERIFY(m_cluster.start());

    int acts = 0;
    for (const QDeadlineTimer end(Duration); !end.hasExpired(); ++acts) {
        QVERIFY(act());
        if (below(3) == 0) { // often more than one thing at once
            QTest::qWait(5);
        }
    }
    while (m_actors.size() < FewestClients) {
        QVERIFY(connectActor());
    }
    const bool isTrue = waitUntil(
        [&] {
            return std::all_of(m_actors.begin(), m_actors.end(),
                               [&](const auto &actor) { return isTrueFor(*actor); });
        },
        ReapingTime);
    for (const QByteArray &room : Rooms) {
        for (const auto &actor : m_actors) {
            if (actor->said.contains(room)) {
                QCOMPARE(actor->client.members(room), truth(room));
            }
        }
    }
    QVERIFY(isTrue);
    for (const QByteArray &room : Rooms) {
        QTRY_COMPARE(membersInRedis(m_cluster, room), truth(room));
    }
    // What was on its way has arrived when everybody has heard one more message of everybody.
    for (const auto &actor : m_actors) {
        for (const QByteArray &room : actor->said.keys()) {
            actor->said[room].append(QByteArray::number(++m_messages));
            actor->client.say(room, actor->said[room].last());
        }
    }
    for (const QByteArray &room : Rooms) {
        for (const auto &actor : m_actors) {
            for (const auto &other : m_actors) {
                if (actor->said.contains(room) && other->said.contains(room)) {
                    QTRY_VERIFY(actor->client.heard(room).contains(other->said[room].last()));
                }
            }
        }
        const QByteArray fault = faultIn(room);
        QVERIFY2(fault.isEmpty(), fault);
    }
    for (const auto &actor : m_actors) {
        QCOMPARE(actor->client.rejections(), QList<QByteArray>());
        QVERIFY(isTrueFor(*actor));
    }
    qInfo("%d acts, %d messages, %d daemons killed, %d clients", acts, m_messages, m_kills,
          static_cast<int>(m_actors.size() + m_gone.size()));
    m_actors.clear();
    m_gone.clear();
}

QTEST_GUILESS_MAIN(RoomsRandomTest)
#include "tst_roomsrandom.moc"
