// SPDX-License-Identifier: BSD-3-Clause
#include "model/pingsmodel.h"

#include "model/columns.h"
#include "model/format.h"
#include "protocol/json.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

namespace switchboard::monitor {

namespace {

using Time = std::chrono::sys_time<std::chrono::nanoseconds>;

// How far from where it belongs a time may be, and how many pings one looks back.
constexpr std::chrono::seconds tolerance{5};
constexpr qsizetype searched = 200;
// What is said to have taken longer is no figure to reckon with.
constexpr std::chrono::microseconds longest = std::chrono::hours(24);

QVariant integer(qint64 value)
{
    return QVariant::fromValue<qlonglong>(value);
}

qint64 clientsOf(const PingRow &ping)
{
    return std::accumulate(
        ping.deliveries.begin(), ping.deliveries.end(), qint64(0),
        [](qint64 sum, const PingDeliveryRow &delivery) { return sum + delivery.clients; });
}

std::chrono::microseconds timeOf(const PingRow &ping)
{
    return std::accumulate(ping.deliveries.begin(), ping.deliveries.end(), std::chrono::microseconds(0),
                           [](auto most, const auto &delivery) { return std::max(most, delivery.took); });
}

QByteArray json(const PingRow &ping)
{
    protocol::JsonWriter writer;
    writer.beginObject();
    if (ping.hasOrigin) {
        writer.key("address").string(ping.address);
    }
    writer.key("deliveries").beginArray();
    for (const PingDeliveryRow &delivery : ping.deliveries) {
        writer.beginObject().key("at").string(Format::iso(delivery.at).toLatin1());
        writer.key("clients").integer(delivery.clients).key("micros").integer(delivery.took.count());
        writer.key("node").string(delivery.node).endObject();
    }
    writer.endArray();
    if (ping.hasOrigin) {
        writer.key("node").string(ping.node);
    }
    writer.key("number").integer(static_cast<int>(ping.number));
    writer.key("sentAt").string(Format::iso(ping.sentAt).toLatin1()).endObject();
    return writer.take();
}

QString searchedText(const PingRow &ping)
{
    QByteArray all = ping.node + '\n' + ping.address;
    for (const PingDeliveryRow &delivery : ping.deliveries) {
        all.append('\n').append(delivery.node);
    }
    return text(all);
}

// A row of either kind.
struct Row
{
    const PingRow &ping;
    const PingDeliveryRow *delivery; ///< nothing on a ping's own row

    [[nodiscard]] Time time() const { return delivery != nullptr ? delivery->at : ping.sentAt; }
    [[nodiscard]] QByteArray node() const { return delivery != nullptr ? delivery->node : ping.node; }
    [[nodiscard]] QVariant exported(int column) const;
    [[nodiscard]] QVariant display(int column) const;
};

QVariant Row::exported(int column) const
{
    switch (column) {
    case PingsModel::TimeColumn:
        return Format::iso(time());
    case PingsModel::NumberColumn:
        return integer(static_cast<int>(ping.number));
    case PingsModel::NodeColumn:
        return text(node());
    case PingsModel::AddressColumn:
        return delivery != nullptr ? QVariant() : text(ping.address);
    case PingsModel::NodesColumn:
        return delivery != nullptr ? QVariant() : integer(static_cast<qint64>(ping.deliveries.size()));
    case PingsModel::ClientsColumn:
        return integer(delivery != nullptr ? delivery->clients : clientsOf(ping));
    case PingsModel::MicrosColumn:
        if (delivery == nullptr && ping.deliveries.empty()) {
            return {};
        }
        return integer((delivery != nullptr ? delivery->took : timeOf(ping)).count());
    default:
        return {};
    }
}

QVariant Row::display(int column) const
{
    const QVariant value = exported(column);
    switch (column) {
    case PingsModel::TimeColumn:
        return Format::timeOfDay(time());
    case PingsModel::NodeColumn:
        return delivery == nullptr && !ping.hasOrigin ? PingsModel::tr("(unknown)") : value;
    case PingsModel::NodesColumn:
    case PingsModel::ClientsColumn:
        return value.isValid() ? Format::count(value.toLongLong()) : QString();
    case PingsModel::MicrosColumn:
        return value.isValid() ? Format::micros(value.toLongLong()) : QString();
    default:
        return value.toString();
    }
}

// The ping that a delivery's index points at.
const PingRow *pingAbove(const QModelIndex &index)
{
    return static_cast<const PingRow *>(index.constInternalPointer());
}

} // namespace

bool PingRow::isDeliveredBy(const QByteArray &id) const
{
    return std::any_of(deliveries.begin(), deliveries.end(),
                       [&](const PingDeliveryRow &delivery) { return delivery.node == id; });
}

PingsModel::PingsModel(qsizetype capacity, QObject *parent)
    : QAbstractItemModel(parent)
    , m_capacity(capacity)
{ }

PingsModel::~PingsModel() = default;

std::span<const ColumnInfo> PingsModel::columns()
{
    static constexpr std::array<ColumnInfo, ColumnCount> all{{
        {"time", QT_TR_NOOP("Time"), QT_TR_NOOP("When it was sent, and below when each node delivered it")},
        {"number", QT_TR_NOOP("Ping"), QT_TR_NOOP("Ping 1 or ping 2"), true},
        {"node", QT_TR_NOOP("Node"), QT_TR_NOOP("The node it came to, and below those that delivered it")},
        {"address", QT_TR_NOOP("From"), QT_TR_NOOP("Who asked for it")},
        {"nodes", QT_TR_NOOP("Nodes"), QT_TR_NOOP("How many nodes delivered it"), true},
        {"clients", QT_TR_NOOP("Clients"), QT_TR_NOOP("How many clients got it"), true},
        {"micros", QT_TR_NOOP("Took"), QT_TR_NOOP("From sending to delivery; of a ping the longest"), true},
    }};
    return all;
}

qint64 PingsModel::totalCount() const
{
    return m_first + static_cast<qint64>(m_pings.size());
}

template <typename Predicate>
PingRow *PingsModel::nearest(Time sentAt, Predicate isCandidate) const
{
    PingRow *best = nullptr;
    std::chrono::nanoseconds bestDistance = tolerance;
    const auto end = m_pings.rbegin() + qMin(searched, static_cast<qsizetype>(m_pings.size()));
    for (auto ping = m_pings.rbegin(); ping != end; ++ping) {
        const auto distance = std::chrono::abs((*ping)->sentAt - sentAt);
        const bool isNearer = best != nullptr ? distance < bestDistance : distance <= bestDistance;
        if (isNearer && isCandidate(**ping)) {
            best = ping->get();
            bestDistance = distance;
        }
    }
    return best;
}

QModelIndex PingsModel::indexOf(const PingRow &ping) const
{
    return createIndex(static_cast<int>(ping.rowNumber - m_first), 0);
}

PingRow &PingsModel::append(std::unique_ptr<PingRow> ping)
{
    if (static_cast<qsizetype>(m_pings.size()) >= m_capacity) {
        beginRemoveRows({}, 0, 0);
        m_pings.pop_front();
        ++m_first;
        endRemoveRows();
    }
    const auto row = static_cast<int>(m_pings.size());
    ping->rowNumber = totalCount();
    beginInsertRows({}, row, row);
    m_pings.push_back(std::move(ping));
    endInsertRows();
    return *m_pings.back();
}

void PingsModel::addSent(const protocol::PingSent &event)
{
    const auto fill = [&](PingRow &ping) {
        ping.number = event.number;
        ping.hasOrigin = true;
        ping.node = event.node;
        ping.address = event.address;
        ping.sentAt = event.at.toTime();
    };
    PingRow *known = nearest(event.at.toTime(), [&](const PingRow &ping) {
        return ping.number == event.number && !ping.hasOrigin;
    });
    if (known == nullptr) {
        auto ping = std::make_unique<PingRow>();
        fill(*ping);
        append(std::move(ping));
        return;
    }
    fill(*known);
    const QModelIndex first = indexOf(*known);
    Q_EMIT dataChanged(first, first.siblingAtColumn(ColumnCount - 1));
}

void PingsModel::addDelivered(const protocol::PingDelivered &event)
{
    const auto took = std::chrono::microseconds(qMin<qint64>(event.micros, longest.count()));
    const Time at = event.at.toTime();
    PingRow *ping = nearest(at - took, [&](const PingRow &known) {
        return known.number == event.number && !known.isDeliveredBy(event.node);
    });
    if (ping == nullptr) {
        auto added = std::make_unique<PingRow>();
        added->number = event.number;
        added->sentAt = at - took;
        ping = &append(std::move(added));
    }
    if (ping->deliveries.size() >= maximumDeliveries) {
        return;
    }
    const QModelIndex parent = indexOf(*ping);
    const auto row = static_cast<int>(ping->deliveries.size());
    beginInsertRows(parent, row, row);
    ping->deliveries.push_back({event.node, event.clients, at, took});
    endInsertRows();
    Q_EMIT dataChanged(parent, parent.siblingAtColumn(ColumnCount - 1));
}

void PingsModel::clear()
{
    if (m_pings.empty()) {
        return;
    }
    beginRemoveRows({}, 0, static_cast<int>(m_pings.size()) - 1);
    m_first += static_cast<qint64>(m_pings.size());
    m_pings.clear();
    endRemoveRows();
}

QModelIndex PingsModel::index(int row, int column, const QModelIndex &parent) const
{
    if (!hasIndex(row, column, parent)) {
        return {};
    }
    return parent.isValid() ? createIndex(row, column, m_pings[static_cast<std::size_t>(parent.row())].get())
                            : createIndex(row, column);
}

QModelIndex PingsModel::parent(const QModelIndex &child) const
{
    const PingRow *ping = child.isValid() ? pingAbove(child) : nullptr;
    return ping != nullptr ? indexOf(*ping) : QModelIndex();
}

int PingsModel::rowCount(const QModelIndex &parent) const
{
    if (!parent.isValid()) {
        return static_cast<int>(m_pings.size());
    }
    if (parent.column() != 0 || pingAbove(parent) != nullptr) {
        return 0;
    }
    return static_cast<int>(m_pings[static_cast<std::size_t>(parent.row())]->deliveries.size());
}

int PingsModel::columnCount(const QModelIndex & /*parent*/) const
{
    return ColumnCount;
}

QVariant PingsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const auto number = static_cast<std::size_t>(index.row());
    const PingRow *above = pingAbove(index);
    const Row row{above != nullptr ? *above : *m_pings[number],
                  above != nullptr ? &above->deliveries[number] : nullptr};
    switch (role) {
    case Qt::DisplayRole:
        return row.display(index.column());
    case Qt::ToolTipRole:
        return index.column() == TimeColumn ? Format::dateTime(row.time()) : QVariant();
    case Qt::TextAlignmentRole:
        return columnAlignment(columns()[static_cast<std::size_t>(index.column())]);
    case SortRole:
        return index.column() == TimeColumn ? integer(row.time().time_since_epoch().count())
                                            : row.exported(index.column());
    case ExportRole:
        return row.exported(index.column());
    case RawJsonRole:
        return prettyJson(json(row.ping));
    case RowTextRole:
        return searchedText(row.ping);
    case NodeIdRole:
        return text(row.node());
    case ClientIdRole:
    case RoomRole:
        return QString();
    case StateRole:
        return static_cast<int>(NodeState::Live);
    default:
        return {};
    }
}

QVariant PingsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    return columnHeader(staticMetaObject.className(), columns(), section, orientation, role);
}

} // namespace switchboard::monitor
