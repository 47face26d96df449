// SPDX-License-Identifier: BSD-3-Clause
#include "view/panedock.h"

#include "view/pane.h"

#include <QAction>

namespace switchboard::monitor {

PaneDock::PaneDock(const QString &name, const QString &title, const QKeySequence &shortcut, QWidget *parent)
    : QDockWidget(title, parent)
    , m_goTo(new QAction(title, this))
{
    setObjectName(name);
    m_goTo->setShortcut(shortcut);
    connect(m_goTo, &QAction::triggered, this, &PaneDock::activate);
}

Pane *PaneDock::pane() const
{
    return qobject_cast<Pane *>(widget());
}

void PaneDock::setPane(Pane *pane)
{
    delete widget();
    setWidget(pane);
}

void PaneDock::activate()
{
    show();
    raise();
    if (pane()) {
        pane()->takeFocus();
    }
}

} // namespace switchboard::monitor
