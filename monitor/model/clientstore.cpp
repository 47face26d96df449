// SPDX-License-Identifier: BSD-3-Clause
#include "model/clientstore.h"

#include "model/clientsmodel.h"
#include "model/nodesmodel.h"
#include "model/roomsmodel.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace switchboard::monitor {

ClientRow *ClientStore::find(const QByteArray &id) const
{
    return m_clients->rows().find(id);
}

ClientRow *ClientStore::findOrAdd(NodeRow &node, const QByteArray &id)
{
    ClientRow *client = find(id);
    if (client == nullptr) {
        if (m_clients->rows().count() >= m_bounds.clients) {
            return nullptr;
        }
        auto added = std::make_shared<ClientRow>();
        added->id = shared(id);
        added->node = node.shared_from_this();
        client = &m_clients->rows().add(std::move(added));
    } else if (client->node.get() != &node) {
        setRooms(*client, {});
        client->node = node.shared_from_this();
        m_clients->touchWhole(*client);
    }
    client->snapshot = node.snapshot;
    return client;
}

template <typename Told>
void ClientStore::describe(ClientRow &client, const Told &told, const protocol::Timestamp &at)
{
    const auto connectedAt = at.toTime();
    if (client.address != told.address || client.user != told.user || client.userAgent != told.userAgent
        || client.connectedAt != connectedAt) {
        client.address = shared(told.address);
        client.user = shared(told.user);
        client.userAgent = shared(told.userAgent);
        client.connectedAt = connectedAt;
        m_clients->touchWhole(client);
    }
}

void ClientStore::connected(NodeRow &node, const protocol::ClientConnected &told)
{
    if (ClientRow *client = findOrAdd(node, told.client)) {
        describe(*client, told, told.at);
    }
}

void ClientStore::confirmed(NodeRow &node, const protocol::NodeSnapshot::Client &told)
{
    ClientRow *client = findOrAdd(node, told.client);
    if (client == nullptr) {
        return;
    }
    describe(*client, told, told.connectedAt);
    setFigures(*client, told.figures);
    setRooms(*client, told.rooms);
}

void ClientStore::setFigures(ClientRow &client, const protocol::ClientFigures &figures)
{
    if (client.figures != figures) {
        client.figures = figures;
        m_clients->rows().touch(client);
    }
}

void ClientStore::remove(ClientRow &client)
{
    for (const QByteArray &room : client.rooms) {
        m_rooms->leave(room, client.id);
    }
    m_clients->rows().remove(client);
}

template <typename Predicate>
void ClientStore::removeIf(Predicate isGone)
{
    m_clients->rows().forEach([&](ClientRow &client) {
        if (isGone(client)) {
            remove(client);
        }
    });
}

void ClientStore::removeAllOf(const NodeRow &node)
{
    removeIf([&](const ClientRow &client) { return client.node.get() == &node; });
}

void ClientStore::removeUnconfirmedOf(const NodeRow &node)
{
    removeIf([&](const ClientRow &client) {
        return client.node.get() == &node && client.snapshot != node.snapshot;
    });
}

void ClientStore::setRooms(ClientRow &client, std::vector<QByteArray> rooms)
{
    std::sort(rooms.begin(), rooms.end());
    rooms.erase(std::unique(rooms.begin(), rooms.end()), rooms.end());
    if (rooms == client.rooms) {
        return;
    }
    const std::vector<QByteArray> before = client.rooms;
    for (const QByteArray &room : before) {
        if (!std::binary_search(rooms.begin(), rooms.end(), room)) {
            leave(client, room);
        }
    }
    for (const QByteArray &room : rooms) {
        join(client, room);
    }
}

void ClientStore::join(ClientRow &client, const QByteArray &room)
{
    const auto place = std::lower_bound(client.rooms.begin(), client.rooms.end(), room);
    const bool isThere = place != client.rooms.end() && *place == room;
    if (isThere || m_rooms->membershipCount() >= m_bounds.memberships) {
        return;
    }
    const QByteArray name = shared(room);
    client.rooms.insert(place, name);
    m_rooms->join(name, client.id, client.node);
    m_clients->rows().touch(client);
}

void ClientStore::leave(ClientRow &client, const QByteArray &room)
{
    m_rooms->leave(room, client.id);
    std::erase(client.rooms, room);
    m_clients->rows().touch(client);
}

} // namespace switchboard::monitor
