// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QString>
#include <QStringList>

#include <optional>

namespace switchboard {

/// That of \a names which somebody who wrote \a text may have meant: the same with other case or underscores,
/// the same with something behind it, or one with few letters wrong, missing, too many or swapped. Nothing
/// where none is near.
[[nodiscard]] std::optional<QString> nearestName(const QString &text, const QStringList &names);

} // namespace switchboard
