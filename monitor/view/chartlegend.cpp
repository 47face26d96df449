// SPDX-License-Identifier: BSD-3-Clause
#include "view/chartlegend.h"

#include "view/colors.h"

#include <QPainter>

namespace switchboard::monitor {

namespace {

constexpr int sampleWidth = 26;
constexpr int gap = 6;
constexpr int bigGap = 16;

} // namespace

ChartLegend::ChartLegend(QWidget *parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    setAccessibleName(tr("Lines of the charts"));
}

void ChartLegend::setNames(const QStringList &names, const QString &note)
{
    if (names == m_names && note == m_note) {
        return;
    }
    m_names = names;
    m_note = note;
    const QString text = names.join(QStringLiteral(", "));
    setAccessibleDescription(text);
    setToolTip(text);
    update();
}

QSize ChartLegend::sizeHint() const
{
    return {200, fontMetrics().height()};
}

QSize ChartLegend::minimumSizeHint() const
{
    return {40, fontMetrics().height()};
}

void ChartLegend::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor background = palette().color(QPalette::Window);
    const double middle = height() / 2.0;
    int x = gap;
    const auto drawText = [&](const QString &text) {
        const QString shown = fontMetrics().elidedText(text, Qt::ElideRight, width() - x);
        painter.setPen(palette().color(QPalette::WindowText));
        painter.drawText(QRect(x, 0, width() - x, height()), Qt::AlignLeft | Qt::AlignVCenter, shown);
        x += fontMetrics().horizontalAdvance(text) + bigGap;
    };
    for (int place = 0; place < m_names.size() && x < width() - sampleWidth; ++place) {
        const QColor color = readableOn(background, seriesColor(place, palette()), graphicContrast);
        painter.setPen(QPen(color, 2, seriesPenStyle(place)));
        painter.drawLine(QPointF(x, middle), QPointF(x + sampleWidth, middle));
        x += sampleWidth + gap;
        drawText(m_names.at(place));
    }
    if (!m_note.isEmpty() && x < width()) {
        drawText(m_note);
    }
}

} // namespace switchboard::monitor
