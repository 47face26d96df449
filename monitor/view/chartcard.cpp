// SPDX-License-Identifier: BSD-3-Clause
#include "view/chartcard.h"

#include "model/format.h"
#include "view/colors.h"

#include <QCategoryAxis>
#include <QChart>
#include <QChartView>
#include <QDateTime>
#include <QDateTimeAxis>
#include <QEvent>
#include <QGraphicsLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineSeries>
#include <QLocale>
#include <QMouseEvent>
#include <QToolTip>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <utility>

namespace switchboard::monitor {

using namespace Qt::StringLiterals;

namespace {

// The smallest of 1, 2 and 5 times a power of ten that is not below value.
double niceCeiling(double value)
{
    const double power = std::pow(10, std::floor(std::log10(value)));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (value <= factor * power * (1 + 1e-9)) {
            return factor * power;
        }
    }
    return 10 * power;
}

QFont smallFont(const QFont &font)
{
    QFont small = font;
    small.setPointSizeF(std::max(7.0, font.pointSizeF() * 0.85));
    return small;
}

} // namespace

ChartCard::ChartCard(StatsHistory::Metric metric, const QString &title, QWidget *parent)
    : QWidget(parent)
    , m_metric(metric)
    , m_chart(new QChart)
    , m_view(new QChartView(m_chart, this))
    , m_title(new QLabel(title, this))
    , m_newest(new QLabel(this))
    , m_timeAxis(new QDateTimeAxis(m_chart))
    , m_valueAxis(new QCategoryAxis(m_chart))
{
    QFont bold = font();
    bold.setBold(true);
    m_title->setFont(bold);
    m_title->setMinimumWidth(1);
    m_newest->setToolTip(metric == StatsHistory::Metric::RedisRoundTrip
                             ? tr("The longest of all nodes, in the last second")
                             : tr("All nodes together, in the last second"));
    m_chart->legend()->hide();
    m_chart->setBackgroundRoundness(0);
    m_chart->setMargins(QMargins(0, 0, 0, 0));
    m_chart->layout()->setContentsMargins(0, 0, 0, 0);
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setRenderHint(QPainter::Antialiasing);
    m_view->setMinimumSize(120, 50);
    m_view->setAccessibleName(title);
    m_view->viewport()->setMouseTracking(true);
    m_view->viewport()->installEventFilter(this);

    auto *line = new QHBoxLayout;
    line->setContentsMargins(4, 0, 4, 0);
    line->addWidget(m_title);
    line->addStretch(1);
    line->addWidget(m_newest);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(line);
    layout->addWidget(m_view, 1);
    createAxes();
    applyColors();
}

void ChartCard::createAxes()
{
    m_timeAxis->setFormat(u"HH:mm:ss"_s);
    m_timeAxis->setTickCount(3);
    // With its range of nothing an axis lays itself out never again.
    m_timeAxis->setRange(QDateTime::currentDateTime().addSecs(-60), QDateTime::currentDateTime());
    m_valueAxis->setLabelsPosition(QCategoryAxis::AxisLabelsPositionOnValue);
    m_valueAxis->setStartValue(0);
    for (QAbstractAxis *axis :
         {static_cast<QAbstractAxis *>(m_timeAxis), static_cast<QAbstractAxis *>(m_valueAxis)}) {
        axis->setLabelsFont(smallFont(font()));
        axis->setTruncateLabels(false);
        axis->setLineVisible(false);
    }
    m_chart->addAxis(m_timeAxis, Qt::AlignBottom);
    m_chart->addAxis(m_valueAxis, Qt::AlignLeft);
    scaleTo(1);
}

void ChartCard::refresh(const StatsHistory &history, const QList<ChartNode> &nodes,
                        std::chrono::seconds window)
{
    m_nodes = nodes;
    for (const QByteArray &id : m_lines.keys()) {
        const bool isKnown =
            std::any_of(nodes.begin(), nodes.end(), [&](const ChartNode &node) { return node.id == id; });
        if (!isKnown) {
            QLineSeries *line = m_lines.take(id);
            m_chart->removeSeries(line);
            delete line;
        }
    }
    double largest = 0;
    for (int place = 0; place < nodes.size(); ++place) {
        const std::vector<QPointF> points = history.points(nodes.at(place).id, m_metric, window);
        for (const QPointF &point : points) {
            largest = std::max(largest, point.y());
        }
        setLine(nodes.at(place).id, place, points);
    }
    scaleTo(largest);
    const QDateTime end = QDateTime::fromSecsSinceEpoch(history.now().time_since_epoch().count());
    m_timeAxis->setRange(end.addSecs(-window.count()), end);
    const std::vector<QPointF> totals = history.totals(m_metric, window);
    m_newest->setText(totals.empty() ? tr("no data") : valueText(totals.back().y()));
}

QString ChartCard::valueText(double value) const
{
    switch (m_metric) {
    case StatsHistory::Metric::Clients:
        return Format::count(std::llround(value));
    case StatsHistory::Metric::RedisRoundTrip:
        return Format::micros(std::llround(value * 1000));
    default:
        return Format::rate(value);
    }
}

QString ChartCard::axisText(double value) const
{
    const QLocale locale;
    if (m_metric == StatsHistory::Metric::RedisRoundTrip) {
        return Format::micros(std::llround(value * 1000));
    }
    if (value >= 1e6) {
        return tr("%1 M", "millions").arg(locale.toString(value / 1e6, 'g', 3));
    }
    return value >= 1e4 ? tr("%1 k", "thousands").arg(locale.toString(value / 1e3, 'g', 4))
                        : locale.toString(value, 'g', 4);
}

void ChartCard::setLine(const QByteArray &id, int place, const std::vector<QPointF> &points)
{
    QLineSeries *&line = m_lines[id];
    if (!line) {
        line = new QLineSeries(m_chart);
        m_chart->addSeries(line);
        line->attachAxis(m_timeAxis);
        line->attachAxis(m_valueAxis);
    }
    line->setPen(QPen(seriesColor(place, palette()), 1.6, seriesPenStyle(place)));
    line->replace(QList<QPointF>(points.begin(), points.end()));
}

void ChartCard::scaleTo(double largest)
{
    constexpr double headroom = 1.05; // for a line to be told from the frame
    const bool countsThings = m_metric != StatsHistory::Metric::RedisRoundTrip;
    const double top = niceCeiling(std::max(largest * headroom, countsThings ? 2.0 : 0.1));
    if (std::exchange(m_top, top) == top) {
        return;
    }
    const QStringList labels = m_valueAxis->categoriesLabels();
    for (const QString &label : labels) {
        m_valueAxis->remove(label);
    }
    m_valueAxis->setRange(0, top);
    for (const double value : {0.0, top / 2, top}) {
        m_valueAxis->append(axisText(value), value);
    }
    placePlot();
}

// Qt Charts gives labels less room than they need where a chart is small, and then leaves them out.
void ChartCard::placePlot()
{
    const QFontMetrics metrics(m_valueAxis->labelsFont());
    int labelWidth = 0;
    const QStringList labels = m_valueAxis->categoriesLabels();
    for (const QString &label : labels) {
        labelWidth = std::max(labelWidth, metrics.horizontalAdvance(label));
    }
    const QSize size = m_view->viewport()->size();
    const int halfLine = metrics.height() / 2;
    const int timeWidth = metrics.horizontalAdvance(u"00:00:00"_s);
    const QRect plot(labelWidth + 10, halfLine + 2, size.width() - labelWidth - 10 - timeWidth / 2,
                     size.height() - metrics.height() - halfLine - 10);
    m_chart->resize(size);
    m_chart->setPlotArea(plot);
}

void ChartCard::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange) {
        applyColors();
    }
    QWidget::changeEvent(event);
}

void ChartCard::applyColors()
{
    const QPalette colors = palette();
    const QColor base = colors.color(QPalette::Base);
    QColor grid = colors.color(QPalette::Text);
    grid.setAlphaF(0.13F);
    m_chart->setBackgroundBrush(base);
    m_chart->setBackgroundPen(Qt::NoPen);
    m_view->setBackgroundBrush(base);
    for (QAbstractAxis *axis : m_chart->axes()) {
        axis->setLabelsColor(fadedText(colors));
        axis->setGridLineColor(grid);
    }
    for (int place = 0; place < m_nodes.size(); ++place) {
        if (QLineSeries *line = m_lines.value(m_nodes.at(place).id)) {
            line->setPen(QPen(seriesColor(place, colors), 1.6, seriesPenStyle(place)));
        }
    }
}

bool ChartCard::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::MouseMove) {
        showValuesAt(static_cast<QMouseEvent *>(event)->position().toPoint());
    } else if (event->type() == QEvent::Resize) {
        placePlot();
    } else if (event->type() == QEvent::Leave) {
        QToolTip::hideText();
    }
    return QWidget::eventFilter(watched, event);
}

void ChartCard::showValuesAt(const QPoint &position)
{
    const QPointF inChart = m_chart->mapFromScene(m_view->mapToScene(position));
    if (m_lines.isEmpty() || !m_chart->plotArea().contains(inChart)) {
        QToolTip::hideText();
        return;
    }
    const double time = m_chart->mapToValue(inChart, m_lines.cbegin().value()).x();
    QStringList lines{QDateTime::fromMSecsSinceEpoch(std::llround(time)).toString(u"HH:mm:ss"_s)};
    for (const ChartNode &node : std::as_const(m_nodes)) {
        const QLineSeries *line = m_lines.value(node.id);
        const QList<QPointF> points = line ? line->points() : QList<QPointF>();
        const auto next = std::lower_bound(points.begin(), points.end(), time - 500,
                                           [](const QPointF &point, double x) { return point.x() < x; });
        if (next != points.end() && std::abs(next->x() - time) <= 2000) {
            lines.append(u"%1: %2"_s.arg(node.name, valueText(next->y())));
        }
    }
    QToolTip::showText(m_view->viewport()->mapToGlobal(position), lines.join(u'\n'), m_view->viewport());
}

} // namespace switchboard::monitor
