// SPDX-License-Identifier: BSD-3-Clause
#include "model/filterproxymodel.h"

#include "model/roles.h"

#include <QAbstractTableModel>
#include <QElapsedTimer>

#include <algorithm>
#include <chrono>

namespace switchboard::monitor {

namespace {

using namespace std::chrono_literals;

// Between two refreshes: the least, and how many times as long as one took, so that they take no more than a
// tenth of the time.
constexpr std::chrono::milliseconds leastRest = 100ms;
constexpr int restFactor = 10;

} // namespace

FilterProxyModel::FilterProxyModel(QObject *parent)
    : QSortFilterProxyModel(parent)
{
    setSortRole(SortRole);
    // Qt's own way costs the number of rows for each row that changes.
    setDynamicSortFilter(false);
    m_refreshTimer.setSingleShot(true);
    connect(&m_refreshTimer, &QTimer::timeout, this, &FilterProxyModel::refresh);
}

QString FilterProxyModel::setFilterText(const QString &text)
{
    auto filter = FilterExpression::parse(text);
    if (!filter) {
        return tr("%1 (at character %2)").arg(filter.error().message).arg(filter.error().position + 1);
    }
    std::vector<Field> termFields;
    const auto known = fields();
    for (const FilterExpression::Term &term : filter->terms()) {
        const auto found = std::find_if(known.begin(), known.end(), [&](const auto &field) {
            return field.first.compare(term.key, Qt::CaseInsensitive) == 0;
        });
        if (found == known.end()) {
            return tr("There is no column \"%1\" here, only %2. A text with a colon stands in quotation "
                      "marks.")
                .arg(term.key, filterKeys().join(QStringLiteral(", ")));
        }
        termFields.push_back(found->second);
    }
    m_text = text;
    m_filter = std::move(*filter);
    m_termFields = std::move(termFields);
    refresh();
    return {};
}

QStringList FilterProxyModel::filterKeys() const
{
    QStringList keys;
    for (const auto &[key, field] : fields()) {
        if (!key.isEmpty()) {
            keys.append(key);
        }
    }
    return keys;
}

// The first is that of terms without a key.
std::vector<std::pair<QString, FilterProxyModel::Field>> FilterProxyModel::fields() const
{
    std::vector<std::pair<QString, Field>> fields{{QString(), {0, RowTextRole}}};
    const auto add = [&](const QString &key, Field field) {
        const bool isThere =
            std::any_of(fields.begin(), fields.end(), [&](const auto &known) { return known.first == key; });
        if (!isThere) {
            fields.emplace_back(key, field);
        }
    };
    const int columns = sourceModel() != nullptr ? sourceModel()->columnCount() : 0;
    for (int column = 0; column < columns; ++column) {
        const QString key = sourceModel()->headerData(column, Qt::Horizontal, KeyRole).toString();
        if (key == QLatin1StringView("node")) {
            add(key, {0, NodeIdRole});
        } else if (key == QLatin1StringView("client")) {
            add(key, {0, ClientIdRole});
        } else if (key == QLatin1StringView("room") || key == QLatin1StringView("rooms")) {
            add(QStringLiteral("room"), {0, RoomRole});
            add(key, {0, RoomRole});
        } else if (!key.isEmpty()) {
            add(key, {column, Qt::DisplayRole});
        }
    }
    return fields;
}

int FilterProxyModel::totalCount() const
{
    return sourceModel() != nullptr ? sourceModel()->rowCount() : 0;
}

void FilterProxyModel::setSourceModel(QAbstractItemModel *source)
{
    for (const auto &connection : std::exchange(m_connections, {})) {
        disconnect(connection);
    }
    m_order = dynamic_cast<const RowOrder *>(source);
    setRecursiveFilteringEnabled(qobject_cast<QAbstractTableModel *>(source) == nullptr);
    QSortFilterProxyModel::setSourceModel(source);
    if (source != nullptr) {
        m_connections = {
            connect(source, &QAbstractItemModel::rowsInserted, this, &FilterProxyModel::onRowsInserted),
            connect(source, &QAbstractItemModel::rowsRemoved, this, &FilterProxyModel::onRowsRemoved),
            connect(source, &QAbstractItemModel::dataChanged, this, &FilterProxyModel::onDataChanged),
        };
    }
    if (!setFilterText(m_text).isEmpty()) {
        setFilterText({});
    }
}

void FilterProxyModel::setSuspended(bool suspended)
{
    m_suspended = suspended;
    if (!suspended && m_refreshDue) {
        refresh();
    }
}

void FilterProxyModel::refresh()
{
    m_refreshTimer.stop();
    m_refreshDue = false;
    QElapsedTimer clock;
    clock.start();
    invalidate();
    rowCount(); // Qt filters and sorts when it is asked for a row.
    m_refreshTook = std::chrono::milliseconds(clock.elapsed());
}

bool FilterProxyModel::filterAcceptsRow(int row, const QModelIndex &parent) const
{
    return m_filter.matches([&](std::size_t term) {
        const Field &field = m_termFields[term];
        return searchedText(sourceModel()->index(row, field.column, parent), field.role);
    });
}

QString FilterProxyModel::searchedText(const QModelIndex &index, int role) const
{
    QString text = index.data(role).toString();
    if (role != Qt::DisplayRole) {
        return text;
    }
    // A figure is found as it is shown and as it is without a unit.
    const QString exported = index.data(ExportRole).toString();
    return exported == text ? text : text + QLatin1Char('\n') + exported;
}

bool FilterProxyModel::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    return m_order != nullptr ? m_order->rowLessThan(left.row(), right.row(), left.column())
                              : QSortFilterProxyModel::lessThan(left, right);
}

void FilterProxyModel::onRowsInserted()
{
    if (sortColumn() >= 0 || parentsDependOnRows()) {
        scheduleRefresh();
    }
}

void FilterProxyModel::onRowsRemoved()
{
    if (parentsDependOnRows()) {
        scheduleRefresh();
    }
}

// Whether a row is shown for the sake of those below it.
bool FilterProxyModel::parentsDependOnRows() const
{
    return isRecursiveFilteringEnabled() && !m_filter.isEmpty();
}

void FilterProxyModel::onDataChanged(const QModelIndex &topLeft, const QModelIndex &bottomRight,
                                     const QList<int> &roles)
{
    const bool isState = roles.size() == 1 && roles.front() == StateRole;
    const bool isSortedBy = sortColumn() >= topLeft.column() && sortColumn() <= bottomRight.column();
    if (!isState && (isSortedBy || !m_filter.isEmpty())) {
        scheduleRefresh();
    }
}

void FilterProxyModel::scheduleRefresh()
{
    m_refreshDue = true;
    if (!m_suspended && !m_refreshTimer.isActive()) {
        m_refreshTimer.start(std::max(leastRest, m_refreshTook * restFactor));
    }
}

} // namespace switchboard::monitor
