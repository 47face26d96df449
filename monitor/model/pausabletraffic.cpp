// SPDX-License-Identifier: BSD-3-Clause
#include "model/pausabletraffic.h"

namespace switchboard::monitor {

PausableTraffic::PausableTraffic(TrafficModel *source, QObject *parent)
    : TrafficTable(parent)
    , m_source(source)
{
    connect(source, &QAbstractItemModel::rowsAboutToBeInserted, this,
            [this](const QModelIndex & /*parent*/, int first, int last) {
                if (!m_paused) {
                    beginInsertRows({}, first, last);
                }
            });
    connect(source, &QAbstractItemModel::rowsInserted, this, [this] {
        if (m_paused) {
            Q_EMIT newRowsChanged(newRows());
        } else {
            endInsertRows();
        }
    });
    connect(source, &QAbstractItemModel::rowsAboutToBeRemoved, this,
            [this](const QModelIndex & /*parent*/, int first, int last) {
                if (!m_paused) {
                    beginRemoveRows({}, first, last);
                }
            });
    connect(source, &QAbstractItemModel::rowsRemoved, this, [this] {
        if (!m_paused) {
            endRemoveRows();
        }
    });
}

qint64 PausableTraffic::newRows() const
{
    return m_paused ? m_source->totalCount() - m_end : 0;
}

const TrafficRow &PausableTraffic::rowAt(int row) const
{
    return m_paused ? m_frozen[static_cast<std::size_t>(row)] : m_source->rowAt(row);
}

qint64 PausableTraffic::totalCount() const
{
    return m_paused ? m_end : m_source->totalCount();
}

int PausableTraffic::rowCount(const QModelIndex &parent) const
{
    if (parent.isValid()) {
        return 0;
    }
    return m_paused ? static_cast<int>(m_frozen.size()) : m_source->rowCount();
}

void PausableTraffic::setPaused(bool paused)
{
    if (paused == m_paused) {
        return;
    }
    if (paused) {
        m_frozen = m_source->rows();
        m_end = m_source->totalCount();
        m_paused = true;
    } else {
        catchUp();
    }
    Q_EMIT pausedChanged(paused);
    Q_EMIT newRowsChanged(newRows());
}

void PausableTraffic::clear()
{
    removeFirst(static_cast<qint64>(m_frozen.size()));
    m_source->clear();
    if (m_paused) {
        m_end = m_source->totalCount();
        Q_EMIT newRowsChanged(newRows());
    }
}

void PausableTraffic::removeFirst(qint64 count)
{
    if (count > 0) {
        beginRemoveRows({}, 0, static_cast<int>(count) - 1);
        m_frozen.erase(m_frozen.begin(), m_frozen.begin() + count);
        endRemoveRows();
    }
}

// A row's number tells which of the frozen rows the source still has: those are its first ones.
void PausableTraffic::catchUp()
{
    const auto frozen = static_cast<qint64>(m_frozen.size());
    const qint64 fallenOut = m_source->firstNumber() - (m_end - frozen);
    removeFirst(qMin(frozen, fallenOut));

    const auto shown = static_cast<int>(m_frozen.size());
    const int last = m_source->rowCount() - 1;
    if (last >= shown) {
        beginInsertRows({}, shown, last);
    }
    m_paused = false;
    m_frozen.clear();
    if (last >= shown) {
        endInsertRows();
    }
}

} // namespace switchboard::monitor
