// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "channels/channel.h"
#include "metrics/rejectioncounts.h"
#include "protocol/json.h"

#include <QByteArrayView>
#include <QHash>

namespace switchboard {

class WebSocketSession;

/// Reads what clients send and passes each message to the channel that it names; tells the sender what is
/// wrong with a message that nobody can take.
class ChannelRouter
{
public:
    /// \a channel takes the messages with its name. It must outlive the router.
    void add(Channel &channel);

    /// Handles one message of \a session.
    void route(WebSocketSession &session, QByteArrayView message);

    /// Tells \a session that a message of its was dropped because there were too many.
    void rejectForRate(WebSocketSession &session);

    /// What was rejected at once.
    [[nodiscard]] const RejectionCounts &rejections() const { return m_rejections; }

private:
    void answer(WebSocketSession &session, const protocol::Rejected &rejected, QByteArrayView message);
    [[nodiscard]] QByteArray channelNames() const;

    QHash<QByteArrayView, Channel *> m_channels;
    protocol::JsonParser m_parser;
    RejectionCounts m_rejections;
};

} // namespace switchboard
