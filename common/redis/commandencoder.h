// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QList>
#include <span>

namespace switchboard::redis {

/// The most bytes that one encoded command may have: hiredis counts them in int.
inline constexpr qint64 maximumCommandBytes = 1024LL * 1024 * 1024;

/// Appends a command in RESP to \a output. Arguments are bytes of any content; together they must have
/// fewer than maximumCommandBytes. Returns the number of bytes appended.
qint64 appendCommand(QByteArray &output, std::span<const QByteArrayView> arguments);

/// Whether one command is no longer answered by one reply once the command \a arguments was sent, in
/// RESP2; there must be at least one argument.
[[nodiscard]] bool changesReplies(const QList<QByteArray> &arguments);

} // namespace switchboard::redis
