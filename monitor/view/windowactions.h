// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "view/settings.h"

#include <QKeySequence>
#include <QObject>

QT_BEGIN_NAMESPACE
class QAction;
class QActionGroup;
class QMenuBar;
class QWidget;
QT_END_NAMESPACE

namespace switchboard::monitor {

class PaneDock;

/// What the window's menus offer, by name; what each does is connected by the window.
class WindowActions : public QObject
{
    Q_OBJECT

public:
    explicit WindowActions(QWidget *window);

    /// Puts all of them, and what \a docks need, into \a bar.
    void fill(QMenuBar *bar, const QList<PaneDock *> &docks);

    /// All that have a shortcut, in the order of the menus.
    [[nodiscard]] QList<QAction *> withShortcuts() const;

    /// Marks \a appearance as the one in use.
    void setAppearance(Appearance appearance);

    QAction *connectTo = nullptr;
    QAction *reconnect = nullptr;
    QAction *retry = nullptr; ///< the same, where it stands beside a countdown
    QAction *disconnectFromNode = nullptr;
    QAction *exportRows = nullptr;
    QAction *quit = nullptr;
    QAction *filter = nullptr;
    QAction *pause = nullptr;
    QAction *follow = nullptr;
    QAction *clear = nullptr;
    QAction *restoreLayout = nullptr;
    QAction *unlock = nullptr;
    QAction *ping1 = nullptr;
    QAction *ping2 = nullptr;
    QAction *disconnectClient = nullptr;
    QAction *shortcuts = nullptr;
    QAction *about = nullptr;
    QAction *aboutQt = nullptr;

Q_SIGNALS:
    void appearanceChosen(switchboard::monitor::Appearance appearance);

private:
    [[nodiscard]] QAction *create(const QString &text, const QKeySequence &shortcut = {});
    void createAppearances();

    QWidget *m_window;
    QActionGroup *m_appearances;
    QList<QAction *> m_all;
};

} // namespace switchboard::monitor
