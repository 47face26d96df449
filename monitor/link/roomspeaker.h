// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QByteArray>
#include <QByteArrayList>
#include <QHash>
#include <QSet>

#include <functional>

namespace switchboard::monitor {

/// Says things in rooms, and joins each before the first. What is said while the node is still busy with
/// the joining waits until it is done: a node refuses messages from those who are no members yet.
class RoomSpeaker
{
public:
    using Send = std::function<void(const QByteArray &message)>;

    /// Messages to the node go through \a send.
    explicit RoomSpeaker(Send send);

    /// Says \a text in \a room, both UTF-8, the name one without fault.
    void say(const QByteArray &room, const QByteArray &text);

    /// The node has confirmed that this client is in \a room.
    void noteJoined(const QByteArray &room);

    /// The node has refused something: what still waits for a room is dropped.
    void noteRejected();

    /// The connection is over, and with it every membership.
    void reset();

private:
    Send m_send;
    QSet<QByteArray> m_joined;
    QHash<QByteArray, QByteArrayList> m_waiting;
};

} // namespace switchboard::monitor
