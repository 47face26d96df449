// SPDX-License-Identifier: BSD-3-Clause
#include "view/mainwindow.h"

#include "client/nodeaddress.h"
#include "link/monitorlink.h"
#include "model/clientsmodel.h"
#include "model/clustermodel.h"
#include "model/filterproxymodel.h"
#include "model/nodesmodel.h"
#include "model/roles.h"
#include "view/banner.h"
#include "view/chartspane.h"
#include "view/clientspane.h"
#include "view/composepane.h"
#include "view/connectiondialog.h"
#include "view/exportdialog.h"
#include "view/filterbar.h"
#include "view/filteredview.h"
#include "view/glyphs.h"
#include "view/nodespane.h"
#include "view/palettes.h"
#include "view/panedock.h"
#include "view/pingspane.h"
#include "view/questions.h"
#include "view/roomspane.h"
#include "view/session.h"
#include "view/shortcutsdialog.h"
#include "view/statusline.h"
#include "view/trafficpane.h"
#include "view/windowactions.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QKeyEvent>
#include <QMenuBar>
#include <QScreen>
#include <QStatusBar>

namespace switchboard::monitor {

using namespace Qt::StringLiterals;

namespace {

const QString geometryState = u"geometry"_s;
const QString docksState = u"docks"_s;
constexpr QSize defaultSize(1280, 800);

} // namespace

MainWindow::MainWindow(Session *session, QWidget *parent)
    : QMainWindow(parent)
    , m_session(session)
    , m_actions(new WindowActions(this))
    , m_banner(new Banner(this))
    , m_layout(this)
{
    addToolBar(Qt::TopToolBarArea, m_banner);
    m_actions->fill(menuBar(), m_layout.docks());
    m_status = new StatusLine(session, m_actions->retry, m_actions->unlock, statusBar());
    connectActions();
    connectPaneActions();
    connect(session->link(), &MonitorLink::stateChanged, this, &MainWindow::updateLink);
    connect(session->link(), &MonitorLink::requestRefused, m_status, &StatusLine::showNotice);
    connect(session, &Session::clusterChanged, this, &MainWindow::createPanes);
    connect(&m_lock, &ActionLock::unlockedChanged, this, &MainWindow::updateLocked);
    createPanes();
    restoreLayout();
    m_actions->setAppearance(m_settings.appearance());
    updateLink();
}

MainWindow::~MainWindow() = default;

void MainWindow::connectActions()
{
    connect(m_actions->connectTo, &QAction::triggered, this, [this] {
        const MonitorLink *link = m_session->link();
        askForConnection(link->state() == MonitorLink::State::Disconnected ? link->problem() : QString());
    });
    connect(m_actions->reconnect, &QAction::triggered, m_session->link(), &MonitorLink::reconnect);
    connect(m_actions->disconnectFromNode, &QAction::triggered, m_session->link(), &MonitorLink::close);
    connect(m_actions->quit, &QAction::triggered, this, &QWidget::close);
    connect(m_actions->restoreLayout, &QAction::triggered, this, [this] {
        m_layout.applyDefault();
        m_layout.distributeSoon();
    });
    connect(m_actions->retry, &QAction::triggered, m_session->link(), &MonitorLink::reconnect);
    connect(m_actions, &WindowActions::appearanceChosen, this, &MainWindow::chooseAppearance);
    connect(m_actions->unlock, &QAction::toggled, &m_lock, &ActionLock::setUnlocked);
    connect(m_actions->ping1, &QAction::triggered, this,
            [this] { m_session->link()->sendPing(protocol::PingNumber::One); });
    connect(m_actions->ping2, &QAction::triggered, this,
            [this] { m_session->link()->sendPing(protocol::PingNumber::Two); });
    connect(m_actions->shortcuts, &QAction::triggered, this, [this] {
        auto *dialog = new ShortcutsDialog(m_actions->withShortcuts(), this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
    });
    connect(m_actions->about, &QAction::triggered, this, [this] { presentAbout(this); });
    connect(m_actions->aboutQt, &QAction::triggered, qApp, &QApplication::aboutQt);
}

void MainWindow::connectPaneActions()
{
    connect(m_actions->filter, &QAction::triggered, this, &MainWindow::filterCurrent);
    connect(m_actions->pause, &QAction::triggered, this,
            [this](bool paused) { trafficPane()->setPaused(paused); });
    connect(m_actions->follow, &QAction::triggered, this, [this] { trafficPane()->followTail(); });
    connect(m_actions->clear, &QAction::triggered, this, [this] { trafficPane()->clear(); });
    connect(m_actions->exportRows, &QAction::triggered, this, &MainWindow::exportCurrent);
    connect(m_actions->disconnectClient, &QAction::triggered, this, &MainWindow::disconnectSelected);
}

void MainWindow::createPanes()
{
    saveColumns();
    for (const PaneId id : paneIds) {
        Pane *pane = createPane(id);
        connect(pane, &Pane::trafficRequested, this, &MainWindow::showTraffic);
        connect(pane, &Pane::disconnectRequested, this, &MainWindow::confirmDisconnect);
        dock(id)->setPane(pane);
    }
    const TrafficPane *traffic = trafficPane();
    connect(traffic, &TrafficPane::exportRequested, this, [this, traffic] { exportPane(traffic); });
    connect(traffic, &TrafficPane::pausedChanged, m_actions->pause, &QAction::setChecked);
    m_actions->pause->setChecked(false);
    dock(PaneId::Traffic)->pane()->takeFocus();
    updateSeen();
}

Pane *MainWindow::createPane(PaneId id)
{
    const PaneContext context{m_session->cluster(), m_session->link(), &m_lock, &m_settings};
    switch (id) {
    case PaneId::Nodes:
        return new NodesPane(context);
    case PaneId::Clients:
        return new ClientsPane(context);
    case PaneId::Rooms:
        return new RoomsPane(context);
    case PaneId::Traffic:
        return new TrafficPane(context);
    case PaneId::Pings:
        return new PingsPane(context);
    case PaneId::Charts:
        return new ChartsPane(context);
    case PaneId::Compose:
        break;
    }
    return new ComposePane(context);
}

TrafficPane *MainWindow::trafficPane() const
{
    return qobject_cast<TrafficPane *>(dock(PaneId::Traffic)->pane());
}

void MainWindow::watch(const QUrl &url, const QByteArray &token)
{
    m_session->open(url, token.isEmpty() ? m_settings.token(url) : token);
}

void MainWindow::askForConnection(const QString &reason)
{
    auto *dialog = new ConnectionDialog(&m_settings, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    if (!m_session->link()->url().isEmpty()) {
        dialog->suggest(m_session->link()->url(), reason);
    }
    connect(dialog, &QDialog::accepted, this,
            [this, dialog] { m_session->open(dialog->url(), dialog->token()); });
    dialog->open();
}

void MainWindow::restoreLayout()
{
    if (!restoreGeometry(m_settings.state(geometryState))) {
        resize(defaultSize.boundedTo(screen()->availableSize()));
    }
    m_layout.applyDefault();
    if (!restoreState(m_settings.state(docksState))) {
        m_layout.distributeSoon();
    }
}

void MainWindow::saveColumns()
{
    for (const PaneId id : paneIds) {
        if (const Pane *pane = dock(id)->pane()) {
            pane->saveState();
        }
    }
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    m_settings.setState(geometryState, saveGeometry());
    m_settings.setState(docksState, saveState());
    saveColumns();
    QMainWindow::closeEvent(event);
}

bool MainWindow::event(QEvent *event)
{
    // Space presses the button that has the keyboard, there as anywhere else.
    if (event->type() == QEvent::ShortcutOverride && static_cast<QKeyEvent *>(event)->key() == Qt::Key_Space
        && (qobject_cast<QAbstractButton *>(QApplication::focusWidget())
            || qobject_cast<QComboBox *>(QApplication::focusWidget()))) {
        event->accept();
        return true;
    }
    return QMainWindow::event(event);
}

void MainWindow::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::WindowStateChange) {
        updateSeen();
    }
    QMainWindow::changeEvent(event);
}

void MainWindow::showEvent(QShowEvent *event)
{
    QMainWindow::showEvent(event);
    updateSeen();
}

void MainWindow::hideEvent(QHideEvent *event)
{
    QMainWindow::hideEvent(event);
    updateSeen();
}

void MainWindow::updateSeen()
{
    const bool isSeen = isVisible() && !isMinimized();
    for (const PaneDock *each : m_layout.docks()) {
        each->pane()->setSeen(isSeen);
    }
}

void MainWindow::updateLink()
{
    const MonitorLink *link = m_session->link();
    const bool hasNode = !link->url().isEmpty();
    const QList<QAction *> remedies = hasNode ? QList<QAction *>{m_actions->retry, m_actions->connectTo}
                                              : QList<QAction *>{m_actions->connectTo};
    switch (link->state()) {
    case MonitorLink::State::Connected:
        m_banner->dismiss();
        break;
    case MonitorLink::State::Connecting:
        break; // what was said before is still so
    case MonitorLink::State::Waiting:
        m_banner->present(Meaning::Warning,
                          m_session->cluster()->nodes()->rowCount() == 0
                              ? tr("Cannot connect: %1.").arg(link->problem())
                              : tr("No connection to the cluster: %1. What is shown is what was known last.")
                                    .arg(link->problem()),
                          remedies);
        break;
    case MonitorLink::State::Disconnected:
        if (!link->problem().isEmpty()) {
            m_banner->present(Meaning::Bad, link->problem(), remedies);
        } else {
            m_banner->present(Meaning::Information,
                              hasNode ? tr("Disconnected. What is shown is what was known last.")
                                      : tr("Connect to any node to see the whole cluster."),
                              remedies);
        }
        break;
    }
    m_actions->reconnect->setEnabled(hasNode);
    m_actions->disconnectFromNode->setEnabled(link->state() != MonitorLink::State::Disconnected);
    updateTitle();
    updateLocked();
}

void MainWindow::updateTitle()
{
    const MonitorLink *link = m_session->link();
    const QString program = tr("Switchboard Monitor");
    if (link->url().isEmpty()) {
        setWindowTitle(program);
    } else {
        const QString address = client::displayAddress(link->url());
        const bool isConnected = link->state() == MonitorLink::State::Connected;
        setWindowTitle(
            u"%1 – %2"_s.arg(isConnected ? address : tr("%1 (not connected)").arg(address), program));
    }
}

void MainWindow::updateLocked()
{
    const bool isUnlocked = m_lock.isUnlocked();
    const bool canAct = isUnlocked && m_session->link()->state() == MonitorLink::State::Connected;
    for (QAction *action : {m_actions->ping1, m_actions->ping2, m_actions->disconnectClient}) {
        action->setEnabled(canAct);
    }
    m_actions->unlock->setIcon(glyphIcon(isUnlocked ? Glyph::Unlocked : Glyph::Locked));
    m_actions->unlock->setIconText(isUnlocked ? tr("Actions unlocked") : tr("Read-only"));
    m_actions->unlock->setToolTip(
        isUnlocked ? tr("Pings, messages and disconnections can be sent. Click to lock them.")
                   : tr("Nothing can be changed. Click to unlock pings, messages and "
                        "disconnections."));
}

void MainWindow::filterCurrent()
{
    const Pane *pane = currentPane();
    if (FilteredView *view = pane ? pane->currentView() : nullptr) {
        view->activateFilter();
    }
}

// The one that the keyboard is in; where that has no table, the traffic.
Pane *MainWindow::currentPane() const
{
    Pane *focused = m_layout.focusedPane();
    return focused && focused->currentView() ? focused : dock(PaneId::Traffic)->pane();
}

void MainWindow::exportCurrent()
{
    exportPane(currentPane());
}

void MainWindow::exportPane(const Pane *pane)
{
    presentExportDialog(pane->currentView()->proxy(), pane->exportName(), this);
}

void MainWindow::showTraffic(const QString &filter)
{
    dock(PaneId::Traffic)->activate();
    trafficPane()->showOnly(filter);
}

void MainWindow::disconnectSelected()
{
    const QString client = currentPane()->currentView()->view()->currentIndex().data(ClientIdRole).toString();
    if (client.isEmpty()) {
        m_status->showNotice(tr("Select the row of a client first."));
    } else {
        confirmDisconnect(client);
    }
}

void MainWindow::confirmDisconnect(const QString &client)
{
    if (m_lock.isUnlocked()) {
        askToDisconnect(
            client, *m_session->cluster()->clients(),
            [this, client] { m_session->link()->disconnectClient(client.toUtf8()); }, this);
    }
}

void MainWindow::chooseAppearance(Appearance appearance)
{
    m_settings.setAppearance(appearance);
    applyAppearance(appearance);
}

} // namespace switchboard::monitor
