// SPDX-License-Identifier: BSD-3-Clause
#include "link/roomspeaker.h"

#include "protocol/chatroom.h"

namespace switchboard::monitor {

RoomSpeaker::RoomSpeaker(Send send)
    : m_send(std::move(send))
{ }

void RoomSpeaker::say(const QByteArray &room, const QByteArray &text)
{
    const QByteArray message = protocol::SendMessage{room, text}.toClientMessage();
    if (m_joined.contains(room)) {
        m_send(message);
        return;
    }
    const bool isJoining = m_waiting.contains(room);
    m_waiting[room].append(message);
    if (!isJoining) {
        m_send(protocol::RoomRequest{room}.toJoinMessage());
    }
}

void RoomSpeaker::noteJoined(const QByteArray &room)
{
    m_joined.insert(room);
    const QByteArrayList messages = m_waiting.take(room);
    for (const QByteArray &message : messages) {
        m_send(message);
    }
}

void RoomSpeaker::noteRejected()
{
    m_waiting.clear();
}

void RoomSpeaker::reset()
{
    m_joined.clear();
    m_waiting.clear();
}

} // namespace switchboard::monitor
