// SPDX-License-Identifier: BSD-3-Clause
#include "view/trafficpane.h"

#include "model/clustermodel.h"
#include "model/format.h"
#include "model/pausabletraffic.h"
#include "view/celldelegate.h"
#include "view/filterbar.h"
#include "view/filteredview.h"
#include "view/glyphs.h"
#include "view/itemviews.h"
#include "view/settings.h"
#include "view/tailfollower.h"

#include <QAction>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPlainTextEdit>
#include <QSplitter>
#include <QToolBar>

namespace switchboard::monitor {

using namespace Qt::StringLiterals;

namespace {

const QString splitterState = u"traffic-splitter"_s;

} // namespace

TrafficPane::TrafficPane(const PaneContext &context, QWidget *parent)
    : Pane(context, parent)
    , m_traffic(new PausableTraffic(context.cluster->traffic(), this))
    , m_table(new TableView)
    , m_messages(new FilteredView(u"traffic"_s, m_table, m_traffic, context, this))
    , m_follower(new TailFollower(m_table))
    , m_splitter(new QSplitter(Qt::Vertical, this))
    , m_detail(new QPlainTextEdit(this))
    , m_newCount(new QLabel(this))
{
    m_table->setAccessibleName(tr("Messages"));
    setColumnWidths(m_table,
                    {u"00:00:00.000"_s, u"127.0.0.1:9000"_s, u"00000000…"_s, u"release-0.0"_s, u"text"_s});
    m_messages->setEmptyText([this] {
        return emptyText(tr("No message yet.\nWhat clients say to everyone or to a room is shown here; "
                            "the pane Compose says something itself."));
    });
    m_messages->topLine()->insertWidget(0, createTools());
    m_messages->topLine()->insertWidget(1, m_newCount);

    m_detail->setReadOnly(true);
    m_detail->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_detail->setLineWrapMode(QPlainTextEdit::WidgetWidth);
    m_detail->setAccessibleName(tr("The selected message as JSON"));
    m_detail->setMinimumSize(60, 30);
    m_detail->hide(); // until a message is selected
    m_splitter->addWidget(m_messages);
    m_splitter->addWidget(m_detail);
    m_splitter->setStretchFactor(0, 1);
    m_splitter->setSizes({200, 150});
    m_splitter->restoreState(context.settings->state(splitterState));
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(4, 4, 4, 4);
    layout->addWidget(m_splitter);
    adopt(m_messages);

    connect(m_table->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &TrafficPane::updateDetail);
    connect(m_follower, &TailFollower::followingChanged, m_follow, &QAction::setChecked);
    connect(m_traffic, &PausableTraffic::pausedChanged, this, &TrafficPane::updatePause);
    connect(m_traffic, &PausableTraffic::newRowsChanged, this, &TrafficPane::updatePause);
    connect(m_traffic, &PausableTraffic::pausedChanged, this, &TrafficPane::pausedChanged);
    connect(context.cluster, &ClusterModel::totalsChanged, this, &TrafficPane::updateNote);
    connect(m_messages, &FilteredView::rowsChanged, this, &TrafficPane::updateNote);
    updatePause();
}

QToolBar *TrafficPane::createTools()
{
    auto *tools = new QToolBar(this);
    tools->setIconSize(QSize(16, 16));
    tools->setContentsMargins(0, 0, 0, 0);
    m_pause = tools->addAction(glyphIcon(Glyph::Pause), tr("Pause"));
    m_pause->setCheckable(true);
    connect(m_pause, &QAction::triggered, this, &TrafficPane::setPaused);
    m_follow = tools->addAction(glyphIcon(Glyph::Follow), tr("Follow"));
    m_follow->setCheckable(true);
    m_follow->setChecked(true);
    m_follow->setToolTip(tr("Keep the newest message in sight (Ctrl+End). Scrolling up switches this off."));
    connect(m_follow, &QAction::triggered, m_follower, &TailFollower::setFollowing);
    QAction *clearAction = tools->addAction(glyphIcon(Glyph::Clear), tr("Clear"));
    clearAction->setToolTip(tr("Forget the messages shown here (Ctrl+L)"));
    connect(clearAction, &QAction::triggered, this, &TrafficPane::clear);
    QAction *exportAction = tools->addAction(glyphIcon(Glyph::Export), tr("Export…"));
    exportAction->setToolTip(tr("Write the messages that the filter takes to a file (Ctrl+E)"));
    connect(exportAction, &QAction::triggered, this, &TrafficPane::exportRequested);
    return tools;
}

QString TrafficPane::exportName() const
{
    return tr("traffic");
}

void TrafficPane::saveState() const
{
    m_messages->saveState(*context().settings);
    context().settings->setState(splitterState, m_splitter->saveState());
}

void TrafficPane::showOnly(const QString &filter)
{
    m_messages->filterBar()->setText(filter);
}

void TrafficPane::setPaused(bool paused)
{
    m_traffic->setPaused(paused);
}

void TrafficPane::clear()
{
    m_traffic->clear();
    m_detail->clear();
    m_detail->hide();
}

void TrafficPane::followTail()
{
    m_follower->setFollowing(true);
}

void TrafficPane::updatePause()
{
    const bool isPaused = m_traffic->isPaused();
    m_pause->setChecked(isPaused);
    m_pause->setIcon(glyphIcon(isPaused ? Glyph::Resume : Glyph::Pause));
    m_pause->setText(isPaused ? tr("Resume") : tr("Pause"));
    m_pause->setToolTip(isPaused ? tr("Show what has come meanwhile (Space)")
                                 : tr("Let the view stand still; messages are still gathered (Space)"));
    m_newCount->setVisible(isPaused);
    m_newCount->setText(tr("Paused, %1 new").arg(Format::count(m_traffic->newRows())));
    QPalette colors = palette();
    colors.setColor(
        QPalette::WindowText,
        readableOn(colors.color(QPalette::Window), textColor(Meaning::Warning, colors), textContrast));
    m_newCount->setPalette(colors);
}

void TrafficPane::updateDetail(const QModelIndex &current)
{
    if (current.isValid()) { // a message that fell out can still be read
        m_detail->setPlainText(current.data(RawJsonRole).toString());
        m_detail->show();
    }
}

void TrafficPane::updateNote()
{
    QStringList notes;
    const QString bounded = Format::bounded(m_traffic->rowCount(), m_traffic->totalCount());
    if (!bounded.isEmpty()) {
        notes.append(bounded);
    }
    const qint64 sampledOut = context().cluster->totals().sampledOut;
    if (sampledOut > 0) {
        notes.append(tr("%1 left out by the nodes under load").arg(Format::count(sampledOut)));
    }
    m_messages->setNote(notes.join(u", "_s));
}

} // namespace switchboard::monitor
