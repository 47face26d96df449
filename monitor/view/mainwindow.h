// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "view/actionlock.h"
#include "view/panelayout.h"
#include "view/settings.h"

#include <QMainWindow>
#include <QUrl>

namespace switchboard::monitor {

class Banner;
class Pane;
class PaneDock;
class Session;
class StatusLine;
class TrafficPane;
class WindowActions;

/// The monitor's window: the panes in their docks, and what leads from one to the other.
class MainWindow : public QMainWindow
{
    Q_OBJECT

public:
    /// Shows what \a session watches; it outlives the window.
    explicit MainWindow(Session *session, QWidget *parent = nullptr);
    ~MainWindow() override;

    /// Watches the cluster of the node \a url; without a \a token the one that is remembered for it.
    void watch(const QUrl &url, const QByteArray &token = {});

    /// Asks what to watch; \a reason says why what was asked before did not do.
    void askForConnection(const QString &reason = {});

    [[nodiscard]] WindowActions *actions() const { return m_actions; }
    [[nodiscard]] PaneDock *dock(PaneId id) const { return m_layout.dock(id); }

protected:
    bool event(QEvent *event) override;
    void closeEvent(QCloseEvent *event) override;
    void changeEvent(QEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    void connectActions();
    void connectPaneActions();
    void createPanes();
    [[nodiscard]] Pane *createPane(PaneId id);
    void restoreLayout();
    void saveColumns();
    [[nodiscard]] Pane *currentPane() const;
    [[nodiscard]] TrafficPane *trafficPane() const;

    void updateLink();
    void updateTitle();
    void updateLocked();
    void updateSeen();
    void filterCurrent();
    void exportCurrent();
    void exportPane(const Pane *pane);
    void chooseAppearance(Appearance appearance);
    void showTraffic(const QString &filter);
    void disconnectSelected();
    void confirmDisconnect(const QString &client);

    Session *m_session;
    Settings m_settings;
    ActionLock m_lock;
    WindowActions *m_actions;
    Banner *m_banner;
    PaneLayout m_layout;
    StatusLine *m_status = nullptr;
};

} // namespace switchboard::monitor
