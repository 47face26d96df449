// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "view/colors.h"

#include <QToolBar>

QT_BEGIN_NAMESPACE
class QAction;
class QLabel;
QT_END_NAMESPACE

namespace switchboard::monitor {

class ElidedLabel;

/// A line below the menu for what the user should know now, with what can be done about it beside it.
class Banner : public QToolBar
{
    Q_OBJECT

public:
    explicit Banner(QWidget *parent = nullptr);

    /// Shows \a text with \a actions as buttons until dismiss() or the next call.
    void present(Meaning meaning, const QString &text, const QList<QAction *> &actions);

    void dismiss();

protected:
    void changeEvent(QEvent *event) override;

private:
    void applyColors();

    QLabel *m_sign;
    ElidedLabel *m_text;
    QList<QAction *> m_actions;
    Meaning m_meaning = Meaning::Information;
    bool m_isApplying = false;
};

} // namespace switchboard::monitor
