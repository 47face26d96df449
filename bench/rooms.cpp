// SPDX-License-Identifier: BSD-3-Clause
#include "bench/crowdsetup.h"
#include "bench/scenarios.h"
#include "bench/talk.h"

#include <algorithm>

namespace switchboard::bench {

using namespace Qt::StringLiterals;

namespace {

std::string roomName(std::size_t room)
{
    return "bench-" + std::to_string(room);
}

// Rooms whose members are on all endpoints, and behind them the clients that are idle.
Talk roomsTalk(const Options &options)
{
    Talk talk{u"rooms"_s, u"delivery"_s, {}, {}, {}};
    const std::size_t endpoints = std::max<std::size_t>(1, options.endpoints.size());
    for (std::size_t room = 0; room < options.rooms; ++room) {
        const std::uint32_t senders =
            options.senders / options.rooms + (room < options.senders % options.rooms ? 1 : 0);
        talk.circles.push_back({roomName(room), {}, senders});
    }
    for (std::size_t client = 0; client < options.clients; ++client) {
        // Each endpoint has one member of a room before any has two.
        const std::size_t room = client / endpoints % options.rooms;
        talk.circles[room].members.push_back(client);
        talk.visitors.push_back({client % endpoints, roomName(room)});
    }
    for (std::size_t i = 0; i < options.idle; ++i) {
        talk.visitors.push_back({i % endpoints, "idle"});
    }
    for (Circle &circle : talk.circles) {
        circle.senders = std::min(circle.senders, static_cast<std::uint32_t>(circle.members.size()));
    }
    std::erase_if(talk.circles, [](const Circle &circle) { return circle.members.empty(); });
    return talk;
}

} // namespace

Outcome runRooms(const Options &options, Progress &progress)
{
    Talk talk = roomsTalk(options);
    talk.speak = speakingInTurn(options, progress);
    Outcome outcome = measureTalk(options, talk, progress);
    if (outcome) {
        outcome->add(u"rooms"_s, u"rooms"_s, static_cast<double>(talk.circles.size()));
        outcome->add(u"idle"_s, u"idle clients"_s, options.idle);
    }
    return outcome;
}

Outcome runInbound(const Options &options, Progress &progress)
{
    Talk talk{u"inbound"_s, u"message"_s, {}, {}, speakingInTurn(options, progress)};
    for (std::size_t client = 0; client < options.clients; ++client) {
        talk.circles.push_back({roomName(client), {client}, 1});
        talk.visitors.push_back({client % options.endpoints.size(), roomName(client)});
    }
    return measureTalk(options, talk, progress);
}

} // namespace switchboard::bench
