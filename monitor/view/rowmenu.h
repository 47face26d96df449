// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QObject>

QT_BEGIN_NAMESPACE
class QAbstractItemView;
class QMenu;
class QModelIndex;
QT_END_NAMESPACE

namespace switchboard::monitor {

class ActionLock;

/// The context menu of a table's rows: copy, look closer, and act.
class RowMenu : public QObject
{
    Q_OBJECT

public:
    /// \a view has its model already, and owns this object.
    RowMenu(QAbstractItemView *view, const ActionLock *lock);

Q_SIGNALS:
    /// The traffic that \a filter takes is to be shown.
    void trafficRequested(const QString &filter);
    /// Only the rows of this table that \a term takes are to be shown.
    void filterRequested(const QString &term);
    /// The client \a id is to be disconnected; not confirmed yet.
    void disconnectRequested(const QString &id);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void present(const QPoint &point);
    void addCopyActions(QMenu *menu, const QModelIndex &index);
    void addFilterActions(QMenu *menu, const QModelIndex &index);
    void addDisconnectAction(QMenu *menu, const QModelIndex &index);
    void copyRow();

    QAbstractItemView *m_view;
    const ActionLock *m_lock;
};

} // namespace switchboard::monitor
