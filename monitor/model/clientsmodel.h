// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "model/roles.h"
#include "model/roworder.h"
#include "model/rowset.h"
#include "protocol/clientstats.h"

#include <QAbstractTableModel>

#include <chrono>
#include <memory>
#include <span>
#include <vector>

namespace switchboard::monitor {

struct ColumnInfo;
struct NodeRow;

/// A connected client as it is known here.
struct ClientRow : RowBase
{
    QByteArray id;
    /// The node it is connected to.
    std::shared_ptr<const NodeRow> node;
    QByteArray address;
    /// Who its token says it is; empty without one.
    QByteArray user;
    QByteArray userAgent;
    std::chrono::sys_time<std::chrono::nanoseconds> connectedAt;
    /// In alphabetical order.
    std::vector<QByteArray> rooms;
    protocol::ClientFigures figures;
    /// The last of its node's snapshots that it stood in.
    quint32 snapshot = 0;
};

/// All clients of the cluster, one a row, in the order in which they became known. Made for 50,000 of them.
class ClientsModel : public QAbstractTableModel, public RowOrder
{
    Q_OBJECT

public:
    enum Column {
        IdColumn,
        NodeColumn,
        AddressColumn,
        UserColumn,
        UserAgentColumn,
        ConnectedSinceColumn, ///< Shown as a duration as of the moment it is asked for.
        RoomsColumn, ///< Shown as their names, sorted by how many.
        SentColumn,
        ReceivedColumn,
        QueuedBytesColumn,
        RoundTripColumn, ///< Empty until the client has answered a ping.
        ColumnCount,
    };

    explicit ClientsModel(QObject *parent = nullptr);
    ~ClientsModel() override;

    /// The row of the client \a id, or -1; its cost does not depend on how many there are.
    [[nodiscard]] int rowOf(const QByteArray &id) const;

    /// What is known of the client \a id, or nothing.
    [[nodiscard]] const ClientRow *find(const QByteArray &id) const { return m_rows.find(id); }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

    [[nodiscard]] bool rowLessThan(int left, int right, int column) const override;

    /// \name For ClusterModel
    /// Changes are gathered and told by commit().
    /// \{
    [[nodiscard]] RowSet<ClientRow> &rows() { return m_rows; }
    [[nodiscard]] const RowSet<ClientRow> &rows() const { return m_rows; }
    /// Notes that more of \a row changed than its rooms and its figures, which RowSet::touch() is for.
    void touchWhole(ClientRow &row);
    /// Tells what changed; of the rows that are gone, at most \a removals runs of neighbours.
    void commit(int removals);
    /// Tells that StateRole changed for any number of rows.
    void touchStates();
    /// \}

private:
    [[nodiscard]] static std::span<const ColumnInfo> columns();

    RowSet<ClientRow> m_rows;
    bool m_wholeRowsChanged = false;
};

} // namespace switchboard::monitor
