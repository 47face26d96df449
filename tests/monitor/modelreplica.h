// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QAbstractItemModel>
#include <QString>

#include <memory>
#include <vector>

namespace switchboard::test {

/// A copy of a model's rows that is kept by the model's signals alone: where it equals the model, the signals
/// told all that happened and nothing else.
class ModelReplica
{
public:
    /// Copies \a model by this role, and follows it from now on.
    ModelReplica(const QAbstractItemModel &model, int role);
    ~ModelReplica();
    Q_DISABLE_COPY_MOVE(ModelReplica)

    /// What differs from the model, or an empty text.
    [[nodiscard]] QString difference() const;

    /// How many signals came of each kind.
    [[nodiscard]] int insertions() const { return m_insertions; }
    [[nodiscard]] int removals() const { return m_removals; }
    [[nodiscard]] int changes() const { return m_changes; }
    [[nodiscard]] int resets() const { return m_resets; }

private:
    struct Row
    {
        QStringList cells;
        std::vector<Row> below;
    };

    [[nodiscard]] Row read(int row, const QModelIndex &parent) const;
    [[nodiscard]] std::vector<Row> readAll(const QModelIndex &parent) const;
    [[nodiscard]] std::vector<Row> &rowsBelow(const QModelIndex &parent);
    [[nodiscard]] QString compare(const std::vector<Row> &rows, const QModelIndex &parent) const;

    const QAbstractItemModel &m_model;
    int m_role;
    std::vector<Row> m_rows;
    std::unique_ptr<QObject> m_context;
    int m_insertions = 0;
    int m_removals = 0;
    int m_changes = 0;
    int m_resets = 0;
};

} // namespace switchboard::test
