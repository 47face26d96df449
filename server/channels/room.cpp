// SPDX-License-Identifier: BSD-3-Clause
#include "channels/room.h"

#include "net/websocketsession.h"

#include <algorithm>
#include <utility>

namespace switchboard {

Frame memberListFrame(const QByteArray &room, const QList<QUuid> &members)
{
    protocol::MemberList list{room, {}};
    list.users.reserve(members.size());
    for (const QUuid &member : members) {
        list.users.append(member.toByteArray(QUuid::WithoutBraces));
    }
    std::sort(list.users.begin(), list.users.end());
    return Frame::text(list.toClientMessage());
}

Room::Room(QByteArray name)
    : m_name(std::move(name))
    , m_relayChannel(protocol::chatRoomRelayChannel(m_name))
{ }

Membership *Room::find(const QUuid &client)
{
    const auto found = m_members.find(client);
    return found == m_members.end() ? nullptr : &*found;
}

void Room::add(WebSocketSession &session)
{
    m_members[session.id()].session = &session;
    m_waiting.append(session.id());
}

void Room::activate(Membership &membership)
{
    membership.state = Membership::State::Active;
    membership.activeIndex = m_active.size();
    m_active.push_back(membership.session);
}

Membership Room::take(const QUuid &client)
{
    Membership membership = m_members.take(client);
    if (membership.state == Membership::State::Active) {
        WebSocketSession *last = m_active.back();
        m_active[membership.activeIndex] = last;
        m_active.pop_back();
        if (last != membership.session) {
            m_members[last->id()].activeIndex = membership.activeIndex;
        }
    }
    m_waiting.removeAll(client);
    return membership;
}

QList<QUuid> Room::activeClients() const
{
    QList<QUuid> clients;
    clients.reserve(static_cast<qsizetype>(m_active.size()));
    for (const WebSocketSession *session : m_active) {
        clients.append(session->id());
    }
    return clients;
}

QList<QUuid> Room::beginRequest(quint64 request, qsizetype maximum)
{
    m_request = request;
    m_asked = m_waiting.first(qMin(maximum, m_waiting.size()));
    m_waiting.remove(0, m_asked.size());
    for (const QUuid &client : std::as_const(m_asked)) {
        Membership &membership = m_members[client];
        if (membership.state == Membership::State::Waiting) {
            membership.state = Membership::State::Joining;
        }
    }
    return m_asked;
}

QList<QUuid> Room::endRequest()
{
    m_request = 0;
    return std::exchange(m_asked, {});
}

void Room::noteTold(const QSet<QUuid> &members)
{
    m_told = members;
    m_hasBeenTold = true;
}

bool Room::noteCame(const QUuid &user)
{
    const qsizetype before = m_told.size();
    m_told.insert(user);
    return m_told.size() > before;
}

} // namespace switchboard
