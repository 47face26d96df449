// SPDX-License-Identifier: BSD-3-Clause
#include "model/clientsmodel.h"

#include "model/columns.h"
#include "model/format.h"
#include "model/nodesmodel.h"
#include "protocol/json.h"
#include "protocol/nodesnapshot.h"

#include <array>

namespace switchboard::monitor {

namespace {

QString roomNames(const ClientRow &client, QLatin1StringView separator)
{
    QByteArray names;
    for (const QByteArray &room : client.rooms) {
        if (!names.isEmpty()) {
            names.append(separator.data(), separator.size());
        }
        names.append(room);
    }
    return text(names);
}

QString searched(const ClientRow &client)
{
    QByteArray all = client.id + '\n' + client.node->id + '\n' + client.address + '\n' + client.user + '\n'
        + client.userAgent;
    for (const QByteArray &room : client.rooms) {
        all.append('\n').append(room);
    }
    return text(all);
}

QVariant number(qint64 value)
{
    return QVariant::fromValue<qlonglong>(value);
}

QVariant display(const ClientRow &client, int column)
{
    switch (column) {
    case ClientsModel::IdColumn:
        return text(client.id);
    case ClientsModel::NodeColumn:
        return text(client.node->id);
    case ClientsModel::AddressColumn:
        return text(client.address);
    case ClientsModel::UserColumn:
        return text(client.user);
    case ClientsModel::UserAgentColumn:
        return text(client.userAgent);
    case ClientsModel::ConnectedSinceColumn:
        return Format::age(client.connectedAt);
    case ClientsModel::RoomsColumn:
        return roomNames(client, QLatin1StringView(", "));
    case ClientsModel::SentColumn:
        return Format::count(client.figures.sent);
    case ClientsModel::ReceivedColumn:
        return Format::count(client.figures.received);
    case ClientsModel::QueuedBytesColumn:
        return Format::bytes(client.figures.queuedBytes);
    case ClientsModel::RoundTripColumn:
        return client.figures.roundTripMicros ? Format::micros(*client.figures.roundTripMicros) : QString();
    default:
        return {};
    }
}

QVariant sortValue(const ClientRow &client, int column)
{
    switch (column) {
    case ClientsModel::ConnectedSinceColumn:
        return number(client.connectedAt.time_since_epoch().count());
    case ClientsModel::RoomsColumn:
        return number(static_cast<qint64>(client.rooms.size()));
    case ClientsModel::SentColumn:
        return number(client.figures.sent);
    case ClientsModel::ReceivedColumn:
        return number(client.figures.received);
    case ClientsModel::QueuedBytesColumn:
        return number(client.figures.queuedBytes);
    case ClientsModel::RoundTripColumn:
        return client.figures.roundTripMicros ? number(*client.figures.roundTripMicros) : QVariant();
    default:
        return display(client, column);
    }
}

QVariant exported(const ClientRow &client, int column)
{
    switch (column) {
    case ClientsModel::ConnectedSinceColumn:
        return Format::iso(client.connectedAt);
    case ClientsModel::RoomsColumn:
        return display(client, column);
    default:
        return sortValue(client, column);
    }
}

QString json(const ClientRow &client)
{
    const protocol::NodeSnapshot::Client known{
        .client = client.id,
        .address = client.address,
        .userAgent = client.userAgent,
        .connectedAt = protocol::Timestamp::fromTime(client.connectedAt),
        .rooms = client.rooms,
        .figures = client.figures,
        .user = client.user,
    };
    protocol::JsonWriter writer;
    writer.beginObject().key("client").raw(known.toJson()).key("node").string(client.node->id).endObject();
    return prettyJson(writer.take());
}

QVariant toolTip(const ClientRow &client, int column)
{
    switch (column) {
    case ClientsModel::ConnectedSinceColumn:
        return Format::dateTime(client.connectedAt);
    case ClientsModel::RoomsColumn:
        return roomNames(client, QLatin1StringView("\n"));
    default:
        return display(client, column);
    }
}

} // namespace

ClientsModel::ClientsModel(QObject *parent)
    : QAbstractTableModel(parent)
{ }

ClientsModel::~ClientsModel() = default;

std::span<const ColumnInfo> ClientsModel::columns()
{
    static constexpr std::array<ColumnInfo, ColumnCount> all{{
        {"client", QT_TR_NOOP("Id"), QT_TR_NOOP("The client's id, new with each connection")},
        {"node", QT_TR_NOOP("Node"), QT_TR_NOOP("The node it is connected to")},
        {"address", QT_TR_NOOP("Address"), QT_TR_NOOP("Where it connects from")},
        {"user", QT_TR_NOOP("User"), QT_TR_NOOP("Who its token says it is")},
        {"userAgent", QT_TR_NOOP("User agent"), QT_TR_NOOP("What it calls itself")},
        {"connectedSince", QT_TR_NOOP("Connected"), QT_TR_NOOP("How long it has been connected"), true},
        {"rooms", QT_TR_NOOP("Rooms"), QT_TR_NOOP("The rooms it is in, sorted by how many")},
        {"sent", QT_TR_NOOP("Sent"), QT_TR_NOOP("Messages sent to it"), true},
        {"received", QT_TR_NOOP("Received"), QT_TR_NOOP("Messages received from it"), true},
        {"queuedBytes", QT_TR_NOOP("Queued"), QT_TR_NOOP("Bytes it was sent and has not read"), true},
        {"roundTripMicros", QT_TR_NOOP("Latency"),
         QT_TR_NOOP("How long it took to answer its node's last ping"), true},
    }};
    return all;
}

int ClientsModel::rowOf(const QByteArray &id) const
{
    const ClientRow *client = m_rows.find(id);
    return client != nullptr ? m_rows.shownIndex(*client) : -1;
}

int ClientsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : m_rows.shownCount();
}

int ClientsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ClientsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const ClientRow &client = m_rows.shownAt(index.row());
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole:
        return display(client, column);
    case Qt::ToolTipRole:
        return toolTip(client, column);
    case Qt::TextAlignmentRole:
        return columnAlignment(columns()[static_cast<std::size_t>(column)]);
    case SortRole:
        return sortValue(client, column);
    case ExportRole:
        return exported(client, column);
    case RawJsonRole:
        return json(client);
    case RowTextRole:
        return searched(client);
    case NodeIdRole:
        return text(client.node->id);
    case ClientIdRole:
        return text(client.id);
    case RoomRole:
        return roomNames(client, QLatin1StringView("\n"));
    case StateRole:
        return static_cast<int>(client.node->state);
    default:
        return {};
    }
}

QVariant ClientsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    return columnHeader(staticMetaObject.className(), columns(), section, orientation, role);
}

bool ClientsModel::rowLessThan(int left, int right, int column) const
{
    const ClientRow &a = m_rows.shownAt(left);
    const ClientRow &b = m_rows.shownAt(right);
    switch (column) {
    case IdColumn:
        return a.id < b.id;
    case NodeColumn:
        return a.node->id < b.node->id;
    case AddressColumn:
        return a.address < b.address;
    case UserColumn:
        return a.user < b.user;
    case UserAgentColumn:
        return a.userAgent < b.userAgent;
    case ConnectedSinceColumn:
        return a.connectedAt < b.connectedAt;
    case RoomsColumn:
        return a.rooms.size() < b.rooms.size();
    case SentColumn:
        return a.figures.sent < b.figures.sent;
    case ReceivedColumn:
        return a.figures.received < b.figures.received;
    case QueuedBytesColumn:
        return a.figures.queuedBytes < b.figures.queuedBytes;
    case RoundTripColumn:
        return a.figures.roundTripMicros < b.figures.roundTripMicros;
    default:
        return false;
    }
}

void ClientsModel::touchWhole(ClientRow &row)
{
    m_wholeRowsChanged = true;
    m_rows.touch(row);
}

void ClientsModel::commit(int removals)
{
    const int firstChanged = m_wholeRowsChanged ? 0 : static_cast<int>(RoomsColumn);
    m_wholeRowsChanged = false;
    const RowTelling tell{
        .aboutToInsert = [this](int first, int last) { beginInsertRows({}, first, last); },
        .inserted = [this] { endInsertRows(); },
        .aboutToRemove = [this](int first, int last) { beginRemoveRows({}, first, last); },
        .removed = [this] { endRemoveRows(); },
        .changed =
            [this, firstChanged](int first, int last) {
                Q_EMIT dataChanged(index(first, firstChanged), index(last, ColumnCount - 1));
            },
    };
    m_rows.commit(tell, removals);
}

void ClientsModel::touchStates()
{
    if (m_rows.shownCount() > 0) {
        Q_EMIT dataChanged(index(0, 0), index(m_rows.shownCount() - 1, ColumnCount - 1), {StateRole});
    }
}

} // namespace switchboard::monitor
