// SPDX-License-Identifier: BSD-3-Clause
#include "bench/options.h"

#include "bench/commandtable.h"
#include "bench/version.h"

#include <algorithm>

#include <QCommandLineParser>

namespace switchboard::bench {

using namespace Qt::StringLiterals;

namespace {

QString overview(const std::vector<Command> &commands)
{
    QString text = uR"(Usage: switchboard-bench SCENARIO [options]
Loads WebSocket servers and measures what that costs them: their CPU time for each message that they
deliver, their memory for each client, and how long messages take. Counts what is lost, doubled or out of order.

Scenarios:
)"_s;
    for (const Command &command : commands) {
        text += u"  %1  %2\n"_s.arg(command.name, -10).arg(command.description);
    }
    return text + uR"(
switchboard-bench SCENARIO --help tells the options of one. An example, with two daemons on this machine:
  switchboard-bench fanout --clients 1000 --url ws://127.0.0.1:9000/websockets --pid 1234 \
                    --url ws://127.0.0.1:9001/websockets --pid 1235
Exit status: 0 all well; 1 a server could not be reached, or messages went wrong; 2 a wrong command line.
)"_s;
}

QString helpOf(const Command &command, const QCommandLineParser &parser)
{
    const QString options = parser.helpText();
    return u"Usage: switchboard-bench %1 [options]\n%2\n\n%3"_s.arg(
        command.name, command.description, options.mid(options.indexOf("Options:"_L1)));
}

std::optional<QString> apply(const Flag &flag, const QStringList &values, Options &options)
{
    for (const QString &value : values) {
        if (const auto right = flag.apply(options, value)) {
            return u"--%1 wants %2, not \"%3\""_s.arg(flag.name, *right, value);
        }
    }
    return std::nullopt;
}

// Fits counts that were not given to those that were.
void fitPresets(const QCommandLineParser &parser, Options &options)
{
    const QStringList given = parser.optionNames();
    if (!given.contains("rooms"_L1)) {
        options.rooms = std::min(options.rooms, options.clients);
    }
    if (!given.contains("senders"_L1)) {
        options.senders = std::min(std::max(options.senders, options.rooms), options.clients);
    }
}

// What no single flag can tell.
std::optional<QString> contradiction(const Options &options)
{
    if (options.senders > options.clients) {
        return u"--senders wants at most as many as --clients, %1, not \"%2\""_s.arg(options.clients)
            .arg(options.senders);
    }
    if (options.rooms > options.clients) {
        return u"--rooms wants at most as many as --clients, %1, not \"%2\""_s.arg(options.clients)
            .arg(options.rooms);
    }
    if (options.rooms > options.senders) {
        return u"--senders wants at least one for each of %1 rooms, not \"%2\""_s.arg(options.rooms)
            .arg(options.senders);
    }
    return std::nullopt;
}

tl::expected<CommandLine, QString> parse(const Command &command, const QStringList &arguments)
{
    QCommandLineParser parser;
    const QCommandLineOption help({u"h"_s, u"help"_s}, u"Print this help and exit."_s);
    const QCommandLineOption json(u"json"_s, u"Print the result as one line of JSON."_s);
    parser.addOptions({help, json});
    for (const Flag &flag : command.flags) {
        const QString preset = flag.preset.isEmpty() ? QString() : u" (%1)"_s.arg(flag.preset);
        parser.addOption({flag.name, flag.description + preset, flag.valueName});
    }
    const QString more = u"; see switchboard-bench %1 --help"_s.arg(command.name);
    if (!parser.parse(arguments)) {
        return tl::make_unexpected(parser.errorText().chopped(1) + more);
    }
    CommandLine result;
    if (parser.isSet(help)) {
        result.message = helpOf(command, parser);
        return result;
    }
    if (!parser.positionalArguments().isEmpty()) {
        return tl::make_unexpected(u"\"%1\" is not an option"_s.arg(parser.positionalArguments().first())
                                   + more);
    }
    Options &options = result.options;
    options.scenario = command.scenario;
    options.json = parser.isSet(json);
    for (const Flag &flag : command.flags) {
        const QStringList given = parser.values(flag.name);
        const QStringList preset = flag.preset.isEmpty() ? QStringList() : QStringList(flag.preset);
        if (given.size() > 1 && !flag.repeats) {
            return tl::make_unexpected(u"--%1 may be given only once"_s.arg(flag.name));
        }
        if (const auto error = apply(flag, given.isEmpty() ? preset : given, options)) {
            return tl::make_unexpected(*error);
        }
    }
    fitPresets(parser, options);
    if (const auto error = contradiction(options)) {
        return tl::make_unexpected(*error);
    }
    return result;
}

} // namespace

tl::expected<CommandLine, QString> parseCommandLine(const QStringList &arguments)
{
    const std::vector<Command> all = commandTable();
    const QString name = arguments.value(1);
    CommandLine result;
    if (name == "-h"_L1 || name == "--help"_L1) {
        result.message = overview(all);
        return result;
    }
    if (name == "-v"_L1 || name == "--version"_L1) {
        result.message = u"switchboard-bench %1\n"_s.arg(versionText());
        return result;
    }
    const auto command = std::find_if(all.begin(), all.end(),
                                      [&](const Command &candidate) { return candidate.name == name; });
    if (command == all.end()) {
        QStringList names;
        for (const Command &candidate : all) {
            names.append(candidate.name);
        }
        return tl::make_unexpected(
            u"the first argument has to be one of %1%2; see switchboard-bench --help"_s.arg(
                names.join(u", "_s), name.isEmpty() ? QString() : u", not \"%1\""_s.arg(name)));
    }
    return parse(*command, arguments.mid(1));
}

} // namespace switchboard::bench
