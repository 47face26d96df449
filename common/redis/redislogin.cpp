// SPDX-License-Identifier: BSD-3-Clause
#include "redis/redislogin.h"

#include <algorithm>
#include <array>

namespace switchboard::redis {

QList<QList<QByteArray>> loginCommands(const RedisUrl &url)
{
    QList<QList<QByteArray>> commands;
    if (!url.user.isEmpty()) {
        commands.append({"AUTH", url.user.toUtf8(), url.password.toUtf8()});
    } else if (!url.password.isEmpty()) {
        commands.append({"AUTH", url.password.toUtf8()});
    }
    if (url.database != 0) {
        commands.append({"SELECT", QByteArray::number(url.database)});
    }
    commands.append({"PING"});
    return commands;
}

RedisError loginError(const QByteArray &name, const QString &text)
{
    constexpr std::array codes = {QLatin1String("NOAUTH"), QLatin1String("WRONGPASS"),
                                  QLatin1String("NOPERM")};
    const bool isRefusal =
        std::any_of(codes.begin(), codes.end(), [&text](auto code) { return text.startsWith(code); });
    // Servers up to Redis 5 refuse AUTH with a plain ERR; a full server says so to whatever comes first.
    const bool isOldRefusal = name == "AUTH" && text.startsWith(QLatin1String("ERR"))
        && !text.contains(QLatin1String("max number of clients"));
    return {isRefusal || isOldRefusal ? RedisError::Kind::Auth : RedisError::Kind::Connect, text};
}

} // namespace switchboard::redis
