// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "protocol/clusterquery.h"

#include <QByteArray>
#include <QObject>
#include <QUuid>

namespace switchboard {

class ChatRoomChannel;
class ClusterEvents;
class SessionRegistry;

/// Does what other nodes ask of this one: answers what they want to know of it, and ends the connections of
/// clients that operators want gone.
class QueryResponder : public QObject
{
    Q_OBJECT

public:
    /// The most clients or rooms in an answer, whatever is asked for, and about how many bytes of them there
    /// may be before it takes no more.
    static constexpr qint64 mostElements = 1000;
    static constexpr qsizetype answerBytes = qsizetype{512} * 1024;

    /// All must outlive it. \a about is what is known of the node, without clients and rooms.
    QueryResponder(ClusterEvents &events, const SessionRegistry &registry, const ChatRoomChannel &rooms,
                   const protocol::NodeSnapshot &about, QObject *parent = nullptr);

private:
    void answer(const protocol::ClusterQuery &query);
    void addClients(protocol::ClusterAnswer &answer, const protocol::ClusterQuery &query) const;
    void addRooms(protocol::ClusterAnswer &answer, const protocol::ClusterQuery &query) const;
    bool disconnectClient(const QUuid &client);

    ClusterEvents &m_events;
    const SessionRegistry &m_registry;
    const ChatRoomChannel &m_chatRooms;
    const protocol::NodeSnapshot &m_about;
};

} // namespace switchboard
