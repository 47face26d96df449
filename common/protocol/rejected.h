// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <cstddef>
#include <tl/expected.hpp>

namespace switchboard::protocol {

class JsonValue;

/// The name of the channel on which rejections come.
inline constexpr QByteArrayView errorChannel = "error";

/// What is wrong with a message that cannot be accepted.
enum class RejectCode {
    InvalidJson,
    InvalidMessage,
    UnknownChannel,
    UnknownType,
    InvalidContents,
    NotAMember,
    TooManyRooms,
    RateLimited,
    RelayUnavailable,
    Unauthorized,
};

/// How many codes there are; the values are 0 and up.
inline constexpr std::size_t rejectCodeCount = 10;

/// The code as it stands on the wire, such as "invalid-json".
[[nodiscard]] QByteArray rejectCodeName(RejectCode code);

/// The answer to a message that cannot be accepted: channel `error`, type `Rejected`. It changes nothing
/// else.
struct Rejected
{
    RejectCode code = RejectCode::InvalidMessage;
    /// For a person: what was wrong, where, and what would be right. UTF-8.
    QByteArray reason;
    /// The channel and the type of the rejected message as far as they are known, else empty.
    QByteArray channel = {};
    QByteArray type = {};

    [[nodiscard]] QByteArray toClientMessage() const;

    /// Reads what toClientMessage() put into the envelope's contents; the error is for a person.
    [[nodiscard]] static tl::expected<Rejected, QByteArray> fromContents(const JsonValue &contents);
};

} // namespace switchboard::protocol
