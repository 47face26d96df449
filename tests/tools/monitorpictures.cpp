// SPDX-License-Identifier: BSD-3-Clause
//
// Opens the monitor's real window on a cluster, uses it as a person would, and writes what it looks like:
//
//   monitorpictures URL FOLDER SECONDS
//
// SECONDS is how long it watches first, so that the charts have something to show.
#include "model/roles.h"
#include "view/filterbar.h"
#include "view/filteredview.h"
#include "view/mainwindow.h"
#include "view/palettes.h"
#include "view/pane.h"
#include "view/panedock.h"
#include "view/session.h"
#include "view/trafficpane.h"
#include "view/windowactions.h"

#include <QAction>
#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QSettings>
#include <QTableView>
#include <QTemporaryDir>
#include <QTreeView>

#include <cstdio>

using namespace Qt::StringLiterals;
using namespace switchboard::monitor;

namespace {

constexpr QSize usualSize(1280, 800);
constexpr QSize smallSize(800, 500);

void wait(int milliseconds)
{
    QElapsedTimer clock;
    clock.start();
    while (!clock.hasExpired(milliseconds)) {
        QApplication::processEvents(QEventLoop::WaitForMoreEvents | QEventLoop::AllEvents, 20);
    }
}

TrafficPane &traffic(const MainWindow &window)
{
    return *qobject_cast<TrafficPane *>(window.dock(PaneId::Traffic)->pane());
}

FilteredView &view(const MainWindow &window, PaneId id)
{
    return *window.dock(id)->pane()->currentView();
}

// Selects the newest message to a room that is still in sight.
void selectMessage(const MainWindow &window)
{
    QAbstractItemView *table = view(window, PaneId::Traffic).view();
    for (int row = table->model()->rowCount() - 2; row > 0; --row) {
        const QModelIndex index = table->model()->index(row, 0);
        if (!index.data(RoomRole).toString().isEmpty()) {
            table->setCurrentIndex(index);
            return;
        }
    }
}

bool save(MainWindow &window, const QDir &folder, const QString &name)
{
    wait(1200); // a turn of the figures, and of the charts
    if (view(window, PaneId::Traffic).view()->currentIndex().isValid()) {
        selectMessage(window);
        wait(20);
    }
    const QString path = folder.filePath(name + u".png"_s);
    if (!window.grab().save(path)) {
        std::fprintf(stderr, "cannot write %s\n", qUtf8Printable(path));
        return false;
    }
    return true;
}

bool savePictures(MainWindow &window, const QDir &folder)
{
    applyAppearance(Appearance::Light);
    selectMessage(window);
    bool isDone = save(window, folder, u"monitor-light"_s);
    applyAppearance(Appearance::Dark);
    isDone = save(window, folder, u"monitor-dark"_s) && isDone;

    applyAppearance(Appearance::Light);
    window.dock(PaneId::Rooms)->activate();
    auto *rooms = qobject_cast<QTreeView *>(view(window, PaneId::Rooms).view());
    rooms->expand(rooms->model()->index(0, 0));
    window.dock(PaneId::Pings)->activate();
    window.actions()->unlock->setChecked(true);
    view(window, PaneId::Traffic).filterBar()->setText(u"room:lobby -coffee"_s);
    traffic(window).setPaused(true);
    wait(5000);
    selectMessage(window);
    isDone = save(window, folder, u"monitor-rooms-pings"_s) && isDone;

    traffic(window).setPaused(false);
    window.actions()->unlock->setChecked(false);
    view(window, PaneId::Traffic).filterBar()->setText({});
    traffic(window).clear();
    applyAppearance(Appearance::Dark);
    window.resize(smallSize);
    window.actions()->restoreLayout->trigger();
    wait(6000);
    return save(window, folder, u"monitor-small"_s) && isDone;
}

} // namespace

int main(int argc, char *argv[])
{
    const QApplication application(argc, argv);
    const QStringList arguments = QApplication::arguments();
    if (arguments.size() != 4 || arguments.at(3).toInt() <= 0) {
        std::fputs("usage: monitorpictures URL FOLDER SECONDS\n", stderr);
        return 2;
    }
    const QTemporaryDir settings;
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, settings.path());
    QApplication::setOrganizationName(u"switchboard"_s);
    QApplication::setApplicationName(u"switchboard-monitor"_s);
    applyAppearance(Appearance::Light);

    Session session;
    MainWindow window(&session);
    window.resize(usualSize);
    window.show();
    window.watch(QUrl(arguments.at(1)));
    wait(arguments.at(3).toInt() * 1000);
    return savePictures(window, QDir(arguments.at(2))) ? 0 : 1;
}
