// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QObject>
#include <QPointer>

#include <functional>

QT_BEGIN_NAMESPACE
class QAbstractItemView;
class QLabel;
QT_END_NAMESPACE

namespace switchboard::monitor {

/// Says, in the middle of a table without rows, why it is empty and what to do about it.
class EmptyState : public QObject
{
    Q_OBJECT

public:
    /// The text to show now.
    using Text = std::function<QString()>;

    /// \a view has its model already, and owns this object.
    EmptyState(QAbstractItemView *view, Text text);

    /// To be called when the text may be another one, though the rows have not changed.
    void refresh();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void scheduleRefresh();

    QAbstractItemView *m_view;
    QLabel *m_label;
    Text m_text;
    bool m_isScheduled = false;
};

} // namespace switchboard::monitor
