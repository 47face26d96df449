// SPDX-License-Identifier: BSD-3-Clause
#include "node/settingvalue.h"

#include <QFile>
#include <QFileInfo>

namespace switchboard {

using namespace Qt::StringLiterals;

std::optional<qint64> wholeNumber(const QString &value, qint64 minimum, qint64 maximum)
{
    const QString digits = value.trimmed();
    const bool isPlain = !digits.isEmpty()
        && std::all_of(digits.begin(), digits.end(), [](QChar c) { return c >= u'0' && c <= u'9'; });
    bool isNumber = false;
    const qint64 parsed = digits.toLongLong(&isNumber);
    if (!isPlain || !isNumber || parsed < minimum || parsed > maximum) {
        return std::nullopt;
    }
    return parsed;
}

SettingValue readableFile(QString NodeConfig::*member)
{
    const auto apply = [=](NodeConfig &config, const QString &value) -> std::optional<QString> {
        const QFileInfo info(value);
        if (!info.isFile() || !info.isReadable()) {
            return u"a file that can be read"_s;
        }
        config.*member = value;
        return std::nullopt;
    };
    const auto access = [member](auto &config) -> auto &
    {
        return config.*member;
    };
    return valueAt(SettingKind::Text, access, apply, access);
}

tl::expected<QString, QString> readSecretFile(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return tl::unexpected(u"cannot read %1: %2"_s.arg(path, file.errorString()));
    }
    constexpr qint64 longestSecret = 4096;
    const QByteArray contents = file.read(longestSecret);
    if (!file.atEnd()) {
        return tl::unexpected(u"%1 has more than %2 bytes"_s.arg(path).arg(longestSecret));
    }
    return QString::fromUtf8(contents);
}

} // namespace switchboard
