// SPDX-License-Identifier: BSD-3-Clause
#include "view/windowactions.h"

#include "view/glyphs.h"
#include "view/panedock.h"

#include <QAction>
#include <QActionGroup>
#include <QMenuBar>

namespace switchboard::monitor {

using namespace Qt::StringLiterals;

WindowActions::WindowActions(QWidget *window)
    : QObject(window)
    , m_window(window)
    , m_appearances(new QActionGroup(this))
{
    connectTo = create(tr("&Connect…"), QKeySequence::Open);
    connectTo->setIcon(glyphIcon(Glyph::Connect));
    reconnect = create(tr("&Reconnect"), Qt::Key_F5);
    reconnect->setIcon(glyphIcon(Glyph::Reconnect));
    retry = create(tr("Retry &now"));
    disconnectFromNode = create(tr("&Disconnect"));
    exportRows = create(tr("&Export what is shown…"), Qt::CTRL | Qt::Key_E);
    exportRows->setIcon(glyphIcon(Glyph::Export));
    quit = create(tr("&Quit"), Qt::CTRL | Qt::Key_Q);
    filter = create(tr("&Filter the table"), QKeySequence::Find);
    filter->setIcon(glyphIcon(Glyph::Filter));
    pause = create(tr("&Pause traffic"), Qt::Key_Space);
    pause->setCheckable(true);
    follow = create(tr("Follow the &newest message"), Qt::CTRL | Qt::Key_End);
    clear = create(tr("C&lear traffic"), Qt::CTRL | Qt::Key_L);
    restoreLayout = create(tr("&Restore default layout"));
    unlock = create(tr("&Unlock actions"));
    unlock->setCheckable(true);
    ping1 = create(tr("Send ping &1"));
    ping2 = create(tr("Send ping &2"));
    disconnectClient = create(tr("&Disconnect the selected client…"), Qt::CTRL | Qt::Key_K);
    shortcuts = create(tr("&Keyboard shortcuts"), Qt::Key_F1);
    about = create(tr("&About Switchboard Monitor"));
    about->setMenuRole(QAction::AboutRole);
    aboutQt = create(tr("About &Qt"));
    aboutQt->setMenuRole(QAction::AboutQtRole);
    createAppearances();
}

void WindowActions::createAppearances()
{
    const std::initializer_list<std::pair<Appearance, QString>> choices{
        {Appearance::Desktop, tr("As the &desktop")},
        {Appearance::Light, tr("&Light")},
        {Appearance::Dark, tr("D&ark")},
    };
    for (const auto &[appearance, text] : choices) {
        QAction *action = m_appearances->addAction(text);
        action->setCheckable(true);
        action->setData(static_cast<int>(appearance));
    }
    connect(m_appearances, &QActionGroup::triggered, this, [this](const QAction *action) {
        Q_EMIT appearanceChosen(static_cast<Appearance>(action->data().toInt()));
    });
}

void WindowActions::setAppearance(Appearance appearance)
{
    const QList<QAction *> actions = m_appearances->actions();
    for (QAction *action : actions) {
        action->setChecked(action->data().toInt() == static_cast<int>(appearance));
    }
}

void WindowActions::fill(QMenuBar *bar, const QList<PaneDock *> &docks)
{
    QMenu *connection = bar->addMenu(tr("&Connection"));
    connection->addActions({connectTo, reconnect, disconnectFromNode});
    connection->addSeparator();
    connection->addAction(exportRows);
    connection->addSeparator();
    connection->addAction(quit);

    QMenu *view = bar->addMenu(tr("&View"));
    view->addActions({filter, pause, follow, clear});
    view->addSeparator();
    QMenu *panes = view->addMenu(tr("Pan&es"));
    QMenu *go = bar->addMenu(tr("&Go"));
    for (PaneDock *dock : docks) {
        panes->addAction(dock->toggleViewAction());
        go->addAction(dock->goToAction());
        m_all.append(dock->goToAction());
    }
    view->addAction(restoreLayout);
    view->addSeparator();
    view->addMenu(tr("&Appearance"))->addActions(m_appearances->actions());

    QMenu *act = bar->addMenu(tr("&Actions"));
    act->addAction(unlock);
    act->addSeparator();
    act->addActions({ping1, ping2, disconnectClient});

    QMenu *help = bar->addMenu(tr("&Help"));
    help->addAction(shortcuts);
    help->addSeparator();
    help->addActions({about, aboutQt});
}

QList<QAction *> WindowActions::withShortcuts() const
{
    QList<QAction *> actions;
    for (QAction *action : m_all) {
        if (!action->shortcut().isEmpty()) {
            actions.append(action);
        }
    }
    return actions;
}

QAction *WindowActions::create(const QString &text, const QKeySequence &shortcut)
{
    auto *action = new QAction(text, m_window);
    action->setShortcut(shortcut);
    m_all.append(action);
    return action;
}

} // namespace switchboard::monitor
