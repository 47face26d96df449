// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "view/pane.h"

QT_BEGIN_NAMESPACE
class QAction;
class QLabel;
class QModelIndex;
class QPlainTextEdit;
class QSplitter;
class QTableView;
class QToolBar;
QT_END_NAMESPACE

namespace switchboard::monitor {

class PausableTraffic;
class TailFollower;

/// The messages that clients send, as they come, with the whole of the selected one below.
class TrafficPane : public Pane
{
    Q_OBJECT

public:
    explicit TrafficPane(const PaneContext &context, QWidget *parent = nullptr);

    [[nodiscard]] FilteredView *currentView() const override { return m_messages; }
    [[nodiscard]] QString exportName() const override;
    void saveState() const override;

    [[nodiscard]] PausableTraffic *traffic() const { return m_traffic; }

    /// Shows what \a filter takes, and nothing else.
    void showOnly(const QString &filter);

public Q_SLOTS:
    void setPaused(bool paused);
    void clear();
    /// Goes to the newest message and stays there.
    void followTail();

Q_SIGNALS:
    /// The user wants to write what is shown to a file.
    void exportRequested();
    void pausedChanged(bool paused);

private:
    [[nodiscard]] QToolBar *createTools();
    void updatePause();
    void updateDetail(const QModelIndex &current);
    void updateNote();

    PausableTraffic *m_traffic;
    QTableView *m_table;
    FilteredView *m_messages;
    TailFollower *m_follower;
    QSplitter *m_splitter;
    QPlainTextEdit *m_detail;
    QLabel *m_newCount;
    QAction *m_pause = nullptr;
    QAction *m_follow = nullptr;
};

} // namespace switchboard::monitor
