// SPDX-License-Identifier: BSD-3-Clause
#include "model/closedclientsmodel.h"

#include "model/columns.h"
#include "model/format.h"
#include "protocol/json.h"
#include "protocol/timestamp.h"

#include <array>
#include <iterator>

namespace switchboard::monitor {

namespace {

using std::chrono::milliseconds;

std::optional<milliseconds> lasted(const ClosedClientRow &row)
{
    if (!row.connectedAt) {
        return std::nullopt;
    }
    return std::chrono::floor<milliseconds>(row.closedAt - *row.connectedAt);
}

// The column's typed value; times as they are exported.
QVariant value(const ClosedClientRow &row, int column)
{
    switch (column) {
    case ClosedClientsModel::ClosedAtColumn:
        return Format::iso(row.closedAt);
    case ClosedClientsModel::IdColumn:
        return text(row.id);
    case ClosedClientsModel::NodeColumn:
        return text(row.node);
    case ClosedClientsModel::AddressColumn:
        return text(row.address);
    case ClosedClientsModel::UserAgentColumn:
        return text(row.userAgent);
    case ClosedClientsModel::CodeColumn:
        return QVariant::fromValue<qlonglong>(row.code);
    case ClosedClientsModel::ReasonColumn:
        return text(row.reason);
    case ClosedClientsModel::LastedColumn: {
        const auto duration = lasted(row);
        return duration ? QVariant::fromValue<qlonglong>(duration->count()) : QVariant();
    }
    default:
        return {};
    }
}

QVariant display(const ClosedClientRow &row, int column)
{
    switch (column) {
    case ClosedClientsModel::ClosedAtColumn:
        return Format::timeOfDay(row.closedAt);
    case ClosedClientsModel::LastedColumn: {
        const auto duration = lasted(row);
        return duration ? Format::duration(*duration) : QStringLiteral("–");
    }
    default:
        return value(row, column).toString();
    }
}

QVariant sortValue(const ClosedClientRow &row, int column)
{
    return column == ClosedClientsModel::ClosedAtColumn
        ? QVariant::fromValue<qlonglong>(row.closedAt.time_since_epoch().count())
        : value(row, column);
}

QString json(const ClosedClientRow &row)
{
    protocol::JsonWriter writer;
    writer.beginObject().key("address").string(row.address);
    writer.key("client").string(row.id).key("closedAt").string(Format::iso(row.closedAt).toLatin1());
    writer.key("code").integer(row.code);
    if (row.connectedAt) {
        writer.key("connectedAt").string(Format::iso(*row.connectedAt).toLatin1());
    }
    writer.key("node").string(row.node).key("reason").string(row.reason);
    writer.key("userAgent").string(row.userAgent).endObject();
    return prettyJson(writer.take());
}

QString searched(const ClosedClientRow &row)
{
    return text(row.id + '\n' + row.node + '\n' + row.address + '\n' + row.userAgent + '\n'
                + QByteArray::number(row.code) + '\n' + row.reason);
}

QVariant toolTip(const ClosedClientRow &row, int column)
{
    return column == ClosedClientsModel::ClosedAtColumn ? Format::dateTime(row.closedAt)
                                                        : display(row, column);
}

} // namespace

ClosedClientsModel::ClosedClientsModel(qsizetype capacity, QObject *parent)
    : QAbstractTableModel(parent)
    , m_capacity(capacity)
{ }

std::span<const ColumnInfo> ClosedClientsModel::columns()
{
    static constexpr std::array<ColumnInfo, ColumnCount> all{{
        {"closedAt", QT_TR_NOOP("Closed"), QT_TR_NOOP("When the connection ended")},
        {"client", QT_TR_NOOP("Id"), QT_TR_NOOP("The client's id")},
        {"node", QT_TR_NOOP("Node"), QT_TR_NOOP("The node it was connected to")},
        {"address", QT_TR_NOOP("Address"), QT_TR_NOOP("Where it connected from")},
        {"userAgent", QT_TR_NOOP("User agent"), QT_TR_NOOP("What it called itself")},
        {"code", QT_TR_NOOP("Code"), QT_TR_NOOP("Close code; 1006 without a closing handshake"), true},
        {"reason", QT_TR_NOOP("Reason"), QT_TR_NOOP("The reason in the close frame")},
        {"lastedMillis", QT_TR_NOOP("Lasted"), QT_TR_NOOP("How long it was connected"), true},
    }};
    return all;
}

void ClosedClientsModel::append(std::vector<ClosedClientRow> rows)
{
    if (rows.empty()) {
        return;
    }
    const auto count = static_cast<qsizetype>(rows.size());
    const qsizetype skipped = qMax(qsizetype(0), count - m_capacity);
    const auto kept = static_cast<qsizetype>(m_rows.size());
    const qsizetype surplus = qMin(kept, kept + count - skipped - m_capacity);
    if (surplus > 0) {
        beginRemoveRows({}, 0, static_cast<int>(surplus) - 1);
        m_rows.erase(m_rows.begin(), m_rows.begin() + surplus);
        endRemoveRows();
    }
    m_total += count;
    const auto first = static_cast<int>(m_rows.size());
    beginInsertRows({}, first, first + static_cast<int>(count - skipped) - 1);
    m_rows.insert(m_rows.end(), std::make_move_iterator(rows.begin() + skipped),
                  std::make_move_iterator(rows.end()));
    endInsertRows();
}

void ClosedClientsModel::clear()
{
    if (!m_rows.empty()) {
        beginRemoveRows({}, 0, static_cast<int>(m_rows.size()) - 1);
        m_rows.clear();
        endRemoveRows();
    }
}

int ClosedClientsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ClosedClientsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ClosedClientsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const ClosedClientRow &row = m_rows[static_cast<std::size_t>(index.row())];
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole:
        return display(row, column);
    case Qt::ToolTipRole:
        return toolTip(row, column);
    case Qt::TextAlignmentRole:
        return columnAlignment(columns()[static_cast<std::size_t>(column)]);
    case SortRole:
        return sortValue(row, column);
    case ExportRole:
        return value(row, column);
    case RawJsonRole:
        return json(row);
    case RowTextRole:
        return searched(row);
    case NodeIdRole:
        return text(row.node);
    case ClientIdRole:
        return text(row.id);
    case RoomRole:
        return QString();
    case StateRole:
        return static_cast<int>(NodeState::Live);
    default:
        return {};
    }
}

QVariant ClosedClientsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    return columnHeader(staticMetaObject.className(), columns(), section, orientation, role);
}

} // namespace switchboard::monitor
