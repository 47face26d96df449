// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "protocol/clientstats.h"
#include "protocol/json.h"
#include "protocol/timestamp.h"

#include <QByteArray>
#include <QByteArrayView>

#include <tl/expected.hpp>
#include <vector>

namespace switchboard::protocol {

/// All there is to know of a node at one moment, in one or more parts: the node's own answer to a new watch.
/// Part 1 comes first and \a parts last, with no gap; each client stands in exactly one of them. A part is
/// true at the moment it is published: what happens between two parts is told by events between them.
struct NodeSnapshot
{
    static constexpr QByteArrayView typeName = "NodeSnapshot";

    /// A connected client.
    struct Client
    {
        QByteArray client;
        QByteArray address;
        QByteArray userAgent;
        Timestamp connectedAt;
        /// The names of the rooms it is in.
        std::vector<QByteArray> rooms = {};
        ClientFigures figures = {};
        /// Who its token says it is; empty, and left out of the JSON, without one.
        QByteArray user = {};

        [[nodiscard]] QByteArray toJson() const;
        [[nodiscard]] static tl::expected<Client, QByteArray> fromJson(const JsonValue &value);
        friend bool operator==(const Client &, const Client &) = default;
    };

    /// A room with clients of this node in it.
    struct Room
    {
        QByteArray room;
        /// How many clients of this node are in it.
        qint64 members = 0;

        [[nodiscard]] QByteArray toJson() const;
        [[nodiscard]] static tl::expected<Room, QByteArray> fromJson(const JsonValue &value);
        friend bool operator==(const Room &, const Room &) = default;
    };

    /// The node's id.
    QByteArray node;
    /// Where it listens.
    QByteArray host;
    quint16 port = 0;
    qint64 pid = 0;
    QByteArray version;
    Timestamp startedAt;
    /// 1 … parts.
    int part = 1;
    int parts = 1;
    std::vector<Client> clients = {};
    std::vector<Room> rooms = {};
    /// Which of the nodes of its process it is, from 1; 0, and left out of the JSON, if it is the only one.
    int worker = 0;

    /// Compact JSON, keys in alphabetical order.
    [[nodiscard]] QByteArray contents() const;
    /// Reads such contents; keys beyond those known are ignored. The error is for a person.
    [[nodiscard]] static tl::expected<NodeSnapshot, QByteArray> fromContents(const JsonValue &contents);
    friend bool operator==(const NodeSnapshot &, const NodeSnapshot &) = default;
};

} // namespace switchboard::protocol
