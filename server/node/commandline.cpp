// SPDX-License-Identifier: BSD-3-Clause
#include "node/commandline.h"

#include "net/tlsidentity.h"
#include "node/configfile.h"
#include "node/configprinter.h"
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

// The command line itself.
class Flags
{
public:
    explicit Flags(const std::vector<Setting> &settings)
    {
        m_parser.setApplicationDescription(
            u"Relays chat, rooms and pings between WebSocket clients of any number of daemons, through "
            u"Redis.\n"
            "A setting can be a flag, an environment variable, or a line in the configuration file, by the\n"
            "name of its flag. Flags win over variables, these over the file."_s);
        m_parser.addOptions({help, version, config, checkConfig, printConfig});
        for (const Setting &setting : settings) {
            // Without a name of the value the flag stands alone.
            m_parser.addOption(
                {setting.flag, u"%1 [%2]"_s.arg(setting.description, setting.variable), setting.valueName});
        }
    }

    [[nodiscard]] std::optional<QString> parse(const QStringList &arguments)
    {
        if (!m_parser.parse(arguments)) {
            return m_parser.errorText() + u" See --help."_s;
        }
        return std::nullopt;
    }

    [[nodiscard]] std::optional<QString> surplus() const
    {
        if (m_parser.positionalArguments().isEmpty()) {
            return std::nullopt;
        }
        return u"unexpected argument \"%1\". See --help."_s.arg(
            withoutSecrets(m_parser.positionalArguments().constFirst()));
    }

    [[nodiscard]] bool has(const QCommandLineOption &option) const { return m_parser.isSet(option); }
    [[nodiscard]] QString helpText() const { return m_parser.helpText(); }
    [[nodiscard]] QString configFile() const { return m_parser.value(config); }

    [[nodiscard]] std::optional<GivenValue> value(const Setting &setting) const
    {
        if (!m_parser.isSet(setting.flag)) {
            return std::nullopt;
        }
        const QStringList values = m_parser.values(setting.flag);
        const QString text = setting.kind() == SettingKind::Switch ? u"true"_s
            : setting.kind() == SettingKind::List                  ? values.join(u',')
                                                                   : values.constLast();
        return GivenValue{GivenValue::Source::Flag, text, u"--"_s + setting.flag};
    }

    const QCommandLineOption help{{u"h"_s, u"help"_s}, u"Print this help and exit."_s};
    const QCommandLineOption version{{u"v"_s, u"version"_s}, u"Print the version and exit."_s};
    const QCommandLineOption config{u"config"_s,
                                    u"Configuration file, in TOML; see --print-config [CONFIG]"_s, u"file"_s};
    const QCommandLineOption checkConfig{
        u"check-config"_s, u"Say whether all settings are right, and exit: 0 if so, 2 if not."_s};
    const QCommandLineOption printConfig{
        u"print-config"_s,
        u"Print all settings, and where each comes from, as a configuration file, and exit."_s};

private:
    QCommandLineParser m_parser;
};

std::optional<GivenValue> valueIn(const QProcessEnvironment &environment, const Setting &setting)
{
    if (!environment.contains(setting.variable)) {
        return std::nullopt;
    }
    return GivenValue{GivenValue::Source::Variable, environment.value(setting.variable), setting.variable};
}

std::optional<GivenValue> valueIn(const ConfigFile &file, const Setting &setting)
{
    const auto found = file.values.constFind(setting.flag);
    if (found == file.values.constEnd()) {
        return std::nullopt;
    }
    return GivenValue{GivenValue::Source::File, found->text, found->place};
}

// Puts a value into the configuration, or says in one line what is wrong with it.
std::optional<QString> apply(const Setting &setting, const GivenValue &given, NodeConfig &config)
{
    const QString name =
        given.source == GivenValue::Source::File ? given.place + u": "_s + setting.flag : given.place;
    QString text = given.text;
    if (setting.kind() == SettingKind::SecretFile && given.source != GivenValue::Source::Variable) {
        auto contents = readSecretFile(text);
        if (!contents) {
            return name + u": "_s + contents.error();
        }
        text = *contents;
    }
    const auto right = setting.value.apply(config, text);
    if (!right) {
        return std::nullopt;
    }
    // Of secrets, what is wrong has been said without them.
    return setting.value.isSecret ? u"%1: %2"_s.arg(name, *right)
                                  : u"%1: \"%2\" is not %3"_s.arg(name, withoutSecrets(text), *right);
}

// What no single setting can tell.
std::optional<QString> contradiction(const NodeConfig &config)
{
    if (config.tlsCertificateFile.isEmpty() != config.tlsKeyFile.isEmpty()) {
        return u"--tls-cert and --tls-key: one is given and the other is missing"_s;
    }
    return std::nullopt;
}

// What else the daemon would read when it starts.
std::optional<QString> faultInFiles(const NodeConfig &config)
{
    if (config.tlsCertificateFile.isEmpty()) {
        return std::nullopt;
    }
    const auto identity = loadTlsIdentity(config.tlsCertificateFile, config.tlsKeyFile);
    return identity ? std::nullopt : std::optional(identity.error());
}

// Fills \a commandLine, and returns what is wrong.
QStringList readSettings(const Flags &flags, const QProcessEnvironment &environment,
                         const std::vector<Setting> &settings, CommandLine &commandLine)
{
    ConfigFile file;
    if (flags.has(flags.config) || environment.contains(u"CONFIG"_s)) {
        commandLine.configFile =
            flags.has(flags.config) ? flags.configFile() : environment.value(u"CONFIG"_s);
        file = readConfigFile(commandLine.configFile, settings);
    }
    QStringList errors = file.errors;
    for (const Setting &setting : settings) {
        auto given = flags.value(setting);
        if (!given) {
            given = valueIn(environment, setting);
        }
        if (!given) {
            given = valueIn(file, setting);
        }
        if (!given) {
            continue;
        }
        if (const auto fault = apply(setting, *given, commandLine.config)) {
            errors.append(*fault);
        }
        commandLine.given.insert(setting.flag, *std::move(given));
    }
    return errors;
}

} // namespace

tl::expected<CommandLine, QString> parseCommandLine(const QStringList &arguments,
                                                    const QProcessEnvironment &environment)
{
    const std::vector<Setting> all = settings();
    Flags flags(all);
    if (const auto fault = flags.parse(arguments)) {
        return tl::unexpected(*fault);
    }
    CommandLine commandLine;
    if (flags.has(flags.help)) {
        commandLine.message = flags.helpText();
        return commandLine;
    }
    if (flags.has(flags.version)) {
        commandLine.message = u"switchboard-server "_s + versionText() + u'\n';
        return commandLine;
    }
    if (const auto fault = flags.surplus()) {
        return tl::unexpected(*fault);
    }
    QStringList errors = readSettings(flags, environment, all, commandLine);
    const bool isCheck = flags.has(flags.checkConfig);
    if (errors.isEmpty()) {
        auto fault = contradiction(commandLine.config);
        if (!fault && isCheck) {
            fault = faultInFiles(commandLine.config);
        }
        if (fault) {
            errors.append(*fault);
        }
    }
    if (!errors.isEmpty()) {
        return tl::unexpected(errors.join(u'\n'));
    }
    if (flags.has(flags.printConfig)) {
        commandLine.message = printedConfig(commandLine);
    } else if (isCheck) {
        commandLine.message = u"ok\n"_s;
    }
    return commandLine;
}

} // namespace switchboard
