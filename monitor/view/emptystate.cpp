// SPDX-License-Identifier: BSD-3-Clause
#include "view/emptystate.h"

#include "view/colors.h"

#include <QAbstractItemView>
#include <QEvent>
#include <QLabel>

#include <utility>

namespace switchboard::monitor {

EmptyState::EmptyState(QAbstractItemView *view, Text text)
    : QObject(view)
    , m_view(view)
    , m_label(new QLabel(view->viewport()))
    , m_text(std::move(text))
{
    m_label->setAlignment(Qt::AlignCenter);
    m_label->setForegroundRole(QPalette::WindowText);
    m_label->setWordWrap(true);
    m_label->setMargin(12);
    m_label->setAttribute(Qt::WA_TransparentForMouseEvents);
    view->viewport()->installEventFilter(this);
    const QAbstractItemModel *model = view->model();
    connect(model, &QAbstractItemModel::rowsInserted, this, &EmptyState::scheduleRefresh);
    connect(model, &QAbstractItemModel::rowsRemoved, this, &EmptyState::scheduleRefresh);
    connect(model, &QAbstractItemModel::modelReset, this, &EmptyState::scheduleRefresh);
    connect(model, &QAbstractItemModel::layoutChanged, this, &EmptyState::scheduleRefresh);
    refresh();
}

void EmptyState::refresh()
{
    m_isScheduled = false;
    const bool isEmpty = m_view->model()->rowCount() == 0;
    if (isEmpty) {
        m_label->setText(m_text());
        QPalette palette = m_view->palette();
        palette.setColor(QPalette::WindowText, fadedText(palette));
        m_label->setPalette(palette);
        m_label->setGeometry(m_view->viewport()->rect());
    }
    m_label->setVisible(isEmpty);
}

bool EmptyState::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Resize) {
        m_label->setGeometry(m_view->viewport()->rect());
    } else if (event->type() == QEvent::PaletteChange) {
        scheduleRefresh();
    }
    return QObject::eventFilter(watched, event);
}

// Rows come and go many times a turn.
void EmptyState::scheduleRefresh()
{
    if (!std::exchange(m_isScheduled, true)) {
        QMetaObject::invokeMethod(this, &EmptyState::refresh, Qt::QueuedConnection);
    }
}

} // namespace switchboard::monitor
