// SPDX-License-Identifier: BSD-3-Clause
#include "node/queryresponder.h"

#include "channels/chatroomchannel.h"
#include "net/sessionregistry.h"
#include "node/clientfigures.h"
#include "protocol/chatroom.h"
#include "relay/clusterevents.h"

#include <algorithm>
#include <tuple>
#include <vector>

namespace switchboard {

namespace {

// As their texts are sorted, which QUuid's own order is not.
bool isBefore(const QUuid &a, const QUuid &b)
{
    const auto numbers = [](const QUuid &id) { return std::tie(id.data1, id.data2, id.data3); };
    if (numbers(a) != numbers(b)) {
        return numbers(a) < numbers(b);
    }
    return std::ranges::lexicographical_compare(a.data4, b.data4);
}

std::ptrdiff_t elementsOf(const protocol::ClusterQuery &query, std::size_t available)
{
    const qint64 limit = std::clamp<qint64>(query.limit, 1, QueryResponder::mostElements);
    return std::min<std::ptrdiff_t>(limit, static_cast<std::ptrdiff_t>(available));
}

} // namespace

QueryResponder::QueryResponder(ClusterEvents &events, const SessionRegistry &registry,
                               const ChatRoomChannel &rooms, const protocol::NodeSnapshot &about,
                               QObject *parent)
    : QObject(parent)
    , m_events(events)
    , m_registry(registry)
    , m_chatRooms(rooms)
    , m_about(about)
{
    connect(&m_events, &ClusterEvents::queried, this, &QueryResponder::answer);
    connect(&m_events, &ClusterEvents::disconnectRequested, this, &QueryResponder::disconnectClient);
}

void QueryResponder::answer(const protocol::ClusterQuery &query)
{
    using Kind = protocol::ClusterQuery::Kind;
    protocol::ClusterAnswer answer{
        .query = query.query,
        .snapshot = m_about,
        .clients = static_cast<qint64>(m_registry.sessions().size()),
        .rooms = m_chatRooms.rooms().size(),
    };
    switch (query.kind) {
    case Kind::Nodes:
        break;
    case Kind::Clients:
        addClients(answer, query);
        break;
    case Kind::Rooms:
        addRooms(answer, query);
        break;
    case Kind::Disconnect:
        if (const auto client = protocol::parseClientId(query.client)) {
            answer.wasHere = disconnectClient(*client);
        }
        break;
    }
    m_events.answer(query.node, answer);
}

void QueryResponder::addClients(protocol::ClusterAnswer &answer, const protocol::ClusterQuery &query) const
{
    const auto after = protocol::parseClientId(query.after);
    std::vector<QUuid> ids;
    ids.reserve(m_registry.sessions().size());
    for (const WebSocketSession *session : m_registry.sessions()) {
        if (!after || isBefore(*after, session->id())) {
            ids.push_back(session->id());
        }
    }
    const auto end = ids.begin() + elementsOf(query, ids.size());
    std::partial_sort(ids.begin(), end, ids.end(), isBefore);
    qsizetype bytes = 0;
    for (auto id = ids.begin(); id != end && bytes < answerBytes; ++id) {
        const auto &client =
            answer.snapshot.clients.emplace_back(describeClient(*m_registry.find(*id), m_chatRooms));
        bytes += client.toJson().size();
    }
    answer.hasMore = answer.snapshot.clients.size() < ids.size();
}

void QueryResponder::addRooms(protocol::ClusterAnswer &answer, const protocol::ClusterQuery &query) const
{
    const auto &rooms = m_chatRooms.rooms();
    std::vector<QByteArray> names;
    for (auto room = rooms.cbegin(); room != rooms.cend(); ++room) {
        // One without is still being joined.
        if (query.after < room.key() && !room.value()->active().empty()) {
            names.push_back(room.key());
        }
    }
    const auto end = names.begin() + elementsOf(query, names.size());
    std::partial_sort(names.begin(), end, names.end());
    for (auto name = names.begin(); name != end; ++name) {
        answer.snapshot.rooms.push_back({*name, static_cast<qint64>(rooms.value(*name)->active().size())});
    }
    answer.hasMore = answer.snapshot.rooms.size() < names.size();
}

bool QueryResponder::disconnectClient(const QUuid &client)
{
    WebSocketSession *session = m_registry.find(client);
    if (session) {
        session->close(CloseCode::DisconnectedByOperator, "disconnected by operator");
    }
    return session;
}

} // namespace switchboard
