// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "model/filterexpression.h"
#include "model/roworder.h"

#include <QSortFilterProxyModel>
#include <QTimer>

#include <chrono>
#include <utility>
#include <vector>

namespace switchboard::monitor {

/// Shows the rows of any model of this library that a filter takes, sorted by SortRole.
///
/// It stays smooth where much changes: rows that come stand at the end and rows that change stay where they
/// are until the next refresh(), which filters and sorts all at once, soon after a change and the more seldom
/// the longer it takes. It says so by layoutChanged(), after which there may be more or fewer rows than
/// before; selection and current row stay.
class FilterProxyModel : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    explicit FilterProxyModel(QObject *parent = nullptr);

    /// Shows what \a text takes; see FilterExpression. Keys are those of filterKeys(). Returns what is wrong
    /// with it, for a person, and keeps the filter as it was then; else an empty text.
    QString setFilterText(const QString &text);

    /// The filter in use.
    [[nodiscard]] QString filterText() const { return m_text; }

    /// The keys that a filter can have before a colon: the columns' KeyRole and `room`, `node`, `client`.
    [[nodiscard]] QStringList filterKeys() const;

    /// How many rows there are to filter, on the outermost level.
    [[nodiscard]] int totalCount() const;

    void setSourceModel(QAbstractItemModel *source) override;

    /// Puts refreshes off while nobody looks, until it is set to false again.
    void setSuspended(bool suspended);

    /// Filters and sorts anew, at once.
    void refresh();

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex &parent) const override;
    [[nodiscard]] bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;

    /// The text in which a term looks for its own, given the role of the source's \a index that holds it.
    [[nodiscard]] virtual QString searchedText(const QModelIndex &index, int role) const;

private:
    /// Where a term looks: a role of a column.
    struct Field
    {
        int column = 0;
        int role = 0;
    };

    [[nodiscard]] std::vector<std::pair<QString, Field>> fields() const;
    [[nodiscard]] bool parentsDependOnRows() const;
    void onRowsInserted();
    void onRowsRemoved();
    void onDataChanged(const QModelIndex &topLeft, const QModelIndex &bottomRight, const QList<int> &roles);
    void scheduleRefresh();

    QString m_text;
    FilterExpression m_filter;
    std::vector<Field> m_termFields;
    const RowOrder *m_order = nullptr;
    std::vector<QMetaObject::Connection> m_connections;
    QTimer m_refreshTimer;
    std::chrono::milliseconds m_refreshTook{0};
    bool m_refreshDue = false;
    bool m_suspended = false;
};

} // namespace switchboard::monitor
