// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "model/roles.h"

#include <QAbstractTableModel>

#include <chrono>
#include <deque>
#include <optional>
#include <span>
#include <vector>

namespace switchboard::monitor {

struct ColumnInfo;

/// A connection that has ended.
struct ClosedClientRow
{
    QByteArray id;
    QByteArray node;
    /// What was known of it; empty where its beginning was not seen.
    QByteArray address;
    QByteArray userAgent;
    std::optional<std::chrono::sys_time<std::chrono::nanoseconds>> connectedAt;
    std::chrono::sys_time<std::chrono::nanoseconds> closedAt;
    quint16 code = 0;
    QByteArray reason;
};

/// The last connections that ended, oldest first. Only so many are kept; the oldest fall out.
class ClosedClientsModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column {
        ClosedAtColumn,
        IdColumn,
        NodeColumn,
        AddressColumn,
        UserAgentColumn,
        CodeColumn,
        ReasonColumn,
        LastedColumn,
        ColumnCount,
    };

    /// How many are kept.
    static constexpr qsizetype defaultCapacity = 10'000;

    explicit ClosedClientsModel(qsizetype capacity = defaultCapacity, QObject *parent = nullptr);

    /// How many there were, with those that fell out.
    [[nodiscard]] qint64 totalCount() const { return m_total; }
    [[nodiscard]] qsizetype capacity() const { return m_capacity; }

    /// Adds \a rows at the end.
    void append(std::vector<ClosedClientRow> rows);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

    /// Forgets all rows; the total stays.
    void clear();

private:
    [[nodiscard]] static std::span<const ColumnInfo> columns();

    qsizetype m_capacity;
    qint64 m_total = 0;
    std::deque<ClosedClientRow> m_rows;
};

} // namespace switchboard::monitor
