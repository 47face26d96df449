// SPDX-License-Identifier: BSD-3-Clause
#include "node/snapshotpublisher.h"

#include "channels/chatroomchannel.h"
#include "net/sessionregistry.h"
#include "node/clientfigures.h"
#include "relay/clusterevents.h"

namespace switchboard {

namespace {

// About what a client or a room takes beside its texts.
constexpr qsizetype bytesBesideTexts = 200;

template <typename Element>
int partsOf(const std::vector<Element> &elements, std::size_t perPart)
{
    return static_cast<int>((elements.size() + perPart - 1) / perPart);
}

} // namespace

SnapshotPublisher::SnapshotPublisher(ClusterEvents &events, const SessionRegistry &registry,
                                     const ChatRoomChannel &rooms, const protocol::NodeSnapshot &about,
                                     QObject *parent)
    : QObject(parent)
    , m_events(events)
    , m_registry(registry)
    , m_chatRooms(rooms)
    , m_about(about)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &SnapshotPublisher::onTimer);
}

void SnapshotPublisher::request()
{
    if (m_timer.isActive()) {
        m_isOwed = true;
        return;
    }
    begin();
}

void SnapshotPublisher::stop()
{
    m_timer.stop();
    m_clients.clear();
    m_rooms.clear();
    m_part = 0;
    m_isOwed = false;
}

void SnapshotPublisher::begin()
{
    const bool isSoon = m_sinceEnd.isValid() && !m_sinceEnd.hasExpired(paceMemory.count());
    m_pace = isSoon ? std::min(2 * m_pace, slowestPace) : pace;
    m_clients.reserve(m_registry.sessions().size());
    for (const WebSocketSession *session : m_registry.sessions()) {
        m_clients.push_back(session->id());
    }
    const QList<QByteArray> rooms = m_chatRooms.rooms().keys();
    m_rooms.assign(rooms.cbegin(), rooms.cend());
    publishPart();
}

void SnapshotPublisher::onTimer()
{
    if (m_part > 0) {
        publishPart();
    } else if (std::exchange(m_isOwed, false)) {
        begin();
    }
}

void SnapshotPublisher::publishPart()
{
    if (m_events.isBusy()) {
        m_timer.start(m_pace); // it would be left out
        return;
    }
    protocol::NodeSnapshot part = m_about;
    qsizetype bytes = 0;
    takeClients(part, bytes);
    if (m_clients.empty()) {
        takeRooms(part, bytes);
    }
    part.part = ++m_part;
    part.parts = m_part + partsLeft();
    const bool isLast = part.part == part.parts;
    m_events.publish(part);
    if (isLast) {
        m_part = 0;
        m_sinceEnd.start();
    }
    m_timer.start(isLast ? pause : m_pace);
}

void SnapshotPublisher::takeClients(protocol::NodeSnapshot &part, qsizetype &bytes)
{
    for (std::size_t taken = 0; taken < clientsPerPart && bytes < bytesPerPart && !m_clients.empty();
         ++taken) {
        // One that has gone meanwhile was told of by its own event.
        if (const WebSocketSession *session = m_registry.find(m_clients.back())) {
            const auto &client = part.clients.emplace_back(describeClient(*session, m_chatRooms));
            bytes += client.userAgent.size() + client.user.size() + bytesBesideTexts;
            for (const QByteArray &room : client.rooms) {
                bytes += room.size();
            }
        }
        m_clients.pop_back();
    }
}

void SnapshotPublisher::takeRooms(protocol::NodeSnapshot &part, qsizetype &bytes)
{
    const auto &rooms = m_chatRooms.rooms();
    for (std::size_t taken = 0; taken < roomsPerPart && bytes < bytesPerPart && !m_rooms.empty(); ++taken) {
        if (const auto room = rooms.constFind(m_rooms.back()); room != rooms.cend()) {
            part.rooms.push_back({room.key(), static_cast<qint64>(room.value()->active().size())});
            bytes += room.key().size();
        }
        m_rooms.pop_back();
    }
}

int SnapshotPublisher::partsLeft() const
{
    const int roomParts = partsOf(m_rooms, roomsPerPart);
    // The last clients and the first rooms share a part.
    return m_clients.empty() ? roomParts : partsOf(m_clients, clientsPerPart) + std::max(0, roomParts - 1);
}

} // namespace switchboard
