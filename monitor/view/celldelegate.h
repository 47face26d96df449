// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "view/colors.h"

#include <QStyledItemDelegate>

#include <functional>
#include <optional>

namespace switchboard::monitor {

/// Paints the cells of the monitor's tables: rows of nodes that are not heard are faded, those of dead ones
/// red.
class CellDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    /// What the colour of a cell's text says, if anything.
    using MeaningOf = std::function<std::optional<Meaning>(const QModelIndex &)>;

    using QStyledItemDelegate::QStyledItemDelegate;

    /// Fades all rows: what they say may no longer be true.
    void setFaded(bool faded) { m_isFaded = faded; }

    /// Column \a column has a sign for the node's state before its text.
    void setSignColumn(int column) { m_signColumn = column; }

    /// Column \a column is in the fixed-width font.
    void setFixedWidthColumn(int column) { m_fixedColumn = column; }

    /// Gives texts colours beyond those of the nodes' states.
    void setMeaning(MeaningOf meaning) { m_meaning = std::move(meaning); }

    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

    /// The height of a row in \a font.
    [[nodiscard]] static int rowHeight(const QFont &font);

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override;

private:
    MeaningOf m_meaning;
    int m_signColumn = -1;
    int m_fixedColumn = -1;
    bool m_isFaded = false;
};

} // namespace switchboard::monitor
