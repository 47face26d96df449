// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "model/statshistory.h"

#include <QByteArrayList>
#include <QHash>
#include <QWidget>

#include <chrono>

QT_BEGIN_NAMESPACE
class QCategoryAxis;
class QChart;
class QChartView;
class QDateTimeAxis;
class QLabel;
class QLineSeries;
QT_END_NAMESPACE

namespace switchboard::monitor {

/// A node in a chart: its id, and what it is called there.
struct ChartNode
{
    QByteArray id;
    QString name;

    friend bool operator==(const ChartNode &, const ChartNode &) = default;
};

/// One figure over time, with a line for each node, and the newest value over all nodes.
class ChartCard : public QWidget
{
    Q_OBJECT

public:
    ChartCard(StatsHistory::Metric metric, const QString &title, QWidget *parent = nullptr);

    /// Draws the \a window that ends now for \a nodes; the place in this list gives a line its colour and
    /// dashes.
    void refresh(const StatsHistory &history, const QList<ChartNode> &nodes, std::chrono::seconds window);

    /// The value as it is written in this chart.
    [[nodiscard]] QString valueText(double value) const;

protected:
    void changeEvent(QEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void createAxes();
    void applyColors();
    void setLine(const QByteArray &id, int place, const std::vector<QPointF> &points);
    void scaleTo(double largest);
    void placePlot();
    void showValuesAt(const QPoint &position);
    [[nodiscard]] QString axisText(double value) const;

    StatsHistory::Metric m_metric;
    QChart *m_chart;
    QChartView *m_view;
    QLabel *m_title;
    QLabel *m_newest;
    QDateTimeAxis *m_timeAxis;
    QCategoryAxis *m_valueAxis;
    QList<ChartNode> m_nodes;
    QHash<QByteArray, QLineSeries *> m_lines;
    double m_top = 0;
};

} // namespace switchboard::monitor
