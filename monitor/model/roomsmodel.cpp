// SPDX-License-Identifier: BSD-3-Clause
#include "model/roomsmodel.h"

#include "model/columns.h"
#include "model/format.h"
#include "model/nodesmodel.h"
#include "protocol/json.h"

#include <array>
#include <cmath>
#include <utility>

namespace switchboard::monitor {

namespace {

// A room's JSON lists no more members than a person reads.
constexpr int listedMembers = 1000;
// How fast a rate follows, and below what it counts as none.
constexpr double rateWeight = 0.4;
constexpr double leastRate = 0.05;

QString nodeNames(const RoomRow &room)
{
    QByteArray names;
    for (const auto &[node, count] : room.nodes) {
        names.append(names.isEmpty() ? "" : "\n").append(node);
    }
    return text(names);
}

QString roomJson(const RoomRow &room)
{
    protocol::JsonWriter writer;
    writer.beginObject().key("clients").beginArray();
    for (int row = 0; row < qMin(listedMembers, room.members.shownCount()); ++row) {
        writer.string(room.members.shownAt(row).id);
    }
    writer.endArray().key("members").integer(room.members.count()).key("nodes").beginObject();
    for (const auto &[node, count] : room.nodes) {
        writer.key(node).integer(count);
    }
    writer.endObject().key("room").string(room.id).endObject();
    return prettyJson(writer.take());
}

QVariant roomValue(const RoomRow &room, int column)
{
    switch (column) {
    case RoomsModel::RoomColumn:
        return text(room.id);
    case RoomsModel::MembersColumn:
        return QVariant::fromValue<qlonglong>(room.members.count());
    case RoomsModel::MessageRateColumn:
        return room.messageRate;
    case RoomsModel::NodeColumn:
        return QVariant::fromValue<qlonglong>(static_cast<qint64>(room.nodes.size()));
    default:
        return {};
    }
}

QVariant roomDisplay(const RoomRow &room, int column)
{
    switch (column) {
    case RoomsModel::RoomColumn:
        return room.id.isEmpty() ? RoomsModel::tr("(no name)") : text(room.id);
    case RoomsModel::MembersColumn:
        return Format::count(room.members.count());
    case RoomsModel::MessageRateColumn:
        return Format::rate(room.messageRate);
    case RoomsModel::NodeColumn:
        return room.nodes.size() == 1 ? RoomsModel::tr("1 node")
                                      : RoomsModel::tr("%1 nodes").arg(room.nodes.size());
    default:
        return {};
    }
}

QVariant roomData(const RoomRow &room, int column, int role)
{
    switch (role) {
    case Qt::DisplayRole:
        return roomDisplay(room, column);
    case Qt::ToolTipRole:
        return column == RoomsModel::NodeColumn ? nodeNames(room) : QVariant();
    case SortRole:
        return roomValue(room, column);
    case ExportRole:
        return column == RoomsModel::NodeColumn ? QVariant() : roomValue(room, column);
    case RawJsonRole:
        return roomJson(room);
    case RowTextRole:
    case RoomRole:
        return text(room.id);
    case NodeIdRole:
        return nodeNames(room);
    case ClientIdRole:
        return QString();
    case StateRole:
        return static_cast<int>(NodeState::Live);
    default:
        return {};
    }
}

QVariant memberValue(const RoomMemberRow &member, int column)
{
    switch (column) {
    case RoomsModel::RoomColumn:
    case RoomsModel::ClientColumn:
        return text(member.id);
    case RoomsModel::NodeColumn:
        return text(member.node->id);
    default:
        return {};
    }
}

QString memberJson(const RoomRow &room, const RoomMemberRow &member)
{
    protocol::JsonWriter writer;
    writer.beginObject().key("client").string(member.id).key("node").string(member.node->id);
    writer.key("room").string(room.id).endObject();
    return prettyJson(writer.take());
}

QVariant memberData(const RoomRow &room, const RoomMemberRow &member, int column, int role)
{
    switch (role) {
    case Qt::DisplayRole:
    case SortRole:
        return memberValue(member, column);
    case ExportRole:
        return column == RoomsModel::RoomColumn ? text(room.id) : memberValue(member, column);
    case RawJsonRole:
        return memberJson(room, member);
    case RowTextRole:
        return text(room.id + '\n' + member.id + '\n' + member.node->id);
    case NodeIdRole:
        return text(member.node->id);
    case ClientIdRole:
        return text(member.id);
    case RoomRole:
        return text(room.id);
    case StateRole:
        return static_cast<int>(member.node->state);
    default:
        return {};
    }
}

// The room that a member's index points at.
const RoomRow *roomOf(const QModelIndex &index)
{
    return static_cast<const RoomRow *>(index.constInternalPointer());
}

} // namespace

RoomsModel::RoomsModel(QObject *parent)
    : QAbstractItemModel(parent)
{ }

RoomsModel::~RoomsModel() = default;

std::span<const ColumnInfo> RoomsModel::columns()
{
    static constexpr std::array<ColumnInfo, ColumnCount> all{{
        {"room", QT_TR_NOOP("Room"), QT_TR_NOOP("The room, and below it the clients in it")},
        {"members", QT_TR_NOOP("Members"), QT_TR_NOOP("Clients in it, over all nodes"), true},
        {"messageRate", QT_TR_NOOP("Messages"), QT_TR_NOOP("Messages seen, a second"), true},
        {"node", QT_TR_NOOP("Node"), QT_TR_NOOP("The nodes its members are connected to")},
        {"client", QT_TR_NOOP("Client"), QT_TR_NOOP("The member's id")},
    }};
    return all;
}

QModelIndex RoomsModel::roomIndex(const QByteArray &name) const
{
    const RoomRow *room = m_rooms.find(name);
    const int row = room != nullptr ? m_rooms.shownIndex(*room) : -1;
    return row >= 0 ? createIndex(row, 0) : QModelIndex();
}

QModelIndex RoomsModel::index(int row, int column, const QModelIndex &parent) const
{
    if (!hasIndex(row, column, parent)) {
        return {};
    }
    return parent.isValid() ? createIndex(row, column, &m_rooms.shownAt(parent.row()))
                            : createIndex(row, column);
}

QModelIndex RoomsModel::parent(const QModelIndex &child) const
{
    const RoomRow *room = child.isValid() ? roomOf(child) : nullptr;
    return room != nullptr ? createIndex(m_rooms.shownIndex(*room), 0) : QModelIndex();
}

int RoomsModel::rowCount(const QModelIndex &parent) const
{
    if (!parent.isValid()) {
        return m_rooms.shownCount();
    }
    const bool hasMembers = parent.column() == 0 && roomOf(parent) == nullptr;
    return hasMembers ? m_rooms.shownAt(parent.row()).members.shownCount() : 0;
}

int RoomsModel::columnCount(const QModelIndex & /*parent*/) const
{
    return ColumnCount;
}

QVariant RoomsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return columnAlignment(columns()[static_cast<std::size_t>(index.column())]);
    }
    const RoomRow *room = roomOf(index);
    return room != nullptr ? memberData(*room, room->members.shownAt(index.row()), index.column(), role)
                           : roomData(m_rooms.shownAt(index.row()), index.column(), role);
}

QVariant RoomsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    return columnHeader(staticMetaObject.className(), columns(), section, orientation, role);
}

void RoomsModel::join(const QByteArray &room, const QByteArray &client, std::shared_ptr<const NodeRow> node)
{
    RoomRow *row = m_rooms.find(room);
    if (row == nullptr) {
        auto added = std::make_shared<RoomRow>();
        added->id = room;
        row = &m_rooms.add(std::move(added));
    }
    if (row->members.find(client) != nullptr) {
        return;
    }
    auto member = std::make_shared<RoomMemberRow>();
    member->id = client;
    member->node = std::move(node);
    ++row->nodes[member->node->id];
    row->members.add(std::move(member));
    ++m_memberships;
    list(*row);
}

void RoomsModel::leave(const QByteArray &room, const QByteArray &client)
{
    RoomRow *row = m_rooms.find(room);
    RoomMemberRow *member = row != nullptr ? row->members.find(client) : nullptr;
    if (member == nullptr) {
        return;
    }
    const auto node = row->nodes.find(member->node->id);
    if (--node->second == 0) {
        row->nodes.erase(node);
    }
    row->members.remove(*member);
    --m_memberships;
    if (row->members.count() == 0) {
        m_rooms.remove(*row);
    } else {
        list(*row);
    }
}

void RoomsModel::list(RoomRow &room)
{
    m_rooms.touch(room);
    if (!room.isListed) {
        room.isListed = true;
        m_changed.push_back(&room);
    }
}

void RoomsModel::countMessage(const QByteArray &room)
{
    if (RoomRow *row = m_rooms.find(room)) {
        ++row->messages;
    }
}

void RoomsModel::updateRates(double seconds)
{
    m_rooms.forEach([&](RoomRow &room) {
        const double current = static_cast<double>(std::exchange(room.messages, 0)) / seconds;
        const double before = room.messageRate;
        const double rate = before + (current - before) * rateWeight;
        room.messageRate = rate < leastRate ? 0 : rate;
        if (room.messageRate != before) {
            m_rooms.touch(room);
        }
    });
}

void RoomsModel::commit(int removals)
{
    for (RoomRow *room : std::exchange(m_changed, {})) {
        room->isListed = false;
        if (room->isGone) {
            continue;
        }
        commitMembers(*room, removals);
        if (room->members.hasBacklog()) {
            list(*room);
        }
    }
    const RowTelling tell{
        .aboutToInsert = [this](int first, int last) { beginInsertRows({}, first, last); },
        .inserted = [this] { endInsertRows(); },
        .aboutToRemove = [this](int first, int last) { beginRemoveRows({}, first, last); },
        .removed = [this] { endRemoveRows(); },
        .changed = [this](int first,
                          int last) { Q_EMIT dataChanged(index(first, 0), index(last, ColumnCount - 1)); },
    };
    m_rooms.commit(tell, removals);
}

void RoomsModel::commitMembers(RoomRow &room, int removals)
{
    if (!room.isShown) {
        room.members.commit({
            .aboutToInsert = [](int /*first*/, int /*last*/) {},
            .inserted = [] {},
            .aboutToRemove = [](int /*first*/, int /*last*/) {},
            .removed = [] {},
            .changed = [](int /*first*/, int /*last*/) {},
        });
        return;
    }
    const QModelIndex parent = createIndex(m_rooms.shownIndex(room), 0);
    const RowTelling tell{
        .aboutToInsert = [&](int first, int last) { beginInsertRows(parent, first, last); },
        .inserted = [this] { endInsertRows(); },
        .aboutToRemove = [&](int first, int last) { beginRemoveRows(parent, first, last); },
        .removed = [this] { endRemoveRows(); },
        .changed =
            [&](int first, int last) {
                Q_EMIT dataChanged(index(first, 0, parent), index(last, ColumnCount - 1, parent));
            },
    };
    room.members.commit(tell, removals);
}

} // namespace switchboard::monitor
