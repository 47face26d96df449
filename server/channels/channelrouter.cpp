// SPDX-License-Identifier: BSD-3-Clause
#include "channels/channelrouter.h"

#include "channels/excerpt.h"
#include "net/logging.h"
#include "net/websocketsession.h"

#include <algorithm>

namespace switchboard {

void ChannelRouter::answer(WebSocketSession &session, const protocol::Rejected &rejected,
                           QByteArrayView message)
{
    m_rejections.note(rejected.code);
    // Whatever is wrong with it, a monitor's token does not belong into a log.
    const bool isSecret = message.contains("token");
    qCInfo(lcWebSocket, "[%s] Rejected (%s): %s; it was: %s", session.info().idText().constData(),
           protocol::rejectCodeName(rejected.code).constData(), rejected.reason.constData(),
           isSecret ? "(not shown: it may hold a token)" : excerpt(message).constData());
    session.send(Frame::text(rejected.toClientMessage()));
}

void ChannelRouter::rejectForRate(WebSocketSession &session)
{
    // No line in the log: what a flood may do to it is bounded by nothing else.
    const protocol::Rejected rejected{protocol::RejectCode::RateLimited,
                                      "too many messages; this one was dropped"};
    m_rejections.note(rejected.code);
    session.send(Frame::text(rejected.toClientMessage()));
}

void ChannelRouter::add(Channel &channel)
{
    m_channels.insert(channel.name(), &channel);
}

QByteArray ChannelRouter::channelNames() const
{
    QByteArrayList names;
    for (auto it = m_channels.keyBegin(); it != m_channels.keyEnd(); ++it) {
        names.append(it->toByteArray());
    }
    std::sort(names.begin(), names.end());
    return names.join(", ");
}

void ChannelRouter::route(WebSocketSession &session, QByteArrayView message)
{
    const auto envelope = protocol::parseEnvelope(m_parser, message);
    if (!envelope) {
        answer(session, envelope.error(), message);
        return;
    }
    Channel *channel = m_channels.value(envelope->channel);
    if (!channel) {
        answer(session,
               {protocol::RejectCode::UnknownChannel, "there is no such channel; there is " + channelNames(),
                envelope->channel.toByteArray(), envelope->type.toByteArray()},
               message);
        return;
    }
    auto result = channel->handle(session, *envelope);
    if (!result) {
        result.error().channel = envelope->channel.toByteArray();
        result.error().type = envelope->type.toByteArray();
        answer(session, result.error(), message);
    }
}

} // namespace switchboard
