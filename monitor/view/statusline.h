// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QObject>
#include <QTimer>

QT_BEGIN_NAMESPACE
class QAction;
class QLabel;
class QStatusBar;
class QToolButton;
QT_END_NAMESPACE

namespace switchboard::monitor {

class ElidedLabel;
class Session;

/// What the status bar says: the node and the state of the link to it, and how the whole cluster does.
class StatusLine : public QObject
{
    Q_OBJECT

public:
    /// Fills \a bar. \a retry is offered while the link waits, \a unlock always; both live as long as \a bar.
    StatusLine(Session *session, QAction *retry, QAction *unlock, QStatusBar *bar);

    /// Shows \a text for a while.
    void showNotice(const QString &text);

private:
    void updateState();
    void updateCountdown();
    void updateLatency();
    void updateTotals();
    void watchCluster();

    Session *m_session;
    QLabel *m_sign;
    QLabel *m_state;
    QToolButton *m_retry;
    ElidedLabel *m_notice;
    QTimer m_noticeEnd;
    QLabel *m_totals;
    QLabel *m_sampled;
    QLabel *m_latency;
    QTimer m_countdown;
};

} // namespace switchboard::monitor
