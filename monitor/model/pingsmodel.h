// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "model/roles.h"
#include "protocol/monitorevents.h"

#include <QAbstractItemModel>

#include <chrono>
#include <deque>
#include <memory>
#include <span>
#include <vector>

namespace switchboard::monitor {

struct ColumnInfo;

/// A node's delivery of a ping.
struct PingDeliveryRow
{
    QByteArray node;
    qint64 clients = 0;
    std::chrono::sys_time<std::chrono::nanoseconds> at;
    std::chrono::microseconds took{0};
};

/// A ping and its way.
struct PingRow
{
    qint64 rowNumber = 0; ///< grows with each ping
    protocol::PingNumber number = protocol::PingNumber::One;
    /// Whether it is known where it came from; else node and address are empty.
    bool hasOrigin = false;
    QByteArray node;
    QByteArray address;
    std::chrono::sys_time<std::chrono::nanoseconds> sentAt;
    std::vector<PingDeliveryRow> deliveries;

    [[nodiscard]] bool isDeliveredBy(const QByteArray &id) const;
};

/// The last pings, oldest first, one a row, each with the nodes that delivered it below it.
///
/// The wire gives a ping no id: a delivery belongs to the ping of its number whose sending fits best to its
/// time, and that this node has not delivered yet. One that fits to none (a node of another make sent it)
/// gets a row without origin, which a PingSent that comes late fills in.
class PingsModel : public QAbstractItemModel
{
    Q_OBJECT

public:
    enum Column {
        TimeColumn, ///< When it was sent; on a node's row when that delivered it.
        NumberColumn, ///< 1 or 2.
        NodeColumn, ///< The node it came to; on a node's row that node.
        AddressColumn, ///< Who asked for it.
        NodesColumn, ///< How many nodes delivered it.
        ClientsColumn, ///< To how many clients it was delivered.
        MicrosColumn, ///< How long that took; of a ping the longest.
        ColumnCount,
    };

    /// How many pings are kept.
    static constexpr qsizetype defaultCapacity = 1'000;
    /// How many deliveries are kept of each.
    static constexpr std::size_t maximumDeliveries = 1'000;

    explicit PingsModel(qsizetype capacity = defaultCapacity, QObject *parent = nullptr);
    ~PingsModel() override;

    /// How many there were, with those that fell out.
    [[nodiscard]] qint64 totalCount() const;
    [[nodiscard]] qsizetype capacity() const { return m_capacity; }

    void addSent(const protocol::PingSent &event);
    void addDelivered(const protocol::PingDelivered &event);

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex &child) const override;
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

    /// Forgets all rows; the total stays.
    void clear();

private:
    [[nodiscard]] static std::span<const ColumnInfo> columns();

    /// The newest ping near \a sentAt that is a candidate, or nothing.
    template <typename Predicate>
    [[nodiscard]] PingRow *nearest(std::chrono::sys_time<std::chrono::nanoseconds> sentAt,
                                   Predicate isCandidate) const;
    [[nodiscard]] QModelIndex indexOf(const PingRow &ping) const;
    PingRow &append(std::unique_ptr<PingRow> ping);

    qsizetype m_capacity;
    qint64 m_first = 0; ///< the number of the first row
    std::deque<std::unique_ptr<PingRow>> m_pings;
};

} // namespace switchboard::monitor
