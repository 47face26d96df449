// SPDX-License-Identifier: BSD-3-Clause
#include "node/configprinter.h"

#include "node/commandline.h"
#include "node/settings.h"
#include "node/version.h"

namespace switchboard {

using namespace Qt::StringLiterals;

namespace {

// A basic string of TOML.
QString quoted(const QString &text)
{
    QString result = u"\""_s;
    for (const QChar c : text) {
        if (c == u'"' || c == u'\\') {
            result += u'\\';
            result += c;
        } else if (c.unicode() < 0x20 || c.unicode() == 0x7F) {
            result += u"\\u%1"_s.arg(c.unicode(), 4, 16, '0'_L1);
        } else {
            result += c;
        }
    }
    return result + u'"';
}

QString written(SettingKind kind, const QString &text)
{
    switch (kind) {
    case SettingKind::Number:
    case SettingKind::Switch:
        return text;
    case SettingKind::Text:
    case SettingKind::SecretFile:
        return quoted(text);
    case SettingKind::List:
        break;
    }
    QStringList elements;
    const QStringList texts = text.split(u',', Qt::SkipEmptyParts);
    for (const QString &element : texts) {
        elements.append(quoted(element));
    }
    return u'[' + elements.join(u", "_s) + u']';
}

QString sourceOf(const GivenValue &given)
{
    switch (given.source) {
    case GivenValue::Source::Flag:
        return u"flag "_s + given.place;
    case GivenValue::Source::Variable:
        return u"environment "_s + given.place;
    case GivenValue::Source::File:
        return u"file "_s + given.place;
    }
    Q_UNREACHABLE();
}

QString printedSetting(const Setting &setting, const CommandLine &commandLine)
{
    const QString &name = setting.flag;
    const auto given = commandLine.given.constFind(name);
    const bool isGiven = given != commandLine.given.constEnd();
    const QString shown = setting.value.show(commandLine.config);
    const auto line = [&](const QString &text, const QString &remark) {
        return u"%1 = %2 # %3\n"_s.arg(name, written(setting.kind(), text), remark);
    };
    if (!isGiven) {
        return shown.isEmpty() ? u"# %1 is not set\n"_s.arg(name) : line(shown, u"default"_s);
    }
    if (setting.kind() == SettingKind::SecretFile) {
        // The file's name is no secret, but the variable is.
        return given->source == GivenValue::Source::Variable
            ? u"# %1 is not shown # %2\n"_s.arg(name, sourceOf(*given))
            : line(given->text, sourceOf(*given));
    }
    if (setting.value.isSecret && !commandLine.config.redisUrl.password.isEmpty()) {
        return u"# "_s + line(shown, u"without its password, "_s + sourceOf(*given));
    }
    return line(shown, sourceOf(*given));
}

// \a text as lines of comment.
QString commented(const QString &text)
{
    constexpr qsizetype width = 100;
    QString result;
    QString line = u"#"_s;
    const QStringList words = text.split(u' ');
    for (const QString &word : words) {
        if (line.size() + 1 + word.size() > width) {
            result += line + u'\n';
            line = u"#"_s;
        }
        line += u' ' + word;
    }
    return result + line + u'\n';
}

// What stands for a value where there is none by default.
QString sampleValue(const Setting &setting)
{
    QString preset = setting.value.show(NodeConfig());
    if (!preset.isEmpty()) {
        return preset;
    }
    return setting.kind() == SettingKind::List ? u"https://example.org"_s
                                               : u"/etc/switchboard/"_s + setting.flag;
}

} // namespace

QString printedConfig(const CommandLine &commandLine)
{
    QString text =
        u"# The configuration of switchboard-server %1, and where it comes from\n"_s.arg(versionText());
    for (const Setting &setting : settings()) {
        text += printedSetting(setting, commandLine);
    }
    return text;
}

QString sampleConfig()
{
    QString text = commented(u"Settings of switchboard-server, for --config. Environment variables and flags "
                             "go over what is set here. Try a change with switchboard-server --check-config "
                             "--config and this file, and bring it into effect with a reload (SIGHUP), which "
                             "says what takes a restart."_s);
    for (const Setting &setting : settings()) {
        text += u'\n' + commented(setting.description);
        text += u"# %1 = %2\n"_s.arg(setting.flag, written(setting.kind(), sampleValue(setting)));
    }
    return text;
}

} // namespace switchboard
