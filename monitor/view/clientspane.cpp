// SPDX-License-Identifier: BSD-3-Clause
#include "view/clientspane.h"

#include "model/clientsmodel.h"
#include "model/closedclientsmodel.h"
#include "model/clustermodel.h"
#include "model/format.h"
#include "view/celldelegate.h"
#include "view/filteredview.h"
#include "view/itemviews.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QStackedWidget>
#include <QToolButton>

namespace switchboard::monitor {

using namespace Qt::StringLiterals;

namespace {

// What an operator looks twice at: a client cut off, or one that broke off.
std::optional<Meaning> meaningOfCode(int code)
{
    switch (code) {
    case 1000:
    case 1001:
    case 1005:
        return std::nullopt;
    case 1006:
    case 1012:
    case 1013:
        return Meaning::Warning;
    default:
        return Meaning::Bad;
    }
}

} // namespace

ClientsPane::ClientsPane(const PaneContext &context, QWidget *parent)
    : Pane(context, parent)
    , m_connected(createConnected())
    , m_closed(createClosed())
    , m_stack(new QStackedWidget(this))
    , m_buttons(new QButtonGroup(this))
    , m_switch(createSwitch())
{
    m_stack->addWidget(m_connected);
    m_stack->addWidget(m_closed);
    present(0);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 4, 4, 4);
    layout->addWidget(m_stack);
    adopt(m_connected);
    adopt(m_closed);
    connect(m_connected, &FilteredView::rowsChanged, this, &ClientsPane::updateSwitch);
    connect(m_closed, &FilteredView::rowsChanged, this, &ClientsPane::updateSwitch);
    connect(context.cluster, &ClusterModel::totalsChanged, this, &ClientsPane::updateNotes);
    updateSwitch();
    updateNotes();
}

QWidget *ClientsPane::createSwitch()
{
    auto *line = new QWidget(this);
    auto *layout = new QHBoxLayout(line);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2);
    for (int place = 0; place < 2; ++place) {
        auto *button = new QToolButton(line);
        button->setCheckable(true);
        button->setAutoRaise(true);
        m_buttons->addButton(button, place);
        layout->addWidget(button);
    }
    m_buttons->button(0)->setObjectName(u"connectedClients"_s);
    m_buttons->button(1)->setObjectName(u"closedClients"_s);
    m_buttons->button(0)->setToolTip(tr("Clients that are connected now"));
    m_buttons->button(1)->setToolTip(tr("The last connections that ended, and why"));
    connect(m_buttons, &QButtonGroup::idClicked, this, &ClientsPane::present);
    return line;
}

// The switch stands in the line of whichever filter is there.
void ClientsPane::present(int place)
{
    m_stack->setCurrentIndex(place);
    ClientsPane::currentView()->topLine()->insertWidget(0, m_switch);
    m_switch->show();
    m_buttons->button(place)->setChecked(true);
}

FilteredView *ClientsPane::createConnected()
{
    auto *table = new TableView;
    auto *view = new FilteredView(u"clients"_s, table, context().cluster->clients(), context(), this);
    table->setAccessibleName(tr("Connected clients"));
    table->horizontalHeader()->setSortIndicator(ClientsModel::ConnectedSinceColumn, Qt::DescendingOrder);
    table->setSortingEnabled(true);
    setColumnWidths(table,
                    {u"00000000…"_s, u"127.0.0.1:9000"_s, u"192.168.1.100:50000"_s, u"alice.example"_s,
                     u"Mozilla/5.0 (X11)"_s, u"00 h 00 min"_s, u"lobby, kitchen"_s, u"000,000"_s,
                     u"000,000"_s, u"000 KiB"_s, u"000 ms"_s});
    // The longest one is read least, and takes what is left.
    table->horizontalHeader()->moveSection(ClientsModel::UserAgentColumn, ClientsModel::ColumnCount - 1);
    view->setEmptyText([this] {
        return emptyText(
            tr("No client is connected.\nOne appears here as soon as it connects to any node, such as\n"
               "ws://HOST:PORT/websockets"));
    });
    // Ages are shown as of the moment they are painted.
    connect(context().cluster, &ClusterModel::totalsChanged, table->viewport(),
            qOverload<>(&QWidget::update));
    return view;
}

FilteredView *ClientsPane::createClosed()
{
    auto *table = new TableView;
    auto *view = new FilteredView(u"closed"_s, table, context().cluster->closedClients(), context(), this);
    table->setAccessibleName(tr("Clients recently closed"));
    table->horizontalHeader()->setSortIndicator(ClosedClientsModel::ClosedAtColumn, Qt::DescendingOrder);
    table->setSortingEnabled(true);
    setColumnWidths(table,
                    {u"00:00:00.000"_s, u"00000000…"_s, u"127.0.0.1:9000"_s, u"192.168.1.100:50000"_s,
                     u"Mozilla/5.0 (X11)"_s, u"0000"_s, u"disconnected by operator"_s, u"00 h 00 min"_s});
    table->hideColumn(ClosedClientsModel::UserAgentColumn);
    view->delegate()->setMeaning([](const QModelIndex &index) -> std::optional<Meaning> {
        if (index.column() != ClosedClientsModel::CodeColumn
            && index.column() != ClosedClientsModel::ReasonColumn) {
            return std::nullopt;
        }
        return meaningOfCode(index.siblingAtColumn(ClosedClientsModel::CodeColumn).data(SortRole).toInt());
    });
    view->setEmptyText(
        [this] { return emptyText(tr("No connection has ended since this monitor is watching.")); });
    return view;
}

FilteredView *ClientsPane::currentView() const
{
    return m_stack->currentIndex() == 0 ? m_connected : m_closed;
}

QString ClientsPane::exportName() const
{
    return m_stack->currentIndex() == 0 ? tr("clients") : tr("closed-clients");
}

void ClientsPane::saveState() const
{
    m_connected->saveState(*context().settings);
    m_closed->saveState(*context().settings);
}

void ClientsPane::updateSwitch()
{
    const ClusterModel *cluster = context().cluster;
    m_buttons->button(0)->setText(tr("Connected %1").arg(Format::count(cluster->clients()->rowCount())));
    m_buttons->button(1)->setText(tr("Closed %1").arg(Format::count(cluster->closedClients()->rowCount())));
}

void ClientsPane::updateNotes()
{
    const ClosedClientsModel *closed = context().cluster->closedClients();
    m_closed->setNote(Format::bounded(closed->rowCount(), closed->totalCount()));
    // Beyond its bound the table keeps no more clients; the nodes still count them.
    const qint64 listed = context().cluster->clients()->rowCount();
    const qint64 notListed = context().cluster->totals().clients - listed;
    const bool isFull = listed >= ClusterOptions().maximumClients;
    m_connected->setNote(isFull && notListed > 0
                             ? tr("%1 more clients are counted, but not listed").arg(Format::count(notListed))
                             : QString());
}

} // namespace switchboard::monitor
