// SPDX-License-Identifier: BSD-3-Clause
#include "view/rowmenu.h"

#include "model/roles.h"
#include "view/actionlock.h"
#include "view/glyphs.h"

#include <QAbstractItemView>
#include <QAction>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QMenu>

namespace switchboard::monitor {

using namespace Qt::StringLiterals;

namespace {

QString textOf(const QModelIndex &index, int role)
{
    return index.data(role).toString();
}

void copy(const QString &text)
{
    QGuiApplication::clipboard()->setText(text);
}

// A term of a filter that looks for exactly this text, whatever is in it.
QString filterTerm(const QString &key, QString value)
{
    value.replace(u'\\', R"(\\)"_L1).replace(u'"', R"(\")"_L1);
    return u"%1:\"%2\""_s.arg(key, value);
}

} // namespace

RowMenu::RowMenu(QAbstractItemView *view, const ActionLock *lock)
    : QObject(view)
    , m_view(view)
    , m_lock(lock)
{
    view->installEventFilter(this);
    view->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(view, &QWidget::customContextMenuRequested, this, &RowMenu::present);
    auto *copyAction = new QAction(tr("Copy as JSON"), view);
    copyAction->setShortcut(QKeySequence::Copy);
    copyAction->setShortcutContext(Qt::WidgetShortcut);
    connect(copyAction, &QAction::triggered, this, &RowMenu::copyRow);
    view->addAction(copyAction);
}

// The key for menus means the current row, wherever the mouse is.
bool RowMenu::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::ContextMenu
        && static_cast<QContextMenuEvent *>(event)->reason() == QContextMenuEvent::Keyboard) {
        present(m_view->visualRect(m_view->currentIndex()).center());
        return true;
    }
    return QObject::eventFilter(watched, event);
}

void RowMenu::present(const QPoint &point)
{
    const QModelIndex index = m_view->indexAt(point);
    if (!index.isValid()) {
        return;
    }
    m_view->setCurrentIndex(index);
    auto *menu = new QMenu(m_view);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setToolTipsVisible(true);
    addCopyActions(menu, index);
    addFilterActions(menu, index);
    addDisconnectAction(menu, index);
    menu->popup(m_view->viewport()->mapToGlobal(point));
}

void RowMenu::addCopyActions(QMenu *menu, const QModelIndex &index)
{
    const auto addCopy = [menu](const QString &title, const QString &text) {
        if (!text.isEmpty()) {
            connect(menu->addAction(title), &QAction::triggered, menu, [text] { copy(text); });
        }
    };
    addCopy(tr("&Copy cell"), textOf(index, Qt::DisplayRole));
    addCopy(tr("Copy client &id"), textOf(index, ClientIdRole));
    if (textOf(index, ClientIdRole).isEmpty()) {
        addCopy(tr("Copy &node id"), textOf(index, NodeIdRole));
    }
    QAction *json = menu->addAction(tr("Copy as &JSON"));
    json->setShortcut(QKeySequence::Copy);
    connect(json, &QAction::triggered, this, &RowMenu::copyRow);
}

void RowMenu::addFilterActions(QMenu *menu, const QModelIndex &index)
{
    menu->addSeparator();
    const auto addTraffic = [this, menu](const QString &title, const QString &key, const QString &value) {
        if (!value.isEmpty() && !value.contains(u'\n')) {
            const QString term = filterTerm(key, value);
            connect(menu->addAction(title), &QAction::triggered, this,
                    [this, term] { Q_EMIT trafficRequested(term); });
        }
    };
    const QString client = textOf(index, ClientIdRole);
    addTraffic(tr("Show this client's &traffic"), u"client"_s, client);
    addTraffic(tr("Show this room's t&raffic"), u"room"_s, textOf(index, RoomRole));
    if (client.isEmpty()) {
        addTraffic(tr("Show this n&ode's traffic"), u"node"_s, textOf(index, NodeIdRole));
    }
    const QAbstractItemModel *model = index.model();
    const QString key = model->headerData(index.column(), Qt::Horizontal, KeyRole).toString();
    // A node's name may change, its id does not.
    const bool isNode = key == "node"_L1 && !textOf(index, NodeIdRole).contains(u'\n');
    const QString value = isNode ? textOf(index, NodeIdRole) : textOf(index, Qt::DisplayRole);
    if (!key.isEmpty() && !value.isEmpty()) {
        const QString title = model->headerData(index.column(), Qt::Horizontal, Qt::DisplayRole).toString();
        QString shown = menu->fontMetrics().elidedText(value, Qt::ElideMiddle, 200);
        shown.replace(u'&', "&&"_L1);
        const QString term = filterTerm(key, value);
        connect(
            menu->addAction(glyphIcon(Glyph::Filter), tr("&Filter this table: %1 is %2").arg(title, shown)),
            &QAction::triggered, this, [this, term] { Q_EMIT filterRequested(term); });
    }
}

void RowMenu::addDisconnectAction(QMenu *menu, const QModelIndex &index)
{
    const QString client = textOf(index, ClientIdRole);
    if (client.isEmpty()) {
        return;
    }
    menu->addSeparator();
    QAction *action = menu->addAction(tr("&Disconnect this client…"));
    action->setObjectName(u"disconnectClient"_s);
    action->setEnabled(m_lock->isUnlocked());
    if (!m_lock->isUnlocked()) {
        action->setIcon(glyphIcon(Glyph::Locked));
        action->setToolTip(tr("Locked: choose \"Unlock actions\" in the menu Actions first."));
    }
    connect(action, &QAction::triggered, this, [this, client] { Q_EMIT disconnectRequested(client); });
}

void RowMenu::copyRow()
{
    const QModelIndex index = m_view->currentIndex();
    if (index.isValid()) {
        copy(textOf(index, RawJsonRole));
    }
}

} // namespace switchboard::monitor
