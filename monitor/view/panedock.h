// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QDockWidget>

QT_BEGIN_NAMESPACE
class QAction;
QT_END_NAMESPACE

namespace switchboard::monitor {

class Pane;

/// A pane's place in the window, which outlives the pane.
class PaneDock : public QDockWidget
{
    Q_OBJECT

public:
    /// \a name is what the layout is remembered by, \a shortcut leads here.
    PaneDock(const QString &name, const QString &title, const QKeySequence &shortcut, QWidget *parent);

    [[nodiscard]] Pane *pane() const;
    /// Shows \a pane in place of the one so far, which is deleted.
    void setPane(Pane *pane);

    /// Leads to the pane, wherever it is.
    [[nodiscard]] QAction *goToAction() const { return m_goTo; }

    /// Shows the dock, in front of others in its place, and gives its pane the keyboard.
    void activate();

private:
    QAction *m_goTo;
};

} // namespace switchboard::monitor
