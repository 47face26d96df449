// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QByteArray>
#include <QByteArrayView>

namespace switchboard::protocol {

/// The name of the channel on which a client asks about itself.
inline constexpr QByteArrayView sessionChannel = "session";

/// Client → daemon: who am I, and where? Channel `session`, type `Describe`; contents are not looked at.
inline constexpr QByteArrayView describeTypeName = "Describe";

/// Daemon → the client that asked. Channel `session`, type `Session`.
struct Session
{
    static constexpr QByteArrayView typeName = "Session";

    /// The client's own id.
    QByteArray client;
    /// Where the node listens, by its own account; a proxy may stand before it.
    QByteArray host;
    /// The node's id.
    QByteArray node;
    quint16 port = 0;
    /// Who the client's token says it is; empty: it needs none.
    QByteArray user = {};
    /// Which node of its process it is, from 1; 0: the only one.
    int worker = 0;

    [[nodiscard]] QByteArray toClientMessage() const;
};

} // namespace switchboard::protocol
