// SPDX-License-Identifier: BSD-3-Clause
#include "view/chartspane.h"

#include "model/clustermodel.h"
#include "model/nodesmodel.h"
#include "view/chartlegend.h"
#include "view/namedrows.h"
#include "view/settings.h"

#include <QButtonGroup>
#include <QEvent>
#include <QGridLayout>
#include <QScrollArea>
#include <QToolButton>

#include <algorithm>

namespace switchboard::monitor {

using namespace Qt::StringLiterals;

namespace {

const QString windowKey = u"charts-window"_s;
constexpr int cardWidth = 190;
constexpr int cardHeight = 80;

} // namespace

ChartsPane::ChartsPane(const PaneContext &context, QWidget *parent)
    : Pane(context, parent)
    , m_grid(new QGridLayout)
    , m_canvas(new QWidget)
    , m_legend(new ChartLegend(this))
    , m_windows(new QButtonGroup(this))
{
    using Metric = StatsHistory::Metric;
    m_cards = {new ChartCard(Metric::Clients, tr("Clients"), this),
               new ChartCard(Metric::MessagesIn, tr("Messages in"), this),
               new ChartCard(Metric::MessagesOut, tr("Messages out"), this),
               new ChartCard(Metric::Deliveries, tr("Deliveries"), this),
               new ChartCard(Metric::RedisRoundTrip, tr("Redis round trip"), this)};
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setSpacing(6);
    m_canvas->setLayout(m_grid);
    auto *area = new QScrollArea(this);
    area->setWidget(m_canvas);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setMinimumHeight(50);

    auto *line = new QHBoxLayout;
    line->addWidget(m_legend, 1);
    createWindowButtons(line);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 4, 4, 4);
    layout->setSpacing(4);
    layout->addLayout(line);
    layout->addWidget(area, 1);
    arrange();
    connect(context.cluster->history(), &StatsHistory::advanced, this, &ChartsPane::refresh);
}

void ChartsPane::createWindowButtons(QHBoxLayout *line)
{
    const int remembered = context().settings->state(windowKey).toInt();
    for (const std::chrono::minutes window : StatsHistory::windows) {
        const int minutes = static_cast<int>(window.count());
        auto *button = new QToolButton(this);
        button->setText(tr("%1 min").arg(minutes));
        button->setToolTip(minutes == 1 ? tr("Show the last minute")
                                        : tr("Show the last %1 minutes").arg(minutes));
        button->setCheckable(true);
        button->setAutoRaise(true);
        button->setChecked(minutes == remembered || m_windows->buttons().isEmpty());
        m_windows->addButton(button, minutes);
        line->addWidget(button);
    }
    connect(m_windows, &QButtonGroup::idClicked, this, &ChartsPane::refresh);
}

void ChartsPane::saveState() const
{
    context().settings->setState(windowKey, QByteArray::number(m_windows->checkedId()));
}

void ChartsPane::showEvent(QShowEvent *event)
{
    Pane::showEvent(event);
    refresh();
}

void ChartsPane::resizeEvent(QResizeEvent *event)
{
    Pane::resizeEvent(event);
    arrange();
}

void ChartsPane::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange) {
        refresh();
    }
    Pane::changeEvent(event);
}

void ChartsPane::refresh()
{
    if (!isVisible() || window()->isMinimized()) {
        return;
    }
    const StatsHistory *history = context().cluster->history();
    QList<ChartNode> nodes;
    const QByteArrayList ids = history->nodes();
    for (const QByteArray &id : ids) {
        nodes.append({id, nodeName(*context().cluster->nodes(), QString::fromUtf8(id))});
    }
    std::sort(nodes.begin(), nodes.end(),
              [](const ChartNode &one, const ChartNode &other) { return one.name < other.name; });
    nodes.resize(std::min(nodes.size(), maximumLines));
    updateLegend(nodes, ids.size());
    const std::chrono::minutes window(m_windows->checkedId());
    for (ChartCard *card : std::as_const(m_cards)) {
        card->refresh(*history, nodes, window);
    }
}

void ChartsPane::updateLegend(const QList<ChartNode> &nodes, qsizetype all)
{
    QStringList names;
    for (const ChartNode &node : nodes) {
        names.append(node.name);
    }
    QString note;
    if (nodes.isEmpty()) {
        note = tr("No figures yet: each node tells its own once a second.");
    } else if (all > nodes.size()) {
        note = tr("and %1 more without lines").arg(all - nodes.size());
    }
    m_legend->setNames(names, note);
}

// As many charts in a row as fit.
void ChartsPane::arrange()
{
    const int count = static_cast<int>(m_cards.size());
    int columns = std::clamp(width() / cardWidth, 1, count);
    columns = (count + (count + columns - 1) / columns - 1) / ((count + columns - 1) / columns);
    if (columns == m_columns) {
        return;
    }
    m_columns = columns;
    for (int place = 0; place < count; ++place) {
        m_grid->addWidget(m_cards.at(place), place / columns, place % columns);
        m_cards.at(place)->setMinimumHeight(cardHeight);
    }
}

} // namespace switchboard::monitor
