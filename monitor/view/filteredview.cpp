// SPDX-License-Identifier: BSD-3-Clause
#include "view/filteredview.h"

#include "model/clustermodel.h"
#include "model/nodesmodel.h"
#include "view/celldelegate.h"
#include "view/emptystate.h"
#include "view/filterbar.h"
#include "view/itemviews.h"
#include "view/namedrows.h"
#include "view/pane.h"
#include "view/rowmenu.h"
#include "view/settings.h"

#include <QHeaderView>
#include <QLabel>
#include <QVBoxLayout>

namespace switchboard::monitor {

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

FilteredView::FilteredView(const QString &name, QAbstractItemView *view, QAbstractItemModel *source,
                           const PaneContext &context, QWidget *parent)
    : QWidget(parent)
    , m_name(name)
    , m_view(view)
    , m_proxy(new NamedRows(context.cluster->nodes(), this))
    , m_topLine(new QHBoxLayout)
    , m_note(new QLabel(this))
{
    m_proxy->setSourceModel(source);
    view->setModel(m_proxy);
    m_filterBar = new FilterBar(this);
    m_filterBar->setKeys(m_proxy->filterKeys(), {u"room"_s, u"node"_s});
    m_emptyState = new EmptyState(view, [this] { return emptyText(); });
    m_note->setMargin(2);
    m_note->hide();
    m_topLine->setContentsMargins(0, 0, 0, 0);
    m_topLine->addWidget(m_filterBar, 1);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addLayout(m_topLine);
    layout->addWidget(view, 1);
    layout->addWidget(m_note);

    connect(m_filterBar, &FilterBar::filterChanged, this, &FilteredView::applyFilter);
    auto *menu = new RowMenu(view, context.lock);
    connect(menu, &RowMenu::trafficRequested, this, &FilteredView::trafficRequested);
    connect(menu, &RowMenu::disconnectRequested, this, &FilteredView::disconnectRequested);
    connect(menu, &RowMenu::filterRequested, this, &FilteredView::addFilterTerm);
    offerColumnMenu(headerOf(view));

    // Rows come and go many times a second, and the eye reads a few figures.
    m_countTimer.setSingleShot(true);
    m_countTimer.setInterval(200ms);
    connect(&m_countTimer, &QTimer::timeout, this, &FilteredView::updateCounts);
    const auto countSoon = [this] {
        if (!m_countTimer.isActive()) {
            m_countTimer.start();
        }
    };
    for (const QAbstractItemModel *model : {source, static_cast<QAbstractItemModel *>(m_proxy)}) {
        connect(model, &QAbstractItemModel::rowsInserted, this, countSoon);
        connect(model, &QAbstractItemModel::rowsRemoved, this, countSoon);
        connect(model, &QAbstractItemModel::modelReset, this, countSoon);
        connect(model, &QAbstractItemModel::layoutChanged, this, countSoon);
    }
    updateCounts();
}

CellDelegate *FilteredView::delegate() const
{
    return qobject_cast<CellDelegate *>(m_view->itemDelegate());
}

void FilteredView::setFilterOnDemand()
{
    m_isFilterOnDemand = true;
    m_filterBar->hide();
    connect(m_filterBar, &FilterBar::dismissed, this, [this] {
        m_filterBar->hide();
        m_view->setFocus();
    });
}

void FilteredView::activateFilter()
{
    m_filterBar->show();
    m_filterBar->activate();
}

void FilteredView::setEmptyText(EmptyText text)
{
    m_emptyText = std::move(text);
    m_emptyState->refresh();
}

void FilteredView::setNote(const QString &note)
{
    m_note->setText(note);
    m_note->setVisible(!note.isEmpty());
}

void FilteredView::setConnected(bool connected)
{
    delegate()->setFaded(!connected);
    m_view->viewport()->update();
    m_emptyState->refresh();
}

void FilteredView::setSeen(bool seen)
{
    m_proxy->setSuspended(!seen);
}

void FilteredView::restoreState(const Settings &settings)
{
    const QByteArray state = settings.state(stateName());
    if (!state.isEmpty()) {
        headerOf(m_view)->restoreState(state);
    }
}

void FilteredView::saveState(Settings &settings) const
{
    settings.setState(stateName(), headerOf(m_view)->saveState());
}

void FilteredView::applyFilter(const QString &text)
{
    m_filterBar->setFault(m_proxy->setFilterText(text));
    updateCounts();
    m_emptyState->refresh();
}

void FilteredView::addFilterTerm(const QString &term)
{
    const QString text = m_filterBar->text().trimmed();
    m_filterBar->show();
    m_filterBar->setText(text.isEmpty() ? term : text + u' ' + term);
}

void FilteredView::updateCounts()
{
    m_countTimer.stop();
    m_filterBar->setCounts(m_proxy->rowCount(), m_proxy->totalCount());
    Q_EMIT rowsChanged();
}

QString FilteredView::emptyText() const
{
    if (m_proxy->totalCount() > 0) {
        return tr("No row is taken by this filter.\nEsc in the filter line clears it.");
    }
    return m_emptyText ? m_emptyText() : QString();
}

QString FilteredView::stateName() const
{
    return u"columns-"_s + m_name;
}

} // namespace switchboard::monitor
