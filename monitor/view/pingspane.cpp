// SPDX-License-Identifier: BSD-3-Clause
#include "view/pingspane.h"

#include "link/monitorlink.h"
#include "model/clustermodel.h"
#include "model/filterproxymodel.h"
#include "model/format.h"
#include "model/pingsmodel.h"
#include "view/actionlock.h"
#include "view/filteredview.h"
#include "view/itemviews.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>

namespace switchboard::monitor {

using namespace Qt::StringLiterals;

PingsPane::PingsPane(const PaneContext &context, QWidget *parent)
    : Pane(context, parent)
    , m_tree(new TreeView)
    , m_pings(new FilteredView(u"pings"_s, m_tree, context.cluster->pings(), context, this))
    , m_answer(new QLabel(this))
{
    m_tree->setAccessibleName(tr("Pings and their deliveries"));
    m_tree->header()->setSortIndicator(PingsModel::TimeColumn, Qt::DescendingOrder);
    m_tree->setSortingEnabled(true);
    m_tree->header()->setStretchLastSection(false); // a figure at the far end is read with difficulty
    setColumnWidths(m_tree,
                    {u"          00:00:00.000"_s, u"0"_s, u"127.0.0.1:9000"_s, u"192.168.100.100:50000"_s,
                     u"0 of 0"_s, u"000,000"_s, u"00.0 ms"_s});
    m_pings->setEmptyText([this] {
        return emptyText(tr("No ping yet.\nThe buttons Ping 1 and Ping 2 send one, as does\n"
                            "curl http://HOST:PORT/ping1"));
    });
    m_buttons = {createButton(protocol::PingNumber::One), createButton(protocol::PingNumber::Two)};
    for (int place = 0; place < m_buttons.size(); ++place) {
        m_pings->topLine()->insertWidget(place, m_buttons.at(place));
    }
    m_pings->topLine()->insertWidget(static_cast<int>(m_buttons.size()), m_answer);

    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(4, 4, 4, 4);
    layout->addWidget(m_pings);
    adopt(m_pings);
    connect(m_pings->proxy(), &QAbstractItemModel::rowsInserted, this, &PingsPane::openNewest);
    connect(context.lock, &ActionLock::unlockedChanged, this, &PingsPane::updateButtons);
    connect(context.link, &MonitorLink::stateChanged, this, &PingsPane::updateButtons);
    connect(context.link, &MonitorLink::pingAnswered, this, &PingsPane::showAnswer);
    connect(context.cluster, &ClusterModel::totalsChanged, this, [this, pings = context.cluster->pings()] {
        m_pings->setNote(Format::bounded(pings->rowCount(), pings->totalCount()));
    });
    updateButtons();
}

QPushButton *PingsPane::createButton(protocol::PingNumber number)
{
    auto *button = new QPushButton(tr("Ping &%1").arg(static_cast<int>(number)), this);
    button->setObjectName(u"ping%1"_s.arg(static_cast<int>(number)));
    connect(button, &QPushButton::clicked, this, [this, number] { context().link->sendPing(number); });
    return button;
}

QString PingsPane::exportName() const
{
    return tr("pings");
}

void PingsPane::saveState() const
{
    m_pings->saveState(*context().settings);
}

// The newest ping lies open, so that its deliveries are seen as they come; what the user opened stays so.
void PingsPane::openNewest(const QModelIndex &parent, int first)
{
    if (parent.isValid()) {
        return;
    }
    m_tree->collapse(m_opened);
    m_opened = m_pings->proxy()->index(first, 0);
    m_tree->expand(m_opened);
}

void PingsPane::updateButtons()
{
    const bool isConnected = context().link->state() == MonitorLink::State::Connected;
    const bool isUnlocked = context().lock->isUnlocked();
    for (QPushButton *button : std::as_const(m_buttons)) {
        button->setEnabled(isConnected && isUnlocked);
        button->setToolTip(!isUnlocked
                               ? tr("Locked: choose \"Unlock actions\" in the menu Actions first.")
                               : tr("Sends a ping to every client of every node, through the HTTP side of "
                                    "the node that this monitor is connected to."));
    }
}

void PingsPane::showAnswer(protocol::PingNumber number, std::chrono::microseconds time)
{
    m_answer->setText(
        tr("Ping %1 taken in %2").arg(static_cast<int>(number)).arg(Format::micros(time.count())));
}

} // namespace switchboard::monitor
