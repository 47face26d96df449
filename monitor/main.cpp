// SPDX-License-Identifier: BSD-3-Clause
#include "client/nodeaddress.h"
#include "version.h"
#include "view/mainwindow.h"
#include "view/palettes.h"
#include "view/session.h"
#include "view/settings.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QFile>
#include <QIcon>
#include <QTimer>

#include <cstdio>
#include <optional>

using namespace Qt::StringLiterals;

namespace {

constexpr int exitBadStart = 2;
constexpr qint64 maxTokenBytes = 4096;

const QString programName = u"switchboard-monitor"_s;

struct CommandLine
{
    QUrl url;
    QByteArray token;
    /// What is to be printed instead of opening a window.
    std::optional<QString> message;
};

struct Options
{
    Options()
    {
        parser.setApplicationDescription(
            u"Shows a Switchboard cluster live: nodes, clients, messages and pings.\n"
            "Without --url it asks which node to connect to."_s);
        parser.addOptions({help, version, url, tokenFile});
        // As Qt's own options are written, such as -platform.
        parser.setSingleDashWordOptionMode(QCommandLineParser::ParseAsLongOptions);
    }

    QCommandLineOption help{{u"h"_s, u"help"_s}, u"Print this help and exit."_s};
    QCommandLineOption version{{u"v"_s, u"version"_s}, u"Print the version and exit."_s};
    QCommandLineOption url{
        u"url"_s, u"Any node of the cluster, such as ws://localhost:9001 or wss://example.org/websockets."_s,
        u"url"_s};
    QCommandLineOption tokenFile{
        u"token-file"_s,
        u"File with the token that the nodes ask of monitors (no option takes the token itself: "
        "ps would show it)."_s,
        u"file"_s};
    QCommandLineParser parser;
};

tl::expected<QByteArray, QString> readToken(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return tl::unexpected(u"--token-file: \"%1\" cannot be read: %2"_s.arg(path, file.errorString()));
    }
    const QByteArray token = file.read(maxTokenBytes).trimmed();
    if (token.isEmpty() || !file.atEnd()) {
        return tl::unexpected(
            u"--token-file: \"%1\" does not hold a token of 1 to %2 bytes"_s.arg(path).arg(maxTokenBytes));
    }
    return token;
}

tl::expected<CommandLine, QString> read(const Options &options)
{
    CommandLine commandLine;
    if (options.parser.isSet(options.help)) {
        // Qt knows the program's name only once there is an application.
        commandLine.message = options.parser.helpText().replace("<executable_name>"_L1, programName);
        return commandLine;
    }
    if (options.parser.isSet(options.version)) {
        commandLine.message = programName + u' ' + switchboard::monitor::versionText() + u'\n';
        return commandLine;
    }
    if (options.parser.isSet(options.url)) {
        const auto url = switchboard::client::parseNodeUrl(options.parser.value(options.url));
        if (!url) {
            return tl::unexpected(u"--url: "_s + url.error());
        }
        commandLine.url = *url;
    }
    if (options.parser.isSet(options.tokenFile)) {
        const auto token = readToken(options.parser.value(options.tokenFile));
        if (!token) {
            return tl::unexpected(token.error());
        }
        commandLine.token = *token;
    }
    return commandLine;
}

// What needs no screen is answered without one; Qt's own options are still among the arguments then.
tl::expected<CommandLine, QString> readBeforeScreen(const QStringList &arguments)
{
    Options options;
    options.parser.parse(arguments);
    return read(options);
}

tl::expected<CommandLine, QString> readAll(const QStringList &arguments)
{
    Options options;
    if (!options.parser.parse(arguments)) {
        return tl::unexpected(options.parser.errorText() + u" See --help."_s);
    }
    if (!options.parser.positionalArguments().isEmpty()) {
        return tl::unexpected(u"unexpected argument \"%1\". See --help."_s.arg(
            options.parser.positionalArguments().constFirst()));
    }
    return read(options);
}

int fail(const QString &text)
{
    std::fprintf(stderr, "%s: %s\n", qUtf8Printable(programName), qUtf8Printable(text));
    return exitBadStart;
}

QIcon programIcon()
{
    QIcon icon;
    for (const int size : {16, 24, 32, 48, 64, 128, 256}) {
        icon.addFile(u":/icons/switchboard-monitor-%1.png"_s.arg(size), QSize(size, size));
    }
    return icon;
}

QStringList argumentsOf(int argc, char *argv[])
{
    QStringList arguments;
    for (int place = 0; place < argc; ++place) {
        arguments.append(QString::fromLocal8Bit(argv[place]));
    }
    return arguments;
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication::setApplicationName(programName);
    QCoreApplication::setOrganizationName(u"switchboard"_s);
    QCoreApplication::setApplicationVersion(switchboard::monitor::versionText());
    const auto early = readBeforeScreen(argumentsOf(argc, argv));
    if (!early) {
        return fail(early.error());
    }
    if (early->message) {
        std::fputs(qUtf8Printable(*early->message), stdout);
        return 0;
    }

    const QApplication application(argc, argv);
    const auto commandLine = readAll(QApplication::arguments());
    if (!commandLine) {
        return fail(commandLine.error());
    }
    QApplication::setApplicationDisplayName(QApplication::translate("main", "Switchboard Monitor"));
    QApplication::setDesktopFileName(programName);
    QApplication::setWindowIcon(programIcon());
    switchboard::monitor::applyAppearance(switchboard::monitor::Settings().appearance());

    switchboard::monitor::Session session;
    switchboard::monitor::MainWindow window(&session);
    window.show();
    if (commandLine->url.isEmpty()) {
        QTimer::singleShot(0, &window, [&window] { window.askForConnection(); });
    } else {
        window.watch(commandLine->url, commandLine->token);
    }
    return QApplication::exec();
}
