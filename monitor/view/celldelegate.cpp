// SPDX-License-Identifier: BSD-3-Clause
#include "view/celldelegate.h"

#include "model/roles.h"

#include <QFontDatabase>
#include <QPainter>

namespace switchboard::monitor {

namespace {

Meaning meaningOf(NodeState state)
{
    switch (state) {
    case NodeState::Live:
        return Meaning::Good;
    case NodeState::Stale:
        return Meaning::Warning;
    case NodeState::Dead:
        break;
    }
    return Meaning::Bad;
}

// Filled, hollow and crossed: the shape says the same as the colour.
QPixmap stateSign(NodeState state, int size, qreal ratio, const QColor &color)
{
    QPixmap pixmap(QSize(size, size) * ratio);
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(color, 2));
    const QRectF box = QRectF(0, 0, size, size).adjusted(3.5, 3.5, -3.5, -3.5);
    if (state == NodeState::Dead) {
        painter.drawLine(box.topLeft(), box.bottomRight());
        painter.drawLine(box.topRight(), box.bottomLeft());
    } else {
        painter.setBrush(state == NodeState::Live ? QBrush(color) : QBrush(Qt::NoBrush));
        painter.drawEllipse(box);
    }
    return pixmap;
}

void setTextColor(QStyleOptionViewItem *option, const QColor &color)
{
    for (const auto group : {QPalette::Active, QPalette::Inactive}) {
        option->palette.setColor(group, QPalette::Text, color);
    }
}

} // namespace

QSize CellDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    return {QStyledItemDelegate::sizeHint(option, index).width(), rowHeight(option.font)};
}

int CellDelegate::rowHeight(const QFont &font)
{
    constexpr int padding = 6;
    return QFontMetrics(font).height() + padding;
}

void CellDelegate::initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const
{
    QStyledItemDelegate::initStyleOption(option, index);
    if (index.column() == m_fixedColumn) {
        option->font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    }
    const QVariant stateValue = index.data(StateRole);
    const auto state = stateValue.isValid() ? static_cast<NodeState>(stateValue.toInt()) : NodeState::Live;
    if (state == NodeState::Dead) {
        setTextColor(option, textColor(Meaning::Bad, option->palette));
    } else if (m_isFaded || state == NodeState::Stale) {
        setTextColor(option, fadedText(option->palette));
    } else if (m_meaning) {
        if (const auto meaning = m_meaning(index)) {
            setTextColor(option, textColor(*meaning, option->palette));
        }
    }
    if (index.column() == m_signColumn && stateValue.isValid()) {
        const int size = option->fontMetrics.height();
        const bool isSelected = option->state.testFlag(QStyle::State_Selected);
        const QColor color = isSelected ? option->palette.color(QPalette::HighlightedText)
                                        : textColor(meaningOf(state), option->palette);
        const qreal ratio = option->widget ? option->widget->devicePixelRatioF() : 1;
        option->icon = QIcon(stateSign(state, size, ratio, color));
        option->decorationSize = QSize(size, size);
        option->features |= QStyleOptionViewItem::HasDecoration;
    }
}

} // namespace switchboard::monitor
