// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "model/stringpool.h"
#include "protocol/monitorevents.h"
#include "protocol/nodesnapshot.h"

#include <QByteArray>

#include <vector>

namespace switchboard::monitor {

class ClientsModel;
class RoomsModel;
struct ClientRow;
struct NodeRow;

/// Keeps the clients and the rooms they are in together, and both within bounds. Neither model tells of it
/// before its commit().
class ClientStore
{
public:
    /// How many clients are kept at most, and how many stays of theirs in rooms.
    struct Bounds
    {
        qsizetype clients = 0;
        qsizetype memberships = 0;
    };

    ClientStore(ClientsModel *clients, RoomsModel *rooms, const Bounds &bounds)
        : m_clients(clients)
        , m_rooms(rooms)
        , m_bounds(bounds)
    { }

    /// The client \a id, or nothing.
    [[nodiscard]] ClientRow *find(const QByteArray &id) const;

    /// A client connected to \a node. Nothing comes of it where there are too many.
    void connected(NodeRow &node, const protocol::ClientConnected &told);

    /// A snapshot of \a node tells of a client.
    void confirmed(NodeRow &node, const protocol::NodeSnapshot::Client &told);

    /// What its node now counts of a client.
    void setFigures(ClientRow &client, const protocol::ClientFigures &figures);

    /// The client is gone, from its rooms too.
    void remove(ClientRow &client);

    /// All clients of \a node are gone, or those alone that its last snapshot did not confirm.
    void removeAllOf(const NodeRow &node);
    void removeUnconfirmedOf(const NodeRow &node);

    void join(ClientRow &client, const QByteArray &room);
    void leave(ClientRow &client, const QByteArray &room);

    /// Texts that many rows have.
    [[nodiscard]] QByteArray shared(const QByteArray &text) { return m_strings.shared(text); }

private:
    ClientRow *findOrAdd(NodeRow &node, const QByteArray &id);
    // \a told is what either of the two that tell of clients says of it.
    template <typename Told>
    void describe(ClientRow &client, const Told &told, const protocol::Timestamp &at);
    void setRooms(ClientRow &client, std::vector<QByteArray> rooms);
    template <typename Predicate>
    void removeIf(Predicate isGone);

    ClientsModel *m_clients;
    RoomsModel *m_rooms;
    Bounds m_bounds;
    StringPool m_strings;
};

} // namespace switchboard::monitor
