// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "protocol/json.h"
#include "protocol/nodesnapshot.h"

#include <QByteArray>
#include <QByteArrayView>

#include <optional>
#include <tl/expected.hpp>

namespace switchboard::protocol {

/// Node → nodes: a question that each answers, alone, to the node that asked, on repliesRelayChannel().
struct ClusterQuery
{
    static constexpr QByteArrayView typeName = "ClusterQuery";

    enum class Kind {
        Nodes, ///< Who are you?
        Clients, ///< Which clients have you, those behind \a after, sorted, up to \a limit?
        Rooms, ///< Which rooms have members on you, those behind \a after, sorted, up to \a limit?
        Disconnect, ///< Have you \a client? Then end its connection with 4003.
    };

    /// Who asks.
    QByteArray node = {};
    /// The number that it has given the question.
    qint64 query = 0;
    Kind kind = Kind::Nodes;
    /// How many elements an answer may have.
    qint64 limit = 0;
    /// The id of a client or the name of a room, of which bytes are compared; empty: from the first on.
    QByteArray after = {};
    /// For Kind::Disconnect: the client's id.
    QByteArray client = {};

    [[nodiscard]] QByteArray contents() const;
    /// Reads the contents of a control message; the error is for a person.
    [[nodiscard]] static tl::expected<ClusterQuery, QByteArray>
    fromContents(const std::optional<JsonValue> &contents);
    friend bool operator==(const ClusterQuery &, const ClusterQuery &) = default;
};

/// Node → the node that asked: the answer to a ClusterQuery.
struct ClusterAnswer
{
    static constexpr QByteArrayView typeName = "ClusterAnswer";

    /// ClusterQuery::query.
    qint64 query = 0;
    /// Who answers, with the clients or the rooms that were asked for; part 1 of 1.
    NodeSnapshot snapshot;
    /// How many there are on the node.
    qint64 clients = 0;
    qint64 rooms = 0;
    /// There are more clients or rooms behind the last one in the snapshot.
    bool hasMore = false;
    /// For Kind::Disconnect: the client was here.
    bool wasHere = false;

    /// The payload in Redis: `{"contents":…,"type":"ClusterAnswer"}`.
    [[nodiscard]] QByteArray toRelayPayload() const;
    /// Reads such a payload; keys beyond those known are ignored. The error is for a person.
    [[nodiscard]] static tl::expected<ClusterAnswer, QByteArray> fromRelayPayload(JsonParser &parser,
                                                                                  QByteArrayView payload);
    friend bool operator==(const ClusterAnswer &, const ClusterAnswer &) = default;
};

/// The channel in Redis on which \a node hears the answers to its questions.
[[nodiscard]] QByteArray repliesRelayChannel(QByteArrayView node);

} // namespace switchboard::protocol
