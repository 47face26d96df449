// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <qnamespace.h>

namespace switchboard::monitor {

/// What every model here answers beyond Qt's own roles; a proxy on it passes all of them through.
enum Role {
    /// The column's value to sort by: a qlonglong, a double or a QString. Invalid where the row has none.
    SortRole = Qt::UserRole,
    /// The column's value for a program: a bool, a qlonglong, a double or a QString (times in ISO 8601 UTC).
    /// Invalid where the row has none.
    ExportRole,
    /// Any column: QString, the row as pretty-printed JSON.
    RawJsonRole,
    /// Any column: QString, all texts of the row that a search looks through, on lines of their own.
    RowTextRole,
    /// Any column: QString, the id of the node that the row belongs to; of a room's row the ids of all its
    /// members' nodes, on lines of their own.
    NodeIdRole,
    /// Any column: QString, the id of the client that the row is about, else empty.
    ClientIdRole,
    /// Any column: QString, the room that the row is about, or all rooms of a client's row on lines of their
    /// own.
    RoomRole,
    /// Any column: a NodeState as int, how the node is that the row belongs to.
    StateRole,
    /// headerData() alone: QString, the column's name for a program, such as "userAgent". It is the key of
    /// exported values and one that a filter takes before a colon.
    KeyRole,
};

/// How a node is, as far as it can be told from here.
enum class NodeState {
    Live, ///< It is heard.
    Stale, ///< It was not heard for a while, or nothing is heard because the connection is lost.
    Dead, ///< Its end was told, or it was not heard for so long that nobody waits for it.
};

} // namespace switchboard::monitor
