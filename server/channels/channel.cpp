// SPDX-License-Identifier: BSD-3-Clause
#include "channels/channel.h"

namespace switchboard {

tl::unexpected<protocol::Rejected> Channel::unknownType(QByteArrayView known)
{
    return tl::unexpected(protocol::Rejected{protocol::RejectCode::UnknownType,
                                             "unknown type; this channel takes " + known.toByteArray()});
}

tl::unexpected<protocol::Rejected> Channel::invalidContents(const QByteArray &why)
{
    return tl::unexpected(protocol::Rejected{protocol::RejectCode::InvalidContents, why});
}

tl::unexpected<protocol::Rejected> Channel::relayUnavailable()
{
    return tl::unexpected(protocol::Rejected{protocol::RejectCode::RelayUnavailable,
                                             "Redis is not connected; nothing was changed"});
}

tl::unexpected<protocol::Rejected> Channel::unauthorized(const QByteArray &why)
{
    return tl::unexpected(protocol::Rejected{protocol::RejectCode::Unauthorized, why});
}

} // namespace switchboard
