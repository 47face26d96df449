// SPDX-License-Identifier: BSD-3-Clause
#include "modelreplica.h"

namespace switchboard::test {

ModelReplica::ModelReplica(const QAbstractItemModel &model, int role)
    : m_model(model)
    , m_role(role)
    , m_rows(readAll({}))
    , m_context(std::make_unique<QObject>())
{
    const auto follow = [&](auto signal, auto slot) {
        QObject::connect(&model, signal, m_context.get(), slot);
    };
    follow(&QAbstractItemModel::rowsInserted, [this](const QModelIndex &parent, int first, int last) {
        ++m_insertions;
        auto &rows = rowsBelow(parent);
        for (int row = first; row <= last; ++row) {
            rows.insert(rows.begin() + row, read(row, parent));
        }
    });
    follow(&QAbstractItemModel::rowsRemoved, [this](const QModelIndex &parent, int first, int last) {
        ++m_removals;
        auto &rows = rowsBelow(parent);
        rows.erase(rows.begin() + first, rows.begin() + last + 1);
    });
    follow(&QAbstractItemModel::dataChanged, [this](const QModelIndex &from, const QModelIndex &to) {
        ++m_changes;
        auto &rows = rowsBelow(from.parent());
        for (int row = from.row(); row <= to.row(); ++row) {
            for (int column = from.column(); column <= to.column(); ++column) {
                rows[static_cast<std::size_t>(row)].cells[column] =
                    from.sibling(row, column).data(m_role).toString();
            }
        }
    });
    const auto readAnew = [this] {
        ++m_resets;
        m_rows = readAll({});
    };
    follow(&QAbstractItemModel::modelReset, readAnew);
    follow(&QAbstractItemModel::layoutChanged, readAnew);
    follow(&QAbstractItemModel::rowsMoved, readAnew);
}

ModelReplica::~ModelReplica() = default;

QString ModelReplica::difference() const
{
    return compare(m_rows, {});
}

ModelReplica::Row ModelReplica::read(int row, const QModelIndex &parent) const
{
    Row copy;
    for (int column = 0; column < m_model.columnCount(parent); ++column) {
        copy.cells.append(m_model.index(row, column, parent).data(m_role).toString());
    }
    copy.below = readAll(m_model.index(row, 0, parent));
    return copy;
}

std::vector<ModelReplica::Row> ModelReplica::readAll(const QModelIndex &parent) const
{
    std::vector<Row> rows;
    rows.reserve(static_cast<std::size_t>(m_model.rowCount(parent)));
    for (int row = 0; row < m_model.rowCount(parent); ++row) {
        rows.push_back(read(row, parent));
    }
    return rows;
}

std::vector<ModelReplica::Row> &ModelReplica::rowsBelow(const QModelIndex &parent)
{
    return parent.isValid() ? rowsBelow(parent.parent())[static_cast<std::size_t>(parent.row())].below
                            : m_rows;
}

QString ModelReplica::compare(const std::vector<Row> &rows, const QModelIndex &parent) const
{
    if (static_cast<int>(rows.size()) != m_model.rowCount(parent)) {
        return QStringLiteral("%1 rows, told of %2").arg(m_model.rowCount(parent)).arg(rows.size());
    }
    for (int row = 0; row < m_model.rowCount(parent); ++row) {
        const Row &known = rows[static_cast<std::size_t>(row)];
        const Row now = read(row, parent);
        if (now.cells != known.cells) {
            return QStringLiteral("row %1 is [%2], told of [%3]")
                .arg(row)
                .arg(now.cells.join(u'|'), known.cells.join(u'|'));
        }
        const QString below = compare(known.below, m_model.index(row, 0, parent));
        if (!below.isEmpty()) {
            return QStringLiteral("below row %1: %2").arg(row).arg(below);
        }
    }
    return {};
}

} // namespace switchboard::test
