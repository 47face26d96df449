// SPDX-License-Identifier: BSD-3-Clause
#include "view/tailfollower.h"

#include <QHeaderView>
#include <QScopedValueRollback>
#include <QScrollBar>
#include <QTableView>

#include <algorithm>
#include <utility>

namespace switchboard::monitor {

TailFollower::TailFollower(QTableView *table)
    : QObject(table)
    , m_table(table)
{
    const QScrollBar *bar = table->verticalScrollBar();
    connect(bar, &QScrollBar::valueChanged, this, &TailFollower::onScrolled);
    connect(bar, &QScrollBar::rangeChanged, this, &TailFollower::scrollSoon);
    connect(table->model(), &QAbstractItemModel::rowsInserted, this, &TailFollower::scrollSoon);
    connect(table->model(), &QAbstractItemModel::rowsRemoved, this, &TailFollower::onRowsRemoved);
}

void TailFollower::setFollowing(bool following)
{
    if (std::exchange(m_isFollowing, following) != following) {
        Q_EMIT followingChanged(following);
    }
    scrollSoon();
}

void TailFollower::onScrolled(int value)
{
    const bool isUpwards = value < std::exchange(m_lastValue, value);
    // Rows that fall out also move it upwards, to the new end.
    if (isUpwards && !m_isOurs && value < m_table->verticalScrollBar()->maximum()) {
        setFollowing(false);
    }
}

void TailFollower::onRowsRemoved(const QModelIndex &parent, int first, int last)
{
    if (m_isFollowing || parent.isValid()) {
        return;
    }
    QScrollBar *bar = m_table->verticalScrollBar();
    const int height = m_table->verticalHeader()->defaultSectionSize();
    if (first * height < bar->value()) {
        const QScopedValueRollback guard(m_isOurs, true);
        bar->setValue(std::max(0, bar->value() - (last - first + 1) * height));
    }
}

// The view lays out its rows after the model has told of them.
void TailFollower::scrollSoon()
{
    if (m_isFollowing && !std::exchange(m_isScheduled, true)) {
        const auto scroll = [this] {
            const QScopedValueRollback guard(m_isOurs, true);
            if (m_isFollowing) {
                m_table->scrollToBottom();
            }
            m_isScheduled = false;
        };
        QMetaObject::invokeMethod(this, scroll, Qt::QueuedConnection);
    }
}

} // namespace switchboard::monitor
