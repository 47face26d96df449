// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QTimer>
#include <QWidget>

#include <functional>

QT_BEGIN_NAMESPACE
class QAbstractItemModel;
class QAbstractItemView;
class QHBoxLayout;
class QLabel;
QT_END_NAMESPACE

namespace switchboard::monitor {

class CellDelegate;
class EmptyState;
class FilterBar;
class FilterProxyModel;
class Settings;
struct PaneContext;

/// A table or tree with a filter above it and, where only a part of all is kept, a word of that below it.
class FilteredView : public QWidget
{
    Q_OBJECT

public:
    /// What an empty view says, when no filter is the cause.
    using EmptyText = std::function<QString()>;

    /// Shows \a source in \a view, which becomes a part of this. \a name is what the columns' layout is
    /// remembered by.
    FilteredView(const QString &name, QAbstractItemView *view, QAbstractItemModel *source,
                 const PaneContext &context, QWidget *parent = nullptr);

    [[nodiscard]] QAbstractItemView *view() const { return m_view; }
    [[nodiscard]] FilterProxyModel *proxy() const { return m_proxy; }
    [[nodiscard]] FilterBar *filterBar() const { return m_filterBar; }
    [[nodiscard]] CellDelegate *delegate() const;
    /// The line with the filter, for what else belongs there.
    [[nodiscard]] QHBoxLayout *topLine() const { return m_topLine; }

    /// Shows the filter only while it is used, for a table of few rows.
    void setFilterOnDemand();
    /// Puts the cursor into the filter.
    void activateFilter();

    void setEmptyText(EmptyText text);
    /// Shows \a note below the rows; an empty one takes its place away.
    void setNote(const QString &note);
    /// Whether what is shown is true at this moment.
    void setConnected(bool connected);

    /// Whether anybody can see it; while not, filtering and sorting wait.
    void setSeen(bool seen);

    /// Puts the columns as they were when saveState() was called last, if it was.
    void restoreState(const Settings &settings);
    void saveState(Settings &settings) const;

Q_SIGNALS:
    void trafficRequested(const QString &filter);
    void disconnectRequested(const QString &client);
    /// Whether what is shown can be exported may have changed.
    void rowsChanged();

private:
    void applyFilter(const QString &text);
    void addFilterTerm(const QString &term);
    void updateCounts();
    [[nodiscard]] QString emptyText() const;
    [[nodiscard]] QString stateName() const;

    QString m_name;
    QAbstractItemView *m_view;
    FilterProxyModel *m_proxy;
    FilterBar *m_filterBar;
    QHBoxLayout *m_topLine;
    QLabel *m_note;
    EmptyState *m_emptyState = nullptr;
    EmptyText m_emptyText;
    bool m_isFilterOnDemand = false;
    QTimer m_countTimer;
};

} // namespace switchboard::monitor
