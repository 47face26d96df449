// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QDialog>

QT_BEGIN_NAMESPACE
class QAction;
QT_END_NAMESPACE

namespace switchboard::monitor {

/// Lists the keys of the window.
class ShortcutsDialog : public QDialog
{
    Q_OBJECT

public:
    /// Those of \a actions that have a shortcut, in that order.
    explicit ShortcutsDialog(const QList<QAction *> &actions, QWidget *parent = nullptr);
};

} // namespace switchboard::monitor
