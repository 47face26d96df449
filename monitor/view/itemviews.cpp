// SPDX-License-Identifier: BSD-3-Clause
#include "view/itemviews.h"

#include "view/celldelegate.h"

#include <QAction>
#include <QEvent>
#include <QHeaderView>
#include <QMenu>

#include <algorithm>

namespace switchboard::monitor {

namespace {

void setUpView(QAbstractItemView *view)
{
    view->setItemDelegate(new CellDelegate(view));
    view->setAlternatingRowColors(true);
    view->setSelectionBehavior(QAbstractItemView::SelectRows);
    view->setSelectionMode(QAbstractItemView::SingleSelection);
    view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    view->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    view->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    view->setTabKeyNavigation(false);
    view->setFrameShape(QFrame::StyledPanel);
    // Small enough for a window of 800 by 500 with everything in it.
    view->setMinimumSize(60, 40);
}

void setUpHeader(QHeaderView *header)
{
    header->setSectionsMovable(true);
    header->setHighlightSections(false);
    header->setStretchLastSection(true);
    header->setMinimumSectionSize(32);
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header->setSortIndicatorClearable(true);
}

int visibleSections(const QHeaderView &header)
{
    return header.count() - header.hiddenSectionCount();
}

} // namespace

TableView::TableView(QWidget *parent)
    : QTableView(parent)
{
    setUpView(this);
    setUpHeader(horizontalHeader());
    setShowGrid(false);
    setWordWrap(false);
    setCornerButtonEnabled(false);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setMinimumSectionSize(1);
    adjustRowHeight();
}

void TableView::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange) {
        adjustRowHeight();
    }
    QTableView::changeEvent(event);
}

void TableView::adjustRowHeight()
{
    verticalHeader()->setDefaultSectionSize(CellDelegate::rowHeight(font()));
}

TreeView::TreeView(QWidget *parent)
    : QTreeView(parent)
{
    setUpView(this);
    setUpHeader(header());
    setUniformRowHeights(true);
    setAllColumnsShowFocus(true);
    setExpandsOnDoubleClick(true);
}

QHeaderView *headerOf(QAbstractItemView *view)
{
    if (auto *table = qobject_cast<QTableView *>(view)) {
        return table->horizontalHeader();
    }
    return qobject_cast<QTreeView *>(view)->header();
}

void offerColumnMenu(QHeaderView *header)
{
    header->setContextMenuPolicy(Qt::CustomContextMenu);
    QObject::connect(header, &QHeaderView::customContextMenuRequested, header, [header](const QPoint &point) {
        auto *menu = new QMenu(header);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        for (int visual = 0; visual < header->count(); ++visual) {
            const int section = header->logicalIndex(visual);
            auto *action = menu->addAction(
                header->model()->headerData(section, Qt::Horizontal, Qt::DisplayRole).toString());
            action->setCheckable(true);
            action->setChecked(!header->isSectionHidden(section));
            action->setEnabled(header->isSectionHidden(section) || visibleSections(*header) > 1);
            QObject::connect(action, &QAction::toggled, header, [header, section](bool shown) {
                header->setSectionHidden(section, !shown);
                // A section that was hidden when a layout was restored has no width.
                if (shown && header->sectionSize(section) < header->minimumSectionSize()) {
                    header->resizeSection(section, header->defaultSectionSize());
                }
            });
        }
        menu->popup(header->mapToGlobal(point));
    });
}

void setColumnWidths(QAbstractItemView *view, const QStringList &samples)
{
    QHeaderView *header = headerOf(view);
    const QFontMetrics metrics = view->fontMetrics();
    const int margin = 2 * (view->style()->pixelMetric(QStyle::PM_FocusFrameHMargin, nullptr, view) + 1) + 8;
    // The sign of the sorting needs its place, too.
    const int sortSign = view->style()->pixelMetric(QStyle::PM_HeaderMarkSize, nullptr, view);
    for (int section = 0; section < std::min<int>(header->count(), static_cast<int>(samples.size()));
         ++section) {
        const QString title = view->model()->headerData(section, Qt::Horizontal, Qt::DisplayRole).toString();
        const int width = std::max(metrics.horizontalAdvance(samples.at(section)),
                                   metrics.horizontalAdvance(title) + sortSign);
        header->resizeSection(section, width + margin);
    }
}

} // namespace switchboard::monitor
