// SPDX-License-Identifier: BSD-3-Clause
#include "redis/commandencoder.h"

#include <QVarLengthArray>
#include <algorithm>
#include <array>
#include <hiredis/hiredis.h>

namespace switchboard::redis {

namespace {

bool isWord(QByteArrayView argument, QByteArrayView word)
{
    return argument.compare(word, Qt::CaseInsensitive) == 0;
}

} // namespace

qint64 appendCommand(QByteArray &output, std::span<const QByteArrayView> arguments)
{
    QVarLengthArray<const char *, 64> texts;
    QVarLengthArray<size_t, 64> sizes;
    for (const QByteArrayView &argument : arguments) {
        texts.append(argument.isNull() ? "" : argument.data());
        sizes.append(static_cast<size_t>(argument.size()));
    }
    char *command = nullptr;
    const int size =
        redisFormatCommandArgv(&command, static_cast<int>(texts.size()), texts.data(), sizes.data());
    Q_CHECK_PTR(command);
    output.append(command, size);
    redisFreeCommand(command);
    return size;
}

bool changesReplies(const QList<QByteArray> &arguments)
{
    constexpr std::array<QByteArrayView, 11> words = {
        "SUBSCRIBE", "UNSUBSCRIBE", "PSUBSCRIBE", "PUNSUBSCRIBE", "SSUBSCRIBE", "SUNSUBSCRIBE",
        "MONITOR",   "SYNC",        "PSYNC",      "HELLO",        "RESET"};
    const QByteArray &name = arguments.first();
    return std::any_of(words.begin(), words.end(), [&name](auto word) { return isWord(name, word); })
        || (arguments.size() > 1 && isWord(name, "CLIENT") && isWord(arguments.at(1), "REPLY"));
}

} // namespace switchboard::redis
