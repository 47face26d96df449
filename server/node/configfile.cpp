// SPDX-License-Identifier: BSD-3-Clause
#include "node/configfile.h"

#include "node/nearestname.h"

#include <QFile>

#include <algorithm>
#include <string_view>
#include <toml++/toml.h>
#include <tuple>

namespace switchboard {

using namespace Qt::StringLiterals;

namespace {

QString fromUtf8(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

QString kindOf(const toml::node &node)
{
    switch (node.type()) {
    case toml::node_type::table:
        return u"a table"_s;
    case toml::node_type::array:
        return u"an array"_s;
    case toml::node_type::string:
        return u"a string"_s;
    case toml::node_type::integer:
        return u"an integer"_s;
    case toml::node_type::floating_point:
        return u"a float"_s;
    case toml::node_type::boolean:
        return u"a boolean"_s;
    case toml::node_type::date:
    case toml::node_type::time:
    case toml::node_type::date_time:
    case toml::node_type::none:
        break;
    }
    return u"a time"_s;
}

// What a setting takes, for one that was given something else.
QString rightFor(const Setting &setting)
{
    const QString example = setting.value.show(NodeConfig());
    switch (setting.kind()) {
    case SettingKind::Text:
    case SettingKind::SecretFile:
        return example.isEmpty() ? u"a string in quotes"_s : u"a string such as \"%1\""_s.arg(example);
    case SettingKind::Number:
        return u"an integer such as "_s + example;
    case SettingKind::List:
        return u"a string or an array of strings"_s;
    case SettingKind::Switch:
        return u"true or false"_s;
    }
    Q_UNREACHABLE();
}

// An array of nothing but strings, as a flag that is given several times.
std::optional<QString> listText(const toml::array &array)
{
    QStringList texts;
    for (const toml::node &element : array) {
        const auto *text = element.as_string();
        if (text == nullptr) {
            return std::nullopt;
        }
        texts.append(fromUtf8(text->get()));
    }
    return texts.join(u',');
}

// The value as a flag would take it; nothing where it is of another kind.
std::optional<QString> textOf(const toml::node &node, SettingKind kind)
{
    if (kind == SettingKind::Number) {
        const auto *integer = node.as_integer();
        return integer == nullptr ? std::nullopt : std::optional(QString::number(integer->get()));
    }
    if (kind == SettingKind::Switch) {
        const auto *boolean = node.as_boolean();
        return boolean == nullptr ? std::nullopt : std::optional(boolean->get() ? u"true"_s : u"false"_s);
    }
    if (kind == SettingKind::List && node.is_array()) {
        return listText(*node.as_array());
    }
    const auto *string = node.as_string();
    return string == nullptr ? std::nullopt : std::optional(fromUtf8(string->get()));
}

// Reads one file.
class Reader
{
public:
    Reader(const QString &path, const std::vector<Setting> &settings)
        : m_path(path)
        , m_settings(settings)
    { }

    ConfigFile read()
    {
        if (m_path.isEmpty()) {
            m_file.errors.append(u"the name of the configuration file is empty"_s);
            return m_file;
        }
        QFile file(m_path);
        if (!file.open(QIODevice::ReadOnly)) {
            m_file.errors.append(u"cannot read %1: %2"_s.arg(m_path, file.errorString()));
            return m_file;
        }
        constexpr qint64 longestFile = qint64{1024} * 1024;
        const QByteArray contents = file.read(longestFile);
        if (!file.atEnd()) {
            m_file.errors.append(u"%1 has more than %2 bytes"_s.arg(m_path).arg(longestFile));
            return m_file;
        }
        parse(contents);
        std::sort(m_faults.begin(), m_faults.end());
        for (const auto &[line, column, text] : m_faults) {
            m_file.errors.append(place(line, column) + u": "_s + text);
        }
        return m_file;
    }

private:
    // Line, column, and what is wrong there.
    using Fault = std::tuple<quint32, quint32, QString>;

    void parse(const QByteArray &contents)
    {
        try {
            const toml::table table = toml::parse(
                std::string_view(contents.constData(), static_cast<std::size_t>(contents.size())));
            for (const auto &[key, node] : table) {
                take(key, node);
            }
        } catch (const toml::parse_error &error) {
            addFault(error.source().begin, fromUtf8(error.description()));
        }
    }

    void take(const toml::key &key, const toml::node &node)
    {
        const QString name = fromUtf8(key.str());
        const auto setting = std::find_if(m_settings.begin(), m_settings.end(),
                                          [&](const Setting &one) { return one.flag == name; });
        if (setting == m_settings.end()) {
            addFault(key.source().begin, unknown(name));
            return;
        }
        const toml::source_position &begin = node.source().begin;
        const auto text = textOf(node, setting->kind());
        if (!text) {
            addFault(begin, u"%1 takes %2, not %3"_s.arg(name, rightFor(*setting), kindOf(node)));
            return;
        }
        const bool isNothing = node.is_array() && text->isEmpty();
        if (!isNothing) {
            m_file.values.insert(name, {*text, place(begin.line, begin.column)});
        }
    }

    [[nodiscard]] QString unknown(const QString &name) const
    {
        QStringList names;
        for (const Setting &setting : m_settings) {
            names.append(setting.flag);
        }
        const auto near = nearestName(name, names);
        return u"unknown key \"%1\""_s.arg(name)
            + (near ? u"; did you mean \"%1\"?"_s.arg(*near) : QString());
    }

    [[nodiscard]] QString place(quint32 line, quint32 column) const
    {
        return u"%1:%2:%3"_s.arg(m_path).arg(line).arg(column);
    }

    void addFault(const toml::source_position &position, const QString &text)
    {
        m_faults.emplace_back(position.line, position.column, text);
    }

    QString m_path;
    const std::vector<Setting> &m_settings;
    ConfigFile m_file;
    std::vector<Fault> m_faults;
};

} // namespace

ConfigFile readConfigFile(const QString &path, const std::vector<Setting> &settings)
{
    return Reader(path, settings).read();
}

} // namespace switchboard
