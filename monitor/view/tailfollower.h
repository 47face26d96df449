// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QObject>

QT_BEGIN_NAMESPACE
class QTableView;
QT_END_NAMESPACE

namespace switchboard::monitor {

/// Keeps the end of a growing table in sight, until the user scrolls up. When rows fall out at the front
/// while it does not follow, what the user reads stays where it is.
class TailFollower : public QObject
{
    Q_OBJECT

public:
    /// \a table has its model already, rows of one height, and owns this object.
    explicit TailFollower(QTableView *table);

    [[nodiscard]] bool isFollowing() const { return m_isFollowing; }
    void setFollowing(bool following);

Q_SIGNALS:
    /// It was switched on or off, by the user or by a call.
    void followingChanged(bool following);

private:
    void onScrolled(int value);
    void onRowsRemoved(const QModelIndex &parent, int first, int last);
    void scrollSoon();

    QTableView *m_table;
    bool m_isFollowing = true;
    bool m_isOurs = false; ///< what scrolls now is this object or the rows, not the user
    int m_lastValue = 0;
    bool m_isScheduled = false;
};

} // namespace switchboard::monitor
