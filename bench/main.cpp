// SPDX-License-Identifier: BSD-3-Clause

// Loads WebSocket servers and measures what that costs them. See --help.

#include "bench/options.h"
#include "bench/scenarios.h"

#include <cstdio>

#include <QCoreApplication>

namespace {

using namespace switchboard::bench;

constexpr int exitFaults = 1;
constexpr int exitBadCommandLine = 2;

Outcome run(const Options &options, Progress &progress)
{
    switch (options.scenario) {
    case Scenario::Fanout:
        return runFanout(options, progress);
    case Scenario::Rate:
        return runRate(options, progress);
    case Scenario::Rooms:
        return runRooms(options, progress);
    case Scenario::Inbound:
        return runInbound(options, progress);
    case Scenario::Idle:
        return runIdle(options, progress);
    case Scenario::Handshakes:
        return runHandshakes(options, progress);
    case Scenario::Joins:
        return runJoins(options, progress);
    case Scenario::Floor:
        return runFloor(options, progress);
    }
    return tl::make_unexpected(QString());
}

int fail(const QString &text, int status)
{
    std::fprintf(stderr, "switchboard-bench: %s\n", qUtf8Printable(text));
    return status;
}

} // namespace

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    const auto commandLine = parseCommandLine(QCoreApplication::arguments());
    if (!commandLine) {
        return fail(commandLine.error(), exitBadCommandLine);
    }
    if (commandLine->message) {
        std::fputs(qUtf8Printable(*commandLine->message), stdout);
        return 0;
    }
    const Outcome outcome = [&] {
        Progress progress;
        return run(commandLine->options, progress);
    }();
    if (!outcome) {
        return fail(outcome.error(), exitFaults);
    }
    std::fputs(commandLine->options.json ? outcome->toJson().constData() : qUtf8Printable(outcome->toText()),
               stdout);
    return outcome->isFaultless() ? 0 : exitFaults;
}
