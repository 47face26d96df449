// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/rejected.h"

#include "protocol/envelope.h"
#include "protocol/json.h"

#include <algorithm>
#include <array>
#include <utility>

namespace switchboard::protocol {

namespace {

constexpr std::array<std::pair<RejectCode, const char *>, rejectCodeCount> codeNames{{
    {RejectCode::InvalidJson, "invalid-json"},
    {RejectCode::InvalidMessage, "invalid-message"},
    {RejectCode::UnknownChannel, "unknown-channel"},
    {RejectCode::UnknownType, "unknown-type"},
    {RejectCode::InvalidContents, "invalid-contents"},
    {RejectCode::NotAMember, "not-a-member"},
    {RejectCode::TooManyRooms, "too-many-rooms"},
    {RejectCode::RateLimited, "rate-limited"},
    {RejectCode::RelayUnavailable, "relay-unavailable"},
    {RejectCode::Unauthorized, "unauthorized"},
}};

} // namespace

QByteArray rejectCodeName(RejectCode code)
{
    const auto *found = std::find_if(codeNames.begin(), codeNames.end(),
                                     [&](const auto &entry) { return entry.first == code; });
    return found->second;
}

QByteArray Rejected::toClientMessage() const
{
    JsonWriter contents;
    contents.beginObject();
    if (!channel.isEmpty()) {
        contents.key("channel").string(channel);
    }
    contents.key("code").string(rejectCodeName(code)).key("reason").string(reason);
    if (!type.isEmpty()) {
        contents.key("type").string(type);
    }
    contents.endObject();
    return envelope(errorChannel, "Rejected", contents.take());
}

tl::expected<Rejected, QByteArray> Rejected::fromContents(const JsonValue &contents)
{
    const auto text = [&](QByteArrayView key) {
        const auto value = contents.member(key);
        return value ? value->text().toByteArray() : QByteArray();
    };
    const QByteArray name = text("code");
    const auto *found = std::find_if(codeNames.begin(), codeNames.end(),
                                     [&](const auto &entry) { return name == entry.second; });
    if (found == codeNames.end()) {
        return tl::unexpected("unknown code \"" + name + '"');
    }
    return Rejected{found->first, text("reason"), text("channel"), text("type")};
}

} // namespace switchboard::protocol
