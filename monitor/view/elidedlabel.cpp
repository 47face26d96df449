// SPDX-License-Identifier: BSD-3-Clause
#include "view/elidedlabel.h"

#include <QPainter>

namespace switchboard::monitor {

namespace {

constexpr int padding = 2;

} // namespace

ElidedLabel::ElidedLabel(QWidget *parent)
    : QFrame(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void ElidedLabel::setText(const QString &text)
{
    if (m_text != text) {
        m_text = text;
        setAccessibleDescription(text);
        updateToolTip();
        updateGeometry();
        update();
    }
}

QSize ElidedLabel::sizeHint() const
{
    return {fontMetrics().horizontalAdvance(m_text) + 2 * padding, fontMetrics().height() + 2 * padding};
}

QSize ElidedLabel::minimumSizeHint() const
{
    return {60, sizeHint().height()};
}

void ElidedLabel::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const QRect place = rect().adjusted(padding, 0, -padding, 0);
    painter.setPen(palette().color(foregroundRole()));
    painter.drawText(place, Qt::AlignLeft | Qt::AlignVCenter,
                     fontMetrics().elidedText(m_text, Qt::ElideRight, place.width()));
}

void ElidedLabel::resizeEvent(QResizeEvent *event)
{
    QFrame::resizeEvent(event);
    updateToolTip();
}

void ElidedLabel::updateToolTip()
{
    setToolTip(width() < sizeHint().width() ? m_text : QString());
}

} // namespace switchboard::monitor
