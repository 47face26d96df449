// SPDX-License-Identifier: BSD-3-Clause
#include "view/shortcutsdialog.h"

#include <QAction>
#include <QDialogButtonBox>
#include <QGridLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace switchboard::monitor {

using namespace Qt::StringLiterals;

namespace {

QString plainText(const QAction &action)
{
    QString text = action.text();
    text.remove(u'&').remove(u'…');
    return text;
}

QString keysOf(const QAction &action)
{
    QStringList keys;
    const QList<QKeySequence> shortcuts = action.shortcuts();
    for (const QKeySequence &shortcut : shortcuts) {
        keys.append(shortcut.toString(QKeySequence::NativeText));
    }
    return keys.join(u", "_s);
}

} // namespace

ShortcutsDialog::ShortcutsDialog(const QList<QAction *> &actions, QWidget *parent)
    : QDialog(parent)
{
    setWindowTitle(tr("Keyboard shortcuts"));
    auto *grid = new QGridLayout;
    grid->setHorizontalSpacing(24);
    const auto addLine = [grid, this](const QString &keys, const QString &text) {
        const int row = grid->rowCount();
        auto *keyLabel = new QLabel(keys, this);
        QFont bold = keyLabel->font();
        bold.setBold(true);
        keyLabel->setFont(bold);
        grid->addWidget(keyLabel, row, 0);
        grid->addWidget(new QLabel(text, this), row, 1);
    };
    for (const QAction *action : actions) {
        if (!action->shortcut().isEmpty()) {
            addLine(keysOf(*action), plainText(*action));
        }
    }
    addLine(QKeySequence(Qt::Key_Escape).toString(QKeySequence::NativeText),
            tr("Clear the filter that is being typed"));
    addLine(QKeySequence(Qt::SHIFT | Qt::Key_F10).toString(QKeySequence::NativeText),
            tr("What can be done with the selected row"));

    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto *layout = new QVBoxLayout(this);
    layout->addLayout(grid);
    layout->addWidget(buttons);
    layout->setSizeConstraint(QLayout::SetFixedSize);
}

} // namespace switchboard::monitor
