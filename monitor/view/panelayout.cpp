// SPDX-License-Identifier: BSD-3-Clause
#include "view/panelayout.h"

#include "view/pane.h"
#include "view/panedock.h"

#include <QApplication>
#include <QMainWindow>
#include <QTimer>

namespace switchboard::monitor {

using namespace Qt::StringLiterals;

namespace {

constexpr int lowHeight = 640;
constexpr int narrowWidth = 1000;

struct PaneLayoutText
{
    Q_DECLARE_TR_FUNCTIONS(PaneLayout)
};

struct DockDescription
{
    QString name;
    QString title;
    QKeySequence shortcut;
};

DockDescription describe(PaneId id)
{
    switch (id) {
    case PaneId::Nodes:
        return {u"nodes"_s, PaneLayoutText::tr("Nodes"), Qt::CTRL | Qt::Key_1};
    case PaneId::Clients:
        return {u"clients"_s, PaneLayoutText::tr("Clients"), Qt::CTRL | Qt::Key_2};
    case PaneId::Rooms:
        return {u"rooms"_s, PaneLayoutText::tr("Rooms"), Qt::CTRL | Qt::Key_3};
    case PaneId::Traffic:
        return {u"traffic"_s, PaneLayoutText::tr("Traffic"), Qt::CTRL | Qt::Key_4};
    case PaneId::Pings:
        return {u"pings"_s, PaneLayoutText::tr("Pings"), Qt::CTRL | Qt::Key_5};
    case PaneId::Charts:
        return {u"charts"_s, PaneLayoutText::tr("Charts"), Qt::CTRL | Qt::Key_6};
    case PaneId::Compose:
        break;
    }
    return {u"compose"_s, PaneLayoutText::tr("Compose"), Qt::CTRL | Qt::Key_7};
}

} // namespace

PaneLayout::PaneLayout(QMainWindow *window)
    : m_window(window)
{
    for (const PaneId id : paneIds) {
        const DockDescription description = describe(id);
        m_docks.append(new PaneDock(description.name, description.title, description.shortcut, window));
    }
    window->setDockOptions(QMainWindow::AllowNestedDocks | QMainWindow::AllowTabbedDocks);
    window->setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);
    window->setDocumentMode(true);
}

// Nodes on top, below them clients beside the traffic, and what happened over time at the bottom.
void PaneLayout::applyDefault()
{
    for (PaneDock *each : std::as_const(m_docks)) {
        each->setFloating(false);
        m_window->removeDockWidget(each);
    }
    const auto split = [this](PaneId first, PaneId second, Qt::Orientation orientation) {
        m_window->splitDockWidget(dock(first), dock(second), orientation);
    };
    // In a low window the charts are behind the clients.
    const bool isLow = m_window->height() < lowHeight;
    m_window->addDockWidget(Qt::TopDockWidgetArea, dock(PaneId::Nodes));
    if (!isLow) {
        split(PaneId::Nodes, PaneId::Charts, Qt::Vertical);
    }
    split(PaneId::Nodes, PaneId::Clients, Qt::Vertical);
    split(PaneId::Clients, PaneId::Traffic, Qt::Horizontal);
    split(PaneId::Traffic, PaneId::Compose, Qt::Vertical);
    m_window->tabifyDockWidget(dock(PaneId::Clients), dock(PaneId::Rooms));
    if (isLow) {
        m_window->tabifyDockWidget(dock(PaneId::Rooms), dock(PaneId::Pings));
        m_window->tabifyDockWidget(dock(PaneId::Pings), dock(PaneId::Charts));
    } else {
        m_window->tabifyDockWidget(dock(PaneId::Charts), dock(PaneId::Pings));
    }
    for (PaneDock *each : std::as_const(m_docks)) {
        each->show();
    }
    if (!isLow) {
        dock(PaneId::Charts)->raise();
    }
    dock(PaneId::Clients)->raise();
}

void PaneLayout::distributeSoon()
{
    // The window has no sizes to give away before it has laid itself out.
    QTimer::singleShot(0, m_window, [this] { distribute(); });
}

void PaneLayout::distribute()
{
    const int height = m_window->height();
    const int width = m_window->width();
    const int left = width < narrowWidth ? 38 : 44; // per cent
    if (height < lowHeight) {
        m_window->resizeDocks({dock(PaneId::Nodes), dock(PaneId::Clients)}, {height / 5, height * 4 / 5},
                              Qt::Vertical);
    } else {
        m_window->resizeDocks({dock(PaneId::Nodes), dock(PaneId::Clients), dock(PaneId::Charts)},
                              {height * 17 / 100, height * 54 / 100, height * 29 / 100}, Qt::Vertical);
    }
    m_window->resizeDocks({dock(PaneId::Clients), dock(PaneId::Traffic)},
                          {width * left / 100, width * (100 - left) / 100}, Qt::Horizontal);
}

Pane *PaneLayout::focusedPane() const
{
    for (const PaneDock *each : m_docks) {
        if (each->pane() && each->isAncestorOf(QApplication::focusWidget())) {
            return each->pane();
        }
    }
    return nullptr;
}

} // namespace switchboard::monitor
