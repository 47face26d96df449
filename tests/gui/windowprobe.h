// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "support/waituntil.h"
#include "view/mainwindow.h"

#include <QModelIndex>
#include <QString>

#include <memory>

QT_BEGIN_NAMESPACE
class QAbstractItemModel;
class QAbstractItemView;
class QLineEdit;
class QTemporaryDir;
QT_END_NAMESPACE

namespace switchboard::monitor {
class FilterBar;
class FilteredView;
class Session;
class TrafficPane;
} // namespace switchboard::monitor

namespace switchboard::test {

/// Lets the monitor keep its settings in \a directory, so that a test neither finds nor leaves any.
void isolateSettings(const QTemporaryDir &directory);

/// A real window of the monitor, shown and active, and what a user reads in it.
class WindowProbe
{
public:
    /// Opens a window with a link that is quick to come back.
    WindowProbe();
    ~WindowProbe();
    Q_DISABLE_COPY_MOVE(WindowProbe)

    [[nodiscard]] monitor::MainWindow &window() const { return *m_window; }
    [[nodiscard]] monitor::Session &session() const { return *m_session; }

    [[nodiscard]] monitor::FilteredView &view(monitor::PaneId id) const;
    [[nodiscard]] monitor::TrafficPane &traffic() const;
    [[nodiscard]] QAbstractItemView &table(monitor::PaneId id) const;
    [[nodiscard]] QAbstractItemModel &rows(monitor::PaneId id) const;
    [[nodiscard]] QLineEdit &filterLine(monitor::PaneId id) const;

    /// The first row of a pane, or below its rows, that shows \a text in some column; invalid if none does.
    [[nodiscard]] QModelIndex find(monitor::PaneId id, const QString &text) const;
    bool waitForRow(monitor::PaneId id, const QString &text,
                    std::chrono::milliseconds timeout = DefaultTimeout) const;
    bool waitForNoRow(monitor::PaneId id, const QString &text) const;

    /// What the row of \a index shows in \a column.
    [[nodiscard]] static QString cell(const QModelIndex &index, int column);

    /// Opens the context menu of the row that shows \a text and chooses the entry that begins with \a entry,
    /// without marks for keys. False where there is no such row, no such entry, or it is disabled.
    [[nodiscard]] bool choose(monitor::PaneId id, const QString &text, const QString &entry) const;

    /// Presses the button called \a text in the dialog that is open; false if there is none.
    [[nodiscard]] static bool pressInDialog(const QString &text);

    /// Whether the notice below the menu is shown, and what it says.
    [[nodiscard]] bool hasBanner() const;
    [[nodiscard]] QString bannerText() const;

private:
    std::unique_ptr<monitor::Session> m_session;
    std::unique_ptr<monitor::MainWindow> m_window;
};

} // namespace switchboard::test
