// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QTableView>
#include <QTreeView>

namespace switchboard::monitor {

/// A table for many rows that come and change all the time: rows of one height, sorted by a click on the
/// header, whose columns can be hidden in the header's menu.
class TableView : public QTableView
{
    Q_OBJECT

public:
    explicit TableView(QWidget *parent = nullptr);

protected:
    void changeEvent(QEvent *event) override;

private:
    void adjustRowHeight();
};

/// The same for rows that have rows below them.
class TreeView : public QTreeView
{
    Q_OBJECT

public:
    explicit TreeView(QWidget *parent = nullptr);
};

/// The header with the columns' names of either view.
[[nodiscard]] QHeaderView *headerOf(QAbstractItemView *view);

/// Lets the user hide columns in a menu on \a header; one always stays.
void offerColumnMenu(QHeaderView *header);

/// Gives the columns of \a view the width of texts like \a samples, one a column; the last takes what is
/// left.
void setColumnWidths(QAbstractItemView *view, const QStringList &samples);

} // namespace switchboard::monitor
