// SPDX-License-Identifier: BSD-3-Clause
#include "gui/windowprobe.h"

#include "gui/linktesting.h"
#include "view/banner.h"
#include "view/elidedlabel.h"
#include "view/filterbar.h"
#include "view/filteredview.h"
#include "view/pane.h"
#include "view/panedock.h"
#include "view/session.h"
#include "view/trafficpane.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QApplication>
#include <QLineEdit>
#include <QMenu>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

namespace switchboard::test {

using namespace Qt::StringLiterals;
using monitor::PaneId;

namespace {

QModelIndex findBelow(const QAbstractItemModel &model, const QModelIndex &parent, const QString &text)
{
    for (int row = 0; row < model.rowCount(parent); ++row) {
        for (int column = 0; column < model.columnCount(parent); ++column) {
            const QModelIndex index = model.index(row, column, parent);
            if (index.data().toString().contains(text)) {
                return index.siblingAtColumn(0);
            }
        }
        const QModelIndex below = findBelow(model, model.index(row, 0, parent), text);
        if (below.isValid()) {
            return below;
        }
    }
    return {};
}

QString withoutMarks(QString text)
{
    return text.remove(u'&');
}

} // namespace

void isolateSettings(const QTemporaryDir &directory)
{
    QCoreApplication::setOrganizationName(u"switchboard"_s);
    QCoreApplication::setApplicationName(u"monitor-test"_s);
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, directory.path());
    QSettings().clear();
}

WindowProbe::WindowProbe()
    : m_session(std::make_unique<monitor::Session>(quickOptions()))
    , m_window(std::make_unique<monitor::MainWindow>(m_session.get()))
{
    m_window->show();
    m_window->activateWindow();
    if (!QTest::qWaitForWindowActive(m_window.get())) {
        qWarning("the window does not become active");
    }
}

WindowProbe::~WindowProbe()
{
    m_window->close();
}

monitor::FilteredView &WindowProbe::view(PaneId id) const
{
    return *m_window->dock(id)->pane()->currentView();
}

monitor::TrafficPane &WindowProbe::traffic() const
{
    return *qobject_cast<monitor::TrafficPane *>(m_window->dock(PaneId::Traffic)->pane());
}

QAbstractItemView &WindowProbe::table(PaneId id) const
{
    return *view(id).view();
}

QAbstractItemModel &WindowProbe::rows(PaneId id) const
{
    return *table(id).model();
}

QLineEdit &WindowProbe::filterLine(PaneId id) const
{
    return *view(id).filterBar()->findChild<QLineEdit *>();
}

QModelIndex WindowProbe::find(PaneId id, const QString &text) const
{
    return findBelow(rows(id), {}, text);
}

bool WindowProbe::waitForRow(PaneId id, const QString &text, std::chrono::milliseconds timeout) const
{
    return waitUntil([&] { return find(id, text).isValid(); }, timeout);
}

bool WindowProbe::waitForNoRow(PaneId id, const QString &text) const
{
    return waitUntil([&] { return !find(id, text).isValid(); });
}

QString WindowProbe::cell(const QModelIndex &index, int column)
{
    return index.siblingAtColumn(column).data().toString();
}

bool WindowProbe::choose(PaneId id, const QString &text, const QString &entry) const
{
    const QModelIndex index = find(id, text);
    if (!index.isValid()) {
        return false;
    }
    table(id).scrollTo(index);
    Q_EMIT table(id).customContextMenuRequested(table(id).visualRect(index).center());
    auto *menu = qobject_cast<QMenu *>(QApplication::activePopupWidget());
    if (!menu) {
        return false;
    }
    bool isDone = false;
    const QList<QAction *> actions = menu->actions();
    for (QAction *action : actions) {
        if (!isDone && action->isEnabled() && withoutMarks(action->text()).startsWith(entry)) {
            action->trigger();
            isDone = true;
        }
    }
    menu->close();
    return isDone;
}

bool WindowProbe::pressInDialog(const QString &text)
{
    const QWidget *dialog = QApplication::activeModalWidget();
    if (!dialog) {
        return false;
    }
    const QList<QAbstractButton *> buttons = dialog->findChildren<QAbstractButton *>();
    for (QAbstractButton *button : buttons) {
        if (button->isEnabled() && withoutMarks(button->text()) == text) {
            button->click();
            return true;
        }
    }
    return false;
}

bool WindowProbe::hasBanner() const
{
    return m_window->findChild<monitor::Banner *>()->isVisible();
}

QString WindowProbe::bannerText() const
{
    return m_window->findChild<monitor::Banner *>()->findChild<monitor::ElidedLabel *>()->text();
}

} // namespace switchboard::test
