// SPDX-License-Identifier: BSD-3-Clause
#include "node/nodeconfig.h"

#include "node/settings.h"
#include "node/version.h"

#include <QCommandLineParser>

#include <vector>

namespace switchboard {

using namespace Qt::StringLiterals;

namespace {

// \a text as an error may repeat it: a URL could hold a password, wherever it was put by mistake.
QString withoutSecrets(const QString &text)
{
    const qsizetype scheme = text.indexOf("://"_L1);
    return scheme < 0 ? text : text.left(scheme) + u"://***"_s;
}

} // namespace

tl::expected<CommandLine, QString> parseCommandLine(const QStringList &arguments,
                                                    const QProcessEnvironment &environment)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(
        u"Relays chat, rooms and pings between WebSocket clients of any number of daemons, through Redis.\n"
        "Every option can also be set by an environment variable; the option wins."_s);
    const QCommandLineOption help({u"h"_s, u"help"_s}, u"Print this help and exit."_s);
    const QCommandLineOption version({u"v"_s, u"version"_s}, u"Print the version and exit."_s);
    parser.addOption(help);
    parser.addOption(version);
    const std::vector<Setting> all = settings();
    for (const Setting &setting : all) {
        // Without a name of the value the flag stands alone.
        parser.addOption(
            {setting.flag, u"%1 [%2]"_s.arg(setting.description, setting.variable), setting.valueName});
    }

    if (!parser.parse(arguments)) {
        return tl::unexpected(parser.errorText() + u" See --help."_s);
    }
    if (parser.isSet(help)) {
        return CommandLine{{}, parser.helpText()};
    }
    if (parser.isSet(version)) {
        return CommandLine{{}, u"switchboard-server "_s + versionText() + u'\n'};
    }
    if (!parser.positionalArguments().isEmpty()) {
        return tl::unexpected(u"unexpected argument \"%1\". See --help."_s.arg(
            withoutSecrets(parser.positionalArguments().constFirst())));
    }

    CommandLine commandLine;
    for (const Setting &setting : all) {
        const bool isFlag = parser.isSet(setting.flag);
        if (!isFlag && !environment.contains(setting.variable)) {
            continue;
        }
        const QString flagValue = setting.valueName.isEmpty() ? u"true"_s
            : setting.repeats                                 ? parser.values(setting.flag).join(u',')
                                                              : parser.value(setting.flag);
        const QString value = isFlag ? flagValue : environment.value(setting.variable);
        const Setting::Apply &apply =
            !isFlag && setting.applyVariable ? setting.applyVariable : setting.apply;
        if (const auto right = apply(commandLine.config, value)) {
            const QString name = isFlag ? u"--"_s + setting.flag : setting.variable;
            // Of these, what is wrong has been said without the secret.
            const bool isSecret = setting.flag == "redis-url"_L1 || setting.applyVariable;
            return tl::unexpected(isSecret
                                      ? u"%1: %2"_s.arg(name, *right)
                                      : u"%1: \"%2\" is not %3"_s.arg(name, withoutSecrets(value), *right));
        }
    }
    const NodeConfig &config = commandLine.config;
    if (config.tlsCertificateFile.isEmpty() != config.tlsKeyFile.isEmpty()) {
        return tl::unexpected(u"--tls-cert and --tls-key: one is given and the other is missing"_s);
    }
    return commandLine;
}

} // namespace switchboard
