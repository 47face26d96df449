// SPDX-License-Identifier: BSD-3-Clause
#include "view/namedrows.h"

#include "model/nodesmodel.h"
#include "model/roles.h"

namespace switchboard::monitor {

namespace {

constexpr qsizetype shortIdLength = 8;

} // namespace

QString nodeName(const NodesModel &nodes, const QString &id)
{
    const int row = nodes.rowOf(id.toUtf8());
    const QString address =
        row < 0 ? QString() : nodes.index(row, NodesModel::AddressColumn).data().toString();
    return address.isEmpty() ? id.left(shortIdLength) : address;
}

NamedRows::NamedRows(const NodesModel *nodes, QObject *parent)
    : FilterProxyModel(parent)
    , m_nodes(nodes)
{ }

QVariant NamedRows::data(const QModelIndex &index, int role) const
{
    QVariant value = FilterProxyModel::data(index, role);
    if ((role != Qt::DisplayRole && role != Qt::ToolTipRole) || sourceModel() == m_nodes) {
        return value;
    }
    const QString id = FilterProxyModel::data(index, NodeIdRole).toString();
    const bool isNode = !id.isEmpty() && FilterProxyModel::data(index, Qt::DisplayRole).toString() == id;
    if (!isNode) {
        return value;
    }
    return role == Qt::ToolTipRole ? id : nodeName(*m_nodes, id);
}

QString NamedRows::searchedText(const QModelIndex &index, int role) const
{
    QString text = FilterProxyModel::searchedText(index, role);
    if (role == NodeIdRole || role == RowTextRole) {
        const QString ids = index.data(NodeIdRole).toString();
        for (const auto id : QStringView(ids).tokenize(u'\n', Qt::SkipEmptyParts)) {
            text += u'\n' + nodeName(*m_nodes, id.toString());
        }
    }
    return text;
}

} // namespace switchboard::monitor
