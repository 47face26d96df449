// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include <QByteArray>
#include <QStringList>

namespace switchboard::test {

using Clock = std::chrono::steady_clock;
using Time = Clock::time_point;

/// What a message looks like to others; \a number makes it unique, and its length is different each time.
QByteArray messageText(int number);

/// One message that a client sent.
struct Said
{
    int session = 0; ///< of the sender
    QByteArray room; ///< empty: the global chat
    Time at; ///< not later than it was sent
    std::optional<Time> firstHeard; ///< by anybody; not earlier than that
};

/// One message that came to a client.
struct Heard
{
    int message = 0;
    Time at;
};

/// A client was told that one of its messages was not relayed.
struct Refusal
{
    Time at; ///< when it read that
    Time since; ///< when it had last read all there was
    bool isInRoom = false; ///< else in the global chat
};

/// A time in which a client was in a room for certain: from its member list to its wish to leave.
struct Stay
{
    QByteArray room;
    Time from;
    Time until = Time::max();
};

/// One connection of a client.
struct Session
{
    int daemon = 0;
    Time opened;
    Time ended = Time::max();
    QByteArray user; ///< what daemons call it; empty while nobody has heard it in a room
    std::vector<Heard> heard; ///< in order
    std::vector<Refusal> refusals;
    std::vector<Stay> stays;

    /// Whether it was in \a room, or in the global chat, from \a from to \a until.
    [[nodiscard]] bool isIn(const QByteArray &room, Time from, Time until) const;
};

/// What clients said and heard, to be judged when it is over. Sessions and messages are numbers from 0 on.
class Journal
{
public:
    /// A connection to \a daemon was accepted.
    int open(int daemon, Time at);
    void end(int session, Time at);

    /// A client is about to send a message; its number.
    int say(int session, const QByteArray &room, Time at);

    /// A client was shown a message. What nobody said, or said otherwise, is kept in faults(). \a user is
    /// whose it is shown to be, in a room.
    void hear(int session, const QByteArray &room, const QByteArray &text, const QByteArray &user, Time at);

    void refuse(int session, const Refusal &refusal) { of(session).refusals.push_back(refusal); }
    void enter(int session, const QByteArray &room, Time at);
    void leave(int session, const QByteArray &room, Time at);

    /// Something is wrong that needs no judge.
    void addFault(const QString &fault) { m_faults.append(fault); }

    [[nodiscard]] const std::vector<Said> &messages() const { return m_messages; }
    [[nodiscard]] const std::vector<Session> &sessions() const { return m_sessions; }
    [[nodiscard]] const QStringList &faults() const { return m_faults; }

    /// How many sessions have heard \a message.
    [[nodiscard]] qsizetype hearers(int message) const;

private:
    Session &of(int session) { return m_sessions.at(static_cast<std::size_t>(session)); }
    void checkUser(int message, const QByteArray &user);

    std::vector<Said> m_messages;
    std::vector<Session> m_sessions;
    std::vector<qsizetype> m_hearers;
    QStringList m_faults;
};

} // namespace switchboard::test
