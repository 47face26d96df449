// SPDX-License-Identifier: BSD-3-Clause
#include "view/pane.h"

#include "link/monitorlink.h"
#include "model/clustermodel.h"
#include "view/filteredview.h"

#include <QAbstractItemView>

namespace switchboard::monitor {

Pane::Pane(const PaneContext &context, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
{ }

void Pane::takeFocus()
{
    if (const FilteredView *view = currentView()) {
        view->view()->setFocus(Qt::ShortcutFocusReason);
    } else {
        setFocus(Qt::ShortcutFocusReason);
    }
}

void Pane::adopt(FilteredView *view)
{
    m_views.append(view);
    connect(view, &FilteredView::trafficRequested, this, &Pane::trafficRequested);
    connect(view, &FilteredView::disconnectRequested, this, &Pane::disconnectRequested);
    connect(m_context.cluster, &ClusterModel::connectedChanged, view, &FilteredView::setConnected);
    view->restoreState(*m_context.settings);
    view->setConnected(m_context.cluster->isConnected());
}

void Pane::setSeen(bool seen)
{
    m_isWindowSeen = seen;
    setUpdatesEnabled(seen);
    suspendViews(!seen || !isVisible());
}

// Also where another dock lies in front.
void Pane::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    suspendViews(!m_isWindowSeen);
}

void Pane::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    suspendViews(true);
}

void Pane::suspendViews(bool suspended)
{
    for (FilteredView *view : std::as_const(m_views)) {
        view->setSeen(!suspended);
    }
}

QString Pane::emptyText(const QString &otherwise) const
{
    if (m_context.cluster->isConnected()) {
        return otherwise;
    }
    return m_context.link->url().isEmpty()
        ? tr("Not connected.\nCtrl+O chooses a node to connect to.")
        : tr("Nothing is known yet: there is no connection to the cluster.");
}

} // namespace switchboard::monitor
