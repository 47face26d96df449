// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "protocol/ping.h"
#include "view/pane.h"

#include <QPersistentModelIndex>

#include <chrono>

QT_BEGIN_NAMESPACE
class QLabel;
class QPushButton;
class QTreeView;
QT_END_NAMESPACE

namespace switchboard::monitor {

/// Every ping with its way through the cluster, and buttons to send one.
class PingsPane : public Pane
{
    Q_OBJECT

public:
    explicit PingsPane(const PaneContext &context, QWidget *parent = nullptr);

    [[nodiscard]] FilteredView *currentView() const override { return m_pings; }
    [[nodiscard]] QString exportName() const override;
    void saveState() const override;

private:
    [[nodiscard]] QPushButton *createButton(protocol::PingNumber number);
    void openNewest(const QModelIndex &parent, int first);
    void updateButtons();
    void showAnswer(protocol::PingNumber number, std::chrono::microseconds time);

    QTreeView *m_tree;
    FilteredView *m_pings;
    QPersistentModelIndex m_opened; ///< the ping that openNewest() opened last
    QList<QPushButton *> m_buttons;
    QLabel *m_answer;
};

} // namespace switchboard::monitor
