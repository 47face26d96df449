// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "node/nodeconfig.h"

#include <QString>

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace switchboard {

/// How the value of a setting is written in the configuration file.
enum class SettingKind {
    Text, ///< a string
    Number, ///< an integer
    List, ///< a string, or an array of strings; a flag may be repeated, a variable has commas
    Switch, ///< true or false
    SecretFile, ///< a string, the file that holds the value; the variable holds the value itself
};

/// The value of one setting: what it may be, and where in a NodeConfig it is. Those below make it from an
/// \c access, which returns a reference to the place for it in the NodeConfig that it is given.
struct SettingValue
{
    /// Puts a value into the configuration, or says what would be right.
    using Apply = std::function<std::optional<QString>(NodeConfig &config, const QString &value)>;

    SettingKind kind = SettingKind::Text;
    Apply apply;
    /// The value as apply() would take it, or as people may see it where that would be a secret; empty where
    /// there is none.
    std::function<QString(const NodeConfig &config)> show;
    /// Whether two configurations have the same value.
    std::function<bool(const NodeConfig &one, const NodeConfig &other)> isSame;
    std::function<void(const NodeConfig &from, NodeConfig &to)> copy;
    /// Whether it may hold a secret, so that no word of it is to be repeated.
    bool isSecret = false;
};

/// Any value, with \a apply and \a show of its own.
template <typename Access>
[[nodiscard]] SettingValue valueAt(SettingKind kind, const Access &access, const SettingValue::Apply &apply,
                                   const std::function<QString(const NodeConfig &)> &show)
{
    return {
        .kind = kind,
        .apply = apply,
        .show = show,
        .isSame = [access](const NodeConfig &one,
                           const NodeConfig &other) { return access(one) == access(other); },
        .copy = [access](const NodeConfig &from, NodeConfig &to) { access(to) = access(from); },
    };
}

/// \a value read as a whole number of \a minimum to \a maximum, in plain decimal digits.
[[nodiscard]] std::optional<qint64> wholeNumber(const QString &value, qint64 minimum, qint64 maximum);

/// \a place from, and to, a whole number: itself, or a count of seconds.
template <typename Place>
void setNumber(Place &place, qint64 number)
{
    place = static_cast<Place>(number);
}
inline void setNumber(std::chrono::milliseconds &place, qint64 number)
{
    place = std::chrono::seconds(number);
}
template <typename Place>
[[nodiscard]] qint64 numberOf(const Place &place)
{
    return static_cast<qint64>(place);
}
[[nodiscard]] inline qint64 numberOf(const std::chrono::milliseconds &place)
{
    return std::chrono::duration_cast<std::chrono::seconds>(place).count();
}

/// A whole number of \a minimum to \a maximum; \a what says of what, with its article.
template <typename Access>
[[nodiscard]] SettingValue number(qint64 minimum, qint64 maximum, const QString &what, const Access &access)
{
    const auto apply = [=](NodeConfig &config, const QString &value) -> std::optional<QString> {
        const auto parsed = wholeNumber(value, minimum, maximum);
        if (!parsed) {
            return QStringLiteral("%1 from %2 to %3").arg(what).arg(minimum).arg(maximum);
        }
        setNumber(access(config), *parsed);
        return std::nullopt;
    };
    return valueAt(SettingKind::Number, access, apply,
                   [access](const NodeConfig &config) { return QString::number(numberOf(access(config))); });
}

/// Words, and what each stands for.
template <typename Value>
using Choices = std::vector<std::pair<QString, Value>>;

/// One of a few words.
template <typename Access, typename Value>
[[nodiscard]] SettingValue oneOf(const Access &access, const Choices<Value> &choices)
{
    const auto apply = [=](NodeConfig &config, const QString &value) -> std::optional<QString> {
        QStringList words;
        for (const auto &[word, choice] : choices) {
            if (word == value) {
                access(config) = choice;
                return std::nullopt;
            }
            words.append(word);
        }
        const QString last = words.takeLast();
        return words.join(QStringLiteral(", ")) + QStringLiteral(" or ") + last;
    };
    const auto show = [=](const NodeConfig &config) {
        const auto found = std::find_if(choices.begin(), choices.end(),
                                        [&](const auto &choice) { return choice.second == access(config); });
        return found == choices.end() ? QString() : found->first;
    };
    return valueAt(SettingKind::Text, access, apply, show);
}

/// The contents of a file that is to be kept secret, checked and stored by \a apply..
template <typename Access>
[[nodiscard]] SettingValue secret(const Access &access, const SettingValue::Apply &apply)
{
    SettingValue value =
        valueAt(SettingKind::SecretFile, access, apply, [](const NodeConfig &) { return QString(); });
    value.isSecret = true;
    return value;
}

/// The path of a file that can be read.
[[nodiscard]] SettingValue readableFile(QString NodeConfig::*member);

/// The contents of the file of a SettingKind::SecretFile, or in one line why it cannot be read.
[[nodiscard]] tl::expected<QString, QString> readSecretFile(const QString &path);

} // namespace switchboard
