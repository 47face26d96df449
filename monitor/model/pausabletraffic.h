// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "model/trafficmodel.h"

#include <deque>

namespace switchboard::monitor {

/// The traffic as a view shows it: it follows a TrafficModel, and while paused stands still, also where the
/// TrafficModel lets rows fall out. Capture goes on meanwhile. A view's filter goes on top of this.
class PausableTraffic : public TrafficTable
{
    Q_OBJECT
    /// Whether it stands still.
    Q_PROPERTY(bool paused READ isPaused WRITE setPaused NOTIFY pausedChanged)
    /// How many rows came while paused; 0 when not paused.
    Q_PROPERTY(qint64 newRows READ newRows NOTIFY newRowsChanged)

public:
    /// Shows \a source, which must outlive it.
    explicit PausableTraffic(TrafficModel *source, QObject *parent = nullptr);

    [[nodiscard]] bool isPaused() const { return m_paused; }
    [[nodiscard]] qint64 newRows() const;

    [[nodiscard]] const TrafficRow &rowAt(int row) const override;
    /// As of the pause while paused.
    [[nodiscard]] qint64 totalCount() const override;
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;

    /// Stands still, or catches up by removing what fell out and adding what came.
    void setPaused(bool paused);
    /// Forgets all rows, here and in the source.
    void clear();

Q_SIGNALS:
    void pausedChanged(bool paused);
    void newRowsChanged(qint64 count);

private:
    void removeFirst(qint64 count);
    void catchUp();

    TrafficModel *m_source;
    /// What is shown while paused.
    std::deque<TrafficRow> m_frozen;
    /// The source's total when it was frozen, which is the number of the row behind the last.
    qint64 m_end = 0;
    bool m_paused = false;
};

} // namespace switchboard::monitor
