// SPDX-License-Identifier: BSD-3-Clause
#include "chaos/journal.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace switchboard::test {

namespace {

// Lengths around those at which a frame's head grows.
constexpr int fillers[] = {0, 5, 60, 110, 116, 117, 118, 119, 300, 1000, 2100};

} // namespace

QByteArray messageText(int number)
{
    const int filler = fillers[static_cast<std::size_t>(number) % std::size(fillers)];
    return QByteArray::number(number) + ' ' + QByteArray(filler, static_cast<char>('a' + number % 26));
}

bool Session::isIn(const QByteArray &room, Time from, Time until) const
{
    if (room.isEmpty()) {
        return opened <= from && until <= ended;
    }
    return std::any_of(stays.cbegin(), stays.cend(), [&](const Stay &stay) {
        return stay.room == room && stay.from <= from && until <= stay.until;
    });
}

int Journal::open(int daemon, Time at)
{
    m_sessions.push_back(
        {.daemon = daemon, .opened = at, .user = {}, .heard = {}, .refusals = {}, .stays = {}});
    return static_cast<int>(m_sessions.size()) - 1;
}

void Journal::end(int session, Time at)
{
    of(session).ended = at;
    for (Stay &stay : of(session).stays) {
        stay.until = std::min(stay.until, at);
    }
}

int Journal::say(int session, const QByteArray &room, Time at)
{
    m_messages.push_back({.session = session, .room = room, .at = at, .firstHeard = {}});
    m_hearers.push_back(0);
    return static_cast<int>(m_messages.size()) - 1;
}

void Journal::hear(int session, const QByteArray &room, const QByteArray &text, const QByteArray &user,
                   Time at)
{
    bool isNumber = false;
    const int number = text.left(text.indexOf(' ')).toInt(&isNumber);
    const auto index = static_cast<std::size_t>(number);
    if (!isNumber || index >= m_messages.size() || m_messages[index].room != room
        || text != messageText(number)) {
        addFault(u"session %1 heard what nobody said: %2"_s.arg(session).arg(QString::fromUtf8(text)));
        return;
    }
    of(session).heard.push_back({number, at});
    ++m_hearers[index];
    Said &said = m_messages[index];
    said.firstHeard = std::min(said.firstHeard.value_or(at), at);
    if (!room.isEmpty()) {
        checkUser(number, user);
    }
}

void Journal::checkUser(int message, const QByteArray &user)
{
    Session &sender = of(m_messages[static_cast<std::size_t>(message)].session);
    if (sender.user.isEmpty()) {
        sender.user = user;
    } else if (sender.user != user) {
        addFault(u"message %1 was shown as %2's and is %3's"_s.arg(message).arg(
            QString::fromUtf8(user), QString::fromUtf8(sender.user)));
    }
}

void Journal::enter(int session, const QByteArray &room, Time at)
{
    of(session).stays.push_back({room, at});
}

void Journal::leave(int session, const QByteArray &room, Time at)
{
    for (Stay &stay : of(session).stays) {
        if (stay.room == room && stay.until == Time::max()) {
            stay.until = at;
        }
    }
}

qsizetype Journal::hearers(int message) const
{
    return m_hearers.at(static_cast<std::size_t>(message));
}

} // namespace switchboard::test
