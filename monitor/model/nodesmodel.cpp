// SPDX-License-Identifier: BSD-3-Clause
#include "model/nodesmodel.h"

#include "model/columns.h"
#include "model/format.h"
#include "protocol/json.h"

#include <array>

namespace switchboard::monitor {

namespace {

const char *stateKey(NodeState state)
{
    switch (state) {
    case NodeState::Live:
        return "live";
    case NodeState::Stale:
        return "stale";
    case NodeState::Dead:
        return "dead";
    }
    Q_UNREACHABLE();
}

QString stateText(NodeState state)
{
    switch (state) {
    case NodeState::Live:
        return NodesModel::tr("live");
    case NodeState::Stale:
        return NodesModel::tr("stale");
    case NodeState::Dead:
        return NodesModel::tr("dead");
    }
    Q_UNREACHABLE();
}

QString addressText(const NodeRow &node)
{
    if (!node.identity) {
        return {};
    }
    const QString host = text(node.identity->host);
    const QString address =
        (host.contains(QLatin1Char(':')) ? QStringLiteral("[%1]:%2") : QStringLiteral("%1:%2"))
            .arg(host)
            .arg(node.identity->port);
    const int worker = node.identity->worker;
    return worker > 0 ? NodesModel::tr("%1 worker %2").arg(address).arg(worker) : address;
}

QVariant figure(const NodeRow &node, qint64 protocol::NodeStats::*member)
{
    return node.stats ? QVariant(static_cast<qlonglong>(*node.stats.*member)) : QVariant();
}

// The column's typed value.
QVariant value(const NodeRow &node, int column)
{
    using protocol::NodeStats;
    switch (column) {
    case NodesModel::NodeColumn:
        return text(node.id);
    case NodesModel::AddressColumn:
        return addressText(node);
    case NodesModel::ClientsColumn:
        return figure(node, &NodeStats::clients);
    case NodesModel::RoomsColumn:
        return figure(node, &NodeStats::rooms);
    case NodesModel::MessagesInColumn:
        return figure(node, &NodeStats::messagesIn);
    case NodesModel::MessagesOutColumn:
        return figure(node, &NodeStats::messagesOut);
    case NodesModel::DeliveriesColumn:
        return figure(node, &NodeStats::deliveries);
    case NodesModel::RedisRoundTripColumn:
        return figure(node, &NodeStats::redisRoundTripMicros);
    case NodesModel::LoopDelayColumn:
        return figure(node, &NodeStats::loopDelayMicros);
    case NodesModel::MemoryColumn:
        return figure(node, &NodeStats::residentBytes);
    case NodesModel::DroppedSlowColumn:
        return figure(node, &NodeStats::droppedSlow);
    case NodesModel::UptimeColumn:
        if (node.identity && node.state != NodeState::Dead) {
            const auto age = std::chrono::system_clock::now() - node.identity->startedAt;
            return QVariant::fromValue<qlonglong>(std::chrono::floor<std::chrono::seconds>(age).count());
        }
        return {};
    case NodesModel::VersionColumn:
        return node.identity ? text(node.identity->version) : QString();
    default:
        return {};
    }
}

QString display(const NodeRow &node, int column)
{
    if (column == NodesModel::StateColumn) {
        return stateText(node.state);
    }
    const QVariant typed = value(node, column);
    if (!typed.isValid()) {
        return QStringLiteral("–");
    }
    switch (column) {
    case NodesModel::ClientsColumn:
    case NodesModel::RoomsColumn:
    case NodesModel::DroppedSlowColumn:
        return Format::count(typed.toLongLong());
    case NodesModel::MessagesInColumn:
    case NodesModel::MessagesOutColumn:
    case NodesModel::DeliveriesColumn:
        return Format::rate(typed.toDouble());
    case NodesModel::RedisRoundTripColumn:
    case NodesModel::LoopDelayColumn:
        return Format::micros(typed.toLongLong());
    case NodesModel::MemoryColumn:
        return Format::bytes(typed.toLongLong());
    case NodesModel::UptimeColumn:
        return Format::duration(std::chrono::seconds(typed.toLongLong()));
    default:
        return typed.toString();
    }
}

QByteArray json(const NodeRow &node)
{
    protocol::JsonWriter writer;
    writer.beginObject();
    if (node.identity) {
        writer.key("host").string(node.identity->host);
    }
    writer.key("node").string(node.id);
    if (node.identity) {
        writer.key("pid").integer(node.identity->pid).key("port").integer(node.identity->port);
        writer.key("startedAt").string(protocol::Timestamp::fromTime(node.identity->startedAt).text());
    }
    writer.key("state").string(stateKey(node.state));
    if (node.stats) {
        writer.key("stats").raw(node.stats->contents());
    }
    if (node.identity) {
        writer.key("version").string(node.identity->version);
        if (node.identity->worker > 0) {
            writer.key("worker").integer(node.identity->worker);
        }
    }
    writer.endObject();
    return writer.take();
}

} // namespace

NodesModel::NodesModel(QObject *parent)
    : QAbstractTableModel(parent)
{ }

NodesModel::~NodesModel() = default;

std::span<const ColumnInfo> NodesModel::columns()
{
    static constexpr std::array<ColumnInfo, ColumnCount> all{{
        {"state", QT_TR_NOOP("State"), QT_TR_NOOP("Live, stale (not heard for 10 seconds) or dead")},
        {"node", QT_TR_NOOP("Node"), QT_TR_NOOP("The node's id")},
        {"address", QT_TR_NOOP("Address"), QT_TR_NOOP("Host and port it listens on")},
        {"clients", QT_TR_NOOP("Clients"), QT_TR_NOOP("Clients connected to it"), true},
        {"rooms", QT_TR_NOOP("Rooms"), QT_TR_NOOP("Rooms with clients of this node"), true},
        {"messagesIn", QT_TR_NOOP("In"), QT_TR_NOOP("Messages from its clients, a second"), true},
        {"messagesOut", QT_TR_NOOP("Out"), QT_TR_NOOP("Messages to its clients, a second"), true},
        {"deliveries", QT_TR_NOOP("Deliveries"),
         QT_TR_NOOP("How often a message was handed to a client, a second"), true},
        {"redisRoundTripMicros", QT_TR_NOOP("Redis"), QT_TR_NOOP("The last round trip to Redis"), true},
        {"loopDelayMicros", QT_TR_NOOP("Loop delay"), QT_TR_NOOP("How late its event loop was last"), true},
        {"residentBytes", QT_TR_NOOP("Memory"), QT_TR_NOOP("Resident memory of its process"), true},
        {"droppedSlow", QT_TR_NOOP("Slow"),
         QT_TR_NOOP("Clients cut in the last second because they did not read"), true},
        {"uptimeSeconds", QT_TR_NOOP("Uptime"), QT_TR_NOOP("Since its start"), true},
        {"version", QT_TR_NOOP("Version"), QT_TR_NOOP("Version of its program")},
    }};
    return all;
}

int NodesModel::rowOf(const QByteArray &id) const
{
    const NodeRow *node = m_rows.find(id);
    return node != nullptr ? m_rows.shownIndex(*node) : -1;
}

int NodesModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : m_rows.shownCount();
}

int NodesModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant NodesModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const NodeRow &node = m_rows.shownAt(index.row());
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole:
        return display(node, column);
    case Qt::TextAlignmentRole:
        return columnAlignment(columns()[static_cast<std::size_t>(column)]);
    case SortRole:
        return column == StateColumn ? QVariant(static_cast<qlonglong>(node.state)) : value(node, column);
    case ExportRole:
        return column == StateColumn ? QVariant(QString::fromLatin1(stateKey(node.state)))
                                     : value(node, column);
    case RawJsonRole:
        return prettyJson(json(node));
    case RowTextRole:
        return QStringList({stateText(node.state), text(node.id), addressText(node),
                            value(node, VersionColumn).toString()})
            .join(QLatin1Char('\n'));
    case NodeIdRole:
        return text(node.id);
    case ClientIdRole:
    case RoomRole:
        return QString();
    case StateRole:
        return static_cast<int>(node.state);
    default:
        return {};
    }
}

QVariant NodesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    return columnHeader(staticMetaObject.className(), columns(), section, orientation, role);
}

void NodesModel::commit()
{
    m_rows.commit({
        .aboutToInsert = [this](int first, int last) { beginInsertRows({}, first, last); },
        .inserted = [this] { endInsertRows(); },
        .aboutToRemove = [this](int first, int last) { beginRemoveRows({}, first, last); },
        .removed = [this] { endRemoveRows(); },
        .changed = [this](int first,
                          int last) { Q_EMIT dataChanged(index(first, 0), index(last, ColumnCount - 1)); },
    });
}

} // namespace switchboard::monitor
