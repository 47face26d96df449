// SPDX-License-Identifier: BSD-3-Clause
#include "bench/commandtable.h"

#include "bench/numberedtext.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace switchboard::bench {

using namespace Qt::StringLiterals;

namespace {

template <typename Number>
Flag::Apply number(Number Options::*member, qint64 minimum, qint64 maximum)
{
    return [=](Options &options, const QString &value) -> std::optional<QString> {
        bool isNumber = false;
        const qint64 parsed = value.toLongLong(&isNumber);
        if (!isNumber || parsed < minimum || parsed > maximum) {
            return u"a whole number from %1 to %2"_s.arg(minimum).arg(maximum);
        }
        options.*member = static_cast<Number>(parsed);
        return std::nullopt;
    };
}

Flag::Apply decimal(double minimum, double maximum, const std::function<void(Options &, double)> &assign)
{
    return [=](Options &options, const QString &value) -> std::optional<QString> {
        bool isNumber = false;
        const double parsed = value.toDouble(&isNumber);
        if (!isNumber || !(parsed >= minimum && parsed <= maximum)) {
            return u"a number from %1 to %2"_s.arg(minimum).arg(maximum);
        }
        assign(options, parsed);
        return std::nullopt;
    };
}

std::chrono::nanoseconds toNanoseconds(double seconds)
{
    return std::chrono::nanoseconds(std::llround(seconds * 1e9));
}

std::optional<QString> applyUrl(Options &options, const QString &value)
{
    auto endpoint = Endpoint::parse(value);
    if (!endpoint) {
        return endpoint.error();
    }
    options.endpoints.push_back(std::move(*endpoint));
    return std::nullopt;
}

std::optional<QString> applyPid(Options &options, const QString &value)
{
    const qsizetype equals = value.indexOf(u'=');
    const QString name = equals < 0 ? u"server"_s : value.left(equals);
    bool isNumber = false;
    const int pid = value.mid(equals + 1).toInt(&isNumber);
    const bool isPlain = !name.isEmpty()
        && std::all_of(name.begin(), name.end(), [](QChar c) { return c >= u'a' && c <= u'z'; });
    constexpr int largestPid = 1 << 22; // of Linux
    if (!isNumber || pid <= 0 || pid > largestPid || !isPlain) {
        return u"a process id like 1234, or with a name in small letters like redis=1234"_s;
    }
    if (const auto time = cpuTime(pid); !time) {
        return u"the id of a running process (%1)"_s.arg(time.error());
    }
    options.processes.push_back({name, pid});
    return std::nullopt;
}

std::optional<QString> applyDialect(Options &options, const QString &value)
{
    static const std::array<std::pair<QString, Dialect::Kind>, 3> kinds{{
        {u"switchboard"_s, Dialect::Kind::Switchboard},
        {u"socketio"_s, Dialect::Kind::SocketIo},
        {u"nchan"_s, Dialect::Kind::Nchan},
    }};
    const auto *const found =
        std::find_if(kinds.begin(), kinds.end(), [&](const auto &kind) { return kind.first == value; });
    if (found == kinds.end()) {
        return u"switchboard, socketio or nchan"_s;
    }
    options.dialect = found->second;
    return std::nullopt;
}

constexpr qint64 most = NumberedText::maximumSenders;

Flag clients(const QString &preset, const QString &description)
{
    return {u"clients"_s, u"count"_s, description, preset, number(&Options::clients, 1, most)};
}

Flag window(const QString &preset, const QString &description)
{
    return {u"window"_s, u"count"_s, description, preset, number(&Options::window, 1, most)};
}

Flag senders(const QString &preset)
{
    return {u"senders"_s, u"count"_s, u"How many of the clients speak."_s, preset,
            number(&Options::senders, 1, most)};
}

Flag size()
{
    return {u"size"_s, u"bytes"_s, u"Size of the texts; JSON and frame come on top."_s, u"100"_s,
            number(&Options::messageBytes, qint64{NumberedText::minimumSize}, 10'000'000)};
}

Flag warmUp()
{
    return {
        u"warm-up"_s, u"seconds"_s, u"Time for which the same goes on before it is measured."_s, u"1"_s,
        decimal(0, 600, [](Options &options, double seconds) { options.warmUp = toNanoseconds(seconds); })};
}

Flag seconds()
{
    return {u"seconds"_s, u"seconds"_s, u"Time that is measured."_s, u"5"_s,
            decimal(0.1, 600,
                    [](Options &options, double seconds) { options.duration = toNanoseconds(seconds); })};
}

std::vector<Flag> connectionFlags()
{
    return {
        {u"url"_s, u"url"_s, u"Where to connect to; may be given for each node of a cluster."_s,
         u"ws://127.0.0.1:9001/websockets"_s, applyUrl, true},
        {u"pid"_s,
         u"[name=]pid"_s,
         u"A process on this machine whose CPU time and memory to read; may be given several times. Those with the same name are added up; without a name it is \"server\"."_s,
         {},
         applyPid,
         true},
        {u"dialect"_s, u"name"_s, u"What the server speaks: switchboard, socketio or nchan."_s,
         u"switchboard"_s, applyDialect},
    };
}

std::vector<Command> talkingCommands()
{
    const QString inFlight = u"Messages on their way at any time, shared out among the senders."_s;
    return {
        {Scenario::Fanout,
         u"fanout"_s,
         u"Everybody hears everybody, as fast as it goes: a sender says the next thing when it has heard itself."_s,
         {clients(u"200"_s, u"Clients, all of whom listen."_s), senders(u"16"_s), window(u"64"_s, inFlight),
          size(), warmUp(), seconds()}},
        {Scenario::Rate,
         u"rate"_s,
         u"Everybody hears everybody, at a steady rate: how long messages take."_s,
         {clients(u"1000"_s, u"Clients, all of whom listen."_s),
          senders(u"16"_s),
          {u"rate"_s, u"rate"_s, u"Messages a second, all senders together."_s, u"20"_s,
           decimal(0.1, 1e6, [](Options &options, double rate) { options.rate = rate; })},
          size(),
          warmUp(),
          seconds()}},
        {Scenario::Rooms,
         u"rooms"_s,
         u"Clients in rooms of their own, each in one, as fast as it goes; others may be connected and idle."_s,
         {clients(u"1000"_s, u"Clients in rooms."_s),
          {u"rooms"_s, u"count"_s, u"Rooms; each has members on all nodes."_s, u"100"_s,
           number(&Options::rooms, 1, most)},
          {u"idle"_s, u"count"_s, u"Further clients that are connected and in no room."_s, u"0"_s,
           number(&Options::idle, 0, most)},
          senders(u"100"_s),
          window(u"200"_s, inFlight),
          size(),
          warmUp(),
          seconds()}},
        {Scenario::Inbound,
         u"inbound"_s,
         u"Every client speaks, in a room of its own: what taking messages costs."_s,
         {clients(u"200"_s, u"Clients."_s), window(u"1600"_s, inFlight), size(), warmUp(), seconds()}},
    };
}

std::vector<Command> otherCommands()
{
    return {
        {Scenario::Idle,
         u"idle"_s,
         u"Clients that only are there: how much memory each takes, after one message to all."_s,
         {clients(u"10000"_s, u"Clients."_s), window(u"64"_s, u"Clients that connect at the same time."_s),
          size()}},
        {Scenario::Handshakes,
         u"handshakes"_s,
         u"Clients that connect, again and again: how many a second, and what they cost."_s,
         {clients(u"1000"_s, u"Clients that are connected before all of them go again."_s),
          window(u"64"_s, u"Clients that connect at the same time."_s), warmUp(), seconds()}},
        {Scenario::Joins,
         u"joins"_s,
         u"One client after another joins and leaves a large room: how long it takes."_s,
         {clients(u"1000"_s, u"Members of the room."_s),
          window(u"48"_s, u"Joins at a time while the room fills."_s),
          {u"probes"_s, u"count"_s, u"Joins and leaves to measure."_s, u"100"_s,
           number(&Options::probes, 1, 100'000)}}},
        {Scenario::Floor,
         u"floor"_s,
         u"No server: processes that do nothing but write to sockets, for comparison."_s,
         {clients(u"200"_s, u"Sockets, all processes together."_s),
          {u"nodes"_s, u"count"_s, u"Processes."_s, u"2"_s, number(&Options::nodes, 1, 64)},
          {u"size"_s, u"bytes"_s, u"Size of a message with its frame."_s, u"190"_s,
           number(&Options::messageBytes, 1, 65536)},
          {u"write-bytes"_s, u"bytes"_s, u"Bytes that one write gives to the kernel."_s, u"8000"_s,
           number(&Options::writeBytes, 1, 65536)},
          seconds()}},
    };
}

} // namespace

std::vector<Command> commandTable()
{
    std::vector<Command> all = talkingCommands();
    for (Command &command : otherCommands()) {
        all.push_back(std::move(command));
    }
    for (Command &command : all) {
        if (command.scenario != Scenario::Floor) {
            const std::vector<Flag> flags = connectionFlags();
            command.flags.insert(command.flags.begin(), flags.begin(), flags.end());
        }
    }
    return all;
}

} // namespace switchboard::bench
