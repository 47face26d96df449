// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QWidget>

QT_BEGIN_NAMESPACE
class QAbstractItemModel;
QT_END_NAMESPACE

namespace switchboard::monitor {

class ActionLock;
class ClusterModel;
class FilteredView;
class MonitorLink;
class Settings;

/// What panes show and act on; all of it outlives them.
struct PaneContext
{
    ClusterModel *cluster = nullptr;
    MonitorLink *link = nullptr;
    ActionLock *lock = nullptr;
    Settings *settings = nullptr;
};

/// The contents of a dock. It belongs to one ClusterModel and goes with it.
class Pane : public QWidget
{
    Q_OBJECT

public:
    explicit Pane(const PaneContext &context, QWidget *parent = nullptr);

    /// The table that the user sees here, whose filter and rows the keys act on; nothing where there is none.
    [[nodiscard]] virtual FilteredView *currentView() const { return nullptr; }

    /// What a file with the shown rows would be called; empty where there is nothing to export.
    [[nodiscard]] virtual QString exportName() const { return {}; }

    /// Takes the keyboard, at the place where one would go on.
    virtual void takeFocus();

    /// Whether the window can be seen. While not, nothing is drawn, filtered or sorted; the models go on.
    void setSeen(bool seen);

    /// Remembers how the user has arranged it.
    virtual void saveState() const { }

Q_SIGNALS:
    /// The traffic that \a filter takes is to be shown.
    void trafficRequested(const QString &filter);
    /// The client \a id is to be disconnected; not confirmed yet.
    void disconnectRequested(const QString &id);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

    [[nodiscard]] const PaneContext &context() const { return m_context; }

    /// Makes \a view a part of this pane: passes its requests on, fades it while there is no connection.
    void adopt(FilteredView *view);

    /// What an empty table says while there is no connection; \a otherwise where there is one.
    [[nodiscard]] QString emptyText(const QString &otherwise) const;

private:
    void suspendViews(bool suspended);

    PaneContext m_context;
    QList<FilteredView *> m_views;
    bool m_isWindowSeen = true;
};

} // namespace switchboard::monitor
