// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "model/roles.h"
#include "model/rowset.h"

#include <QAbstractItemModel>

#include <map>
#include <memory>
#include <span>
#include <vector>

namespace switchboard::monitor {

struct ColumnInfo;
struct NodeRow;

/// A client in a room.
struct RoomMemberRow : RowBase
{
    QByteArray id;
    /// The node it is connected to.
    std::shared_ptr<const NodeRow> node;
};

/// A room that has members.
struct RoomRow : RowBase
{
    QByteArray id; ///< its name
    RowSet<RoomMemberRow> members;
    /// How many of them are on each node.
    std::map<QByteArray, int> nodes;
    /// Messages seen since the rate was reckoned last, and the rate, a second.
    qint64 messages = 0;
    double messageRate = 0;
    /// Whether the model has it on its list of rooms with changes among their members.
    bool isListed = false;
};

/// The rooms of the whole cluster, one a row, with their members below them.
class RoomsModel : public QAbstractItemModel
{
    Q_OBJECT

public:
    enum Column {
        RoomColumn, ///< The room's name; on a member's row the client's id.
        MembersColumn, ///< Over all nodes.
        MessageRateColumn, ///< Messages a second over the last seconds, without those left out by sampling.
        NodeColumn, ///< A member's node; of a room how many nodes it has members on.
        ClientColumn, ///< A member's id once more, for export; a view hides it.
        ColumnCount,
    };

    explicit RoomsModel(QObject *parent = nullptr);
    ~RoomsModel() override;

    /// The index of the room \a name in column 0, or an invalid one.
    [[nodiscard]] QModelIndex roomIndex(const QByteArray &name) const;

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex &child) const override;
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

    /// \name For ClusterModel
    /// Changes are gathered and told by commit(). What is there already, or is not there, is no error.
    /// \{
    void join(const QByteArray &room, const QByteArray &client, std::shared_ptr<const NodeRow> node);
    void leave(const QByteArray &room, const QByteArray &client);
    void countMessage(const QByteArray &room);
    /// Reckons the rates anew, \a seconds after the last time.
    void updateRates(double seconds);
    /// Tells what changed; of the members that are gone, at most \a removals runs of neighbours a room.
    void commit(int removals);
    /// Whether commit() has to be called again for what is gone.
    [[nodiscard]] bool hasBacklog() const { return m_rooms.hasBacklog() || !m_changed.empty(); }
    /// How many members all rooms have together.
    [[nodiscard]] qsizetype membershipCount() const { return m_memberships; }
    /// \}

private:
    [[nodiscard]] static std::span<const ColumnInfo> columns();

    void list(RoomRow &room);
    void commitMembers(RoomRow &room, int removals);

    RowSet<RoomRow> m_rooms;
    std::vector<RoomRow *> m_changed; ///< rooms with changes among their members
    qsizetype m_memberships = 0;
};

} // namespace switchboard::monitor
