// SPDX-License-Identifier: BSD-3-Clause
#include "model/trafficmodel.h"

#include "model/columns.h"
#include "model/format.h"
#include "protocol/monitor.h"

#include <array>
#include <iterator>

namespace switchboard::monitor {

namespace {

QVariant value(const TrafficRow &row, int column)
{
    switch (column) {
    case TrafficTable::TimeColumn:
        return Format::iso(row.time);
    case TrafficTable::NodeColumn:
        return text(row.node);
    case TrafficTable::ClientColumn:
        return text(row.client);
    case TrafficTable::RoomColumn:
        return row.isToRoom ? text(row.room) : QVariant();
    case TrafficTable::TextColumn:
        return text(row.text);
    default:
        return {};
    }
}

// One line, whatever breaks the text has.
QString firstLines(const QByteArray &utf8)
{
    return text(utf8).replace(QLatin1Char('\n'), QChar(0x23CE));
}

QVariant display(const TrafficRow &row, int column)
{
    switch (column) {
    case TrafficTable::TimeColumn:
        return Format::timeOfDay(row.time);
    case TrafficTable::TextColumn:
        return firstLines(row.text);
    default:
        return value(row, column).toString();
    }
}

QVariant sortValue(const TrafficRow &row, int column)
{
    return column == TrafficTable::TimeColumn
        ? QVariant::fromValue<qlonglong>(row.time.time_since_epoch().count())
        : value(row, column);
}

QString json(const TrafficRow &row)
{
    const auto time = protocol::Timestamp::fromTime(row.time);
    const auto event = row.isToRoom
        ? protocol::MonitorEvent(protocol::RoomMessage{row.node, row.client, row.room, row.text, time})
        : protocol::MonitorEvent(protocol::ChatMessage{row.node, row.client, row.text, time});
    return prettyJson(protocol::toRelayPayload(event));
}

// The texts of a row that count against a bound.
qsizetype textBytes(const TrafficRow &row)
{
    return row.text.size() + row.room.size();
}

} // namespace

std::span<const ColumnInfo> TrafficTable::columns()
{
    static constexpr std::array<ColumnInfo, ColumnCount> all{{
        {"time", QT_TR_NOOP("Time"), QT_TR_NOOP("When its node took the message")},
        {"node", QT_TR_NOOP("Node"), QT_TR_NOOP("The node it came to")},
        {"client", QT_TR_NOOP("Client"), QT_TR_NOOP("Who sent it")},
        {"room", QT_TR_NOOP("Room"), QT_TR_NOOP("The room it was sent to; empty for everyone")},
        {"text", QT_TR_NOOP("Text"), QT_TR_NOOP("What was said")},
    }};
    return all;
}

int TrafficTable::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant TrafficTable::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const TrafficRow &row = rowAt(index.row());
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole:
        return display(row, column);
    case Qt::ToolTipRole:
        return column == TimeColumn ? Format::dateTime(row.time) : QVariant();
    case Qt::TextAlignmentRole:
        return columnAlignment(columns()[static_cast<std::size_t>(column)]);
    case SortRole:
        return sortValue(row, column);
    case ExportRole:
        return value(row, column);
    case RawJsonRole:
        return json(row);
    case RowTextRole:
        return text(row.node + '\n' + row.client + '\n' + row.room + '\n' + row.text);
    case NodeIdRole:
        return text(row.node);
    case ClientIdRole:
        return text(row.client);
    case RoomRole:
        return text(row.room);
    case StateRole:
        return static_cast<int>(NodeState::Live);
    default:
        return {};
    }
}

QVariant TrafficTable::headerData(int section, Qt::Orientation orientation, int role) const
{
    return columnHeader(staticMetaObject.className(), columns(), section, orientation, role);
}

TrafficModel::TrafficModel(qsizetype capacity, qsizetype textBytes, QObject *parent)
    : TrafficTable(parent)
    , m_capacity(capacity)
    , m_maximumBytes(textBytes)
{ }

const TrafficRow &TrafficModel::rowAt(int row) const
{
    return m_rows[static_cast<std::size_t>(row)];
}

int TrafficModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

void TrafficModel::append(std::vector<TrafficRow> rows)
{
    if (rows.empty()) {
        return;
    }
    // How many of the new rows fit, counted from the last, and how many bytes they have; the last always
    // does.
    qsizetype fitting = 0;
    qsizetype bytes = 0;
    for (auto row = rows.rbegin(); row != rows.rend() && fitting < m_capacity; ++row, ++fitting) {
        if (fitting > 0 && bytes + textBytes(*row) > m_maximumBytes) {
            break;
        }
        bytes += textBytes(*row);
    }
    qsizetype surplus = 0;
    qsizetype bytesLeft = m_bytes;
    while (surplus < static_cast<qsizetype>(m_rows.size())
           && (static_cast<qsizetype>(m_rows.size()) - surplus + fitting > m_capacity
               || bytesLeft + bytes > m_maximumBytes)) {
        bytesLeft -= textBytes(m_rows[static_cast<std::size_t>(surplus)]);
        ++surplus;
    }
    removeFirst(surplus);

    const auto count = static_cast<qsizetype>(rows.size());
    m_total += count - fitting;
    const auto first = static_cast<int>(m_rows.size());
    beginInsertRows({}, first, first + static_cast<int>(fitting) - 1);
    m_rows.insert(m_rows.end(), std::make_move_iterator(rows.begin() + (count - fitting)),
                  std::make_move_iterator(rows.end()));
    m_bytes += bytes;
    m_total += fitting;
    endInsertRows();
}

void TrafficModel::clear()
{
    removeFirst(static_cast<qsizetype>(m_rows.size()));
}

void TrafficModel::removeFirst(qsizetype count)
{
    if (count == 0) {
        return;
    }
    beginRemoveRows({}, 0, static_cast<int>(count) - 1);
    for (qsizetype i = 0; i < count; ++i) {
        m_bytes -= textBytes(m_rows.front());
        m_rows.pop_front();
    }
    endRemoveRows();
}

} // namespace switchboard::monitor
