// SPDX-License-Identifier: BSD-3-Clause
#include "bench/dialect.h"

#include <initializer_list>

namespace switchboard::bench {

namespace {

// For Nchan, which adds no time: one as long as those of others, so that messages have the same size.
constexpr std::string_view someTime = "2026-01-01T00:00:00.000000001Z";

std::string concatenated(std::initializer_list<std::string_view> parts)
{
    std::string result;
    for (const std::string_view part : parts) {
        result.append(part);
    }
    return result;
}

} // namespace

std::string Dialect::path(std::string_view path, std::string_view room) const
{
    switch (m_kind) {
    case Kind::Switchboard:
        break;
    case Kind::SocketIo:
        return concatenated({path, "?EIO=4&transport=websocket"});
    case Kind::Nchan:
        return concatenated({path, "/", room.empty() ? "chat" : room});
    }
    return std::string(path);
}

std::string Dialect::say(std::string_view room, std::string_view text) const
{
    if (m_kind == Kind::Nchan) {
        if (room.empty()) {
            return concatenated({R"({"channel":"chat","message":{"contents":{"content":")", text,
                                 R"(","postedAt":")", someTime, R"("},"type":"NewMessageReceived"}})"});
        }
        return concatenated({R"({"channel":"chat-room","message":{"contents":{"message":")", text,
                             R"(","postedAt":")", someTime, R"(","room":")", room,
                             R"(","user":"00000000-0000-4000-8000-000000000000"},"type":"NewMessage"}})"});
    }
    if (room.empty()) {
        return request("chat", "SubmitMessage", concatenated({"\"", text, "\""}));
    }
    return request("chat-room", "SendMessage",
                   concatenated({R"({"message":")", text, R"(","room":")", room, R"("})"}));
}

std::string Dialect::join(std::string_view room) const
{
    return m_kind == Kind::Nchan
        ? std::string()
        : request("chat-room", "JoinRoom", concatenated({R"({"room":")", room, R"("})"}));
}

std::string Dialect::leave(std::string_view room) const
{
    return m_kind == Kind::Nchan
        ? std::string()
        : request("chat-room", "LeaveRoom", concatenated({R"({"room":")", room, R"("})"}));
}

bool Dialect::isGreeting(std::string_view message) const
{
    return m_kind == Kind::SocketIo && message.starts_with("40");
}

std::string_view Dialect::answerTo(std::string_view message) const
{
    if (m_kind == Kind::SocketIo && message.starts_with("0{")) {
        return "40"; // into the namespace "/"
    }
    if (m_kind == Kind::SocketIo && message == "2") {
        return "3"; // ping and pong of Engine.IO
    }
    return {};
}

bool Dialect::isEntrance(std::string_view message) const
{
    switch (m_kind) {
    case Kind::Switchboard:
        return message.ends_with(R"("type":"MemberList"}})");
    case Kind::SocketIo:
        return message.starts_with(R"(42["MemberList")");
    case Kind::Nchan:
        break;
    }
    return false;
}

bool Dialect::isRejection(std::string_view message) const
{
    return m_kind == Kind::Switchboard && message.starts_with(R"({"channel":"error")");
}

std::string Dialect::request(std::string_view channel, std::string_view type, std::string_view contents) const
{
    if (m_kind == Kind::SocketIo) {
        return concatenated({"42[\"", type, "\",", contents, "]"});
    }
    return concatenated({R"({"channel":")", channel, R"(","message":{"contents":)", contents, R"(,"type":")",
                         type, R"("}})"});
}

} // namespace switchboard::bench
