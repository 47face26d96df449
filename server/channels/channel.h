// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "protocol/envelope.h"

#include <QByteArrayView>

#include <tl/expected.hpp>

namespace switchboard {

class WebSocketSession;

/// Nothing, or the answer to a message that cannot be accepted.
using ChannelResult = tl::expected<void, protocol::Rejected>;

/// One channel of the WebSocket protocol: it takes what clients send on it, and hears from the relay what is
/// to be shown.
class Channel
{
public:
    virtual ~Channel() = default;

    /// Its name in the envelope.
    [[nodiscard]] virtual QByteArrayView name() const = 0;

    /// Takes \a message from \a session, or says why not; the views in it end with this call.
    [[nodiscard]] virtual ChannelResult handle(WebSocketSession &session,
                                               const protocol::Envelope &message) = 0;

protected:
    /// The rejections that any channel may have to give; the router adds channel and type.
    [[nodiscard]] static tl::unexpected<protocol::Rejected> unknownType(QByteArrayView known);
    [[nodiscard]] static tl::unexpected<protocol::Rejected> invalidContents(const QByteArray &why);
    [[nodiscard]] static tl::unexpected<protocol::Rejected> relayUnavailable();
    [[nodiscard]] static tl::unexpected<protocol::Rejected> unauthorized(const QByteArray &why);
};

} // namespace switchboard
