// SPDX-License-Identifier: BSD-3-Clause
#include "model/columns.h"

#include "model/roles.h"

#include <QCoreApplication>
#include <QJsonDocument>

namespace switchboard::monitor {

QVariant columnHeader(const char *context, std::span<const ColumnInfo> columns, int section,
                      Qt::Orientation orientation, int role)
{
    if (orientation != Qt::Horizontal || section < 0 || static_cast<std::size_t>(section) >= columns.size()) {
        return {};
    }
    const ColumnInfo &column = columns[static_cast<std::size_t>(section)];
    switch (role) {
    case Qt::DisplayRole:
        return QCoreApplication::translate(context, column.title);
    case Qt::ToolTipRole:
        return QCoreApplication::translate(context, column.hint);
    case Qt::TextAlignmentRole:
        return columnAlignment(column);
    case KeyRole:
        return QString::fromLatin1(column.key);
    default:
        return {};
    }
}

QVariant columnAlignment(const ColumnInfo &column)
{
    const Qt::Alignment alignment = (column.isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter;
    return QVariant::fromValue(alignment.toInt());
}

QString text(const QByteArray &utf8)
{
    return QString::fromUtf8(utf8);
}

QString prettyJson(const QByteArray &compact)
{
    return QString::fromUtf8(QJsonDocument::fromJson(compact).toJson(QJsonDocument::Indented)).trimmed();
}

} // namespace switchboard::monitor
