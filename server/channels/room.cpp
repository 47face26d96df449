// SPDX-License-Identifier: BSD-3-Clause
#include "channels/room.h"

#include "net/websocketsession.h"

namespace switchboard {

namespace {

QUuid xored(QUuid a, const QUuid &b)
{
    a.data1 ^= b.data1;
    a.data2 = static_cast<ushort>(a.data2 ^ b.data2);
    a.data3 = static_cast<ushort>(a.data3 ^ b.data3);
    for (std::size_t i = 0; i < sizeof a.data4; ++i) {
        a.data4[i] = static_cast<uchar>(a.data4[i] ^ b.data4[i]);
    }
    return a;
}

QUuid digestOf(const QList<QUuid> &members)
{
    QUuid digest;
    for (const QUuid &member : members) {
        digest = xored(digest, member);
    }
    return digest;
}

} // namespace

Room::Room(QByteArray name)
    : m_name(std::move(name))
    , m_relayChannel(protocol::chatRoomRelayChannel(m_name))
{ }

Membership *Room::find(const QUuid &client)
{
    const auto found = m_members.find(client);
    return found == m_members.end() ? nullptr : &*found;
}

QList<QUuid> Room::clientsIn(Membership::State state) const
{
    QList<QUuid> clients;
    for (auto it = m_members.cbegin(); it != m_members.cend(); ++it) {
        if (it->state == state) {
            clients.append(it.key());
        }
    }
    return clients;
}

Membership &Room::add(WebSocketSession &session)
{
    Membership &membership = m_members[session.id()];
    membership.session = &session;
    return membership;
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
    return membership;
}

void Room::noteToggled(const QUuid &user)
{
    m_digest = xored(m_digest, user);
}

void Room::noteTold(const QList<QUuid> &members)
{
    m_digest = digestOf(members);
    m_hasBeenTold = true;
}

bool Room::isTold(const QList<QUuid> &members) const
{
    return m_digest == digestOf(members);
}

} // namespace switchboard
