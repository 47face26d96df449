// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "protocol/json.h"

#include <QByteArray>
#include <QByteArrayView>

#include <optional>
#include <tl/expected.hpp>
#include <vector>

namespace switchboard::protocol {

class MemberReader;

/// What a node counts and measures of one of its clients.
struct ClientFigures
{
    /// Messages from it and to it since it connected.
    qint64 received = 0;
    qint64 sent = 0;
    /// Bytes that it is owed and has not read.
    qint64 queuedBytes = 0;
    /// How long it took to answer the last keepalive ping; nothing before the first answer, when the key is
    /// left out.
    std::optional<qint64> roundTripMicros = {};

    /// Takes them from the members of a client's object, one of several things that stand there.
    [[nodiscard]] static ClientFigures readFrom(MemberReader &reader);
    friend bool operator==(const ClientFigures &, const ClientFigures &) = default;
};

/// Clients whose figures have changed since they were last told, by a snapshot or by another of these. See
/// protocol/monitorevents.h for what all events have in common.
struct ClientStats
{
    static constexpr QByteArrayView typeName = "ClientStats";

    struct Client
    {
        QByteArray client;
        ClientFigures figures;

        [[nodiscard]] QByteArray toJson() const;
        [[nodiscard]] static tl::expected<Client, QByteArray> fromJson(const JsonValue &value);
        friend bool operator==(const Client &, const Client &) = default;
    };

    QByteArray node;
    std::vector<Client> clients = {};

    [[nodiscard]] QByteArray contents() const;
    [[nodiscard]] static tl::expected<ClientStats, QByteArray> fromContents(const JsonValue &contents);
    friend bool operator==(const ClientStats &, const ClientStats &) = default;
};

} // namespace switchboard::protocol
