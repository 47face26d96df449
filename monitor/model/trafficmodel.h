// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "model/roles.h"

#include <QAbstractTableModel>

#include <chrono>
#include <deque>
#include <span>
#include <vector>

namespace switchboard::monitor {

struct ColumnInfo;

/// A message that a client sent.
struct TrafficRow
{
    std::chrono::sys_time<std::chrono::nanoseconds> time;
    QByteArray node;
    QByteArray client;
    /// Empty for a message to everyone, unless \a isToRoom.
    QByteArray room;
    QByteArray text;
    bool isToRoom = false;
};

/// The columns of everything that shows traffic.
class TrafficTable : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column {
        TimeColumn,
        NodeColumn,
        ClientColumn,
        RoomColumn,
        TextColumn,
        ColumnCount,
    };

    using QAbstractTableModel::QAbstractTableModel;

    /// The row \a row, 0 ≤ \a row < rowCount().
    [[nodiscard]] virtual const TrafficRow &rowAt(int row) const = 0;
    /// How many rows there were in all, with those that fell out of this model and those cleared.
    [[nodiscard]] virtual qint64 totalCount() const = 0;

    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    [[nodiscard]] static std::span<const ColumnInfo> columns();
};

/// The last chat and room messages, oldest first. It is bounded by rows and by bytes of text; the oldest fall
/// out.
class TrafficModel : public TrafficTable
{
    Q_OBJECT

public:
    /// How many rows are kept, and how many bytes their texts may have together.
    static constexpr qsizetype defaultCapacity = 100'000;
    static constexpr qsizetype defaultTextBytes = qsizetype(64) << 20;

    explicit TrafficModel(qsizetype capacity = defaultCapacity, qsizetype textBytes = defaultTextBytes,
                          QObject *parent = nullptr);

    [[nodiscard]] qsizetype capacity() const { return m_capacity; }
    [[nodiscard]] const TrafficRow &rowAt(int row) const override;
    [[nodiscard]] qint64 totalCount() const override { return m_total; }
    /// The number of the first row: how many fell out or were cleared. A row keeps its number.
    [[nodiscard]] qint64 firstNumber() const { return m_total - static_cast<qint64>(m_rows.size()); }
    /// A copy of all rows, which costs no copy of their texts.
    [[nodiscard]] const std::deque<TrafficRow> &rows() const { return m_rows; }

    /// Adds \a rows at the end: one removal at the front where some fall out, and one insertion.
    void append(std::vector<TrafficRow> rows);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;

    /// Forgets all rows; the total stays.
    void clear();

private:
    void removeFirst(qsizetype count);

    qsizetype m_capacity;
    qsizetype m_maximumBytes;
    qsizetype m_bytes = 0;
    qint64 m_total = 0;
    std::deque<TrafficRow> m_rows;
};

} // namespace switchboard::monitor
