// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "view/chartcard.h"
#include "view/pane.h"

#include <chrono>

QT_BEGIN_NAMESPACE
class QButtonGroup;
class QGridLayout;
class QHBoxLayout;
QT_END_NAMESPACE

namespace switchboard::monitor {

class ChartLegend;

/// How the nodes did over the last minutes. Draws only while it can be seen.
class ChartsPane : public Pane
{
    Q_OBJECT

public:
    /// So many nodes have lines of their own; the figures beside the titles are of all.
    static constexpr qsizetype maximumLines = 7;

    explicit ChartsPane(const PaneContext &context, QWidget *parent = nullptr);

    void saveState() const override;

protected:
    void showEvent(QShowEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void createWindowButtons(QHBoxLayout *line);
    void refresh();
    void updateLegend(const QList<ChartNode> &nodes, qsizetype all);
    void arrange();

    QList<ChartCard *> m_cards;
    QGridLayout *m_grid;
    QWidget *m_canvas;
    ChartLegend *m_legend;
    QButtonGroup *m_windows;
    int m_columns = 0;
};

} // namespace switchboard::monitor
