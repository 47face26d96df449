// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QVariant>

#include <span>

namespace switchboard::monitor {

/// What a model says of a column. Title and hint are marked for translation in the model's context.
struct ColumnInfo
{
    const char *key; ///< for KeyRole
    const char *title;
    const char *hint; ///< what it means, as a tool tip
    bool isNumber = false; ///< stands to the right
};

/// A model's headerData() for horizontal headers of \a columns.
[[nodiscard]] QVariant columnHeader(const char *context, std::span<const ColumnInfo> columns, int section,
                                    Qt::Orientation orientation, int role);

/// A model's Qt::TextAlignmentRole for \a column.
[[nodiscard]] QVariant columnAlignment(const ColumnInfo &column);

/// \a utf8 as a model gives it to a view.
[[nodiscard]] QString text(const QByteArray &utf8);

/// \a compact, a JSON text, on many lines.
[[nodiscard]] QString prettyJson(const QByteArray &compact);

} // namespace switchboard::monitor
