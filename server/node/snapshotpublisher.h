// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "protocol/nodesnapshot.h"

#include <QByteArray>
#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <QUuid>

#include <chrono>
#include <vector>

namespace switchboard {

class ChatRoomChannel;
class ClusterEvents;
class SessionRegistry;

/// Publishes snapshots of this node a part at a time, so that those who watch can read along however many
/// clients there are. Clients that come or go meanwhile are told of by events of their own.
class SnapshotPublisher : public QObject
{
    Q_OBJECT

public:
    /// How many clients and rooms a part has at most, and about how many bytes it may have before it takes
    /// no more of them.
    static constexpr std::size_t clientsPerPart = 250;
    static constexpr std::size_t roomsPerPart = 1000;
    static constexpr qsizetype bytesPerPart = qsizetype{96} * 1024;
    /// Between two parts. It doubles with each snapshot that is asked for soon after the last one, since
    /// somebody did not keep up with that one, until it is slowestPace.
    static constexpr std::chrono::milliseconds pace{50};
    static constexpr std::chrono::milliseconds slowestPace{800};
    /// How soon is soon after.
    static constexpr std::chrono::milliseconds paceMemory = std::chrono::seconds(30);
    /// Between two snapshots: however many ask for one at once, they get one.
    static constexpr std::chrono::milliseconds pause{500};

    /// All must outlive it. \a about is what is known of the node, without clients and rooms.
    SnapshotPublisher(ClusterEvents &events, const SessionRegistry &registry, const ChatRoomChannel &rooms,
                      const protocol::NodeSnapshot &about, QObject *parent = nullptr);

    /// Begins a snapshot at once; where one runs, or has just ended, a whole one follows it.
    void request();

    /// Breaks off, as nobody watches any more.
    void stop();

private:
    void begin();
    void onTimer();
    void publishPart();
    void takeClients(protocol::NodeSnapshot &part, qsizetype &bytes);
    void takeRooms(protocol::NodeSnapshot &part, qsizetype &bytes);
    [[nodiscard]] int partsLeft() const;

    ClusterEvents &m_events;
    const SessionRegistry &m_registry;
    const ChatRoomChannel &m_chatRooms;
    const protocol::NodeSnapshot &m_about;
    QTimer m_timer;
    QElapsedTimer m_sinceEnd;
    std::chrono::milliseconds m_pace = pace;
    // What is still to be told of.
    std::vector<QUuid> m_clients;
    std::vector<QByteArray> m_rooms;
    int m_part = 0; // the last one that was published; 0: no snapshot runs
    bool m_isOwed = false;
};

} // namespace switchboard
