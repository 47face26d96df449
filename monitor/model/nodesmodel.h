// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "model/roles.h"
#include "model/rowset.h"
#include "protocol/monitorevents.h"
#include "protocol/nodesnapshot.h"

#include <QAbstractTableModel>

#include <chrono>
#include <memory>
#include <optional>
#include <span>

namespace switchboard::monitor {

struct ColumnInfo;

/// A node as it is known here.
struct NodeRow : RowBase, std::enable_shared_from_this<NodeRow>
{
    /// What only a snapshot tells.
    struct Identity
    {
        QByteArray host;
        quint16 port = 0;
        qint64 pid = 0;
        QByteArray version;
        std::chrono::sys_time<std::chrono::nanoseconds> startedAt;
        /// Which of the nodes of its process it is, from 1; 0: the only one.
        int worker = 0;

        friend bool operator==(const Identity &, const Identity &) = default;
    };

    QByteArray id;
    NodeState state = NodeState::Live;
    std::optional<Identity> identity;
    std::optional<protocol::NodeStats> stats;
    /// Since when the state is what it is, and when something of it was heard last.
    std::chrono::steady_clock::time_point stateSince;
    std::chrono::steady_clock::time_point heardAt;
    /// The snapshot that is coming in: how many of its parts came, whether none is missing, and its number.
    int snapshotPart = 0;
    bool snapshotWhole = false;
    quint32 snapshot = 0;
};

/// The nodes of the cluster, one a row.
class NodesModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    /// The columns; rates are of the last second.
    enum Column {
        StateColumn,
        NodeColumn,
        AddressColumn,
        ClientsColumn,
        RoomsColumn,
        MessagesInColumn,
        MessagesOutColumn,
        DeliveriesColumn,
        RedisRoundTripColumn,
        LoopDelayColumn,
        MemoryColumn,
        DroppedSlowColumn,
        UptimeColumn, ///< Shown as of the moment it is asked for.
        VersionColumn,
        ColumnCount,
    };

    explicit NodesModel(QObject *parent = nullptr);
    ~NodesModel() override;

    /// The row of the node \a id, or -1.
    [[nodiscard]] int rowOf(const QByteArray &id) const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

    /// \name For ClusterModel
    /// Changes are gathered and told by commit().
    /// \{
    [[nodiscard]] RowSet<NodeRow> &rows() { return m_rows; }
    [[nodiscard]] const RowSet<NodeRow> &rows() const { return m_rows; }
    void commit();
    /// \}

private:
    [[nodiscard]] static std::span<const ColumnInfo> columns();

    RowSet<NodeRow> m_rows;
};

} // namespace switchboard::monitor
